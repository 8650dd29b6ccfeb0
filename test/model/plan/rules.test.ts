import assert from "node:assert/strict";
import fc from "fast-check";
import type { Flow, FlowPeer, MachinePlan, Role } from "../../../model/plan/infrastructure-types";
import { type Dialect, expandFlows, type FlowsPlan, groupKeys, groupsOf, type OpenWay } from "../../../model/plan/rules";
import type { Profile } from "../../../model/plan/types";
import { samplePlan } from "../../support/plan";

const plain: Dialect<OpenWay> = { balancerHasGroup: false, balancerKeepsClients: false, namesPods: true, rule: (way) => way };
const sample = samplePlan("highAvailability");
const profiles: readonly Profile[] = ["minimal", "standard", "highAvailability"];

function waysOf(plan: FlowsPlan, dialect: Partial<Dialect<OpenWay>> = {}): OpenWay[] {
  return expandFlows(plan, { ...plain, ...dialect });
}

function flow(from: FlowPeer, to: FlowPeer, protocol: Flow["protocol"], ...ports: Flow["ports"]): Flow {
  return { from, to, protocol, ports, reason: "test" };
}

function keys(...flows: Flow[]): string[] {
  return keysOf({ ...sample, flows });
}

function keysOf(plan: FlowsPlan, dialect: Partial<Dialect<OpenWay>> = {}): string[] {
  return waysOf(plan, dialect).map((way) => way.key);
}

