import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { registry } from "../../../files/registry";
import { cloudOfResource } from "../../../model/cloud";
import { at, fields, list } from "../../../model/data";
import type { Profile } from "../../../model/plan/types";
import { credentials } from "../../../providers/nhn/credentials";
import { NHN } from "../../../providers/nhn/dialect";
import { FACTS, factTable, SOURCES } from "../../../providers/nhn/facts";
import { NhnInfrastructure } from "../../../providers/nhn/infrastructure";
import { nhnLimits } from "../../../providers/nhn/names";
import { planFile } from "../../support/environment";
import { golden } from "../../support/golden";
import { buildNhn, nhnFile, nhnPlan } from "../../support/nhn";
import { ofType } from "../../support/openstack";
import { type FileContent, samplePlan } from "../../support/plan";

const profiles: readonly Profile[] = ["minimal", "standard", "highAvailability"];

const deviceOf = ({ blockDevices }: Readonly<Record<string, unknown>>) => fields(list(blockDevices)[0]);

function problems(over: FileContent, profile: Profile = "minimal"): string[] {
  return planFile(nhnFile(profile, over))
    .problems.filter(({ path }) => path.startsWith("infrastructure") || path.startsWith("cluster.") || path === "labels")
    .map(({ path, reason, remedy, severity }) => `${severity} ${path}: ${reason}; ${remedy}`);
}

