import { isFields } from "../../model/data";
import { contains, parseCidr } from "../../model/ipv4";
import { ApiError } from "../cloud/cloud";
import type { Balanced, SimulatedParts } from "../cloud/in-cluster";
import type { Stored } from "../store";
import { isMap, maps, text, texts } from "../values";
import { idIn, idsIn } from "./addresses";
import { BALANCING } from "./balancing";
import { COMPUTE, disksOf } from "./compute";
import { type Azure, groupId, lastOf } from "./names";
import { rulesIn, rulesOf } from "./security-rules";

const BALANCER = BALANCING["azure-native:network:LoadBalancer"]!;
const DISK = COMPUTE["azure-native:compute:Disk"]!;

const ANNOTATION = "service.beta.kubernetes.io/azure";
const OURS = "k8s-azure-lb_allow_IPv4_";

/** The cloud controller for balancers and the driver of disks, as far as the cloud sees what they do. */
export const PARTS: SimulatedParts<Azure> = {
  controller: {
    workload: "azure-cloud-controller-manager",
    reads: { secret: "azure-cloud-config", key: "cloud-config" },
    balance(cloud, service, settings) {
      const config = read(settings);
      const found = cloud.store.list("loadBalancer").find((each) => frontendOf(each, service.uid) !== undefined);
      const balancer = found ?? lead(cloud, service, config);
      const frontend = frontendOf(balancer, service.uid) ?? {};
      const outside = idIn(frontend, "publicIPAddress");
      const address = outside === "" ? text(frontend, "privateIPAddress") : text(cloud.find("publicIp", outside), "ipAddress");
      open(cloud, service, config, address);
      return address;
    },
    release(cloud, standing) {
      for (const balancer of cloud.store.list("loadBalancer")) {
        const frontends = maps(balancer, "frontendIPConfigurations");
        const left = frontends.filter(({ service }) => service === undefined || standing.has(String(service)));
        if (left.length === frontends.length) continue;
        if (left.length > 0) cloud.store.put("loadBalancer", { ...balancer, frontendIPConfigurations: left });
        else cloud.store.delete("loadBalancer", balancer.id);
      }
      for (const group of cloud.store.list("networkSecurityGroup")) {
        const rules = rulesOf(group);
        const left = rules.filter(({ name }) => !String(name).startsWith(OURS) || standing.has(String(name).slice(OURS.length)));
        if (left.length < rules.length) cloud.store.put("networkSecurityGroup", { ...group, securityRules: left });
      }
    },
  },
  volumes: {
    provisioner: "disk.csi.azure.com",
    make(cloud, { uid, sizeGiB, retain, parameters }) {
      if (cloud.store.list("disk").some((one) => one.claim === uid)) return;
      const worker = workers(cloud)[0];
      const [zone] = worker === undefined ? [] : texts(worker, "zones");
      const skuName = text(parameters, "skuName");
      const tags = text(parameters, "tags")
        .split(",")
        .map((each) => each.split("="));
      if (tags.some(([key = "", value]) => value === undefined || /[<>%&?/.]/.test(key)))
        throw new ApiError("InvalidArgument", `tags '${text(parameters, "tags")}' are invalid`);
      const set = text(parameters, "diskEncryptionSetID");
      const made = DISK.create(cloud, {
        resourceGroupName: groupOf(worker),
        diskName: `pvc-${uid}`,
        location: cloud.region,
        ...(zone === undefined || skuName.endsWith("_ZRS") ? {} : { zones: [zone] }),
        creationData: { createOption: "Empty" },
        diskSizeGB: sizeGiB,
        sku: { name: skuName },
        tags: Object.fromEntries(tags),
        ...(set === "" ? {} : { encryption: { diskEncryptionSetId: set } }),
      });
      cloud.store.put("disk", { ...made, claim: uid, retain });
      // A pod on the machine waits for it.
      if (worker !== undefined)
        attach(cloud, worker, [...maps(storageOf(worker), "dataDisks"), { lun: 0, createOption: "Attach", managedDisk: { id: made.id } }]);
    },
    release(cloud, standing) {
      for (const disk of cloud.store.list("disk")) {
        if (typeof disk.claim !== "string" || disk.retain === true || standing.has(disk.claim)) continue;
        for (const machine of cloud.store.list("instance"))
          if (disksOf(machine).includes(disk.id))
            attach(
              cloud,
              machine,
              maps(storageOf(machine), "dataDisks").filter((each) => idIn(each, "managedDisk") !== disk.id),
            );
        cloud.store.delete("disk", disk.id);
      }
    },
  },
};

