import assert from "node:assert/strict";
import type { Profile } from "../../../model/plan/types";
import { portChanges } from "../../../model/preview/ports";
import { permissionsIn } from "../../../providers/gcp/controllers-role";
import { findable } from "../../../providers/gcp/findable";
import { GcpInfrastructure } from "../../../providers/gcp/infrastructure";
import { NEEDS, permissions, resourceTypes } from "../../../providers/gcp/permissions";
import { preview } from "../../../providers/gcp/preview";
import { buildGcp, gcpPlan } from "../../support/gcp";
import { golden } from "../../support/golden";
import { ofType } from "../../support/openstack";
import { type FileContent, samplePlan } from "../../support/plan";

const profiles: readonly Profile[] = ["minimal", "standard", "highAvailability"];

/** What bears no labels on GCP. */
const UNLABELLED =
  /:(Network|Subnetwork|Router|RouterNat|Policy|Firewall|InstanceGroup|InstanceGroupMembership|RegionHealthCheck|RegionBackendService|Account|IAMCustomRole|IAMMember|AttachedDisk)$/;

describe("a GCP infrastructure", function () {
  this.timeout(120_000);
  for (const profile of profiles)
    it(`registers for the ${profile} profile what the golden file lists, also before anything exists`, async () => {
      const plan = gcpPlan(profile);
      const g = await buildGcp(plan);
      golden(`providers/gcp-${profile}`, g.lines());
      assert.deepEqual((await buildGcp(plan, {}, { unknowns: true })).urns(), g.urns());
    });

  it("gives every child the environment's own provider, and labels to all that can have some", async () => {
    const g = await buildGcp(gcpPlan("highAvailability"));
    for (const { type, name, options, parent, inputs } of g.resources.filter((each) => each.type.startsWith("gcp:"))) {
      assert.equal(options.provider, "seoul-provider", name);
      assert.equal(parent, "seoul", name);
      assert.equal("labels" in inputs, !UNLABELLED.test(type), name);
      if (UNLABELLED.test(type)) continue;
      const { team, "kpaas-environment": environment } = inputs.labels as Record<string, string>;
      assert.deepEqual([team, environment], ["platform", "seoul"], name);
    }
  });

  it("puts machines and their disks where they are planned, closed as GCP can close them", async () => {
    const plan = gcpPlan("highAvailability");
    const g = await buildGcp(plan);
    for (const machine of plan.machines) {
      const { inputs } = g.get(`seoul-machine-${machine.name}`);
      assert.equal(inputs.zone, machine.zone);
      const [nic] = inputs.networkInterfaces as Record<string, unknown>[];
      assert.equal(nic?.networkIp, machine.address);
      assert.equal("accessConfigs" in (nic ?? {}), machine.roles.includes("bastion"), machine.name);
      const { "block-project-ssh-keys": blocked, "enable-oslogin": login, "ssh-keys": keys } = inputs.metadata as Record<string, string>;
      assert.deepEqual([blocked, login], ["TRUE", "FALSE"]);
      assert.match(keys ?? "", /^ubuntu:ssh-/);
      assert.deepEqual(inputs.shieldedInstanceConfig, { enableSecureBoot: true, enableVtpm: true, enableIntegrityMonitoring: true });
      assert.equal(inputs.canIpForward, false);
      for (const volume of machine.volumes) assert.equal(g.get(`seoul-volume-${machine.key}.${volume.name}`).inputs.zone, machine.zone);
    }
  });

  it("leads in by balancers that pass on, over one group of each role and zone", async () => {
    const plan = gcpPlan("highAvailability");
    const g = await buildGcp(plan);
    assert.deepEqual(
      ofType(g, "ForwardingRule")
        .map(({ name, inputs }) => `${name} ${inputs.loadBalancingScheme} ${(inputs.ports as string[]).join()}`)
        .sort(),
      [
        "seoul-api INTERNAL 6443",
        "seoul-api-public EXTERNAL 6443",
        "seoul-ingress INTERNAL 80,443",
        "seoul-ingress-public EXTERNAL 80,443",
      ],
    );
    assert.equal(g.get("seoul-api").inputs.ipAddress, plan.apiEndpoint.address);
    assert.equal(g.get("seoul-ingress").inputs.ipAddress, plan.platform.ingress.address);
    assert.deepEqual(g.get("seoul-api-check").inputs.httpsHealthCheck, { port: 6443, requestPath: "/readyz" });
    // A machine is in one balanced group at most.
    const members = ofType(g, "InstanceGroupMembership").map(({ inputs }) => String(inputs.instance));
    assert.equal(new Set(members).size, members.length);
    assert.equal(members.length, plan.machines.filter(({ roles }) => roles.includes("control-plane") || roles.includes("worker")).length);
  });

  it("closes both ways whatever no rule allows, to its own machines alone", async () => {
    const g = await buildGcp(gcpPlan("minimal"));
    for (const { name, inputs } of ofType(g, "Firewall")) {
      assert.ok((inputs.targetServiceAccounts as string[]).length > 0, name);
      assert.equal("allows" in inputs, inputs.priority === 1000, name);
    }
    const { denies, destinationRanges, direction } = g.get("seoul-rule-deny-egress").inputs;
    assert.deepEqual([denies, destinationRanges, direction], [[{ protocol: "all" }], ["0.0.0.0/0"], "EGRESS"]);
  });

  it("lets Google's health checks in where there is a balancer that has them, and the proxy where the file says so", async () => {
    const from = async (overrides: Parameters<typeof gcpPlan>[1]): Promise<string[]> => {
      const g = await buildGcp(gcpPlan("minimal", overrides));
      return [
        ...new Set(
          ofType(g, "Firewall").flatMap(
            ({ inputs }) => (inputs.sourceRanges as string[] | undefined)?.filter((each) => !/^(10|203|0)\./.test(each)) ?? [],
          ),
        ),
      ].sort();
    };
    const outside = ["130.211.0.0/22", "209.85.152.0/22", "209.85.204.0/22", "35.191.0.0/16"];
    assert.deepEqual(await from({}), outside);
    assert.deepEqual(await from({ infrastructure: { network: { floating: "none" } } }), ["130.211.0.0/22", "35.191.0.0/16"]);
    assert.deepEqual(await from({ infrastructure: { gcp: { iap: true } } }), [...outside, "35.235.240.0/20"].sort());
  });

  it("names the protocol of wrapped packets, which GCP leads for nobody who does not", async () => {
    const g = await buildGcp(gcpPlan("minimal", { cluster: { network: { encapsulation: "ipip" } } }));
    const rules = ofType(g, "Firewall").filter(({ inputs }) => JSON.stringify(inputs.allows) === '[{"protocol":"ipip"}]');
    assert.deepEqual(rules.map(({ inputs }) => inputs.direction).sort(), ["EGRESS", "INGRESS"]);
  });

  it("uses a network that is there with its subnet, without a NAT, and addresses made beforehand", async () => {
    const plan = gcpPlan("standard", {
      infrastructure: {
        network: {
          existing: { network: "host-project/shared", subnets: { node: "host-project/nodes" } },
          floating: { bastion: "203.0.113.5", api: "203.0.113.6" },
        },
      },
    });
    const g = await buildGcp(plan);
    for (const type of ["Network", "Subnetwork", "Router", "RouterNat"]) assert.deepEqual(ofType(g, type), [], type);
    const [nic] = g.get("seoul-machine-bastion").inputs.networkInterfaces as Record<string, unknown>[];
    assert.equal(nic?.subnetwork, "nodes-id");
    assert.deepEqual(nic?.accessConfigs, [{ natIp: "203.0.113.5", networkTier: "PREMIUM" }]);
    assert.equal(g.get("seoul-api-public").inputs.ipAddress, "203.0.113.6");
  });

  it("makes a way out of a network of its own, and of one that is there where the file says so, in the project that shares it", async () => {
    const existing = { network: "host-project/shared", subnets: { node: "host-project/nodes" } };
    const nats = async (infrastructure: FileContent): Promise<unknown[]> => {
      const g = await buildGcp(gcpPlan("minimal", { infrastructure }));
      return [...ofType(g, "Router"), ...ofType(g, "RouterNat")].map(({ inputs }) => inputs.project);
    };
    assert.deepEqual(await nats({}), ["acme-platform", "acme-platform"]);
    assert.deepEqual(await nats({ gcp: { nat: false } }), []);
    assert.deepEqual(await nats({ network: { existing } }), []);
    assert.deepEqual(await nats({ network: { existing }, gcp: { nat: true } }), ["host-project", "host-project"]);
    const g = await buildGcp(gcpPlan("minimal", { infrastructure: { network: { existing } } }));
    const projects = (type: string) => [...new Set(ofType(g, type).map(({ inputs }) => inputs.project))];
    assert.deepEqual(projects("Firewall"), ["host-project"]);
    assert.deepEqual(projects("Instance"), ["acme-platform"]);
  });

  it("takes one copy of what a family stands for, and a build that is named as it is", async () => {
    const family = await buildGcp(gcpPlan("minimal"));
    assert.deepEqual(
      ofType(family, "Image").map(({ name, options }) => [name, options.ignoreChanges?.includes("sourceImage")]),
      [["seoul-image-ubuntu-2204-lts", true]],
    );
    const build = "ubuntu-os-cloud/ubuntu-2204-jammy-v20250112";
    const named = await buildGcp(gcpPlan("minimal", { infrastructure: { image: build } }));
    assert.deepEqual(ofType(named, "Image"), []);
    const { initializeParams } = named.get("seoul-machine-cp-1").inputs.bootDisk as { initializeParams: Record<string, unknown> };
    assert.equal(initializeParams.image, build);
  });

  it("has Google's resolver ask the file's", async () => {
    const g = await buildGcp(gcpPlan("minimal", { infrastructure: { network: { dns: ["10.0.0.2"] } } }));
    assert.deepEqual(g.get("seoul-dns").inputs.alternativeNameServerConfig, { targetNameServers: [{ ipv4Address: "10.0.0.2" }] });
  });

  it("is read back by a preview: what is let through", async () => {
    const plan = gcpPlan("highAvailability");
    const g = await buildGcp(plan);
    const known = g.resources.flatMap(({ type, name, inputs }) => preview.flow(type, name, inputs) ?? []);
    assert.deepEqual(portChanges(known, plan.flows), []);
  });

  it("refuses a plan of another cloud", () => {
    assert.throws(() => new GcpInfrastructure("seoul", { plan: samplePlan("minimal"), secrets: {} }), /is that of openstack, not GCP's/);
  });
});

describe("what is known of GCP's types", function () {
  this.timeout(120_000);
  const variants = [
    ["minimal", {}],
    ["highAvailability", {}],
    ["highAvailability", { platform: { storage: { kind: "cloud" } } }],
    ["minimal", { infrastructure: { network: { dns: ["10.0.0.2"], floating: "none" }, gcp: { nat: false, controllers: false } } }],
    [
      "standard",
      {
        infrastructure: { image: "ubuntu-os-cloud/ubuntu-2204-jammy-v20250112" },
        platform: { storage: { kind: "existing", className: "x" } },
      },
    ],
  ] as const;

  it("covers all that is registered: how a lost creation is found, and what it takes to make it", async () => {
    for (const [profile, overrides] of variants) {
      const plan = gcpPlan(profile, overrides);
      const registered = new Set((await buildGcp(plan)).resources.map(({ type }) => type).filter((type) => type.startsWith("gcp:")));
      assert.deepEqual(resourceTypes(plan), [...registered].sort());
      for (const type of registered) {
        assert.ok(findable[type] !== undefined, `${type} is not found again`);
        assert.ok(NEEDS[type] !== undefined, `${type} has no permissions`);
      }
    }
  });

  it("gives a role with every permission once, and with none that nothing needs", () => {
    for (const [profile, overrides] of variants) {
      const plan = gcpPlan(profile, overrides);
      const { includedPermissions: given } = permissions(plan);
      assert.deepEqual([...new Set(given)].sort(), given);
      for (const each of given) assert.match(each, /^[a-z]+\.[A-Za-z]+\.[A-Za-z]+$/);
      for (const type of resourceTypes(plan))
        for (const each of permissionsIn(NEEDS[type]?.permissions ?? "")) assert.ok(given.includes(each), each);
      assert.equal(given.includes("iam.roles.create"), plan.platform.storage.kind === "cloud");
    }
  });
});
