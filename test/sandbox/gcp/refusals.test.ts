import assert from "node:assert/strict";
import { join } from "node:path";
import type { Properties } from "../../../plugin/rpc/provider";
import { partsAtWork } from "../../../sandbox/cloud/parts-at-work";
import { createCloudProvider } from "../../../sandbox/cloud/provider";
import { GCP } from "../../../sandbox/gcp/cloud";
import { Store } from "../../../sandbox/store";
import { CloudClient, type Created } from "../../support/cloud-client";
import { ProviderClient } from "../../support/provider-client";
import { temporaryFolders } from "../../support/temporary";

const WORLD = {
  images: ["acme/ours-1", "ubuntu-os-cloud/family/ubuntu-2204-lts"],
  machineTypes: ["n2-standard-4", "a3-highgpu-8g in r-b"],
  zones: ["r-a", "r-b"],
  networks: [],
  subnetworks: [],
  addresses: [],
  crowded: [],
};
const IMAGE = "https://www.googleapis.com/compute/v1/projects/acme/global/images/ours-1";
const PLACE = { project: "acme", region: "r" };

/** A simulated GCP spoken to over gRPC. */
class Cloud extends CloudClient {
  /** A network with a subnet, and an account. */
  async base(): Promise<Record<"network" | "subnet" | "account", Created>> {
    const network = await this.create("Network", { name: "net", project: "acme", autoCreateSubnetworks: false });
    const subnet = await this.create("Subnetwork", { ...PLACE, name: "nodes", network: network.id, ipCidrRange: "10.0.0.0/24" });
    const account = await this.create("Account", { accountId: "acme-worker", project: "acme" });
    return { network, subnet, account };
  }

  machine({ subnet, account }: Record<"subnet" | "account", Created>, more: Properties = {}): Properties {
    return {
      name: "one",
      project: "acme",
      zone: "r-a",
      machineType: "n2-standard-4",
      bootDisk: { initializeParams: { image: IMAGE } },
      networkInterfaces: [{ subnetwork: subnet.id, networkIp: "10.0.0.10" }],
      serviceAccount: { email: account.properties.email, scopes: ["cloud-platform"] },
      ...more,
    };
  }
}

type Inputs = (cloud: Cloud) => Promise<Properties> | Properties;

const machine =
  (more: Properties): Inputs =>
  async (c) =>
    c.machine(await c.base(), more);
const rule =
  (more: Properties): Inputs =>
  async (c) => {
    const { network, account } = await c.base();
    const to = { targetServiceAccounts: [account.properties.email], allows: [{ protocol: "tcp", ports: ["22"] }] };
    return { name: "r", project: "acme", network: network.id, direction: "INGRESS", sourceRanges: ["10.0.0.0/8"], ...to, ...more };
  };
/** A machine at an address inside. */
const inside =
  (networkIp: string): Inputs =>
  async (c) => {
    const base = await c.base();
    return c.machine(base, { networkInterfaces: [{ subnetwork: base.subnet.id, networkIp }] });
  };