type Config = Readonly<Record<string, unknown>>;

function read(settings: string): Config {
  const config: unknown = JSON.parse(settings === "" ? "{}" : settings);
  return isFields(config) ? config : {};
}

const frontendOf = (balancer: Stored, uid: string) => maps(balancer, "frontendIPConfigurations").find((each) => each.service === uid);
const storageOf = (machine: Stored) => (isMap(machine.storageProfile) ? machine.storageProfile : {});
const groupOf = (object: Stored | undefined): string => /\/resourceGroups\/([^/]+)\//.exec(object?.id ?? "")?.[1] ?? "";

/** The interfaces of workers, by the group that they are in. */
function interfaces(cloud: Azure): readonly Stored[] {
  return cloud.store
    .list("networkInterface")
    .filter((each) =>
      maps(each, "ipConfigurations").some((one) => idsIn(one, "applicationSecurityGroups").some((id) => lastOf(id).endsWith("-worker"))),
    );
}

function workers(cloud: Azure): readonly Stored[] {
  const own = new Set(interfaces(cloud).map(({ id }) => id));
  return cloud.store
    .list("instance")
    .filter(({ networkProfile }) => isMap(networkProfile) && idsIn(networkProfile, "networkInterfaces").some((id) => own.has(id)));
}

function attach(cloud: Azure, machine: Stored, dataDisks: readonly object[]): void {
  cloud.store.put("instance", { ...machine, storageProfile: { ...storageOf(machine), dataDisks } });
}

/** The balancer of the side that a Service wants, with a frontend for it. */
function lead(cloud: Azure, { uid, annotations, wanted }: Balanced, config: Config): Stored {
  const resourceGroupName = text(config, "resourceGroup");
  mayWrite(cloud, config, resourceGroupName);
  const internal = annotations[`${ANNOTATION}-load-balancer-internal`] === "true";
  const network = `${groupId(text(config, "vnetResourceGroup"))}/providers/Microsoft.Network/virtualNetworks/${text(config, "vnetName")}`;
  const subnet = String(annotations[`${ANNOTATION}-load-balancer-internal-subnet`] ?? config.subnetName);
  const place = internal
    ? { subnet: { id: `${network}/subnets/${subnet}` }, ...(wanted === undefined ? {} : { privateIPAddress: wanted }) }
    : { publicIPAddress: { id: publicAddress(cloud, resourceGroupName, annotations[`${ANNOTATION}-pip-name`]) } };
  const loadBalancerName = `services${internal ? "-internal" : ""}`;
  const standing = cloud.store.list("loadBalancer").find(({ id }) => lastOf(id) === loadBalancerName);
  const frontendIPConfigurations = [
    ...(standing === undefined ? [] : maps(standing, "frontendIPConfigurations")),
    { name: uid, service: uid, ...place },
  ];
  refuseTwo(cloud, internal);
  const inputs = { resourceGroupName, loadBalancerName, location: cloud.region, sku: { name: "Standard" }, frontendIPConfigurations };
  const balancer =
    standing === undefined ? BALANCER.create(cloud, inputs) : (BALANCER.update?.(cloud, standing, { ...standing, ...inputs }) ?? standing);
  cloud.store.put("loadBalancer", balancer);
  return balancer;
}

