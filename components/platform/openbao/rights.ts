import type { SecretCapability } from "../grants";
import { LOGINS, MOUNT, PROVIDER } from "./names";

type Rights = Readonly<Record<string, readonly (SecretCapability | "sudo" | "deny")[]>>;

const EVERYTHING = ["create", "read", "update", "delete", "list"] as const;

/** What is configured: engines, log-ins, policies and roles. */
const CONFIGURING: Rights = {
  "sys/mounts": ["read"],
  "sys/mounts/*": EVERYTHING,
  "sys/auth": ["read"],
  "sys/auth/*": [...EVERYTHING, "sudo"],
  "sys/policies/acl": ["list"],
  "sys/policies/acl/*": EVERYTHING,
  [`auth/${LOGINS.kubernetes}/*`]: EVERYTHING,
  [`auth/${LOGINS.appRole}/*`]: EVERYTHING,
};

/**
 * What the provider may by whom the resources are made. No secret is among it, and its own way in is not: a program that goes wrong cannot lock
 * itself out. Whoever may write policies and roles can give himself any secret, by two steps that the audit shows.
 */
export const PROVIDER_RIGHTS: Rights = {
  ...CONFIGURING,
  [`sys/auth/${PROVIDER.mount}`]: ["deny"],
  [`sys/auth/${PROVIDER.mount}/*`]: ["deny"],
  [`sys/policies/acl/${PROVIDER.role}`]: ["deny"],
};

/** What a person may who manages it: the same, the provider's way in, snapshots, and recovery keys for those who want them. */
export const MANAGER_RIGHTS: Rights = {
  ...CONFIGURING,
  [`auth/${PROVIDER.mount}/*`]: EVERYTHING,
  "auth/token/create": ["update"],
  "sys/storage/raft/*": ["read", "update"],
  "sys/rotate/recovery/*": ["read", "update", "delete"],
};

/** Version 2 of the engine keeps what is stored and what is known of it below two prefixes. */
export function clientRights(paths: Readonly<Record<string, readonly SecretCapability[]>>): Rights {
  return Object.fromEntries(
    Object.entries(paths).flatMap(([path, capabilities]): [string, SecretCapability[]][] => {
      const stored = capabilities.filter((each) => each !== "list");
      const known = capabilities.filter((each) => ["list", "read", "delete"].includes(each));
      return [
        ...(stored.length === 0 ? [] : [[`${MOUNT}/data/${path}`, stored] as [string, SecretCapability[]]]),
        ...(known.length === 0 ? [] : [[`${MOUNT}/metadata/${path}`, known] as [string, SecretCapability[]]]),
      ];
    }),
  );
}

/** The text of a policy. */
export function policy(rights: Rights): string {
  return JSON.stringify({ path: Object.fromEntries(Object.entries(rights).map(([path, capabilities]) => [path, { capabilities }])) });
}
