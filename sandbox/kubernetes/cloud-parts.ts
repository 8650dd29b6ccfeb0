import { basename } from "node:path";
import { cloudFolder } from "../../plugin/cloud-folder";
import { ApiError } from "../cloud/cloud";
import type { PartsAtWork } from "../cloud/in-cluster";
import type { Allocation } from "./addresses";
import { readCluster } from "./cluster";
import { annotationsOf, at, fields, type KubeObject, list, nameOf, namespaceOf, text } from "./values";

/** The objects of a cluster as the cloud's parts look at them. */
export interface Looked {
  list(apiVersionKind: string): readonly KubeObject[];
}

/** The kinds of {@link Looked} that are looked at. */
export const WATCHED = [
  "apps/v1/DaemonSet",
  "v1/Secret",
  "v1/Service",
  "v1/PersistentVolumeClaim",
  "storage.k8s.io/v1/StorageClass",
] as const;

/** By the folder of its objects, the cloud whose parts run in a world's cluster. */
export type KnownParts = Readonly<Record<string, (worldDir: string) => PartsAtWork>>;

/** What the cloud's controller and its driver of volumes do in the world's cloud, where they run in its cluster. */
export class CloudParts {
  constructor(
    private readonly worldDir: string,
    private readonly known: KnownParts,
  ) {}

  /** What becomes of a Service of type LoadBalancer; undefined where no controller of the cloud's runs. */
  allocate(service: KubeObject, objects: Looked): Allocation | undefined {
    const cloud = this.atWork();
    const runs = cloud && controllerIn(cloud, objects);
    const reads = cloud?.parts.controller?.reads;
    if (cloud === undefined || runs === undefined || reads === undefined) return undefined;
    const read = objects.list("v1/Secret").find((one) => nameOf(one) === reads.secret && namespaceOf(one) === namespaceOf(runs));
    const settings = Buffer.from(text(fields(read?.data)[reads.key]) ?? "", "base64").toString();
    const seen = { uid: uidOf(service), name: `${namespaceOf(service)}_${nameOf(service)}`, annotations: annotationsOf(service) };
    const wanted = text(at(service, "spec.loadBalancerIP"));
    // kubeadm marks control planes as none that balancers lead to, whatever else they are.
    const nodes = readCluster(this.worldDir)?.nodes.filter(({ roles }) => !roles.includes("control-plane")) ?? [];
    const machines = nodes.flatMap(({ providerId }) => providerId ?? []);
    const ranges = list(at(service, "spec.loadBalancerSourceRanges")).map(String);
    return tried("Error syncing load balancer", () => ({
      address: cloud.balance({ ...seen, wanted, nodes: nodes.map(({ name }) => name), machines, ranges }, settings),
      pool: "",
    }));
  }

  /** Makes the volume of a claim of one of the cloud's classes; why it cannot be made, if it cannot. */
  provision(claim: KubeObject, objects: Looked): string | undefined {
    const cloud = this.atWork();
    const className = text(at(claim, "spec.storageClassName"));
    const found = objects.list("storage.k8s.io/v1/StorageClass").find((one) => nameOf(one) === className);
    if (cloud === undefined || found === undefined || found.provisioner !== cloud.parts.volumes?.provisioner) return undefined;
    const sizeGiB = Number.parseInt(text(at(claim, "spec.resources.requests.storage")) ?? "1", 10);
    const made = { uid: uidOf(claim), sizeGiB, retain: found.reclaimPolicy === "Retain", parameters: fields(found.parameters) };
    const outcome = tried("failed to provision volume", () => {
      cloud.make(made);
      return { address: "", pool: "" };
    });
    return "reason" in outcome ? outcome.reason : undefined;
  }

  /** Takes away what was made for Services and claims that are gone, as long as the controller runs. */
  sweep(objects: Looked): void {
    const cloud = this.atWork();
    if (cloud === undefined) return;
    const services = controllerIn(cloud, objects) && new Set(objects.list("v1/Service").filter(isBalanced).map(uidOf));
    cloud.release(services, new Set(objects.list("v1/PersistentVolumeClaim").map(uidOf)));
  }

  private atWork(): PartsAtWork | undefined {
    const folder = cloudFolder(this.worldDir);
    return folder === undefined ? undefined : this.known[basename(folder)]?.(this.worldDir);
  }
}

const uidOf = ({ metadata }: KubeObject): string => String(metadata.uid);
const isBalanced = (service: KubeObject): boolean => at(service, "spec.type") === "LoadBalancer";

/** The workload that the cloud's controller is, where it runs. */
function controllerIn({ parts: { controller } }: PartsAtWork, objects: Looked): KubeObject | undefined {
  return controller && objects.list("apps/v1/DaemonSet").find((one) => nameOf(one) === controller.workload);
}

/** What the cloud refuses, its part says on the object. */
function tried(doing: string, work: () => Allocation): Allocation {
  try {
    return work();
  } catch (error) {
    if (error instanceof ApiError) return { reason: `${doing}: ${error.message}` };
    throw error;
  }
}
