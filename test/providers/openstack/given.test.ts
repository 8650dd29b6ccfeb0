import assert from "node:assert/strict";
import { at, fields } from "../../../model/data";
import type { EnvironmentPlan } from "../../../model/plan/types";
import { accessRules } from "../../../providers/openstack/access-rules";
import { inCluster } from "../../../providers/openstack/in-cluster";
import { plannedNames } from "../../../providers/openstack/names-in-dns";
import { demandOf } from "../../../providers/openstack/quotas";
import { addressOutputs } from "../../../stacks/addresses";
import type { Outputs } from "../../../testing/mocks";
import { planFile } from "../../support/environment";
import { golden } from "../../support/golden";
import { build as buildPlain, built, IDENTITY, ofType, value } from "../../support/openstack";
import { type FileContent, merge, samplePlan } from "../../support/plan";

const GROUP = "11111111-0000-4000-8000-00000000000a";
const EVERYTHING = {
  infrastructure: {
    openstack: {
      router: "edge",
      serverGroups: { "control-plane": GROUP },
      dns: { zone: "example.org" },
      applicationCredential: { uses: ["loadBalancers", "volumes"] },
    },
  },
  cluster: { apiEndpoint: { domain: "api.seoul.example.org" } },
  platform: { domain: "seoul.example.org" },
};

/** The router that is there leads to where the floating addresses come from. */
const EDGE = { "openstack:networking/getRouter:getRouter": () => ({ id: "edge-id", externalNetworkId: "public-id" }) };
const build = (plan: EnvironmentPlan, outputs?: Outputs) => buildPlain(plan, {}, { invokes: EDGE, ...(outputs && { outputs }) });

/** What `check` says of a file: path, reason, remedy. */
function problems(openstack: object, over: FileContent = {}): string[] {
  const file = merge({ name: "demo", infrastructure: { provider: "openstack", openstack } }, over);
  return planFile(file).problems.map(({ path, reason, remedy, severity }) => `${severity} ${path}: ${reason}; ${remedy}`);
}

