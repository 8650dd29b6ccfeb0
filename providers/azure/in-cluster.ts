import type { CloudParts, PartObject, PartSurroundings, Told } from "../../model/cloud-parts";
import { labelValueOf } from "../../model/kubernetes-names";
import type { EnvironmentPlan } from "../../model/plan/types";
import { account, balancerController, ON_CONTROL_PLANES, READ, type Rule, rule } from "../cluster-objects";
import { azureLimits, azureName, DATA_DISK, groupName, securityGroupName } from "./names";
import { azureOf, lies, subnetsOf } from "./plan";
import { cloudOfRegion, squeezed } from "./regions";
import { resourceId } from "./resource-id";

/** Names in what the infrastructure tells: ids of what it made. */
export const TOLD = { subscription: "subscription", client: "identityClient", outside: "ingressAddress" } as const;

/** The key of the Secret that either reads, and where the controller finds it as a file. */
const CONFIG = "cloud-config";
const CONTROLLER_SECRET = "azure-cloud-config";
const CONFIG_FOLDER = "/etc/kubernetes/azure";

/** The controller, its account and its roles. */
const CONTROLLER = "azure-cloud-controller-manager";

/** Names of the zone and the type of a node, which the driver of disks reads. */
export const ZONE_LABEL = "topology.kubernetes.io/zone";
export const SIZE_LABEL = "node.kubernetes.io/instance-type";

/**
 * The controller for balancers (github.com/kubernetes-sigs/cloud-provider-azure) and the driver of disks (github.com/kubernetes-sigs/azuredisk-csi-driver).
 * Both do what the identity of the control planes may that they run on, in their machine's own network: no pod is let to the metadata for them.
 */
export const inCluster: CloudParts = {
  controller: {
    objects: controllerObjects,
    secret: { name: CONTROLLER_SECRET, data: config, readBy: [CONTROLLER] },
    // What it asks is behind HTTPS, as images and packages are; whom its balancers let in, it writes into the security group itself.
    flows: () => [
      {
        from: "load-balancer",
        to: "worker",
        protocol: "tcp",
        ports: ["30000-32767"],
        reason: "health checks of Services behind the cloud's balancers",
      },
    ],
    // A machine is a member of one balancer inside and of one outside at most.
    leadsToIngress: true,
    annotations: (plan) => ({
      ...IDLE,
      "service.beta.kubernetes.io/azure-load-balancer-internal": "true",
      "service.beta.kubernetes.io/azure-load-balancer-internal-subnet": subnetOf(plan, plan.platform.ingress.address),
    }),
    outside: ({ network }, told) =>
      network.floating.ingress === undefined
        ? undefined
        : { ...IDLE, "service.beta.kubernetes.io/azure-pip-name": resourceId(told[TOLD.outside] ?? "")?.name ?? "" },
  },
  volumes: {
    values: volumesValues,
    secret: { name: "azure-cloud-provider", data: config, readBy: ["controller.podAnnotations", "linux.podAnnotations"] },
    flows: () => [],
    provisioner: "disk.csi.azure.com",
    parameters: volumeParameters,
    nodeLabels: ({ zone, size }, region = "") => ({
      // As the driver calls zones: kubelet takes no driver that says otherwise than its node's labels.
      ...(zone === undefined ? {} : { [ZONE_LABEL]: `${squeezed(region)}-${zone}` }),
      [SIZE_LABEL]: labelValueOf(size),
    }),
  },
};

/** As long as there is: of four minutes, the default, connections that say nothing would die. */
const IDLE = { "service.beta.kubernetes.io/azure-load-balancer-tcp-idle-timeout": "100" };

/** The name of the subnet of the machines that an address lies in. */
function subnetOf(plan: EnvironmentPlan, address: string): string {
  const { existing } = azureOf(plan);
  if (existing !== undefined) return existing.subnets.node.name;
  const [first] = subnetsOf(plan, false);
  const { name = "" } = subnetsOf(plan, false).find(({ cidr }) => lies(address, cidr)) ?? first ?? {};
  return azureName(plan, azureLimits.subnet, name);
}

/** The name that the controller's own balancers begin with; no other environment's in the same resource group has it. */
export function clusterName(plan: Pick<EnvironmentPlan, "environment">): string {
  return azureName(plan, azureLimits.balancer, "services");
}

