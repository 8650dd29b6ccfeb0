import type { EnvironmentPlan } from "../../model/plan/types";
import { partsOf, permissionsIn } from "./controllers-role";
import { imageQuery } from "./neutral";
import { balancesServices, makesNat } from "./plan";

/** A role as `gcloud iam roles create --file` takes it. */
export interface RoleDocument {
  readonly title: string;
  readonly description: string;
  readonly stage: "GA";
  readonly includedPermissions: readonly string[];
}

/** What making, changing, reading and deleting a resource needs. */
export interface Needs {
  /** As `SERVICE.KIND.VERB`; one kind after the other, its name once. */
  readonly permissions: string;
  /** The methods in the reference of the API, each of which names the permissions it wants. */
  readonly source: string;
}

const compute = (kind: string, verbs: string, more = ""): Needs => ({
  permissions: `compute.${kind}.${verbs} ${more} compute.${kind.startsWith("region") || REGIONAL.has(kind) ? "region" : GLOBAL.has(kind) ? "global" : "zone"}Operations.get`,
  source: `compute/v1 ${kind}`,
});
const REGIONAL = new Set(["addresses", "forwardingRules", "routers", "subnetworks"]);
const GLOBAL = new Set(["networks", "firewalls", "images"]);

/** By type of resource; every type that the component registers. */
export const NEEDS: Readonly<Record<string, Needs>> = {
  "gcp:compute/network:Network": compute("networks", "create delete get updatePolicy use"),
  "gcp:compute/subnetwork:Subnetwork": compute("subnetworks", "create delete get update use", "compute.networks.updatePolicy"),
  "gcp:compute/router:Router": compute("routers", "create delete get update use", "compute.networks.updatePolicy"),
  "gcp:compute/routerNat:RouterNat": compute("routers", "get update", "compute.subnetworks.use"),
  "gcp:compute/firewall:Firewall": compute("firewalls", "create delete get update", "compute.networks.get updatePolicy"),
  "gcp:compute/address:Address": compute("addresses", "create delete get setLabels use"),
  "gcp:compute/image:Image": compute("images", "create delete get setLabels useReadOnly", "compute.disks.create"),
  "gcp:compute/instance:Instance": compute(
    "instances",
    "create delete get setLabels setMachineType setMetadata setServiceAccount start stop update updateNetworkInterface updateShieldedInstanceConfig addAccessConfig deleteAccessConfig use",
    // The boot disk has labels too, and whoever sets them as it is made needs the same as afterwards.
    "compute.disks.create get setLabels use compute.subnetworks.use useExternalIp compute.addresses.use compute.images.useReadOnly compute.machineTypes.get compute.projects.get iam.serviceAccounts.actAs",
  ),
  "gcp:compute/disk:Disk": compute("disks", "create delete get resize setLabels update use"),
  "gcp:compute/attachedDisk:AttachedDisk": compute("instances", "attachDisk detachDisk get", "compute.disks.use iam.serviceAccounts.actAs"),
  "gcp:compute/instanceGroup:InstanceGroup": compute("instanceGroups", "create delete get list update use"),
  "gcp:compute/instanceGroupMembership:InstanceGroupMembership": compute("instanceGroups", "get list update", "compute.instances.use"),
  "gcp:compute/regionHealthCheck:RegionHealthCheck": compute("regionHealthChecks", "create delete get update use useReadOnly"),
  "gcp:compute/regionBackendService:RegionBackendService": compute(
    "regionBackendServices",
    "create delete get update use",
    "compute.instanceGroups.use compute.regionHealthChecks.useReadOnly compute.networks.use",
  ),
  "gcp:compute/forwardingRule:ForwardingRule": compute(
    "forwardingRules",
    "create delete get setLabels update use",
    "compute.regionBackendServices.use compute.addresses.use compute.subnetworks.use compute.networks.use",
  ),
  "gcp:dns/policy:Policy": {
    permissions: "dns.policies.create delete get list update dns.networks.bindPrivateDNSPolicy compute.networks.get",
    source: "dns/v1 policies",
  },
  "gcp:serviceaccount/account:Account": {
    permissions: "iam.serviceAccounts.create delete get update",
    source: "iam/v1 projects.serviceAccounts",
  },
  "gcp:projects/iAMCustomRole:IAMCustomRole": {
    permissions: "iam.roles.create delete get undelete update",
    source: "iam/v1 projects.roles",
  },
  "gcp:projects/iAMMember:IAMMember": {
    permissions: "resourcemanager.projects.get getIamPolicy setIamPolicy",
    source: "cloudresourcemanager/v1 projects",
  },
  "gcp:serviceaccount/iAMMember:IAMMember": {
    permissions: "iam.serviceAccounts.getIamPolicy setIamPolicy",
    source: "iam/v1 projects.serviceAccounts",
  },
};

/** What the cloud is asked for before anything is made. */
export const SURVEY = `compute.images.get getFromFamily compute.machineTypes.list compute.zones.list compute.addresses.get list compute.forwardingRules.get
  compute.instances.get compute.networks.get list
  compute.subnetworks.get compute.routers.get list cloudquotas.quotas.get`;

/** The types of the resources that an environment is made of. */
export function resourceTypes(plan: EnvironmentPlan): string[] {
  const types = [
    ...["firewall", "forwardingRule", "instance", "instanceGroup", "instanceGroupMembership", "regionBackendService"],
    "regionHealthCheck",
  ].map((kind) => `gcp:compute/${kind}:${kind.replace(/^./, (letter) => letter.toUpperCase())}`);
  const add = (when: boolean, ...more: readonly string[]): void => void (when && types.push(...more));
  const made = plan.network.existing === undefined;
  add(true, "gcp:serviceaccount/account:Account");
  add(made, "gcp:compute/network:Network", "gcp:compute/subnetwork:Subnetwork");
  add(made && plan.network.dns.length > 0, "gcp:dns/policy:Policy");
  add(
    Object.values(plan.network.floating).some(({ address }) => address === undefined),
    "gcp:compute/address:Address",
  );
  add(makesNat(plan), "gcp:compute/router:Router", "gcp:compute/routerNat:RouterNat");
  add(
    plan.machines.some(({ image }) => {
      const query = imageQuery(image);
      return query !== undefined && "family" in query;
    }),
    "gcp:compute/image:Image",
  );
  add(
    plan.machines.some(({ volumes }) => volumes.length > 0),
    "gcp:compute/disk:Disk",
    "gcp:compute/attachedDisk:AttachedDisk",
  );
  const parts = partsOf(plan);
  add(parts.length > 0, "gcp:projects/iAMCustomRole:IAMCustomRole", "gcp:projects/iAMMember:IAMMember");
  add(parts.includes("volumes"), "gcp:serviceaccount/iAMMember:IAMMember");
  return types.sort();
}

/** What the credentials must be allowed to do, as a role for them: no more than this environment's resources need. */
export function permissions(plan: EnvironmentPlan): RoleDocument {
  const needed = resourceTypes(plan).map((type) => NEEDS[type]?.permissions ?? "");
  if (balancesServices(plan)) needed.push("compute.instances.setTags");
  return {
    title: `kpaas ${plan.environment}`,
    description: `Makes, changes and deletes the environment ${plan.environment}`,
    stage: "GA",
    includedPermissions: [...new Set([...needed, SURVEY].flatMap(permissionsIn))].sort(),
  };
}
