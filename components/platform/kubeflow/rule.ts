import type { rbac } from "@pulumi/kubernetes/types/input";

/** Rules by account. */
export type Rights = Readonly<Record<string, readonly rbac.v1.PolicyRule[]>>;

/** One rule: words with blanks between them. @param names the only objects it holds for */
export const rule = (apiGroup: string, resources: string, verbs: string, names?: string): rbac.v1.PolicyRule => ({
  apiGroups: [apiGroup],
  resources: resources.split(" "),
  verbs: verbs.split(" "),
  ...(names === undefined ? {} : { resourceNames: names.split(" ") }),
});

export const LOOK = "get list watch";
export const CHANGE = `${LOOK} create update patch delete`;
