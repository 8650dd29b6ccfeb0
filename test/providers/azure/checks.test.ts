import assert from "node:assert/strict";
import { credentials } from "../../../providers/azure/credentials";
import { lunOf, sharedLun, volumeDevices } from "../../../providers/azure/devices";
import { imageReference } from "../../../providers/azure/names";
import { planFile } from "../../support/environment";
import { type FileContent, merge } from "../../support/plan";

const BASE: FileContent = { name: "seoul", infrastructure: { provider: "azure", region: "koreacentral", zones: ["1"] } };

function errors(over: FileContent): string[] {
  const { problems } = planFile(merge(BASE, over));
  return problems.filter(({ severity }) => severity === "error").map(({ path, reason, remedy }) => `${path}: ${reason}; ${remedy}`);
}

const infrastructure = (of: FileContent): FileContent => ({ infrastructure: of });
const NETWORK = "/subscriptions/0/resourceGroups/net/providers/Microsoft.Network";
const existing = (cidr: string) => ({
  existing: { network: `${NETWORK}/virtualNetworks/hub`, subnets: { node: { name: "nodes", cidr } } },
});
const worker = (nodes: object, volumes: object[]): FileContent => ({ cluster: { pools: { worker: { nodes, volumes } } } });

/** What Azure cannot do: the part of the file that asks for it, and the problem that names Azure and the way out. */
const REFUSED: readonly (readonly [what: string, over: FileContent, expected: RegExp])[] = [
  ["no region", infrastructure({ region: undefined }), /^infrastructure\.region: is required: on Azure .*name it, such as koreacentral/],
  ["a zone by another name", infrastructure({ zones: ["koreacentral-1"] }), /^infrastructure\.zones: is no zone of Azure's, .*1, 2 and 3/],
  [
    "IP in IP",
    { cluster: { network: { encapsulation: "ipip" } } },
    /^cluster\.network\.encapsulation: Azure drops packets of IP in IP .*use vxlan/,
  ],
  [
    "packets of pods as they are",
    { cluster: { network: { encapsulation: "none" } } },
    /^cluster\.network\.encapsulation: Azure leads no packets .*use vxlan/,
  ],
  [
    "a virtual address",
    { cluster: { apiEndpoint: { kind: "virtualIp" } } },
    /^cluster\.apiEndpoint\.kind: Azure lets no machine answer .*use loadBalancer or node/,
  ],
  [
    "MetalLB",
    { platform: { loadBalancer: { kind: "metallb" } } },
    /^platform\.loadBalancer\.kind: Azure lets no machine answer .*use cloud/,
  ],
  [
    "machines kept apart",
    { cluster: { pools: { general: { nodes: 2, spread: true } } } },
    /^cluster\.pools\.general\.spread: Azure cannot keep machines on different hosts/,
  ],
  ["a gateway", infrastructure({ network: { gateway: "10.20.0.9" } }), /^infrastructure\.network\.gateway: Azure's router has the first/],
  [
    "a reserved address",
    { cluster: { controlPlane: { nodes: { "cp-a": { address: "10.20.0.3" } } } } },
    /^cluster\.controlPlane\.nodes\.cp-a\.address: is one that the cloud keeps for itself/,
  ],
  [
    "a key pair",
    infrastructure({ access: { ssh: { keyPair: "ours", privateKey: { env: "KEY" } } } }),
    /^infrastructure\.access\.ssh\.keyPair: machines of Azure are given the key itself; give publicKey/,
  ],
  [
    "a key of elliptic curves",
    infrastructure({ access: { ssh: { publicKey: "ecdsa-sha2-nistp256 AAAA", privateKey: { env: "KEY" } } } }),
    /^infrastructure\.access\.ssh\.publicKey: is of a kind that Azure gives no machine; use one of RSA/,
  ],
  [
    "a user's name that Azure knows",
    infrastructure({ access: { ssh: { user: "console" } } }),
    /^infrastructure\.access\.ssh\.user: is a name/,
  ],
  ["root", infrastructure({ access: { ssh: { user: "root" } } }), /^infrastructure\.access\.ssh\.user: is a name that Azure gives no user/],
  [
    "a network in another cloud's words",
    infrastructure({ network: { existing: { network: "n", subnets: { node: "s" } } } }),
    /^infrastructure\.network\.existing: .*infrastructure\.azure\.existing/,
  ],
  [
    "an address of which the resource is unknown",
    infrastructure({ access: { adminCidrs: ["203.0.113.0/24"] }, network: { floating: { api: "203.0.113.9" } } }),
    /^infrastructure\.network\.floating\.api: .*infrastructure\.azure\.addresses, 203\.0\.113\.9: /,
  ],
  [
    "an address that nothing uses",
    infrastructure({ azure: { addresses: { "203.0.113.9": `${NETWORK}/publicIPAddresses/api` } } }),
    /^infrastructure\.azure\.addresses\.203\.0\.113\.9: is an address that nothing uses/,
  ],
  [
    "a subnet outside the network",
    infrastructure({ azure: existing("192.168.0.0/24") }),
    /^infrastructure\.azure\.existing\.subnets\.node\.cidr: lies outside infrastructure\.network\.cidr/,
  ],
  [
    "a gateway for a network that is there",
    infrastructure({ azure: { ...existing("10.20.1.0/24"), natGateways: "one" } }),
    /^infrastructure\.azure\.existing: has its own way out/,
  ],
  [
    "a disk of a type that wants more of its machine",
    worker({ a: {} }, [{ name: "osd", sizeGiB: 10, type: "UltraSSD_LRS" }]),
    /^cluster\.pools\.worker\.volumes\.0\.type: is no type of a volume .*use one of Premium_LRS/,
  ],
  [
    "a disk in a zone where there are none",
    { ...infrastructure({ zones: undefined }), ...worker({ a: {} }, [{ name: "osd", sizeGiB: 10, type: "PremiumV2_LRS" }]) },
    /^cluster\.pools\.worker\.volumes\.0\.type: lies in a zone on Azure/,
  ],
  [
    "an image that floats",
    infrastructure({ image: "Canonical:ubuntu-24_04-lts:server:newest" }),
    /^infrastructure\.image: is no image that is pinned/,
  ],
  ["an image of another cloud", infrastructure({ image: "ami-0123456789abcdef0" }), /^infrastructure\.image: is no image that is pinned/],
  ["a label that is no tag", { labels: { "a/b": "c" } }, /^labels\.a\/b: Azure takes no tag whose name holds one of/],
  ["a label of ours", { labels: { "kpaas-key": "c" } }, /^labels\.kpaas-key: is set by the plan/],
  [
    "more labels than tags",
    { labels: Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`l${index}`, "x"])) },
    /^labels: 50 labels are more than Azure keeps/,
  ],
  [
    "no subscription",
    infrastructure({ azure: { subscription: "ours" } }),
    /^infrastructure\.azure\.subscription: must be a subscription's id/,
  ],
];

