import type { EnvironmentPlan } from "../model/plan/types";

/** The data that goes with an environment, and what stays, one line each. */
export function describeLoss(plan: EnvironmentPlan): string[] {
  const volumes = plan.machines.flatMap((machine) =>
    machine.volumes.map((volume) => `  volume ${volume.name} of ${machine.key}, ${volume.sizeGiB} GiB`),
  );
  const share = plan.platform.storage.kind === "nfs" ? plan.platform.storage : undefined;
  const ownShare = share !== undefined && plan.machines.some((machine) => machine.roles.includes("nfs"));
  const services = plan.services
    .filter((service) => service.sizeGiB !== undefined)
    .map((service) => `  data of ${service.name} in ${service.namespace}, ${service.sizeGiB} GiB`);
  const keepsVolumes = plan.retain.includes("volumes");
  const lost = [
    ...(keepsVolumes ? [] : volumes),
    ...(ownShare && !keepsVolumes ? [`  NFS share ${share.path}, ${share.sizeGiB} GiB, with every volume claim on it`] : []),
    ...services,
    "  etcd: every Kubernetes object of the cluster",
  ];
  return [`Lost with ${plan.environment}:`, ...lost, ...(plan.retain.length === 0 ? [] : [`Kept: ${plan.retain.join(", ")}`])];
}
