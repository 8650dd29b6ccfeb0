import type { Environment, WantedTenant } from "../environment/types";
import { offererOf } from "../registry";
import { LIMIT_SIZES, QUOTA_SIZES } from "../tenant";
import { otherIngress } from "./ingress";
import { meshPlan } from "./mesh";
import type { ServicePlan, TenantPlan } from "./types";

/** The tenants of an environment by name; undefined where it has none. */
export function planTenants({ platform }: Environment, services: readonly ServicePlan[]): TenantPlan[] | undefined {
  const ingress = offererOf("ingress", services);
  const beside = otherIngress(ingress?.name ?? "", services)?.namespace;
  const from = { ingressNamespace: ingress?.namespace ?? "", ...(beside === undefined ? {} : { ingressBeside: beside }) };
  const plans = platform.tenants.map(
    ({ quota, limits, mesh, ...tenant }): TenantPlan => ({
      ...tenant,
      labels: Object.assign({}, ...services.map(({ labelsTenants }) => labelsTenants?.[tenant.name] ?? {}), tenant.labels),
      quota: quotaOf(quota),
      limits: limitsOf(limits),
      ...from,
      ...(mesh === undefined ? {} : { mesh: meshPlan(mesh, services) }),
    }),
  );
  return plans.length === 0 ? undefined : plans;
}

/** A quota counts limits, as the portal's do. */
function quotaOf(quota: WantedTenant["quota"]): TenantPlan["quota"] {
  const { cpu, memory, storage, pods }: Exclude<WantedTenant["quota"], string> = typeof quota === "string" ? QUOTA_SIZES[quota] : quota;
  return {
    name: typeof quota === "string" ? `cp-${quota}-resourcequota` : "cp-own-resourcequota",
    hard: {
      "limits.cpu": cpu,
      "limits.memory": memory,
      ...(storage === undefined ? {} : { "requests.storage": storage }),
      ...(pods === undefined ? {} : { pods: String(pods) }),
    },
  };
}

function limitsOf(limits: WantedTenant["limits"]): TenantPlan["limits"] {
  return typeof limits === "string"
    ? { name: `cp-${limits}-limitrange`, ...LIMIT_SIZES[limits] }
    : { name: "cp-own-limitrange", cpu: limits.cpu, memory: limits.memory };
}
