import { defineCloud } from "../define-cloud";
import { bill } from "./bill";
import { checkVSphere } from "./checks";
import { credentials } from "./credentials";
import { inCluster } from "./in-cluster";
import { permissions } from "./permissions";
import { placeOf, resolveOptions, type VSphereOptions, vsphereOptions } from "./plan";
import { PLUGIN_VERSION } from "./plugin-version";
import { preview } from "./preview";
import { sizeTexts } from "./sizes";
import { state } from "./state";
import { takes } from "./takes";

const BY_NAME_OR_PATH = "by name, or by path";
/** As the driver reads it: with another name it ends. */
const VCENTER_USER = /^([A-Za-z0-9.-]+\\[A-Za-z0-9._-]+|[A-Za-z0-9._-]+@[A-Za-z0-9.-]+)$/;
const LABEL_NAME = /^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;
const POOL = "a resource pool that is there, by its path below the compute cluster's own, or `Resources`, which is that";

export const vsphere = defineCloud({
  name: "vsphere",
  title: "vSphere",
  // Its place is taken by our own bindings (sdk/), for it is not published.
  sdk: "@pulumi/vsphere",
  plugin: [{ name: "vsphere", version: PLUGIN_VERSION }],
  options: (z, { hostOrAddress, label, positive, secretReferenceSchema, text, zone }) => ({
    server: hostOrAddress.optional().meta({ description: "vCenter's host name or address", byDefault: "`VSPHERE_SERVER`" }),
    allowUnverifiedSsl: z.boolean().optional().meta({
      description:
        "whether a certificate of vCenter's that nobody known has signed is taken: whoever stands between could read the password",
      byDefault: "`false`",
    }),
    datacenter: text.optional().meta({ description: `the datacenter, ${BY_NAME_OR_PATH}`, byDefault: "the only one there is" }),
    cluster: text.optional().meta({ description: `the compute cluster, ${BY_NAME_OR_PATH}`, byDefault: "`Cluster`" }),
    resourcePool: text.optional().meta({
      description: `${POOL}; one of the environment's own needs DRS`,
      byDefault: "one is made, of the environment's name",
    }),
    datastore: text.optional().meta({ description: "the datastore of the machines' disks, by name", byDefault: "`datastore1`" }),
    network: text.optional().meta({
      description: "the port group that the machines are in, of a distributed switch or one of the same name on every host",
      byDefault: "`VM Network`",
    }),
    folder: text.optional().meta({
      description: "the folder that the environment's own is made in, by its path below the datacenter's folder of machines",
      byDefault: "that folder itself",
    }),
    template: text.optional().meta({
      description: `the template, or machine, that machines are cloned from, ${BY_NAME_OR_PATH} or by its UUID`,
      byDefault: "the one that is called as `infrastructure.image`",
    }),
    bootDiskGiB: positive.optional().meta({
      description: "the size of the disk that each machine boots from in GiB: at least the template's",
      byDefault: "`40`",
    }),
    sizes: z
      .record(
        label("a size's name", 20),
        z.strictObject({
          cpus: positive.max(768).meta({ description: "how many processors" }),
          memoryGiB: positive.max(6128).meta({ description: "how much memory in GiB" }),
        }),
      )
      .optional()
      .meta({
        description: "what the sizes that the file names stand for; beside them every size can be written as processors x GiB, `4x16`",
        byDefault: "`small` 2x2, `medium` 2x8, `large` 4x16, `xlarge` 8x32",
      }),
    zones: z
      .record(
        zone,
        z.strictObject({
          cluster: text.optional().meta({ description: "its compute cluster", byDefault: "`cluster`" }),
          resourcePool: text.optional().meta({ description: `its machines' pool: ${POOL}`, byDefault: "`resourcePool`, or one is made" }),
          datastore: text.optional().meta({ description: "its machines' datastore", byDefault: "`datastore`" }),
        }),
      )
      .optional()
      .meta({
        description: "what each of `infrastructure.zones` is: a compute cluster, or a pool of one",
        byDefault: "the compute cluster that is called as the zone",
      }),
    firewall: z.enum(["nftables", "none"]).optional().meta({
      description:
        "what keeps out on the machines what the plan does not allow: a table of our own, or nothing. vSphere itself keeps out nothing",
      byDefault: "`nftables`",
    }),
    storageDriver: z
      .strictObject({
        user: z
          .string()
          .regex(VCENTER_USER, "must name a user of vCenter with the domain, as kpaas-storage@vsphere.local")
          .meta({ description: "its user, with the domain; no other may share it, for it needs little (`plan --show permissions`)" }),
        password: secretReferenceSchema.meta({ description: "the user's password" }),
        ca: secretReferenceSchema
          .optional()
          .meta({ description: "the authority that vCenter's certificate is of, in PEM", byDefault: "one that the world knows" }),
        zoneCategory: z
          .string()
          .regex(LABEL_NAME, "must do as a part of a node's label: at most 63 letters, digits, '-', '_' and '.'")
          .optional()
          .meta({
            description: "the category of the tags that compute clusters bear, each called as its zone, where volumes are to keep to zones",
            byDefault: "volumes are made where all nodes reach them",
          }),
      })
      .optional()
      .meta({ description: "how the driver of `platform.storage.kind: cloud` meets vCenter", byDefault: "there is none" }),
  }),
  secrets: ["storageDriver.password", "storageDriver.ca"],
  resolve: (given: Partial<VSphereOptions>) => resolveOptions(given),
  neutral: (options) => ({ sizes: sizeTexts(vsphereOptions(options).sizes), images: {} }),
  defaults: {
    image: "ubuntu-22.04",
    sshUser: "ubuntu",
    sizes: { controlPlane: "large", worker: "xlarge", bastion: "small", nfs: "medium" },
    apiEndpoint: "virtualIp",
    onDelete: "forget",
  },
  can: { machines: true, balancers: false, floatingAddresses: false, zones: true, spread: true, virtualAddresses: true },
  inCluster,
  cannot: {
    controller: {
      reason: "has no balancers: those that a controller of its makes are NSX's, which is another product",
      remedy: "use metallb: nodes answer for its addresses by ARP in the port group",
    },
  },
  takes,
  enforces: (options) => vsphereOptions(options).firewall === "nftables" && "hosts",
  volumesStay: true,
  subnets: "one",
  reserved: () => [],
  leavesRange: false,
  flows: () => [],
  check: checkVSphere,
  checkPlan: () => undefined,
  place: (options: VSphereOptions, { zones }) => {
    const { server, datacenter, cluster, resourcePool, datastore, network, folder } = options;
    const all = [...new Set([...zones, ...Object.keys(options.zones)])].map((zone) => [zone, placeOf(options, zone)] as const);
    return {
      ...given({ server, datacenter, cluster, resourcePool, datastore, network, folder }),
      ...Object.assign({}, ...all.map(([zone, { ...place }]) => given(place, `zones.${zone}.`))),
    };
  },
  firstBoot: ({ bootDiskGiB, template }: VSphereOptions) => ({ bootDiskGiB, ...(template === undefined ? {} : { template }) }),
  changes: {
    refused: ["server", "datacenter", "cluster", "resourcePool", "datastore", "network", "folder", ["zones", "of one that is there"]],
    built: ["bootDiskGiB", "template", ["zones", "added"]],
    applied: ["allowUnverifiedSsl", "firewall", "storageDriver"],
    follows: ["sizes"],
  },
  credentials,
  permissions,
  bill,
  template: `  # What the port group's network is, a resolver, and the addresses that others have in it.
  network: { cidr: 10.20.0.0/24, gateway: 10.20.0.1, dns: [10.20.0.2], reserved: [10.20.0.1-10.20.0.20] }
  # credentials: { vault: secret/VSPHERE/1 }    # default: VSPHERE_USER, VSPHERE_PASSWORD and VSPHERE_SERVER
  # vsphere: { datacenter: Seoul, cluster: Cluster, datastore: vsanDatastore, network: VM Network, template: ubuntu-22.04 }
`,
  state,
  preview,
  mocks: () => (require("./mocks") as typeof import("./mocks")).mocks,
  infrastructure: () => (require("./infrastructure") as typeof import("./infrastructure")).VSphereInfrastructure,
});

/** The entries that have a value. */
function given(values: Readonly<Record<string, string | undefined>>, before = ""): Record<string, string> {
  return Object.fromEntries(Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[`${before}${key}`, value]])));
}
