import assert from "node:assert/strict";
import fc from "fast-check";
import type { Flow, FlowPeer, MachinePlan, Profile, Role } from "../../../model/plan/types";
import { compileRules, type FlowsPlan, groupKeys, groupsOf, type Rule } from "../../../providers/openstack/security-groups";
import { samplePlan } from "../../support/plan";

const sample = samplePlan("highAvailability");
const profiles: readonly Profile[] = ["minimal", "standard", "highAvailability"];

function withFlows(...flows: Flow[]): FlowsPlan {
  return { ...sample, flows };
}

function flow(from: FlowPeer, to: FlowPeer, protocol: Flow["protocol"], ...ports: Flow["ports"]): Flow {
  return { from, to, protocol, ports, reason: "test" };
}

function keys(...flows: Flow[]): string[] {
  return compileRules(withFlows(...flows)).map((rule) => rule.key);
}

/** What neutron would decide, for one side: does any rule of these groups let the packet pass? */
function passes(rules: readonly Rule[], own: readonly string[], direction: Rule["direction"], packet: Packet, other: End): boolean {
  return rules.some((rule) => {
    if (!own.includes(rule.group) || rule.direction !== direction) return false;
    if (rule.protocol !== undefined && rule.protocol !== (packet.protocol === "ipip" ? "4" : packet.protocol)) return false;
    if (rule.ports !== undefined && (packet.port === undefined || packet.port < rule.ports.min || packet.port > rule.ports.max))
      return false;
    return "group" in rule.remote ? other.groups.includes(rule.remote.group) : inside(other.address, rule.remote.cidr);
  });
}

interface Packet {
  readonly protocol: Exclude<Flow["protocol"], "any"> | "sctp";
  readonly port?: number;
}
interface End {
  readonly groups: readonly string[];
  readonly address: string;
  /** Outside our ports nothing of ours filters. */
  readonly ours: boolean;
}

function inside(address: string, cidr: string): boolean {
  const [base = "", prefix = "32"] = cidr.split("/");
  const number = (text: string) => text.split(".").reduce((value, part) => value * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(prefix));
  return Math.floor(number(address) / size) === Math.floor(number(base) / size);
}

function ends(peer: FlowPeer, plan: FlowsPlan, asTarget: boolean): End[] {
  if (peer.startsWith("cidr:")) return [{ groups: [], address: peer.slice(5).split("/")[0] ?? "", ours: false }];
  const machines: End[] = plan.machines
    .filter((machine) => (groupsOf(machine) as string[]).includes(peer))
    .map((machine) => ({ groups: groupsOf(machine), address: machine.address, ours: true }));
  if (peer !== "load-balancer" || plan.apiEndpoint.kind !== "loadBalancer") return machines;
  // An amphora dials from an address of its own in the node subnet.
  return [...machines, { groups: [], address: asTarget ? plan.apiEndpoint.address : plan.network.cloudRange.first, ours: false }];
}

function packets({ protocol, ports }: Flow): Packet[] {
  if (protocol === "any")
    return [{ protocol: "tcp", port: 4711 }, { protocol: "udp", port: 53 }, { protocol: "icmp" }, { protocol: "ipip" }];
  if (ports.length === 0) return [{ protocol, ...(protocol === "tcp" || protocol === "udp" ? { port: 4711 } : {}) }];
  return ports.flatMap((range) =>
    String(range)
      .split("-")
      .map((port) => ({ protocol, port: Number(port) })),
  );
}

function assertPermitted(plan: FlowsPlan): void {
  const rules = compileRules(plan);
  for (const each of plan.flows) {
    for (const packet of packets(each)) {
      for (const from of ends(each.from, plan, false)) {
        for (const to of ends(each.to, plan, true)) {
          const what = `${each.from} -> ${each.to} ${packet.protocol} ${packet.port ?? ""}`;
          if (from.ours) assert.ok(passes(rules, from.groups, "egress", packet, to), `${what} may not leave`);
          if (to.ours) assert.ok(passes(rules, to.groups, "ingress", packet, from), `${what} may not enter`);
        }
      }
    }
  }
}