/** What Azure finds the identity may do there. */
function mayWrite(cloud: Azure, { userAssignedIdentityID: client }: Config, group: string): void {
  const identity = cloud.store.list("identity").find(({ clientId }) => clientId === client);
  const allowed = (scope: string, action: string): boolean =>
    cloud.store
      .list("roleAssignment")
      .filter((each) => each.principalId === identity?.principalId && each.scope === scope)
      .some((each) =>
        maps(cloud.find("roleDefinition", text(each, "roleDefinitionId")), "permissions").some((one) =>
          texts(one, "actions").includes(action),
        ),
      );
  const refuse = (action: string, scope: string): never => {
    throw new ApiError(
      "AuthorizationFailed",
      `The client '${String(client)}' does not have authorization to perform action '${action}' over scope '${scope}'.`,
    );
  };
  const subscription = groupId(group).split("/").slice(0, 3).join("/");
  const look = "Microsoft.Resources/subscriptions/providers/read";
  if (identity === undefined || !allowed(subscription, look)) refuse(look, subscription);
  for (const action of ["loadBalancers/write", "networkSecurityGroups/write", "virtualNetworks/joinLoadBalancer/action"])
    if (!allowed(groupId(group), `Microsoft.Network/${action}`)) refuse(`Microsoft.Network/${action}`, groupId(group));
}

function publicAddress(cloud: Azure, group: string, name: unknown): string {
  const id = `${groupId(group)}/providers/Microsoft.Network/publicIPAddresses/${String(name)}`;
  if (typeof name !== "string" || !cloud.has("publicIp", id))
    throw new ApiError("NotFound", `PublicIP from annotation azure-pip-name=${String(name)} doesn't exist`);
  return id;
}

/** Members by their addresses are members all the same: of one balancer of a kind. */
function refuseTwo(cloud: Azure, internal: boolean): void {
  const pools = interfaces(cloud).flatMap((each) =>
    maps(each, "ipConfigurations").flatMap((one) => idsIn(one, "loadBalancerBackendAddressPools")),
  );
  for (const pool of pools) {
    const balancer = cloud.find("loadBalancer", pool.split("/backendAddressPools/")[0] ?? "");
    if (maps(balancer, "frontendIPConfigurations").some((each) => isMap(each.subnet) === internal))
      throw new ApiError("NetworkInterfaceUsesMultipleLoadBalancersOfSameType", `A worker is in ${balancer.id} already.`);
  }
}

/** The controller's own rule in the security group: whom the Service lets in, to its address. */
function open(cloud: Azure, { uid, ranges }: Balanced, config: Config, address: string): void {
  const id = `${groupId(text(config, "securityGroupResourceGroup"))}/providers/Microsoft.Network/networkSecurityGroups/${text(config, "securityGroupName")}`;
  const group = cloud.find("networkSecurityGroup", id);
  const rules = rulesOf(group);
  if (ranges.length === 0 || rules.some(({ name }) => name === `${OURS}${uid}`)) return;
  const taken = new Set(rulesIn(cloud, group).map(({ priority }) => priority));
  let priority = 500;
  while (taken.has(priority)) priority += 1;
  const rule = {
    ...{ name: `${OURS}${uid}`, priority, direction: "Inbound", access: "Allow", protocol: "Tcp" },
    ...{ sourceAddressPrefixes: widest(ranges), sourcePortRange: "*", destinationAddressPrefix: address, destinationPortRange: "*" },
  };
  cloud.store.put("networkSecurityGroup", { ...group, securityRules: [...rules, rule] });
}

/** Ranges without those that lie in another of them. */
function widest(ranges: readonly string[]): string[] {
  const blocks = [...new Set(ranges)].map((text) => ({ text, block: parseCidr(text) }));
  return blocks.flatMap(({ text, block }) =>
    blocks.some(
      (other) => other.text !== text && block && other.block && contains(other.block, block.first) && contains(other.block, block.last),
    )
      ? []
      : [text],
  );
}
