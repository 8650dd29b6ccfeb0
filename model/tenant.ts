/** The sizes of K-PaaS's portal for quotas and limits, smallest first. */
export const TENANT_SIZES = ["low", "medium", "high"] as const;

/** A size of the portal's. */
export type TenantSize = (typeof TENANT_SIZES)[number];

/** CPU and memory, as Kubernetes quantities. */
export interface TenantAmounts {
  readonly cpu: string;
  readonly memory: string;
}

/** What the containers of a namespace may use together: the portal's table cp_resource_quotas. */
export const QUOTA_SIZES: Readonly<Record<TenantSize, TenantAmounts>> = {
  low: { cpu: "2", memory: "2Gi" },
  medium: { cpu: "4", memory: "6Gi" },
  high: { cpu: "8", memory: "12Gi" },
};

/** What a container may use that says nothing of its own: the portal's table cp_limit_ranges. */
export const LIMIT_SIZES: Readonly<Record<TenantSize, TenantAmounts>> = {
  low: { cpu: "100m", memory: "500Mi" },
  medium: { cpu: "300m", memory: "1500Mi" },
  high: { cpu: "900m", memory: "3Gi" },
};

/** Who is given rights: a user or a group, as the cluster's log-in names them. */
export type TenantSubject = { readonly user: string } | { readonly group: string };