function assertNoWorldUnlessNamed(plan: FlowsPlan): void {
  const named = new Set(plan.flows.flatMap(({ from, to }) => [`in ${from}`, `out ${to}`]));
  for (const rule of compileRules(plan)) {
    if (!("cidr" in rule.remote) || !/\/0$/.test(rule.remote.cidr)) continue;
    assert.ok(named.has(`${rule.direction === "ingress" ? "in" : "out"} cidr:${rule.remote.cidr}`), rule.key);
  }
}

describe("security groups compiled from flows", () => {
  it("are one per role in use and one for all nodes", () => {
    assert.deepEqual(groupKeys(sample.machines), ["bastion", "control-plane", "etcd", "nfs", "nodes", "worker"]);
    const bastion = sample.machines.find((machine) => machine.key === "bastion") as MachinePlan;
    assert.deepEqual(groupsOf(bastion), ["bastion"]);
  });

  it("open the way out at the source and the way in at the target", () => {
    assert.deepEqual(keys(flow("control-plane", "etcd", "tcp", 2379, "2381-2383")), [
      "control-plane-egress-tcp-2379-to-etcd",
      "control-plane-egress-tcp-2381-2383-to-etcd",
      "etcd-ingress-tcp-2379-from-control-plane",
      "etcd-ingress-tcp-2381-2383-from-control-plane",
    ]);
  });

  it("name protocols as neutron and the provider both take them", () => {
    const protocols = compileRules(
      withFlows(
        flow("nodes", "nodes", "ipip"),
        flow("nodes", "nodes", "icmp"),
        flow("nodes", "nodes", "any"),
        flow("cidr:2001:db8::/32", "bastion", "icmp"),
      ),
    ).map((rule) => [rule.key, rule.protocol, rule.ethertype]);
    assert.deepEqual(protocols, [
      ["bastion-ingress-ipv6-icmp-from-2001-db8---32", "ipv6-icmp", "IPv6"],
      ["nodes-egress-any-to-nodes", undefined, "IPv4"],
      ["nodes-egress-icmp-to-nodes", "icmp", "IPv4"],
      ["nodes-egress-ipip-to-nodes", "4", "IPv4"],
      ["nodes-ingress-any-from-nodes", undefined, "IPv4"],
      ["nodes-ingress-icmp-from-nodes", "icmp", "IPv4"],
      ["nodes-ingress-ipip-from-nodes", "4", "IPv4"],
    ]);
  });

  it("let the balancer in from the node subnet, and its clients too where OVN keeps their address", () => {
    const flows = [flow("load-balancer", "control-plane", "tcp", 6443)];
    assert.deepEqual(
      compileRules({ ...sample, flows }).map((rule) => rule.key),
      ["control-plane-ingress-tcp-6443-from-10.20.0.0-16"],
    );
    const openstack = { externalNetwork: "public", bootVolumeGiB: 40, loadBalancerProvider: "ovn" } as const;
    assert.deepEqual(
      compileRules({ ...sample, flows, openstack }).map((rule) => rule.key),
      ["control-plane-ingress-tcp-6443-from-10.20.0.0-16", "control-plane-ingress-tcp-6443-from-203.0.113.0-24"],
    );
    assert.deepEqual(keys(flow("nodes", "load-balancer", "tcp", 6443)), ["nodes-egress-tcp-6443-to-10.20.255.254-32"]);
  });

  it("reach a virtual address of the API by its address as well as by the group", () => {
    const plan: FlowsPlan = {
      ...sample,
      flows: [flow("nodes", "control-plane", "tcp", 6443)],
      apiEndpoint: { kind: "virtualIp", address: "10.20.0.9", port: 6443 },
    };
    assert.deepEqual(
      compileRules(plan).map((rule) => rule.key),
      ["control-plane-ingress-tcp-6443-from-nodes", "nodes-egress-tcp-6443-to-10.20.0.9-32", "nodes-egress-tcp-6443-to-control-plane"],
    );
  });

  it("let pods through by their own addresses where Calico does not encapsulate", () => {
    const plan = samplePlan("minimal", { cluster: { network: { plugin: "calico", encapsulation: "none" } } });
    const pods = compileRules(plan).filter((rule) => "cidr" in rule.remote && rule.remote.cidr === "10.233.64.0/18");
    assert.deepEqual(
      pods.map((rule) => rule.key),
      ["nodes-egress-any-to-10.233.64.0-18", "nodes-ingress-any-from-10.233.64.0-18"],
    );
    assertPermitted(plan);
  });

  it("leave out roles no machine has, and host bits that neutron would drop", () => {
    assert.deepEqual(
      keys(flow("load-balancer", "bastion", "tcp", 1), flow("cidr:203.0.113.9/24", "bastion", "tcp", 22)).at(-1),
      "bastion-ingress-tcp-22-from-203.0.113.0-24",
    );
    const noBastion = {
      ...sample,
      machines: sample.machines.filter((machine) => !machine.roles.includes("bastion")),
      flows: [flow("bastion", "nodes", "tcp", 22)],
    };
    assert.deepEqual(compileRules(noBastion), []);
  });

  it("are one where flows overlap, because neutron refuses duplicates", () => {
    assert.equal(keys(flow("nodes", "nodes", "tcp", 179), { ...flow("nodes", "nodes", "tcp", 179), reason: "again" }).length, 2);
  });

  for (const profile of profiles) {
    it(`permit every flow of the ${profile} profile, and nothing to or from the world that no flow names`, () => {
      const plan = samplePlan(profile);
      assertPermitted(plan);
      assertNoWorldUnlessNamed(plan);
    });
  }

  it("let nothing in that no flow names", () => {
    const rules = compileRules(sample);
    const worker: End = { groups: ["worker", "nodes"], address: "10.20.0.6", ours: true };
    assert.ok(!passes(rules, worker.groups, "ingress", { protocol: "tcp", port: 22 }, { groups: [], address: "203.0.113.9", ours: false }));
    assert.ok(!passes(rules, worker.groups, "ingress", { protocol: "tcp", port: 8081 }, worker));
    assert.ok(!passes(rules, ["etcd", "nodes"], "ingress", { protocol: "tcp", port: 2379 }, worker));
  });

  it("permit every flow, open nothing unnamed and repeat nothing, whatever the flows are", () => {
    const roles: readonly Role[] = ["control-plane", "etcd", "worker", "bastion", "load-balancer", "nfs"];
    const peer = fc.constantFrom<FlowPeer>(
      ...roles,
      "nodes",
      "cidr:203.0.113.7/24",
      "cidr:198.51.100.0/25",
      "cidr:0.0.0.0/0",
      "cidr:10.20.0.0/16",
    );
    const port = fc.oneof(
      fc.integer({ min: 1, max: 65535 }),
      fc.tuple(fc.integer({ min: 1, max: 30000 }), fc.integer({ min: 30000, max: 65535 })).map(([a, b]) => `${a}-${b}` as const),
    );
    const anyFlow = fc
      .record({
        from: peer,
        to: peer,
        protocol: fc.constantFrom<Flow["protocol"]>("tcp", "udp", "icmp", "ipip", "any"),
        ports: fc.array(port, { maxLength: 3 }),
      })
      .map((each): Flow => ({ ...each, ports: each.protocol === "tcp" || each.protocol === "udp" ? each.ports : [], reason: "any" }));
    const machines = fc.subarray([...sample.machines], { minLength: 1 });
    fc.assert(
      fc.property(fc.array(anyFlow, { maxLength: 12 }), machines, (flows, some) => {
        const plan: FlowsPlan = { ...sample, flows, machines: some };
        assertPermitted(plan);
        assertNoWorldUnlessNamed(plan);
        const rules = compileRules(plan);
        const contents = rules.map(({ key: _key, reason: _reason, ...content }) => JSON.stringify(content));
        assert.equal(new Set(contents).size, rules.length, "no duplicate content");
        assert.equal(new Set(rules.map((rule) => rule.key)).size, rules.length, "no duplicate key");
        assert.deepEqual(
          compileRules({ ...plan, flows: [...flows].reverse() }).map((rule) => rule.key),
          rules.map((rule) => rule.key),
        );
      }),
      { numRuns: 200 },
    );
  });
});
