import assert from "node:assert/strict";
import fc from "fast-check";
import { appliedState } from "../../../model/guard/applied";
import { findDangers } from "../../../model/guard/dangers";
import { contains, parseAddress, parseCidr } from "../../../model/ipv4";
import { planFile, plannedFile } from "../../support/environment";
import { build } from "../../support/openstack";
import { type FileContent, merge } from "../../support/plan";

const GROUPS = {
  "control-plane": { subnet: "masters", cidr: "10.20.2.0/24" },
  bastion: { subnet: "edge", cidr: "10.20.3.0/28" },
  nfs: { subnet: "edge", cidr: "10.20.3.0/28" },
};

function file(existing: object, over: FileContent = {}): FileContent {
  return merge(
    {
      name: "seoul",
      profile: "highAvailability",
      infrastructure: {
        provider: "openstack",
        access: { adminCidrs: ["203.0.113.0/24"], ingressCidrs: ["0.0.0.0/0"] },
        network: {
          cidr: "10.20.0.0/16",
          existing: { network: "corp", subnets: { node: "workers" }, cidr: "10.20.1.0/24", groups: GROUPS, router: "r", ...existing },
        },
      },
      platform: { domain: "seoul.example.org" },
    },
    over,
  );
}

/** Which range an address is in. */
function within(address: string): string | undefined {
  return ["10.20.1.0/24", "10.20.2.0/24", "10.20.3.0/28"].find((text) => {
    const block = parseCidr(text);
    return block !== undefined && contains(block, parseAddress(address) ?? 0);
  });
}