/** What a cloud would decide, for one side: does any rule of these groups let the packet pass? */
function passes(rules: readonly OpenWay[], own: readonly string[], direction: OpenWay["direction"], packet: Packet, other: End): boolean {
  return rules.some((rule) => {
    if (!own.includes(rule.group) || rule.direction !== direction) return false;
    if (rule.protocol !== "any" && rule.protocol !== packet.protocol) return false;
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
  return [
    ...machines,
    { groups: [], address: asTarget ? plan.apiEndpoint.address : (plan.network.subnets[0].cloudRange?.first ?? ""), ours: false },
  ];
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
  const rules = waysOf(plan);
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

/** Whether a flow says so of one side of a packet: that `own` may send it to `other`, or take it from there. */
function isNamed(plan: FlowsPlan, own: End, direction: OpenWay["direction"], packet: Packet, other: End): boolean {
  return plan.flows.some(({ from, to, protocol, ports }) => {
    const [mine, theirs] = direction === "ingress" ? [to, from] : [from, to];
    if (!own.groups.includes(mine) || (protocol !== "any" && protocol !== packet.protocol)) return false;
    const port = packet.port ?? -1;
    const fits = ports.map((each) => String(each).split("-").map(Number)).some(([min = 0, max = min]) => min <= port && port <= max);
    return (ports.length === 0 || fits) && isPeer(plan, theirs, other, direction === "egress");
  });
}

function isPeer({ network, apiEndpoint }: FlowsPlan, peer: FlowPeer, { groups, address }: End, asTarget: boolean): boolean {
  if (peer.startsWith("cidr:")) return inside(address, peer.slice("cidr:".length));
  if (peer !== "load-balancer" || apiEndpoint.kind !== "loadBalancer") return groups.includes(peer);
  return groups.includes(peer) || (asTarget ? address === apiEndpoint.address : inside(address, network.cidr));
}

/** Packets at the edges of what is open: every port a flow names, its neighbours, and protocols and ports that no flow names. */
function packetsOf(plan: FlowsPlan): Packet[] {
  const edges = plan.flows.flatMap(({ ports }) => ports.flatMap((each) => String(each).split("-").map(Number)));
  const ports = [...new Set(edges.flatMap((port) => [port - 1, port, port + 1]))].filter((port) => port > 0 && port < 65_536);
  const carried = (["tcp", "udp", "sctp"] as const).flatMap((protocol) => [8081, ...ports].map((port): Packet => ({ protocol, port })));
  return [...carried, { protocol: "icmp" }, { protocol: "ipip" }];
}

/** Whatever passes one side of a machine is what a flow names there. */
function assertNothingElse(plan: FlowsPlan, tried: readonly Packet[]): void {
  const ways = waysOf(plan, { namesPods: false });
  const kinds = new Map(plan.machines.map((machine) => [machine.roles.join(), machine]));
  const ours = [...kinds.values()].map((machine): End => ({ groups: groupsOf(machine), address: machine.address, ours: true }));
  const foreign = ["203.0.113.9", "198.51.100.3", "192.0.2.1", "10.20.200.200", "10.20.255.254", "169.254.169.254"];
  const others = [...ours, ...foreign.map((address): End => ({ groups: [], address, ours: false }))];
  for (const own of ours) {
    for (const other of others) {
      for (const packet of tried) {
        for (const direction of ["ingress", "egress"] as const) {
          const what = `${direction} of ${own.groups.join("+")}: ${packet.protocol} ${packet.port ?? ""} with ${other.address}`;
          assert.equal(passes(ways, own.groups, direction, packet, other), isNamed(plan, own, direction, packet, other), what);
        }
      }
    }
  }
}

describe("rules compiled from flows", () => {
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

  it("say of an address outside IPv4 what it is", () => {
    const ways = waysOf({ ...sample, flows: [flow("nodes", "nodes", "any"), flow("cidr:2001:db8::/32", "bastion", "icmp")] });
    assert.deepEqual(
      ways.map(({ key, family }) => [key, family]),
      [
        ["bastion-ingress-ipv6-icmp-from-2001-db8---32", "IPv6"],
        ["nodes-egress-any-to-nodes", "IPv4"],
        ["nodes-ingress-any-from-nodes", "IPv4"],
      ],
    );
  });

  it("let the balancer in from the node subnet, and its clients too where it keeps their addresses", () => {
    const plan = { ...sample, flows: [flow("load-balancer", "control-plane", "tcp", 6443)] };
    assert.deepEqual(keysOf(plan), ["control-plane-ingress-tcp-6443-from-10.20.0.0-16"]);
    assert.deepEqual(keysOf(plan, { balancerKeepsClients: true }), [
      "control-plane-ingress-tcp-6443-from-10.20.0.0-16",
      "control-plane-ingress-tcp-6443-from-203.0.113.0-24",
    ]);
    assert.deepEqual(keys(flow("nodes", "load-balancer", "tcp", 6443)), ["nodes-egress-tcp-6443-to-10.20.255.254-32"]);
  });

  it("reach a virtual address of the API by its address as well as by the group", () => {
    const plan: FlowsPlan = {
      ...sample,
      flows: [flow("nodes", "control-plane", "tcp", 6443)],
      apiEndpoint: { kind: "virtualIp", address: "10.20.0.9", port: 6443 },
    };
    assert.deepEqual(keysOf(plan), [
      "control-plane-ingress-tcp-6443-from-nodes",
      "nodes-egress-tcp-6443-to-10.20.0.9-32",
      "nodes-egress-tcp-6443-to-control-plane",
    ]);
  });

  it("let pods through by their own addresses where Calico does not encapsulate", () => {
    const plan = samplePlan("minimal", { cluster: { network: { plugin: "calico", encapsulation: "none" } } });
    const pods = waysOf(plan).filter((rule) => "cidr" in rule.remote && rule.remote.cidr === "10.233.64.0/18");
    assert.deepEqual(
      pods.map((rule) => rule.key),
      ["nodes-egress-any-to-10.233.64.0-18", "nodes-ingress-any-from-10.233.64.0-18"],
    );
    assert.equal(waysOf(plan, { namesPods: false }).length, waysOf(plan).length - pods.length);
    assertPermitted(plan);
  });

  it("leave out roles no machine has, and host bits, which clouds drop", () => {
    assert.deepEqual(
      keys(flow("load-balancer", "bastion", "tcp", 1), flow("cidr:203.0.113.9/24", "bastion", "tcp", 22)).at(-1),
      "bastion-ingress-tcp-22-from-203.0.113.0-24",
    );
    const noBastion = {
      ...sample,
      machines: sample.machines.filter((machine) => !machine.roles.includes("bastion")),
      flows: [flow("bastion", "nodes", "tcp", 22)],
    };
    assert.deepEqual(waysOf(noBastion), []);
  });

  it("are one where flows overlap, because clouds refuse duplicates", () => {
    assert.equal(keys(flow("nodes", "nodes", "tcp", 179), { ...flow("nodes", "nodes", "tcp", 179), reason: "again" }).length, 2);
  });

  for (const profile of profiles) {
    it(`permit every flow of the ${profile} profile, and nothing that no flow names`, () => {
      const plan = samplePlan(profile);
      assertPermitted(plan);
      assertNothingElse(plan, packetsOf(plan));
    });
  }

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
        assertNothingElse(plan, packetsOf(plan));
        const rules = waysOf(plan);
        const contents = rules.map(({ key: _key, reason: _reason, ...content }) => JSON.stringify(content));
        assert.equal(new Set(contents).size, rules.length, "no duplicate content");
        assert.equal(new Set(rules.map((rule) => rule.key)).size, rules.length, "no duplicate key");
        assert.deepEqual(
          waysOf({ ...plan, flows: [...flows].reverse() }).map((rule) => rule.key),
          rules.map((rule) => rule.key),
        );
      }),
      { numRuns: 200 },
    );
  });
});
