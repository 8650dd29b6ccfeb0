import { CLUSTER_LOST } from "../model/guard/approvals";

const DISK_FULL = /ENOSPC|EDQUOT|no space left on device|disk quota exceeded/i;

/** What a failure's words mean for its reader. The first that fits each kind counts; clouds word these alike. */
const REMEDIES: readonly (readonly [words: RegExp, remedy: string, inSandbox?: string])[] = [
  [
    /PULUMI_ACCESS_TOKEN must be set|not logged in|problem logging in|no credentials/i,
    "No Pulumi backend is chosen that keeps the state: run `pulumi login`, or set PULUMI_BACKEND_URL (such as file:///srv/state), then run the same command again.",
  ],
  [
    /unable to open state directory/,
    "The folder of the backend is not there: make it, or set PULUMI_BACKEND_URL to another, then run the same command again.",
  ],
  [
    /passphrase must be set|PULUMI_CONFIG_PASSPHRASE/,
    "The stack's secrets are encrypted with a passphrase: set PULUMI_CONFIG_PASSPHRASE to it, or PULUMI_CONFIG_PASSPHRASE_FILE to a file that holds it.",
  ],
  [
    /incorrect passphrase/,
    "It is not the passphrase that the stack was made with: set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE, to that one.",
    "The file .kpaas/sandbox/passphrase is not what it was: put it back, or begin anew with `rm -r .kpaas/sandbox` (all of it is simulated).",
  ],
  [
    /\b401\b|unauthorized|requires authentication/i,
    "The credentials are not accepted, or have expired: renew them, then run the same command again.",
  ],
  [
    /\b429\b|too many requests|rate.?limit/i,
    "The cloud limits how often it may be called: wait a while, then run the same command again; it goes on from what was done.",
  ],
  [
    /(?<!disk )quota|limit ?exceeded/i,
    "The cloud's quota is used up: ask for more, or plan fewer or smaller machines, then run the same command again.",
  ],
  [
    /unexpected state 'ERROR'/,
    "The cloud could not build a machine, and says why in `openstack server show ID -c fault`: mostly that no host has room for it, or that the quota of volumes or of their gigabytes is used up, which it finds out only then. Mend that and run the same command again: a machine that never was one is deleted and made again.",
  ],
  [
    /unreachable cluster|cluster is unreachable/i,
    `The cluster's API was not reached: mend it, or the way to it, then run the same command again. Do not set PULUMI_K8S_DELETE_UNREACHABLE while the cluster is there: that forgets what it holds. Where it is lost for good, destroy with --approve ${CLUSTER_LOST} does that.`,
  ],
  [
    /another (listener on this load balancer|member on this pool) is already using|(pool already has a health monitor|listener already has a default pool)/i,
    "It is there and not in the state, as when the answer to its creation was lost: delete it (`openstack loadbalancer listener`, `pool`, `member` or `healthmonitor`), then run the same command again.",
  ],
  [
    /it has children/i,
    "The balancer holds what is not in the state, as when the answer to its creation was lost: `openstack loadbalancer delete --cascade` takes it with all it holds; then run the same command again.",
  ],
  [DISK_FULL, "A disk is full: free some space, then run the same command again; it goes on from what was done."],
  [
    /\b404\b.*not (be )?found/i,
    "What is missing may be too new to be seen yet: run the same command again. If it was deleted by hand, `kpaas refresh` records that first.",
  ],
  [
    /in the way of \S+: port /,
    "What is in the way is not this environment's: delete it, or take it off the network, then run the same command again.",
  ],
  [
    /delet[^\n]*(deadline exceeded|timeout while waiting)(?![\s\S]*in the way of \S+: port )/i,
    "It did not go in time: the cloud is slow, or something is still on it. Run the same command again.",
  ],
  [
    /connection (was )?(reset|lost)|\bEOF\b|ECONNRESET|(?<!delet[^\n]*)deadline exceeded/i,
    "The connection broke while a request was under way: run the same command again; it first finds out what was done.",
  ],
  [/\b50[0-4]\b.*(error|unavailable|timeout)/i, "The cloud failed: run the same command again; it goes on from what was done."],
  [
    /API server: .*\balready exists\b/i,
    "The object is there and not in the state, as when the answer to its creation was lost: `pulumi import` it, or delete it where it holds nothing yet, then run the same command again.",
  ],
  [
    new RegExp(`^(?![^]*(${DISK_FULL.source}))[^]*(checkpoint|EACCES|EROFS|ENOTDIR|permission denied|read-only|\\.pulumi\\b)`, "i"),
    "The backend that keeps the state refused: make sure that it is there and can be written, then run the same command again.",
  ],
];

/** What to do about a failure, as sentences; none where its text says nothing known. */
export function remediesFor(failure: string, sandbox = false): string[] {
  return REMEDIES.flatMap(([words, remedy, inSandbox]) => (words.test(failure) ? [(sandbox && inSandbox) || remedy] : []));
}