describe("NHN Cloud", () => {
  for (const profile of profiles)
    it(`registers for the ${profile} profile what the golden file lists, known or not`, async () => {
      const plan = nhnPlan(profile);
      const g = await buildNhn(plan);
      golden(`providers/nhn-${profile}`, g.lines());
      assert.deepEqual((await buildNhn(plan, {}, { unknowns: true })).urns(), g.urns());
      assert.ok(g.urns().every((urn) => urn.includes("kpaas:nhn:Infrastructure")));
    });

  it("makes no network, no balancer, and nothing with tags or descriptions that it could not keep", async () => {
    const g = await buildNhn(nhnPlan("highAvailability"));
    assert.deepEqual(
      g.resources.filter(({ type }) => /:(Network|Subnet|Router|RouterInterface|LoadBalancer|Listener|Pool|Member|Monitor)$/.test(type)),
      [],
    );
    for (const { name, type, inputs } of g.resources) {
      assert.equal(inputs.tags, undefined, name);
      if (/:(Port|FloatingIp)$/.test(type)) assert.equal(inputs.description, undefined, name);
    }
    assert.equal(g.get("seoul-sg-worker").inputs.description, "kpaas seoul: worker", "what broke off is told apart by it");
    assert.equal(g.get("seoul-floating-ip-ingress").inputs.pool, "Public Network");
  });

  it("has volumes in their machine's zone, groups that are strict, and labels at machines", async () => {
    const plan = nhnPlan("highAvailability");
    const g = await buildNhn(plan);
    for (const { key, zone, volumes } of plan.machines)
      for (const { name } of volumes) assert.equal(g.get(`seoul-volume-${key}.${name}`).inputs.availabilityZone, zone);
    for (const { inputs } of ofType(g, "Volume")) assert.equal(inputs.enableOnlineResize, undefined);
    for (const { inputs } of ofType(g, "ServerGroup")) assert.deepEqual(inputs.policies, ["anti-affinity"]);
    const { inputs } = g.get("seoul-machine-cp-1");
    assert.deepEqual([at(inputs, "metadata.team"), inputs.configDrive], ["platform", undefined]);
    assert.equal(deviceOf(inputs).volumeType, "General SSD");
    assert.deepEqual(inputs.vendorOptions, { ignoreResizeConfirmation: true }, "nova confirms a resize itself there");
  });

  it("boots u2 flavors from their host's disk", async () => {
    const g = await buildNhn(nhnPlan("minimal", { cluster: { pools: { worker: { nodes: 1, size: "u2.c4m8" } } } }));
    const device = deviceOf(g.get("seoul-machine-worker-1").inputs);
    assert.deepEqual([device.destinationType, device.volumeSize, device.volumeType], ["local", undefined, undefined]);
  });

  it("gives no machine the addresses that its network keeps", () => {
    const given = nhnPlan("highAvailability").machines.map(({ address }) => address);
    for (const kept of ["192.168.0.1", "192.168.0.2", "192.168.0.3"]) assert.ok(!given.includes(kept), kept);
  });

  it("keeps every machine's resources as they are, whichever machines come and go beside it", async () => {
    const keys = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(keys, keys, async (before, after) => {
        const plan = (names: readonly string[]) =>
          nhnPlan("minimal", {
            cluster: {
              pools: { general: { nodes: Object.fromEntries(names.map((name) => [name, { zone: "kr-pub-a" }])) } },
            },
          });
        const [one, two] = [await buildNhn(plan(before)), await buildNhn(plan(after))];
        const gone = one.removed(two).filter((name) => /-(machine|port)-/.test(name));
        const left = before.filter((key) => !after.includes(key));
        assert.deepEqual(gone.sort(), left.flatMap((key) => [`seoul-machine-${key}`, `seoul-port-${key}`]).sort());
      }),
      { numRuns: 8 },
    );
  });

  const refused: readonly (readonly [what: string, over: FileContent, says: RegExp])[] = [
    [
      "a network to be made",
      { infrastructure: { network: { cidr: "192.168.0.0/24", existing: undefined } } },
      /^error infrastructure\.network\.existing: NHN Cloud's OpenStack API makes no networks.*; make them there/,
    ],
    [
      "a router",
      { infrastructure: { network: { existing: { router: "r" } } } },
      /^error infrastructure\.network\.existing\.router: NHN Cloud has routing tables/,
    ],
    ["no region", { infrastructure: { region: undefined } }, /^error infrastructure\.region: NHN Cloud's catalogue.*; name one of: KR1/],
    ["a region of its own", { infrastructure: { region: "RegionOne" } }, /^error infrastructure\.region: is no region of NHN Cloud/],
    ["no image", { infrastructure: { image: undefined } }, /^error infrastructure\.image: NHN Cloud renames its images/],
    [
      "volumes in any zone",
      { infrastructure: { zones: undefined } },
      /^error infrastructure\.zones: NHN Cloud attaches a volume within its zone only.* of nfs; name zones/,
    ],
    [
      "a small boot volume",
      { infrastructure: { nhn: { bootVolumeGiB: 10 } } },
      /^error infrastructure\.nhn\.bootVolumeGiB: NHN Cloud's machines boot from 20 to 2000 GiB/,
    ],
    [
      "a balancer",
      { cluster: { apiEndpoint: { kind: "loadBalancer" } } },
      /^error cluster\.apiEndpoint\.kind: NHN Cloud has its balancers at neutron's lbaas API.*; use node, or virtualIp/,
    ],
    [
      "a server group by name",
      { infrastructure: { nhn: { serverGroups: { "control-plane": "ours" } } } },
      /^error infrastructure\.nhn\.serverGroups\.control-plane: NHN Cloud can be asked/,
    ],
    [
      "u2 flavors",
      { cluster: { pools: { worker: { nodes: 1, size: "u2.c2m4" } } } },
      /^warning cluster\.pools\.worker\.size: u2 flavors boot from a disk of their host/,
    ],
    [
      "options of OpenStack itself",
      { infrastructure: { nhn: { loadBalancerProvider: "ovn" } } },
      /^error infrastructure\.nhn\.loadBalancerProvider/,
    ],
    [
      "more labels than a machine keeps",
      { labels: Object.fromEntries(Array.from({ length: 125 }, (_, index) => [`l${index}`, "x"])) },
      /^error labels: 126 labels are more than NHN Cloud keeps/,
    ],
  ];
  for (const [what, over, says] of refused)
    it(`says so at a check: ${what}`, () => {
      const found = problems(over);
      assert.ok(
        found.some((each) => says.test(each)),
        found.join("\n"),
      );
    });

  it("finds nothing wrong in its own examples of each profile", () => {
    for (const profile of profiles)
      assert.deepEqual(
        problems({}, profile).filter((each) => each.startsWith("error")),
        [],
        profile,
      );
  });

  it("knows sizes that every cloud has by a table, and images by the file's", () => {
    const own = { sizes: { xlarge: "r2.c8m32" }, images: { "ubuntu-22.04": "Ubuntu Server 22.04.5 LTS (2025.07.15)" } };
    const { machines } = nhnPlan("standard", {
      infrastructure: { image: "ubuntu-22.04", nhn: own },
      cluster: { controlPlane: { size: "large" }, pools: { general: { nodes: 1, size: "xlarge" }, other: { nodes: 1, size: "c2.c8m8" } } },
    });
    const sizes = Object.fromEntries(machines.map(({ group, size }) => [group, size]));
    assert.deepEqual([sizes["control-plane"], sizes.general, sizes.other], ["m2.c4m8", "r2.c8m32", "c2.c8m8"]);
    assert.ok(machines.every(({ image }) => image === own.images["ubuntu-22.04"]));
  });

  it("takes a virtual address for the API", async () => {
    const g = await buildNhn(nhnPlan("highAvailability", { cluster: { apiEndpoint: { kind: "virtualIp" } } }));
    const { inputs } = g.get("seoul-address-api");
    assert.deepEqual(g.get("seoul-port-cp-1").inputs.allowedAddressPairs, [{ ipAddress: fields(list(inputs.fixedIps)[0]).ipAddress }]);
  });

  it("logs in by a user, the API password and a tenant", () => {
    const find = (env: Record<string, string>) => credentials.find({ env, root: "/", exists: () => false, read: () => undefined });
    const full = {
      OS_AUTH_URL: "https://api-identity-infrastructure.nhncloudservice.com/v2.0",
      OS_USERNAME: "u",
      OS_PASSWORD: "p",
      OS_TENANT_ID: "t",
    };
    assert.equal(find(full).there, true);
    const { OS_TENANT_ID: _tenant, ...less } = full;
    assert.match(find(less).where, /OS_TENANT_ID/);
    assert.match(
      find({ OS_AUTH_URL: "u", OS_APPLICATION_CREDENTIAL_ID: "i", OS_APPLICATION_CREDENTIAL_SECRET: "s" }).where,
      /NHN Cloud does not know/,
    );
    assert.ok(!credentials.names.includes("applicationCredentialId"));
  });

  it("has of each fact where it is said, or that nobody has proven it; and the page says the same", () => {
    for (const { what, sources, certainty } of FACTS) assert.equal(sources.length === 0, certainty === "unproven", what);
    const used = new Set(FACTS.flatMap(({ sources }) => sources));
    assert.deepEqual(
      Object.keys(SOURCES).filter((source) => !used.has(source as keyof typeof SOURCES)),
      [],
      "sources that nothing needs",
    );
    const page = readFileSync(join(__dirname, "../../../../docs/nhn.md"), "utf8");
    assert.ok(page.includes(factTable()), `docs/nhn.md must hold:\n${factTable()}`);
    assert.equal(NHN.limits.labels, nhnLimits.labels);
  });

  it("refuses a plan of OpenStack itself, as OpenStack refuses one of its own", () => {
    assert.throws(
      () => new NhnInfrastructure("seoul", { plan: samplePlan("minimal"), secrets: {} }),
      /is that of openstack, not NHN Cloud's/,
    );
  });
});

describe("clouds that share an SDK", () => {
  const type = "openstack:networking/floatingIp:FloatingIp";
  const of = (...above: readonly string[]) =>
    cloudOfResource({ type, urn: `urn:pulumi:s::p::${[...above, type].join("$")}::it` }, registry.clouds)?.name;

  it("are told apart by the component that a resource is below", () => {
    assert.equal(of("kpaas:index:Environment", "kpaas:nhn:Infrastructure"), "nhn");
    assert.equal(of("kpaas:index:Environment", "kpaas:openstack:Infrastructure"), "openstack");
    assert.equal(of("their:own:Component", "kpaas:nhn:Infrastructure"), "nhn");
  });

  it("are the first of them where nothing says which, and none for what is of no cloud", () => {
    assert.equal(of(), "openstack");
    assert.equal(cloudOfResource({ type }, registry.clouds)?.name, "openstack");
    assert.equal(cloudOfResource({ type: "random:index/randomId:RandomId" }, registry.clouds), undefined);
  });

  it("find what broke off each by its own ways", () => {
    const way = (name: string) => registry.clouds[name]?.state?.findable[type]?.how;
    assert.deepEqual([way("openstack"), way("nhn")], ["lookup", "person"]);
  });
});
