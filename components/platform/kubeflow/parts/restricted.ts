/** What Pod Security asks of a container where nothing is said of its pod. */
export const RESTRICTED = {
  ...{ runAsNonRoot: true, runAsUser: 1000, allowPrivilegeEscalation: false },
  ...{ capabilities: { drop: ["ALL"] }, seccompProfile: { type: "RuntimeDefault" } },
} as const;
