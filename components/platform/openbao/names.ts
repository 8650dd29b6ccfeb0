/** The engine that holds everybody's secrets, each below paths of its own. */
export const MOUNT = "secret";

/** Where those log in who claim secrets, by kind. */
export const LOGINS = { kubernetes: "kubernetes", appRole: "approle" } as const;

/** What a token of an account must be meant for, to log in with. */
export const AUDIENCE = "openbao";

/** The role and policy of people who manage it. */
export const MANAGER_ROLE = "kpaas-manager";

/** How the provider logs in, who configures it. The server has that from its first start on. */
export const PROVIDER = { mount: "kpaas", role: "kpaas-provider", roleId: "kpaas" } as const;

/** A connection that begins in the pod, as a port-forward's does. */
export const INSIDE = "127.0.0.1/32";
