import assert from "node:assert/strict";
import { registry } from "../../../files/registry";
import { checkEnvironment } from "../../../model/environment/checks";
import { parseEnvironmentFile } from "../../../model/environment/parse";
import { resolveEnvironment } from "../../../model/environment/resolve";
import { Findings } from "../../../model/problems";
import { type FileContent, merge } from "../../support/plan";

const NETWORK = { network: { cidr: "10.20.0.0/24", dns: ["10.20.0.1"] } };

/** What the checks find of a file for vSphere, `path: reason` and the severity. */
function found(over: FileContent, network: FileContent = NETWORK): string[] {
  const findings = new Findings();
  const access = { access: { adminCidrs: [], ingressCidrs: [] } };
  const content = merge({ name: "seoul", infrastructure: { provider: "vsphere", ...access, ...network } }, over);
  const { file } = parseEnvironmentFile(content, registry, findings);
  checkEnvironment(resolveEnvironment(file, registry, content), registry, findings);
  return findings.toProblems("seoul").map(({ path, reason, severity }) => `${severity} ${path}: ${reason}`);
}

const infrastructure = (own: object): FileContent => ({ infrastructure: { ...own } });
const LOGIN = { user: "kpaas-storage@vsphere.local", password: { env: "STORAGE_PASSWORD" } };
const VOLUMES: FileContent = { platform: { storage: { kind: "cloud" } } };
/** A file with the driver of volumes, in which something of its login or of vSphere is otherwise. */
const driver = (login: object, own: object = {}): FileContent => ({
  ...infrastructure({ vsphere: { server: "vcenter.example.org", storageDriver: { ...LOGIN, ...login }, ...own } }),
  ...VOLUMES,
});
const cases: readonly (readonly [what: string, over: FileContent, says: RegExp])[] = [
  [
    "a balancer of the cloud",
    { cluster: { apiEndpoint: { kind: "loadBalancer" } } },
    /^error cluster\.apiEndpoint\.kind: vSphere makes no balancer for the API$/,
  ],
  [
    "floating addresses",
    infrastructure({ access: { adminCidrs: ["203.0.113.0/24"] }, network: { floating: { api: "203.0.113.9" } } }),
    /^error infrastructure\.network\.floating: vSphere makes no addresses outside/,
  ],
  ["a region", infrastructure({ region: "RegionOne" }), /^error infrastructure\.region: vSphere has no regions$/],
  [
    "a key pair of the cloud",
    infrastructure({ access: { ssh: { keyPair: "k", privateKey: { env: "K" } } } }),
    /^error infrastructure\.access\.ssh\.keyPair: vSphere keeps no key pairs$/,
  ],
  [
    "a network beside the port group",
    infrastructure({ network: { existing: { network: "n", subnets: { node: "s" } } } }),
    /^error infrastructure\.network\.existing: on vSphere the network is always there already$/,
  ],
  [
    "a size of another cloud",
    { cluster: { pools: { worker: { nodes: 2, size: "m1.xlarge" } } } },
    /^error cluster\.pools\.worker\.size: is no size that vSphere knows$/,
  ],
  [
    "a size of one machine",
    { cluster: { pools: { worker: { nodes: { a: {}, b: { size: "0x4" } } } } } },
    /^error cluster\.pools\.worker\.nodes\.b\.size: is no size/,
  ],
  [
    "a volume type of another cloud",
    { cluster: { pools: { worker: { nodes: 1, volumes: [{ name: "a", sizeGiB: 1, type: "ssd" }] } } } },
    /^error cluster\.pools\.worker\.volumes\.0\.type: is no type of a volume that machines can have on vSphere$/,
  ],
  [
    "more volumes than a controller has places",
    {
      cluster: { pools: { worker: { nodes: 1, volumes: Array.from({ length: 15 }, (_, index) => ({ name: `v${index}`, sizeGiB: 1 })) } } },
    },
    /^error cluster\.pools\.worker\.volumes: are 15, and a machine has room for 14/,
  ],
  [
    "a system that takes no address in netplan's form",
    { infrastructure: { image: "rocky-9.4" }, platform: { storage: { kind: "existing", className: "fast" } } },
    /^error infrastructure\.image: machines are told their address in netplan's form, and "rocky-9\.4" is of a system/,
  ],
  [
    "administrators whom nothing lets in alone",
    infrastructure({ access: { adminCidrs: ["203.0.113.0/24"] }, vsphere: { firewall: "none" } }),
    /^warning infrastructure\.access\.adminCidrs: keeps nobody out: infrastructure\.vsphere\.firewall is none/,
  ],
  [
    "a driver of volumes without a login",
    { ...infrastructure({ vsphere: { server: "vcenter.example.org" } }), ...VOLUMES },
    /^error infrastructure\.vsphere\.storageDriver: is required with platform\.storage\.kind cloud: the driver logs in to vCenter/,
  ],
  [
    "a driver of volumes that nobody tells where vCenter is",
    driver({}, { server: undefined }),
    /^error infrastructure\.vsphere\.server: is required with platform\.storage\.kind cloud/,
  ],
  [
    "a driver of volumes that could not tell vCenter from others",
    driver({}, { allowUnverifiedSsl: true }),
    /^error infrastructure\.vsphere\.storageDriver\.ca: is required beside infrastructure\.vsphere\.allowUnverifiedSsl/,
  ],
  [
    "a user without a domain, with whom the driver would end",
    driver({ user: "kpaas-storage" }),
    /^error infrastructure\.vsphere\.storageDriver\.user: must name a user of vCenter with the domain/,
  ],
  [
    "a password in the file",
    driver({ password: "secret" }),
    /^error infrastructure\.vsphere\.storageDriver\.password: must be a reference to a secret, never the secret itself$/,
  ],
  [
    "a datastore that is not called as vSphere calls it",
    merge(driver({}), { platform: { storage: { classes: { fast: { type: "ds:///vmfs/volumes/5c8b" } } } } }),
    /^error platform\.storage\.classes\.fast\.type: is no datastore's URL$/,
  ],
  [
    "data volumes beside the driver's, which the provider would take off",
    merge(driver({}), { cluster: { pools: { worker: { nodes: 1, volumes: [{ name: "a", sizeGiB: 1 }] } } } }),
    /^error cluster\.pools\.worker\.volumes: cannot be beside platform\.storage\.kind cloud/,
  ],
  [
    "zones' tags without zones",
    driver({ zoneCategory: "k8s-zone" }),
    /^error infrastructure\.vsphere\.storageDriver\.zoneCategory: is for zones, and infrastructure\.zones names none$/,
  ],
  [
    "zones of one compute cluster, which bears one tag",
    merge(
      driver({ zoneCategory: "k8s-zone" }, { zones: { a: { resourcePool: "a" }, b: { resourcePool: "b" } } }),
      infrastructure({ zones: ["a", "b"] }),
    ),
    /^error infrastructure\.vsphere\.storageDriver\.zoneCategory: tells zones by the compute cluster's tag, and a and b are of one cluster, Cluster$/,
  ],
  [
    "zones with datastores of their own, and no tags that would tell them apart",
    merge(driver({}, { zones: { a: { datastore: "one" }, b: { datastore: "two" } } }), infrastructure({ zones: ["a", "b"] })),
    /^warning infrastructure\.vsphere\.storageDriver\.zoneCategory: without it a volume is made on a datastore that all nodes reach/,
  ],
  [
    "a driver that nobody asks for",
    infrastructure({ vsphere: { storageDriver: LOGIN } }),
    /^warning infrastructure\.vsphere\.storageDriver: has no effect: platform\.storage is nfs$/,
  ],
  ["a label that is ours", { labels: { "kpaas-role": "x" } }, /^error labels\.kpaas-role: is set by the plan$/],
  [
    "a zone that nobody names",
    infrastructure({ vsphere: { zones: { "az-9": { cluster: "C" } } } }),
    /^warning infrastructure\.vsphere\.zones\.az-9: is none of infrastructure\.zones \(there are none\)/,
  ],
];

describe("a file for vSphere", () => {
  it("is right with its network and a resolver", () => {
    assert.deepEqual(found({}), []);
    assert.deepEqual(found(driver({})), []);
    assert.deepEqual(found({ cluster: { apiEndpoint: { kind: "virtualIp", by: "keepalived" }, controlPlane: { nodes: 3 } } }), []);
  });

  it("must say what the port group's network is, and is warned where nobody resolves names in it", () => {
    assert.deepEqual(found({}, {}), [
      "error infrastructure.network.cidr: the network of the port group VM Network is there already, and nobody says what addresses it has",
      "warning infrastructure.network.dns: nobody tells the machines a resolver: their addresses are fixed, and vSphere has none",
    ]);
  });

  for (const [what, over, says] of cases)
    it(`is told of ${what}`, () => {
      const all = found(over);
      assert.equal(all.length, 1, all.join("\n"));
      assert.match(all[0] ?? "", says);
    });
});