describe("several subnets of a network that is there", () => {
  it("give each machine an address of its group's, and what is there once one of the nodes'", async () => {
    const { plan } = plannedFile(file({}));
    for (const { key, group, address } of plan.machines)
      assert.equal(within(address), GROUPS[group as keyof typeof GROUPS]?.cidr ?? "10.20.1.0/24", key);
    assert.equal(within(plan.apiEndpoint.address), "10.20.1.0/24");
    assert.equal(within(plan.platform.ingress.address), "10.20.1.0/24");
    const g = await build(plan);
    const subnetOf = (port: string) => JSON.stringify(g.get(port).inputs.fixedIps).replace(/.*"subnetId":"([^"]*)".*/, "$1");
    assert.deepEqual(
      ["seoul-port-cp-1", "seoul-port-bastion", "seoul-port-nfs", "seoul-port-worker-1", "seoul-address-ingress"].map(subnetOf),
      ["masters-id", "edge-id", "edge-id", "workers-id", "workers-id"],
    );
    assert.equal(g.get("seoul-api").inputs.vipSubnetId, "workers-id");
    assert.equal(g.get("seoul-api-member-cp-1").inputs.subnetId, "masters-id");
    assert.deepEqual(g.get("seoul-api-listener").inputs.allowedCidrs, ["10.20.0.0/16", "203.0.113.0/24"], "all of the network may call");
  });

  it("take a subnet by its id, and ask the cloud for each once, with its range", async () => {
    const id = "11111111-0000-4000-8000-00000000000c";
    const groups = { "control-plane": { subnet: id, cidr: "10.20.2.0/24" } };
    const g = await build(plannedFile(file({ groups })).plan);
    assert.match(JSON.stringify(g.get("seoul-port-cp-1").inputs.fixedIps), new RegExp(id));
    const other = {
      "openstack:networking/getSubnet:getSubnet": ({ name }: Record<string, unknown>) => ({
        id: `${String(name)}-id`,
        cidr: name === "masters" ? "10.20.9.0/24" : name === "workers" ? "10.20.1.0/24" : "10.20.3.0/28",
      }),
    };
    await assert.rejects(
      build(plannedFile(file({})).plan, {}, { invokes: other }),
      /infrastructure\.network\.existing\.groups\.control-plane\.cidr .*the existing subnet masters is 10\.20\.9\.0\/24/,
    );
  });

  it("change no machine's address when machines come and go in another one", () => {
    const keys = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e", "f"), { minLength: 1, maxLength: 5 });
    const etcd = fc.constantFrom(1, 3, 5);
    fc.assert(
      fc.property(keys, keys, etcd, etcd, (before, after, controlPlanes, laterControlPlanes) => {
        const of = (workers: readonly string[], nodes: number) =>
          file(
            {},
            { cluster: { controlPlane: { nodes }, pools: { general: { nodes: Object.fromEntries(workers.map((key) => [key, {}])) } } } },
          );
        const first = plannedFile(of(before, controlPlanes));
        const { plan } = plannedFile(of(after, laterControlPlanes), first.lock);
        const was = new Map(first.plan.machines.map(({ key, address }) => [key, address]));
        for (const { key, address } of plan.machines) if (was.has(key)) assert.equal(address, was.get(key), key);
        assert.equal(new Set(plan.machines.map(({ address }) => address)).size, plan.machines.length, "each its own");
        for (const { group, address } of plan.machines)
          assert.equal(within(address), GROUPS[group as keyof typeof GROUPS]?.cidr ?? "10.20.1.0/24");
      }),
      { numRuns: 40 },
    );
  });

  it("stay what they are while the environment stands", () => {
    const first = plannedFile(file({}));
    const moved = { ...GROUPS, "control-plane": { subnet: "other", cidr: "10.20.2.0/24" } };
    const { plan } = plannedFile(file({ groups: moved }), first.lock);
    assert.ok(
      findDangers(appliedState(first.plan), plan).some(
        ({ path, action }) => path === "infrastructure.network.existing" && action === "never",
      ),
    );
    assert.equal(plannedFile(file({}), first.lock).lockState, "current");
  });

  const refused: readonly (readonly [what: string, existing: object, over: FileContent, says: RegExp])[] = [
    ["groups without the nodes' own range", { cidr: undefined }, {}, /existing\.cidr: is required beside groups/],
    [
      "a group of nobody",
      { groups: { ...GROUPS, gpu: GROUPS.bastion } },
      {},
      /existing\.groups\.gpu: names no machines of the environment; use one of: bastion, control-plane/,
    ],
    [
      "a range outside the network",
      { groups: { "control-plane": { subnet: "m", cidr: "10.30.0.0/24" } } },
      {},
      /groups\.control-plane\.cidr: leaves the network 10\.20\.0\.0\/16/,
    ],
    [
      "ranges that overlap",
      { groups: { "control-plane": { subnet: "m", cidr: "10.20.1.128/25" } } },
      {},
      /groups\.control-plane\.cidr: overlaps 10\.20\.1\.0\/24 of infrastructure\.network\.existing\.cidr/,
    ],
    [
      "two ranges of one subnet",
      { groups: { ...GROUPS, nfs: { subnet: "edge", cidr: "10.20.4.0/24" } } },
      {},
      /groups\.nfs\.cidr: edge is 10\.20\.3\.0\/28 at .*a subnet has one range/,
    ],
    [
      "all workers elsewhere",
      { groups: { worker: { subnet: "w", cidr: "10.20.5.0/24" } } },
      {},
      /existing\.groups: puts every worker elsewhere/,
    ],
    [
      "a virtual address away from its holders",
      {},
      { cluster: { apiEndpoint: { kind: "virtualIp" } } },
      /groups\.control-plane: a virtual address is one of the nodes' subnet/,
    ],
    [
      "an address of another subnet",
      {},
      { cluster: { controlPlane: { nodes: { "cp-a": { address: "10.20.1.50" } } } } },
      /cluster\.controlPlane\.nodes\.cp-a\.address: is outside 10\.20\.2\.0\/24, the subnet of control-plane/,
    ],
  ];
  for (const [what, existing, over, says] of refused)
    it(`say so at a check: ${what}`, () => {
      const found = planFile(file(existing, over)).problems.map(({ path, reason, remedy }) => `${path}: ${reason}; ${remedy}`);
      assert.ok(
        found.some((each) => says.test(each)),
        found.join("\n"),
      );
    });
});
