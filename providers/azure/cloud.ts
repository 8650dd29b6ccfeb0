import { defineCloud } from "../define-cloud";
import { bill } from "./bill";
import { checkAzure, checkAzurePlan } from "./checks";
import { credentials } from "./credentials";
import { inCluster } from "./in-cluster";
import { neutralNames } from "./neutral";
import { permissions } from "./permissions";
import { type AzureOptions, azureOptions, keptBy } from "./plan";
import { preview } from "./preview";
import { state } from "./state";
import { takes } from "./takes";

export const azure = defineCloud({
  name: "azure",
  title: "Azure",
  sdk: "@pulumi/azure-native",
  options: (z, { network, pinned, positive, text }) => {
    const id = (type: string) =>
      text.regex(
        new RegExp(`^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\\.${type}/[^/]+$`, "i"),
        `must be a resource id, /subscriptions/…/resourceGroups/…/providers/Microsoft.${type}/NAME`,
      );
    const subnet = (means: string) =>
      z.strictObject({
        name: text.meta({ description: `its name: ${means}` }),
        cidr: network.meta({ description: "its network, as Azure has it" }),
      });
    return {
      subscription: z
        .string()
        .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, "must be a subscription's id, a GUID")
        .optional()
        .meta({ description: "the subscription that everything is made in", byDefault: "that of the credentials" }),
      resourceGroup: text
        .regex(/^[\w.()-]{0,89}[\w()-]$/, "must be a resource group's name: letters, digits, and _ . ( ) -")
        .optional()
        .meta({ description: "a resource group that is there already", byDefault: "one of the environment's name is made" }),
      natGateways: z.enum(["perZone", "one", "none"]).optional().meta({
        description:
          "how machines without a public address get out: by a gateway in each zone, by one in the first zone, which the others are lost with, or not at all",
        byDefault: "`perZone`",
      }),
      bootVolumeGiB: positive.optional().meta({ description: "the size of each machine's boot disk in GiB", byDefault: "`128`" }),
      bootVolumeType: z
        .enum(["Premium_LRS", "Premium_ZRS", "StandardSSD_LRS", "StandardSSD_ZRS", "Standard_LRS"])
        .optional()
        .meta({ description: "its type", byDefault: "`Premium_LRS`" }),
      diskEncryptionSet: id("Compute/diskEncryptionSets")
        .optional()
        .meta({ description: "the id of the disk encryption set whose key all disks are encrypted with", byDefault: "the platform's key" }),
      acceleratedNetworking: z
        .boolean()
        .optional()
        .meta({ description: "whether machines reach their network past the host, which some small sizes cannot", byDefault: "`true`" }),
      controllers: z.boolean().optional().meta({
        description: "whether control planes may do what the cloud controller and the disk driver do, by an identity of their own",
        byDefault: "`true`",
      }),
      existing: z
        .strictObject({
          network: id("Network/virtualNetworks").meta({ description: "the virtual network's resource id" }),
          subnets: z
            .strictObject({
              node: subnet("machines stand in it").meta({ description: "the machines' subnet, with a way out of its own" }),
              outer: subnet("the bastion stands in it")
                .optional()
                .meta({ description: "the bastion's subnet", byDefault: "none: it stands among the machines" }),
            })
            .meta({ description: "its subnets" }),
        })
        .optional()
        .meta({ description: "a virtual network that is there already, with its subnets, in place of one that is made" }),
      addresses: z.record(z.string(), id("Network/publicIPAddresses")).optional().meta({
        description: "the resource ids of public addresses that were made beforehand, by address",
        byDefault: "none",
      }),
      images: z.record(z.string(), pinned).optional().meta({
        description: "what names of images stand for, before the table's: PUBLISHER:OFFER:SKU:VERSION, or a resource id",
        byDefault: "the table in docs/azure.md",
      }),
      sizes: z.record(z.string(), text).optional().meta({
        description: "what names of sizes stand for, before the table's: a size of Azure's",
        byDefault: "the table in docs/azure.md",
      }),
    };
  },
  resolve: ({
    natGateways,
    bootVolumeGiB = 128,
    bootVolumeType = "Premium_LRS",
    acceleratedNetworking = true,
    controllers = true,
    ...rest
  }: Partial<AzureOptions>): AzureOptions => ({
    // A network that was there has its own way out.
    natGateways: natGateways ?? (rest.existing === undefined ? "perZone" : "none"),
    ...{ bootVolumeGiB, bootVolumeType, acceleratedNetworking, controllers },
    ...rest,
  }),
  neutral: neutralNames,
  defaults: {
    image: "ubuntu-22.04",
    sshUser: "ubuntu",
    sizes: { controlPlane: "large", worker: "xlarge", bastion: "small", nfs: "medium" },
    apiEndpoint: "loadBalancer",
    onDelete: "forget",
  },
  // What keeps machines of a group apart, an availability set, cannot be had together with zones: zones are what machines are spread over.
  can: { machines: true, balancers: true, floatingAddresses: true, zones: true, spread: false, virtualAddresses: false },
  inCluster,
  volumesFollow: true,
  takes,
  enforces: () => true,
  // What the machines' agent asks for their set-up, and what that holds; the resolver at the same address is for all.
  hidden: [{ address: "168.63.129.16", ports: [80, 32526] }],
  // A subnet could span all zones; a NAT gateway stands in one, and serves whole subnets.
  subnets: "perZone",
  outerSubnets: true,
  reserved: ({ first }) => keptBy(first),
  given: (options) => {
    const { existing } = azureOptions(options);
    if (existing === undefined) return undefined;
    const { node, outer } = existing.subnets;
    return [{ cidr: node.cidr }, ...(outer ? [{ cidr: outer.cidr, outer: true as const }] : [])];
  },
  // Security groups do not look at what goes to Azure's own resolver, DHCP and metadata, unless a rule names their tags.
  flows: () => [],
  check: checkAzure,
  checkPlan: checkAzurePlan,
  place: (options) => {
    const { subscription = "", resourceGroup = "", existing } = azureOptions(options);
    const { node, outer } = existing?.subnets ?? {};
    return {
      ...(subscription === "" ? {} : { subscription: subscription.toLowerCase() }),
      resourceGroup,
      existing: existing === undefined ? "" : [existing.network, node?.name, outer?.name].filter(Boolean).join(" "),
    };
  },
  firstBoot: (options) => {
    const { bootVolumeGiB, bootVolumeType, diskEncryptionSet } = azureOptions(options);
    return { bootVolumeGiB, bootVolumeType, ...(diskEncryptionSet === undefined ? {} : { diskEncryptionSet }) };
  },
  changes: {
    refused: ["subscription", "resourceGroup", "existing"],
    built: ["bootVolumeGiB", "bootVolumeType", "diskEncryptionSet", "images"],
    applied: ["natGateways", "controllers", "acceleratedNetworking"],
    follows: ["addresses", "sizes"],
  },
  credentials,
  permissions,
  bill,
  template: `  region: koreacentral
  zones: ["1", "2", "3"]                # where the region has some
  # credentials: { vault: secret/AZURE/1 }    # default: Azure's own ways: ARM_* variables, a machine's identity, az login
  # azure: { subscription: 00000000-0000-0000-0000-000000000000, natGateways: perZone, bootVolumeGiB: 128 }
`,
  state,
  preview,
  mocks: () => (require("./mocks") as typeof import("./mocks")).mocks,
  infrastructure: () => (require("./infrastructure") as typeof import("./infrastructure")).AzureInfrastructure,
});
