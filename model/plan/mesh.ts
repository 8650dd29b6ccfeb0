import { offererOf } from "../registry";
import type { MeshPlan, ServicePlan } from "./types";

/** Namespaces of those whom the mesh's proxies tell of requests. */
export function collectorsOf(services: readonly ServicePlan[]): string[] {
  return services.flatMap(({ namespace, needs }) =>
    (needs?.mesh as { readonly collector?: object } | undefined)?.collector ? [namespace] : [],
  );
}

/** What a namespace in the mesh meets there, and how it is met itself. */
export function meshPlan(mtls: MeshPlan["mtls"], services: readonly ServicePlan[]): MeshPlan {
  const gateway = offererOf("meshHost", services)?.namespace;
  const told = [offererOf("mesh", services)?.namespace ?? "", ...collectorsOf(services)];
  return { mtls, reaches: told, ...(gateway === undefined ? {} : { gateway }) };
}
