import type { EnvironmentPlan } from "../model/plan/types";

/** The data that goes with an environment, and what stays, one line each. */
export function describeLoss(plan: EnvironmentPlan): string[] {
  const share = plan.platform.storage.kind === "nfs" ? plan.platform.storage : undefined;
  const volumes = plan.machines.flatMap((machine) => {
    if (share !== undefined && machine.roles.includes("nfs"))
      return [`  NFS share ${share.path}, ${share.sizeGiB} GiB, with every volume claim on it`];
    return machine.volumes.map((volume) => `  volume ${volume.name} of ${machine.key}, ${volume.sizeGiB} GiB`);
  });
  const services = plan.services
    .filter((service) => service.sizeGiB !== undefined)
    .map((service) => `  data of ${service.name} in ${service.namespace}, ${service.sizeGiB} GiB`);
  // The services' data are on those volumes, and their claims stay with them.
  const data = plan.retain.includes("volumes") ? [] : [...volumes, ...services];
  const lost = [...data, "  etcd: every Kubernetes object of the cluster"];
  return [`Lost with ${plan.environment}:`, ...lost, ...(plan.retain.length === 0 ? [] : [`Kept: ${plan.retain.join(", ")}`])];
}