/** Where everything is and who asks, as both read it. */
function config(plan: EnvironmentPlan, told: Told): Record<string, string> {
  const { region = "", resourceGroup, existing } = azureOf(plan);
  const group = resourceGroup ?? groupName(plan);
  const network = existing && resourceId(existing.network);
  const content = {
    cloud: cloudOfRegion(region),
    subscriptionId: told[TOLD.subscription],
    resourceGroup: group,
    location: squeezed(region),
    // The machines stand by themselves, in no set.
    vmType: "standard",
    useManagedIdentityExtension: true,
    userAssignedIdentityID: told[TOLD.client],
    // A node says which machine it is: machines have other names than nodes.
    useInstanceMetadata: true,
    vnetName: network?.name ?? azureName(plan, azureLimits.virtualNetwork, "network"),
    vnetResourceGroup: network?.resourceGroup ?? group,
    subnetName: subnetOf(plan, plan.platform.ingress.address),
    securityGroupName: securityGroupName(plan),
    securityGroupResourceGroup: group,
    loadBalancerSku: "standard",
    // Members by their addresses: it looks up no machine, and writes no interface, which are ours as a whole.
    loadBalancerBackendPoolConfigurationType: "nodeIP",
    // Machines get out by their gateway.
    disableOutboundSNAT: true,
    tagsMap: { ...plan.labels, "kpaas-environment": plan.environment },
  };
  return { [CONFIG]: `${JSON.stringify(content, undefined, 2)}\n` };
}

/** Of a node it changes nothing: that the other controllers would, which do not run. */
const CONTROLLER_RULES: readonly Rule[] = [
  rule("", "nodes", READ),
  rule("", "services", [...READ, "patch", "update"]),
  rule("", "services/status", ["patch", "update"]),
  rule("discovery.k8s.io", "endpointslices", READ),
  rule("", "events", ["create", "patch", "update"]),
];
const LEASES: readonly Rule[] = [rule("coordination.k8s.io", "leases", ["get", "create", "update"])];

function controllerObjects(given: PartSurroundings): readonly PartObject[] {
  return [
    ...account(given.service.namespace, CONTROLLER, { inCluster: CONTROLLER_RULES, inNamespace: LEASES }),
    balancerController(given, {
      name: CONTROLLER,
      command: "cloud-controller-manager",
      args: ["--cloud-provider=azure", `--cloud-config=${CONFIG_FOLDER}/${CONFIG}`, `--cluster-name=${clusterName(given.environment)}`],
      secret: CONTROLLER_SECRET,
      folder: CONFIG_FOLDER,
      port: 10268,
    }),
  ];
}

function volumesValues({ service, image }: PartSurroundings): Readonly<Record<string, unknown>> {
  const resources = service.resources ?? {};
  const every = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, resources]));
  const reads = { cloudConfigSecretName: "azure-cloud-provider", cloudConfigSecretNamespace: service.namespace };
  return {
    image: {
      azuredisk: image("driver"),
      csiProvisioner: image("provisioner"),
      csiAttacher: image("attacher"),
      csiResizer: image("resizer"),
      livenessProbe: image("livenessProbe"),
      nodeDriverRegistrar: image("registrar"),
    },
    snapshot: { image: { csiSnapshotter: image("snapshotter") } },
    controller: {
      ...reads,
      ...ON_CONTROL_PLANES,
      replicas: service.replicas,
      hostNetwork: true,
      vmType: "standard",
      resources: every("csiProvisioner", "csiAttacher", "csiResizer", "csiSnapshotter", "livenessProbe", "azuredisk"),
    },
    // Workers have no identity that it could use.
    node: { ...reads, getNodeIDFromIMDS: true },
    linux: {
      getNodeInfoFromLabels: true,
      resources: every("livenessProbe", "nodeDriverRegistrar", "azuredisk"),
    },
    windows: { enabled: false },
  };
}

/** Volumes are exported to nobody, as the machines' own, and bear the environment's labels. */
function volumeParameters(type: string | undefined, plan: EnvironmentPlan): Record<string, string> {
  const { diskEncryptionSet } = azureOf(plan);
  const sku = type ?? DATA_DISK;
  const tags = Object.entries({ ...plan.labels, "kpaas-environment": plan.environment }).map(([key, value]) => `${key}=${value}`);
  return {
    skuName: sku,
    // The host caches none of these.
    ...(sku === "PremiumV2_LRS" ? { cachingMode: "None" } : {}),
    networkAccessPolicy: "DenyAll",
    publicNetworkAccess: "Disabled",
    tags: tags.sort().join(","),
    ...(diskEncryptionSet === undefined ? {} : { diskEncryptionSetID: diskEncryptionSet }),
  };
}
