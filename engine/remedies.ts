import { registry } from "../files/registry";
import type { Remedy } from "../model/remedy";

const UNREACHABLE = /unreachable cluster|cluster is unreachable/i;

/** Whether a failure says that the cluster's API was not reached. */
export function isUnreachable(failure: string): boolean {
  return UNREACHABLE.test(failure);
}

/** The file is for whoever types it to name: nothing else can be run before. */
const GIVE_PASSPHRASE = "export PULUMI_CONFIG_PASSPHRASE_FILE=FILE";

const DISK_FULL = /ENOSPC|EDQUOT|no space left on device|disk quota exceeded/i;

type Row = readonly [words: RegExp, remedy: string | Remedy, inSandbox?: Remedy];

/** Of what was not answered: what of it was done is found out, unless nobody but a person can. */
const UNANSWERED: readonly Row[] = [
  [
    /connection (was )?(reset|lost)|\bEOF\b|ECONNRESET|(?<!delet[^\n]*)deadline exceeded/i,
    "The connection broke while a request was under way: run the same command again; it first finds out what was done.",
  ],
  [
    /\b50[0-4]\b.*(error|unavailable|timeout)|\bInternalError\b|general system error/i,
    "The cloud failed: run the same command again; it goes on from what was done.",
  ],
];

/** What a failure's words mean for its reader, whatever cloud it is of. */
const REMEDIES: readonly Row[] = [
  [
    /PULUMI_ACCESS_TOKEN must be set|not logged in|problem logging in|no credentials/i,
    {
      text: "No Pulumi backend is chosen that keeps the state: run `pulumi login`, or set PULUMI_BACKEND_URL (such as file:///srv/state), then run the same command again.",
      next: "pulumi login",
    },
  ],
  [
    /that keeps the state[^\n]* does not answer/,
    "Bring it back, or the way to it (`kpaas doctor` asks it), then run the same command again: it first finds out what was done.",
  ],
  [
    /unable to open state directory/,
    {
      text: "The folder of the backend is not there: make it, or set PULUMI_BACKEND_URL to another, then run the same command again.",
      next: "kpaas doctor",
    },
  ],
  [
    /passphrase must be set|PULUMI_CONFIG_PASSPHRASE/,
    {
      text: "The stack's secrets are encrypted with a passphrase: set PULUMI_CONFIG_PASSPHRASE to it, or PULUMI_CONFIG_PASSPHRASE_FILE to a file that holds it.",
      next: GIVE_PASSPHRASE,
    },
  ],
  [
    /incorrect passphrase/,
    {
      text: "It is not the passphrase that the stack was made with: set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE, to that one.",
      next: GIVE_PASSPHRASE,
    },
    {
      text: "The file .kpaas/sandbox/passphrase is not what it was: put it back, or begin anew with `rm -r .kpaas/sandbox` (all of it is simulated).",
      next: "rm -r .kpaas/sandbox",
    },
  ],
  [
    /^(?!.*\b(invalid|unauthorized)_client\b).*(\b401\b|unauthorized|requires authentication|ExpiredToken|session is not authenticated)/im,
    { text: "The credentials are not accepted, or have expired: renew them, then run the same command again.", next: "kpaas doctor" },
  ],
  [
    /\b429\b|too many requests|rate.?limit|RequestLimitExceeded/i,
    "The cloud limits how often it may be called: wait a while, then run the same command again; it goes on from what was done.",
  ],
  [
    /^(?![^\n]*(rate.?limit|RequestLimitExceeded))[^\n]*((?<!disk )quota|limit ?exceeded)/im,
    "The cloud's quota is used up: ask for more, or plan fewer or smaller machines, then run the same command again.",
  ],
  [
    UNREACHABLE,
    {
      text: "The cluster's API was not reached: mend it, or the way to it, then run the same command again. Do not set PULUMI_K8S_DELETE_UNREACHABLE while the cluster is there: that forgets what it holds.",
      next: "kpaas doctor",
    },
  ],
  [/steps need hosts that do not answer/, "Whether their machines are there, and run, is told by `kpaas refresh`."],
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
  ...UNANSWERED,
  [
    /API server: .*\balready exists\b/i,
    "The object is there and not in the state, as when the answer to its creation was lost: `pulumi import` it, or delete it where it holds nothing yet, then run the same command again.",
  ],
  // Not what ssh says of a host that lets nobody in: "Permission denied (publickey)".
  [
    new RegExp(
      `^(?![^]*(${DISK_FULL.source}))[^]*(checkpoint|EACCES|EROFS|ENOTDIR|permission denied(?! \\(|, )|read-only|\\.pulumi\\b)`,
      "i",
    ),
    "The backend that keeps the state refused: make sure that it is there and can be written, then run the same command again.",
  ],
];

/**
 * What to do about a failure; none where its text says nothing known.
 * @param provider the environment's: clouds share words that mean something else in each. @default every cloud's words count
 * @param forPerson what a person has to look for before the same command goes on
 */
export function remediesFor(failure: string, sandbox = false, provider?: string, forPerson: readonly string[] = []): Remedy[] {
  const clouds = Object.values(registry.clouds).filter(({ name }) => provider === undefined || name === provider);
  // Dialects of a cloud have its own among theirs.
  const theirs = new Set(clouds.flatMap(({ state }) => state?.remedies ?? []));
  const ofServices = Object.values(registry.services).flatMap(({ remedies = [] }) => remedies);
  const known = forPerson.length === 0 ? REMEDIES : REMEDIES.filter((row) => !UNANSWERED.includes(row));
  const remedies = [...known, ...theirs, ...ofServices].flatMap(([words, remedy, inSandbox]) => {
    if (!words.test(failure)) return [];
    return [(sandbox && inSandbox) || (typeof remedy === "string" ? { text: remedy } : remedy)];
  });
  return [...remedies, ...forPerson.map((text) => ({ text }))];
}
