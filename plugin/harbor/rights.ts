/** What an account of programs at one project may be given, by resource: Harbor 2.14.0's own table (src/common/rbac/const.go). */
const TABLE: Readonly<Record<string, string>> = {
  log: "list",
  project: "read delete update",
  metadata: "read create delete list update",
  repository: "read update delete list pull push",
  artifact: "read create list delete",
  scan: "create read stop",
  sbom: "create stop read",
  tag: "create list delete",
  accessory: "list",
  "artifact-addition": "read",
  "artifact-label": "create delete",
  scanner: "create read",
  "preheat-policy": "read create delete list update",
  "immutable-tag": "create delete list update",
  "notification-policy": "read create delete list update",
  "tag-retention": "read create delete list update",
  label: "read create delete list update",
  quota: "read",
};

/** Each right, as `RESOURCE:ACTION`. */
export const RIGHTS: ReadonlySet<string> = new Set(
  Object.entries(TABLE).flatMap(([resource, actions]) => actions.split(" ").map((action) => `${resource}:${action}`)),
);

/** Names of projects and of their accounts. */
export const NAME = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

/** The most that a project is limited to, in bytes: 1024 TiB. */
export const MOST_BYTES = 1024 ** 5;

/** Whether an account may have a secret. */
export function isGoodSecret(text: string): boolean {
  return text.length >= 8 && text.length <= 128 && [/[a-z]/, /[A-Z]/, /\d/].every((kind) => kind.test(text));
}
