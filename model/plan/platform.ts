import type { CloudDefinition } from "../cloud";
import { infrastructureLeads } from "../cloud-parts";
import type { Environment, WantedClass } from "../environment/types";
import { volumesOf } from "../instances";
import type { Findings } from "../problems";
import type { AddressPlan } from "./addresses";
import { planCeph } from "./ceph";
import type { MachinePlan } from "./infrastructure-types";
import type { PlatformPlan, ServicePlan, StorageClassPlan } from "./types";

/** The class every claim of the platform names; K-PaaS's own name, so that its users' manifests go on working. */
const storageClass = "cp-storageclass";

/** Where a balancer of the cloud's finds the ingress on every worker: of the ports that Kubernetes has for it. */
export const ingressPorts = { http: 30080, https: 30443 } as const;

/** What services share. `outside`: the ingress's floating address, where it was made beforehand. */
export function planPlatform(
  environment: Environment,
  addresses: AddressPlan,
  machines: readonly MachinePlan[],
  outside: string | undefined,
  cloud: Pick<CloudDefinition, "can" | "passing" | "inCluster">,
): PlatformPlan {
  const { platform } = environment;
  const server = machines.find((machine) => machine.roles.includes("nfs"))?.address;
  return {
    domain: platform.domain ?? `${outside ?? addresses.ingress}.nip.io`,
    tls: platform.tls,
    storage:
      platform.storage.kind === "nfs"
        ? { kind: "nfs", server: platform.storage.server ?? server ?? "", path: platform.storage.path, sizeGiB: platform.storage.sizeGiB }
        : platform.storage.kind === "cloud"
          ? { kind: "cloud", classes: planClasses(platform.storage.classes) }
          : platform.storage.kind === "rookCeph"
            ? planCeph(platform.storage, environment, machines)
            : platform.storage,
    storageClass: platform.storage.kind === "existing" ? platform.storage.className : storageClass,
    loadBalancer:
      platform.loadBalancer === "cloud"
        ? { kind: "cloud", ...(platform.controller ? { controller: true } : {}) }
        : { kind: "metallb", range: addresses.loadBalancerRange, reserved: addresses.formerIngress },
    ingress: {
      kind: platform.ingressKind,
      ...(platform.ingressBeside === undefined ? {} : { beside: platform.ingressBeside }),
      // Whoever has the address reads Ingresses of this class, so that those of users stay as they are.
      className: "nginx",
      address: addresses.ingress,
      ...(infrastructureLeads(environment, cloud)
        ? { nodePorts: ingressPorts, ...(cloud.passing === undefined ? {} : { passedOn: true as const }) }
        : {}),
    },
  };
}

/** The classes of the cloud's volumes: the platform's own, the default one, then the others by name. */
function planClasses(classes: Readonly<Record<string, WantedClass>>): StorageClassPlan[] {
  const { [storageClass]: own, ...others } = classes;
  return [[storageClass, own ?? {}] as const, ...Object.entries(others).sort(([a], [b]) => (a < b ? -1 : 1))].map(
    ([name, { type, reclaim = "delete" }]) => ({ name, ...(type === undefined ? {} : { type }), reclaim }),
  );
}

/** What the services keep on volumes must fit the share that is made for it. */
export function checkStorage(environment: Environment, services: readonly ServicePlan[], findings: Findings): void {
  const { storage } = environment.platform;
  const wanted = services.reduce((sum, service) => sum + (service.sizeGiB ?? 0) * volumesOf(service), 0);
  // Nobody knows how large a share is that was there before, or lies on a disk that was.
  if (storage.kind !== "nfs" || storage.server !== undefined || environment.hosts !== undefined || wanted <= storage.sizeGiB) return;
  findings.error(
    "platform.storage",
    `the services ask for ${wanted} GiB of storage and the share has ${storage.sizeGiB} GiB`,
    "raise platform.storage.sizeGiB",
  );
}

/** Every container image of the platform's services and the cluster's own, once each, in order of name. */
export function planImages(services: readonly ServicePlan[], own: readonly string[] = []): string[] {
  return [...new Set([...own, ...services.flatMap((service) => Object.values(service.images))])].sort();
}
