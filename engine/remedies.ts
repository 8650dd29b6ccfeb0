import { CLUSTER_LOST } from "../model/guard/approvals";

/** What a failure's words mean for its reader. The first that fits each kind counts; clouds word these alike. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [
    /\b401\b|unauthorized|requires authentication/i,
    "The credentials are not accepted, or have expired: renew them, then run the same command again.",
  ],
  [
    /\b429\b|too many requests|rate.?limit/i,
    "The cloud limits how often it may be called: wait a while, then run the same command again; it goes on from what was done.",
  ],
  [
    /quota|limit ?exceeded/i,
    "The cloud's quota is used up: ask for more, or plan fewer or smaller machines, then run the same command again.",
  ],
  [
    /unreachable cluster|cluster is unreachable/i,
    `The cluster's API was not reached: mend it, or the way to it, then run the same command again. Do not set PULUMI_K8S_DELETE_UNREACHABLE while the cluster is there: that forgets what it holds. Where it is lost for good, destroy with --approve ${CLUSTER_LOST} does that.`,
  ],
  [/ENOSPC|no space left on device/i, "A disk is full: free some space, then run the same command again; it goes on from what was done."],
  [
    /\b404\b.*not (be )?found/i,
    "What is missing may be too new to be seen yet: run the same command again. If it was deleted by hand, `kpaas refresh` records that first.",
  ],
  [
    /connection (was )?(reset|lost)|\bEOF\b|ECONNRESET|deadline exceeded/i,
    "The connection broke while a request was under way: run the same command again; it first finds out what was done.",
  ],
  [/\b50[0-4]\b.*(error|unavailable|timeout)/i, "The cloud failed: run the same command again; it goes on from what was done."],
  [
    /API server: .*\balready exists\b/i,
    "The object is there and not in the state, as when the answer to its creation was lost: `pulumi import` it, or delete it where it holds nothing yet, then run the same command again.",
  ],
  [
    /checkpoint|EACCES|EROFS|ENOTDIR|permission denied|read-only file system|\.pulumi\b/i,
    "The backend that keeps the state refused: make sure that it is there and can be written, then run the same command again.",
  ],
];

/** What to do about a failure, as sentences; none where its text says nothing known. */
export function remediesFor(failure: string): string[] {
  return REMEDIES.flatMap(([words, remedy]) => (words.test(failure) ? [remedy] : []));
}
