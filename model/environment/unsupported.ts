import type { CloudDefinition } from "../cloud";
import type { CloudPartName } from "../cloud-parts";
import { KUBELET_CONFIGURATION } from "../cluster/inventory";
import { fields, isFields } from "../data";
import type { Findings } from "../problems";
import { cloudOf, type Registry } from "../registry";
import { checkHostFields } from "./checks-hosts";
import type { EnvironmentFile } from "./schema";
import type { Environment } from "./types";

type Refusal = readonly [path: string, refused: boolean, remedy: string];

/** Refuses what the contract names and this version cannot do yet: a value is never ignored. */
export function refuseUnsupported(file: EnvironmentFile, environment: Environment, registry: Registry, findings: Findings): void {
  const { infrastructure, cluster = {}, platform = {} } = file;
  const clouds = Object.keys(registry.clouds);
  const cloud = cloudOf(infrastructure.provider, registry);
  const refusals: Refusal[] = [
    ["retain", file.retain?.some((each) => each !== "volumes") === true, "retain: [volumes] is supported"],
    ["edge", file.edge !== undefined, "take the section out"],
    ["cluster.engine", cluster.engine !== undefined && cluster.engine !== "kubespray", "use kubespray"],
  ];
  for (const [path, refused, remedy] of refusals) {
    if (refused) findings.error(path, "is not supported yet in this version", remedy, leaf(file, path));
  }
  for (const field of ["nodes", "size", "generation", "maintenance"] as const) {
    if (cluster.etcd?.placement === "stacked" && cluster.etcd[field] !== undefined)
      findings.error(`cluster.etcd.${field}`, "stacked etcd runs on the control planes and has no machines of its own", "take it out");
  }
  checkCloudParts(file, environment.platform, cloud, findings);
  const { storage } = platform;
  if (storage?.kind === "nfs" && storage.server !== undefined) {
    if (storage.path === undefined)
      findings.error("platform.storage.path", "is required beside server", "give the path of the share on that server");
    if (storage.size !== undefined)
      findings.error(
        "platform.storage.size",
        "is of the machine that serves the share, and a given server needs none",
        "take it out",
        storage.size,
      );
    if (storage.sizeGiB !== undefined)
      findings.error("platform.storage.sizeGiB", "a given server has its own size", "take it out, or take server out", storage.sizeGiB);
  }
  for (const name of clouds) {
    if (fields(infrastructure)[name] !== undefined && infrastructure.provider !== name) {
      findings.error(
        `infrastructure.${name}`,
        `holds options of ${name}, but the provider is ${infrastructure.provider}`,
        `take the section out or set infrastructure.provider to ${name}`,
      );
    }
  }
  checkHostFields(file, environment, findings);
}

/** The parts that the cloud must have for what the file asks of it. */
function checkCloudParts(file: EnvironmentFile, { controller }: Environment["platform"], cloud: CloudDefinition, findings: Findings): void {
  const { loadBalancer, storage } = file.platform ?? {};
  const { can, cannot = {}, inCluster = {}, title } = cloud;
  const refuse = (path: string, part: CloudPartName, reason: string, remedy: string): void => {
    const said = cannot[part];
    findings.error(path, `${title} ${said?.reason ?? reason}`, said?.remedy ?? remedy, leaf(file, path));
  };
  if (loadBalancer?.kind === "cloud" && !can.virtualAddresses && loadBalancer.services && !inCluster.controller)
    refuse(
      "platform.loadBalancer.services",
      "controller",
      "has no controller here that would make balancers for Services",
      "take it out: a balancer leads to the ingress",
    );
  else if (loadBalancer?.kind === "cloud" && can.virtualAddresses && !inCluster.controller)
    refuse("platform.loadBalancer.kind", "controller", "has no controller here that would make balancers for Services", "use metallb");
  else if (loadBalancer?.kind === "cloud" && can.virtualAddresses && loadBalancer.services === false)
    findings.error(
      "platform.loadBalancer.services",
      "without the cloud's controller nothing would lead to the ingress",
      "take it out, or use metallb",
      false,
    );
  const kubelet = file.cluster?.variables?.[KUBELET_CONFIGURATION];
  if (kubelet !== undefined && controller && inCluster.controller?.providerId !== undefined)
    if (!isFields(kubelet) || "providerID" in kubelet)
      findings.error(
        `cluster.variables.${KUBELET_CONFIGURATION}`,
        "kubelets are told there which machine they run on, by which the cloud's controller knows it",
        "give it as a map, without providerID",
      );
  if (storage?.kind === "cloud" && !inCluster.volumes)
    refuse("platform.storage.kind", "volumes", "has no driver here that would make volumes", `use ${storageKinds(cloud)}`);
}

function storageKinds({ inCluster }: CloudDefinition): string {
  return inCluster?.volumes ? "nfs, rookCeph, existing or cloud" : "nfs, rookCeph or existing";
}

function leaf(file: EnvironmentFile, path: string): unknown {
  const value = path.split(".").reduce<unknown>((each, step) => (each as Record<string, unknown> | undefined)?.[step], file);
  return typeof value === "object" ? undefined : value;
}