const REFUSED: readonly (readonly [what: string, type: string, inputs: Inputs, says: RegExp])[] = [
  ["a misspelt input, naming the near one", "Network", () => ({ nam: "x" }), /"nam" is not expected here. Did you mean "name"/],
  ["a name with capitals", "Network", () => ({ name: "Net", project: "acme" }), /Invalid value for field 'resource\.name': 'Net'/],
  [
    "a subnet of no network",
    "Subnetwork",
    () => ({ ...PLACE, name: "s", network: "projects/acme/global/networks/x", ipCidrRange: "10.0.0.0/24" }),
    /networks\/x' was not found/,
  ],
  [
    "a subnet over another",
    "Subnetwork",
    async (c) => ({ ...PLACE, name: "s", network: (await c.base()).network.id, ipCidrRange: "10.0.0.128/25" }),
    /conflicts with existing subnetwork 'nodes'/,
  ],
  ["the second address of a subnet", "Instance", inside("10.0.0.1"), /outside the subnetwork's range or reserved/],
  ["the last but one", "Instance", inside("10.0.0.254"), /outside the subnetwork's range or reserved/],
  [
    "a way out to an account",
    "Firewall",
    rule({ direction: "EGRESS", sourceRanges: [], sourceServiceAccounts: ["a@b"] }),
    /Egress rules cannot have sources/,
  ],
  ["a way out without an end", "Firewall", rule({ direction: "EGRESS", sourceRanges: [] }), /must have destination ranges/],
  ["a protocol that nobody knows", "Firewall", rule({ allows: [{ protocol: "vxlan" }] }), /Unknown protocol/],
  ["ports of a protocol without", "Firewall", rule({ allows: [{ protocol: "ipip", ports: ["4"] }] }), /no ports may be given with ipip/],
  ["an account that is not there", "Firewall", rule({ targetServiceAccounts: ["x@y"] }), /'x@y'\. The service account does not exist/],
  ["a label with capitals", "Instance", machine({ labels: { team: "Ours" } }), /Label values must match/],
  ["a machine in no zone", "Instance", machine({ zone: "r-z" }), /Unknown zone/],
  ["a type that the zone has not", "Instance", machine({ machineType: "a3-highgpu-8g" }), /does not exist in zone 'r-a'/],
  [
    "an image that is not there",
    "Instance",
    machine({ bootDisk: { initializeParams: { image: "projects/acme/global/images/x" } } }),
    /images\/x' was not found/,
  ],
  [
    "an address outside that nobody reserved",
    "Instance",
    async (c) => {
      const base = await c.base();
      return c.machine(base, {
        networkInterfaces: [{ subnetwork: base.subnet.id, networkIp: "10.0.0.10", accessConfigs: [{ natIp: "192.0.2.1" }] }],
      });
    },
    /The specified external IP address was not found/,
  ],
  ["a disk too small", "Disk", () => ({ name: "d", project: "acme", zone: "r-a", size: 1 }), /from 10 GB to 65536 GB/],
  [
    "two kinds of check",
    "RegionHealthCheck",
    () => ({ ...PLACE, name: "h", tcpHealthCheck: { port: 1 }, httpHealthCheck: { port: 1 } }),
    /exactly one kind/,
  ],
  ["a short account", "Account", () => ({ accountId: "abc", project: "acme" }), /from 6 to 30 characters/],
  [
    "a role with a hyphen",
    "IAMCustomRole",
    () => ({ roleId: "a-b", project: "acme", title: "t", permissions: ["compute.disks.get"] }),
    /role_id/,
  ],
];

describe("the simulated GCP", () => {
  const folder = temporaryFolders();
  let cloud: Cloud;
  beforeEach(async () => {
    const path = folder();
    cloud = new Cloud(await ProviderClient.serve(createCloudProvider(GCP, path)), path, GCP, WORLD);
    cloud.world({});
  });
  afterEach(() => cloud.client.close());

  for (const [what, type, inputs, says] of REFUSED)
    it(`refuses ${what}`, async () => {
      await assert.rejects(async () => cloud.create(type, await inputs(cloud)), says);
    });

  it("refuses to delete what something is on", async () => {
    const { network, subnet, account } = await cloud.base();
    const instance = await cloud.create("Instance", cloud.machine({ subnet, account }));
    await assert.rejects(cloud.delete(subnet), /already being used by 'projects\/acme\/zones\/r-a\/instances\/one'/);
    await assert.rejects(cloud.delete(network), /already being used by/);
    const disk = await cloud.create("Disk", { name: "d", project: "acme", zone: "r-a", size: 10 });
    const attached = await cloud.create("AttachedDisk", { instance: instance.id, disk: disk.id, deviceName: "d" });
    await assert.rejects(cloud.delete(disk), /resourceInUseByAnotherResource/);
    await assert.rejects(cloud.create("AttachedDisk", { instance: instance.id, disk: disk.id, deviceName: "e" }), /already being used by/);
    for (const each of [attached, disk, instance, subnet, network]) await cloud.delete(each);
  });

  it("gives an address once, and has a machine in one balanced group", async () => {
    const { network, subnet, account } = await cloud.base();
    const instance = await cloud.create("Instance", cloud.machine({ subnet, account }));
    await assert.rejects(cloud.create("Instance", cloud.machine({ subnet, account }, { name: "two" })), /IP_IN_USE_BY_ANOTHER_RESOURCE/);
    await assert.rejects(cloud.create("Instance", cloud.machine({ subnet, account })), /already exists/);
    const check = await cloud.create("RegionHealthCheck", { ...PLACE, name: "h", tcpHealthCheck: { port: 80 } });
    const group = async (name: string): Promise<Created> => {
      const made = await cloud.create("InstanceGroup", { name, project: "acme", zone: "r-a", network: network.id });
      const backends = [{ group: made.properties.selfLink, balancingMode: "CONNECTION" }];
      await cloud.create("RegionBackendService", { ...PLACE, name, network: network.id, healthChecks: check.id, backends });
      return made;
    };
    for (const name of ["g1", "g2"]) await group(name);
    const member = { project: "acme", zone: "r-a", instance: instance.properties.selfLink };
    await cloud.create("InstanceGroupMembership", { ...member, instanceGroup: "g1" });
    await assert.rejects(cloud.create("InstanceGroupMembership", { ...member, instanceGroup: "g1" }), /already a member/);
    await assert.rejects(
      cloud.create("InstanceGroupMembership", { ...member, instanceGroup: "g2" }),
      /at most one load-balanced instance group/,
    );
    await assert.rejects(cloud.delete(check), /already being used by/);
  });

  it("holds to quotas in GCP's words, and has no room where it is crowded", async () => {
    cloud.world({ quotas: { processors: 4, addresses: 0, networks: 1 }, crowded: ["r-b"] });
    const { subnet, account } = await cloud.base();
    await assert.rejects(cloud.create("Network", { name: "two", project: "acme" }), /QUOTA_EXCEEDED: Quota 'NETWORKS' exceeded/);
    await assert.rejects(cloud.create("Address", { ...PLACE, name: "o" }), /STATIC_ADDRESSES/);
    await assert.rejects(cloud.create("Instance", cloud.machine({ subnet, account }, { zone: "r-b" })), /ZONE_RESOURCE_POOL_EXHAUSTED/);
    await cloud.create("Instance", cloud.machine({ subnet, account }));
    const two = { name: "two", networkInterfaces: [{ subnetwork: subnet.id, networkIp: "10.0.0.11" }] };
    await assert.rejects(cloud.create("Instance", cloud.machine({ subnet, account }, two)), /Quota 'CPUS_ALL_REGIONS' exceeded/);
  });

  it("replaces a machine for another zone, and none for another size, key or labels", async () => {
    const type = cloud.token("Instance");
    const old = { zone: "r-a", machineType: "t", labels: { a: "b" }, metadata: { "ssh-keys": "x" } };
    const replaced = async (news: Properties): Promise<string[]> => {
      const { detailed } = await cloud.client.diff({ type, id: "1" }, { oldInputs: old, news: { ...old, ...news } });
      return Object.entries(detailed).flatMap(([field, kind]) => (/_REPLACE$/.test(kind) ? [field] : []));
    };
    assert.deepEqual(await replaced({ zone: "r-b" }), ["zone"]);
    assert.deepEqual(await replaced({ machineType: "u", labels: { a: "c" }, metadata: { "ssh-keys": "y" }, description: "d" }), []);
  });

  /** What of a change means a new object. */
  const replacedBy = async (short: string, oldInputs: Properties, news: Properties): Promise<string[]> => {
    const { detailed } = await cloud.client.diff({ type: cloud.token(short), id: "1" }, { oldInputs, news: { ...oldInputs, ...news } });
    return Object.entries(detailed).flatMap(([field, kind]) => (/_REPLACE$/.test(kind) ? [field.replace(/[.[].*$/, "")] : []));
  };
  const nic = (more: Properties): Properties => ({ networkInterfaces: [{ subnetwork: "s", networkIp: "10.0.0.10", ...more }] });

  for (const [what, short, before, after, replaces] of [
    ["a machine for another address inside", "Instance", nic({}), nic({ networkIp: "10.0.0.11" }), ["networkInterfaces"]],
    [
      "no machine for another address outside",
      "Instance",
      nic({ accessConfigs: [{ natIp: "a" }] }),
      nic({ accessConfigs: [{ natIp: "b" }] }),
      [],
    ],
    ["a disk that shrinks", "Disk", { size: 20 }, { size: 10 }, ["size"]],
    ["no disk that grows", "Disk", { size: 10 }, { size: 20 }, []],
    ["a subnet for other addresses", "Subnetwork", { ipCidrRange: "10.0.0.0/24" }, { ipCidrRange: "10.0.1.0/24" }, ["ipCidrRange"]],
    ["no subnet that grows", "Subnetwork", { ipCidrRange: "10.0.0.0/24" }, { ipCidrRange: "10.0.0.0/23" }, []],
    ["a balancer's rule for other ports", "ForwardingRule", { ports: ["80"] }, { ports: ["80", "443"] }, ["ports"]],
    ["a grant for another condition", "IAMMember", { condition: { title: "a" } }, { condition: { title: "b" } }, ["condition"]],
  ] as const)
    it(`replaces ${what}`, async () => assert.deepEqual([...new Set(await replacedBy(short, before, after))], replaces));

  it("makes volumes for claims as far as a role of the project's allows that, by their names", async () => {
    const { subnet, account } = await cloud.base();
    await cloud.create("Instance", cloud.machine({ subnet, account }, { labels: { "kpaas-environment": "seoul" } }));
    const parts = partsAtWork(GCP, cloud.folder);
    const claim = (uid: string, type = "pd-balanced") => ({ uid, sizeGiB: 10, retain: false, parameters: { type } });
    const refused = /Required 'compute\.disks\.create' permission for 'disks\/seoul-pvc-1'/;
    assert.throws(() => parts.make(claim("1")), refused);
    const role = await cloud.create("IAMCustomRole", {
      roleId: "disks",
      project: "acme",
      title: "t",
      permissions: ["compute.disks.create"],
    });
    const grant = async (start: string) => {
      const expression = `resource.name.extract("/disks/{name}").startsWith("${start}")`;
      const given = {
        project: "acme",
        role: role.properties.name,
        member: account.properties.member,
        condition: { title: start, expression },
      };
      const [type] = Object.keys(GCP.types).filter((token) => token === "gcp:projects/iAMMember:IAMMember");
      const { inputs } = await cloud.client.check({ type: type ?? "", name: "it" }, given);
      await cloud.client.create({ type: type ?? "", name: "it" }, inputs);
    };
    await grant("busan-pvc-");
    assert.throws(() => parts.make(claim("1")), refused);
    await grant("seoul-pvc-");
    parts.make(claim("1"));
    parts.make(claim("1"));
    assert.throws(() => parts.make(claim("2", "pd-fast")), /Disk type was not found/);
    const disks = () => new Store(join(cloud.folder, "gcp")).list("disk").map(({ name, type, labels }) => [name, type, labels]);
    assert.deepEqual(disks(), [["seoul-pvc-1", "pd-balanced", { "kpaas-environment": "seoul" }]]);
    parts.release(undefined, new Set());
    assert.deepEqual(disks(), []);
  });

  it("finds the newest of a family, and an image by its name in its project", async () => {
    const ask = async (args: Properties) => String((await cloud.client.invoke("gcp:compute/getImage:getImage", args)).properties.selfLink);
    assert.match(await ask({ project: "ubuntu-os-cloud", family: "ubuntu-2204-lts" }), /images\/ubuntu-2204-lts-v\d+$/);
    assert.equal(await ask({ project: "acme", name: "ours-1" }), IMAGE);
    await assert.rejects(ask({ project: "acme", name: "ubuntu-2204-lts" }), /Error 404/);
  });
});