describe("what Azure cannot do", () => {
  for (const [what, over, expected] of REFUSED)
    it(`is an error at the field, with the way out: ${what}`, () => {
      const found = errors(over);
      assert.ok(
        found.some((each) => expected.test(each)),
        found.join("\n"),
      );
    });

  it("is none in an ordinary file, with zones or without", () => {
    assert.deepEqual(errors({}), []);
    assert.deepEqual(errors(infrastructure({ zones: undefined })), []);
    assert.deepEqual(errors(infrastructure({ azure: existing("10.20.1.0/24") })), []);
  });
});

describe("Azure's own ways", () => {
  it("warn of members of etcd that nothing keeps apart", () => {
    const warned = (nodes: number, zones?: string[]): boolean =>
      planFile(merge(BASE, { infrastructure: { zones }, cluster: { controlPlane: { nodes } } })).problems.some(
        ({ path, reason }) => path === "infrastructure.zones" && /nothing else keeps members of etcd apart/.test(reason),
      );
    assert.deepEqual([warned(3), warned(1), warned(3, ["1"])], [true, false, false]);
  });

  it("tell the usual credentials, and what they lack", () => {
    const find = (env: Record<string, string>, files: string[] = []) =>
      credentials.find({ env: { HOME: "/home/a", ...env }, root: "/", exists: (path) => files.includes(path), read: () => undefined });
    const whole = { ARM_CLIENT_ID: "a", ARM_CLIENT_SECRET: "b", ARM_TENANT_ID: "c", ARM_SUBSCRIPTION_ID: "d" };
    assert.deepEqual(find(whole), { there: true, where: "ARM_* environment variables" });
    assert.match(find({ ...whole, ARM_TENANT_ID: "" }).where, /but not ARM_TENANT_ID/);
    assert.match(find({ ARM_CLIENT_ID: "a" }).where, /neither ARM_CLIENT_SECRET/);
    assert.equal(find({ ARM_USE_MSI: "true" }).there, true);
    assert.match(find({ AZURE_CLIENT_ID: "a" }).where, /ARM_USE_DEFAULT_AZURE_CREDENTIAL/);
    assert.equal(find({ AZURE_CLIENT_ID: "a", ARM_USE_DEFAULT_AZURE_CREDENTIAL: "true" }).there, true);
    assert.match(find({}, ["/home/a/.azure/azureProfile.json"]).where, /logged in with az/);
    assert.match(find({}).where, /az login/);
  });

  it("find a disk by its place, which follows from the volume's name alone", () => {
    assert.equal(lunOf("osd"), lunOf("osd"));
    for (const name of ["osd", "share", "scratch", "data"]) assert.ok(lunOf(name) >= 0 && lunOf(name) < 64);
    assert.deepEqual(volumeDevices(7), ["/dev/disk/azure/scsi1/lun7", "/dev/disk/azure/data/by-lun/7"]);
    const names = Array.from({ length: 65 }, (_, index) => `v${index}`);
    assert.notEqual(sharedLun(names), undefined);
    assert.equal(sharedLun(["osd"]), undefined);
  });

  it("name an image whole", () => {
    assert.deepEqual(imageReference("Canonical:ubuntu-24_04-lts:server:24.04.202601010"), {
      ...{ publisher: "Canonical", offer: "ubuntu-24_04-lts", sku: "server", version: "24.04.202601010" },
    });
    const image = "/subscriptions/0/resourceGroups/g/providers/Microsoft.Compute/galleries/ours/images/ubuntu/versions/1.0.0";
    assert.deepEqual(imageReference(image), { id: image });
    assert.equal(imageReference("Canonical:ubuntu-24_04-lts:server:latest"), undefined);
    assert.equal(imageReference(image.replace("/versions/1.0.0", "")), undefined);
  });
});