describe("what is there already, and names and logins, on OpenStack", () => {
  it("registers what the golden file lists", async () => {
    const lines = (await build(samplePlan("highAvailability", EVERYTHING))).lines();
    golden("providers/openstack-given", lines);
  });

  it("joins its network to a router that is there, and counts none of its own", async () => {
    const plan = samplePlan("minimal", { infrastructure: { openstack: { router: "edge" } } });
    const g = await build(plan);
    assert.deepEqual(ofType(g, "Router"), []);
    assert.equal(g.get("seoul-router-interface").inputs.routerId, "edge-id", "found by its name");
    assert.deepEqual(
      demandOf(plan, "seoul", {}).filter(({ quota }) => quota === "routers"),
      [],
    );
    const byId = await build(samplePlan("minimal", { infrastructure: { openstack: { router: GROUP } } }));
    assert.equal(byId.get("seoul-router-interface").inputs.routerId, GROUP);
  });

  it("refuses a router that does not lead to where the floating addresses come from", async () => {
    const elsewhere = { "openstack:networking/getRouter:getRouter": () => ({ id: "edge-id", externalNetworkId: "other" }) };
    const plan = samplePlan("minimal", { infrastructure: { openstack: { router: "edge" } } });
    await assert.rejects(buildPlain(plan, {}, { invokes: elsewhere }), /infrastructure\.openstack\.router .*another external network/);
  });

  it("has machines join a server group that is there instead of one of its own", async () => {
    const g = await build(samplePlan("highAvailability", { infrastructure: { openstack: { serverGroups: { "control-plane": GROUP } } } }));
    assert.deepEqual(
      ofType(g, "ServerGroup")
        .map(({ name }) => name)
        .sort(),
      ["seoul-group-general"],
    );
    assert.deepEqual(g.get("seoul-machine-cp-1").inputs.schedulerHints, [{ group: GROUP }]);
    assert.deepEqual(g.get("seoul-machine-general-1").inputs.schedulerHints, [{ group: "seoul-group-general-id" }]);
    assert.equal(g.get("seoul-machine-bastion").inputs.schedulerHints, undefined);
  });

  it("writes the API's name and all of the platform's to where they are reached", async () => {
    const g = await build(samplePlan("highAvailability", EVERYTHING));
    const of = (role: string) => g.get(`seoul-dns-${role}`);
    const floating = async (what: "api" | "ingress") =>
      value(what === "api" ? built(g).apiEndpoint.publicAddress : built(g).ingressPublicAddress);
    assert.deepEqual(
      [of("api").inputs.name, of("api").inputs.records, of("api").inputs.ttl],
      ["api.seoul.example.org.", [await floating("api")], 300],
    );
    assert.deepEqual([of("ingress").inputs.name, of("ingress").inputs.records], ["*.seoul.example.org.", [await floating("ingress")]]);
    assert.equal(of("api").inputs.zoneId, "example.org.-id");
    assert.equal(of("api").options.deleteBeforeReplace, true);
  });

  it("tells of no record that is written already", () => {
    const { network } = samplePlan("minimal", EVERYTHING);
    assert.deepEqual(network.names, ["api.seoul.example.org", "*.seoul.example.org"]);
    const place = { address: "10.20.0.1" };
    const plan = samplePlan("minimal", merge(EVERYTHING, { cluster: { apiEndpoint: { domain: "api.example.com" } } }));
    assert.deepEqual(addressOutputs(plan, { api: place, ingress: place }).dnsRecords, { "api.example.com": "10.20.0.1" });
  });

  it("writes private addresses where nothing leads in from outside", async () => {
    const closed = { infrastructure: { network: { floating: "none" } } };
    const g = await build(samplePlan("highAvailability", merge(EVERYTHING, closed)));
    assert.deepEqual(g.get("seoul-dns-api").inputs.records, ["10.20.255.254"]);
    assert.deepEqual(g.get("seoul-dns-ingress").inputs.records, ["10.20.255.222"]);
  });

  it("takes for a name of the zone only what ends in it at a dot", () => {
    const names = (zone: string, domain: string) =>
      plannedNames(
        {
          apiEndpoint: { kind: "node", address: "10.0.0.1", port: 6443 },
          platform: { domain, ingress: { address: "10.0.0.2" } } as never,
        },
        { dns: { zone, ttl: 1 } },
      ).map(({ name }) => name);
    assert.deepEqual(names("example.org", "a.example.org"), ["*.a.example.org."]);
    assert.deepEqual(names("example.org.", "example.org"), ["*.example.org."]);
    assert.deepEqual(names("example.org", "notexample.org"), []);
  });

  it("makes a login with the calls of its uses and no more, and shows its secret to nobody", async () => {
    const g = await build(samplePlan("highAvailability", EVERYTHING), {
      "openstack:identity/applicationCredential:ApplicationCredential": () => ({ secret: "canary-credential" }),
    });
    const { inputs, options } = g.get("seoul-credential");
    assert.deepEqual(inputs.roles, ["load-balancer_member", "member"]);
    assert.equal(inputs.unrestricted, false);
    assert.equal(options.deleteBeforeReplace, true);
    assert.deepEqual(g.leaks("canary-credential"), []);
    const wanted = built(g).cloudCredential;
    assert.deepEqual(await value(wanted), { id: "seoul-credential-id", secret: "canary-credential" });
    const volumes = accessRules(["volumes"]);
    assert.ok(volumes.every(({ service }) => ["compute", "volumev3", "block-storage"].includes(service)));
    assert.ok(
      !volumes.some(({ service, method, path }) => service === "compute" && method !== "GET" && !path.includes("os-volume_attachments")),
    );
    const both = accessRules(["volumes", "loadBalancers"]);
    assert.equal(new Set(both.map((rule) => JSON.stringify(rule))).size, both.length, "each once");
    assert.equal((await build(samplePlan("minimal"))).resources.filter(({ name }) => name.includes("credential")).length, 0);
  });

  it("leaves access rules out where the cloud's services do not know them", async () => {
    const applicationCredential = { uses: ["volumes"], roles: ["creator"], accessRules: false };
    const g = await build(samplePlan("minimal", { infrastructure: { openstack: { applicationCredential } } }));
    assert.deepEqual([g.get("seoul-credential").inputs.roles, g.get("seoul-credential").inputs.accessRules], [["creator"], undefined]);
  });

  it("makes volumes in zones where Cinder has those of nova, and else in one that it takes", async () => {
    const volumes = [{ name: "data", sizeGiB: 10 }];
    const over = (volumesInZones?: boolean): FileContent => ({
      infrastructure: { zones: ["az-1", "az-2"], openstack: { volumesInZones } },
      cluster: { pools: { general: { nodes: 2, volumes } } },
      platform: { storage: { kind: "cloud" } },
    });
    const CINDER = "openstack:blockstorage/getAvailabilityZonesV3:getAvailabilityZonesV3";
    const made = async (plan: EnvironmentPlan, names = ["az-1", "az-2"]) =>
      ofType(await buildPlain(plan, {}, { invokes: { ...IDENTITY, [CINDER]: () => ({ names }) } }), "Volume");
    const [inZones, anywhere] = [samplePlan("minimal", over(true)), samplePlan("minimal", over())];
    const zones = Object.fromEntries(inZones.machines.map(({ key, zone }) => [key, zone]));
    for (const { inputs } of await made(inZones))
      assert.equal(inputs.availabilityZone, zones[String(fields(inputs.metadata)["kpaas-key"])]);
    for (const { inputs } of await made(anywhere, [])) assert.equal(inputs.availabilityZone, undefined);
    await assert.rejects(made(inZones, ["nova"]), /infrastructure\.zones .*Cinder has no availability zone of that name/);
    const topology = (environment: EnvironmentPlan) => {
      const service = environment.services.find(({ name }) => name === "cloudStorage");
      assert.ok(service);
      const values = inCluster.volumes?.values?.({ environment, service, image: () => ({ repository: "r", tag: "t" }) });
      return at(values, "csi.provisioner.topology");
    };
    assert.deepEqual([topology(inZones), topology(anywhere)], ["true", "false"]);
  });

  const refused: readonly (readonly [what: string, openstack: object, over: FileContent, says: RegExp])[] = [
    [
      "a router beside a network that is there",
      { router: "edge" },
      { infrastructure: { network: { existing: { network: "n", subnets: { node: "s" } } } } },
      /^error infrastructure\.openstack\.router: a network that is there is joined to no router; take it out, or name/,
    ],
    [
      "volumes in zones that nobody names",
      { volumesInZones: true },
      {},
      /^error infrastructure\.openstack\.volumesInZones: no zones are named.*; name them at infrastructure\.zones/,
    ],
    [
      "a server group by its name",
      { serverGroups: { "control-plane": "ours" } },
      {},
      /^error infrastructure\.openstack\.serverGroups\.control-plane: OpenStack can be asked .* by its id only; give its id/,
    ],
    [
      "a server group of nobody",
      { serverGroups: { gpu: GROUP } },
      {},
      /serverGroups\.gpu: names no machines of the environment; use one of/,
    ],
    [
      "a zone that no name is in",
      { dns: { zone: "example.org" } },
      {},
      /^error infrastructure\.openstack\.dns\.zone: no name of the environment is in it: platform\.domain is .*nip\.io; give platform\.domain/,
    ],
    [
      "a name outside the zone",
      { dns: { zone: "example.org" } },
      { cluster: { apiEndpoint: { domain: "api.example.com" } }, platform: { domain: "p.example.org" } },
      /^warning cluster\.apiEndpoint\.domain: api\.example\.com is not in the zone example\.org/,
    ],
    ["a login for nothing", { applicationCredential: { uses: [] } }, {}, /^error infrastructure\.openstack\.applicationCredential\.uses/],
  ];
  for (const [what, openstack, over, says] of refused)
    it(`says so at a check: ${what}`, () => {
      const found = problems(openstack, over);
      assert.ok(
        found.some((each) => says.test(each)),
        found.join("\n"),
      );
    });

  it("has no address outside in any profile where the network is reachable by itself", async () => {
    for (const profile of ["minimal", "standard", "highAvailability"] as const)
      for (const existing of [undefined, { network: "net", subnets: { node: "sub" } }]) {
        const network = { floating: "none", ...(existing ? { existing } : {}) };
        const plan = samplePlan(profile, { infrastructure: { network } });
        const g = await build(plan);
        assert.deepEqual(
          g.resources.filter(({ type }) => /FloatingIp/.test(type)),
          [],
          profile,
        );
        assert.equal(ofType(g, "Router").length, existing ? 0 : 1, "a way out is another matter");
        const bastion = plan.machines.find(({ roles }) => roles.includes("bastion"));
        if (bastion) assert.equal(await value(built(g).ssh.bastion?.address), bastion.address);
        assert.equal(built(g).apiEndpoint.publicAddress, undefined);
      }
  });

  it("counts the port that OVN's balancer asks its members from", () => {
    const ports = (loadBalancerProvider: string) =>
      demandOf(samplePlan("highAvailability", { infrastructure: { openstack: { loadBalancerProvider } } }), "seoul", {}).filter(
        ({ quota }) => quota === "ports",
      ).length;
    assert.equal(ports("ovn"), ports("amphora") + 1);
  });
});
