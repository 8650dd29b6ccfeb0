import assert from "node:assert/strict";
import type { MachinePlan } from "../../model/plan/infrastructure-types";
import { firewallName, planFirewalls, replacing } from "../../model/plan/nftables";
import { allows, forbidden, type Place, required, type Tuple, textOf } from "../support/flow-model";
import { type End, type Listening, packetsForTests, type Sent, Wire } from "../support/packets";
import { HOSTS, KINDS, OTHERS, PODS, planOf, SERVICES, VIRTUAL } from "./packet-kinds";

/** Real nftables, real packets: what the plan's flows say, and nothing else, comes through the tables that hosts are given. */

/** What has to come in besides the flows, to every host and from anybody: what nothing works without. */
const BASICS: readonly (Omit<Sent, "id" | "to" | "from"> & { readonly why: string })[] = [
  ...[3, 11, 12].map((type) => ({ why: "an error of ICMP", protocol: "icmp" as const, type })),
  ...[1, 2, 3, 4, 134, 135, 136].map((type) => ({ why: "an error or a neighbour of IPv6", protocol: "icmpv6" as const, type })),
  { why: "an answer of DHCP", protocol: "udp", port: 68, sport: 67 },
];

const SEED = Number(process.env.KPAAS_SEED ?? Math.floor(Math.random() * 2 ** 31));
/**
 * How long nothing may have come, in milliseconds, until what has not come will not: for what has to come, which is over as soon as it has; for what
 * must not; and for what a rule is told by.
 */
const [PATIENT, SETTLED, QUICK] = [5000, 1000, 120];
/** A port that no flow is for. */
const UNNAMED = 9100;
const sixth = (address: string): string => `fd00::${address.split(".")[3]}`;

describe("packets between hosts with our table of nftables", function () {
  this.timeout(300_000);
  let wire: Wire;
  let outside: End;
  const ends = new Map<string, End>();
  /** Tables whose rules have been left out one after another already. */
  const tried = new Set<string>();
  const endOf = (name: string): End => ends.get(name) ?? outside;

  before(async function () {
    packetsForTests.call(this);
    console.log(`      seed ${SEED} (KPAAS_SEED=${SEED} repeats it)`);
    wire = await Wire.lay();
    const hosts = Object.entries(HOSTS).map(async ([key, { address }]) => ends.set(key, await wire.end(key, [address, sixth(address)])));
    await Promise.all(hosts);
    outside = await wire.end("outside", [...Object.values(OTHERS), sixth(OTHERS["a neighbour"] ?? "")]);
    await endOf("cp-1").shell(`ip addr add ${VIRTUAL}/32 dev eth0`);
    const nodes = Object.keys(HOSTS).filter((key) => /^(cp|general|gpu)-/.test(key));
    await Promise.all(nodes.map((key) => endOf(key).shell("ip link add overlay type veth peer name far; ip link set overlay up")));
    // As kube-proxy leads on whoever asks for a Service's address, which MetalLB answers for.
    for (const [key, address] of Object.entries(SERVICES)) {
      const leads = `meta l4proto { tcp, udp } ip daddr ${address} dnat to ${PODS[key]}.1`;
      const nat = `table ip services {\nchain in {\ntype nat hook prerouting priority dstnat\n${leads}\n}\n}\n`;
      const answers = `ip neigh add proxy ${address} dev eth0; echo 0 > /proc/sys/net/ipv4/neigh/eth0/proxy_delay`;
      await endOf(key).shell(`nft -f -; ${answers}`, nat);
    }
  });
  after(async () => await wire?.cut());

  for (const [title, kind] of Object.entries(KINDS)) {
    describe(title, () => {
      const plan = planOf(kind);
      const texts = planFirewalls(plan);
      const { machines } = plan;
      const own = machines.map((machine): Place => ({ name: machine.key, address: machine.address, machine }));
      const known = own.flatMap((place): Place[] => [
        ...(place.name in SERVICES ? [{ ...place, address: SERVICES[place.name] ?? "", service: true }] : []),
        ...(place.name === "cp-1" ? [{ ...place, address: VIRTUAL }] : []),
      ]);
      const others = Object.entries(OTHERS).map(([name, address]): Place => ({ name, address }));
      const pods = machines.flatMap((host) =>
        host.key in PODS
          ? kind.links.map((_, index): Place => ({ name: `pods of ${host.key}`, address: `${PODS[host.key]}.${index + 1}`, host }))
          : [],
      );
      const sources = [...own, ...others, ...pods];
      const targets = [...own, ...known];
      // Pods reach their own host, whatever they ask of it.
      const ofPods = pods.flatMap((from) =>
        own.filter(({ machine }) => machine === from.host).map((to): Tuple => ({ from, to, protocol: "tcp", port: UNNAMED })),
      );
      // Addresses that others know a machine by are not what it sends from.
      const needed = [...required(plan, [...sources, ...known]).filter(({ from }) => !known.includes(from)), ...ofPods];
      const shut = forbidden(plan, sources, targets, SEED);

      const load = async (machine: MachinePlan, text = texts[firewallName(machine)] ?? ""): Promise<string> =>
        await endOf(machine.key).shell("nft -f -", replacing(text));
      const forget = async (): Promise<unknown> => await Promise.all(machines.map(({ key }) => endOf(key).forget()));
      /** Where a packet is seen that has been let in. */
      const seenAt = ({ to }: Tuple): readonly [End, string] =>
        to.service ? [endOf(`pods of ${to.name}`), `${PODS[to.name]}.1`] : [endOf(to.name), to.address];

      /** Sends all at once. @returns those that were answered, and those that have arrived */
      const sendAtOnce = async (tuples: readonly Tuple[], quiet: number): Promise<{ answered: Tuple[]; arrived: Tuple[] }> => {
        const all = [...ends.values(), outside];
        await Promise.all(all.map((end) => end.arrived()));
        const bySender = new Map<End, Sent[]>();
        for (const [id, { from, to, protocol, port }] of tuples.entries()) {
          const sent = { id, protocol, from: from.address, to: to.address, ...(port === undefined ? {} : { port }) };
          bySender.set(endOf(from.name), [...(bySender.get(endOf(from.name)) ?? []), sent]);
        }
        const ids = await Promise.all([...bySender].map(([end, sent]) => end.send(sent, quiet)));
        const arrivals = new Map(await Promise.all(all.map(async (end) => [end, await end.arrived()] as const)));
        const hasArrived = (tuple: Tuple): boolean => {
          const [end, address] = seenAt(tuple);
          const { from, protocol, port } = tuple;
          return arrivals.get(end)?.has(`${protocol} ${from.address} ${address} ${protocol === "icmp" ? 8 : (port ?? 0)}`) === true;
        };
        return { answered: ids.flatMap((each) => [...each]).flatMap((id) => tuples[id] ?? []), arrived: tuples.filter(hasArrived) };
      };
      /** The same, with a clean slate; what has no ports is known by its addresses alone, so that one way would answer the other. */
      const send = async (tuples: readonly Tuple[], quiet: number): Promise<{ answered: Set<Tuple>; arrived: Set<Tuple> }> => {
        const later = tuples.filter(({ from, to, protocol }) => /ipip|vrrp|gre/.test(protocol) && from.address > to.address);
        const found = { answered: new Set<Tuple>(), arrived: new Set<Tuple>() };
        for (const wave of [tuples.filter((each) => !later.includes(each)), later]) {
          if (wave.length === 0) continue;
          await forget();
          const { answered, arrived } = await sendAtOnce(wave, quiet);
          for (const each of answered) found.answered.add(each);
          for (const each of arrived) found.arrived.add(each);
        }
        return found;
      };

      /** What of the basics does not come in to a host. */
      const missing = async (machine: MachinePlan, quiet: number): Promise<string[]> => {
        const [end, to] = [endOf(machine.key), machine.address];
        const from = OTHERS["a neighbour"] ?? "";
        const ways = BASICS.map((basic, id) => {
          const six = basic.protocol === "icmpv6";
          return { ...basic, id, answer: false, from: six ? sixth(from) : from, to: six ? sixth(to) : to };
        });
        await end.arrived();
        await outside.send(ways, QUICK);
        const self = await end.send(
          ["127.0.0.1", to].map((own, id): Sent => ({ id, protocol: "tcp", from: own, to: own, port: UNNAMED })),
          quiet,
        );
        const arrived = await end.arrived();
        const lost = ways.filter((way) => !arrived.has(`${way.protocol} ${way.from} ${way.to} ${way.type ?? way.port ?? 0}`));
        return [
          ...lost.map(({ why, type, port }) => `${machine.key}: ${why} (${type ?? port})`),
          ...(self.size === 2 ? [] : [`${machine.key}: its own`]),
        ];
      };

      /** What comes in to a host without being sent to it alone. */
      const leaked = async (machine: MachinePlan, quiet: number): Promise<string[]> => {
        const end = endOf(machine.key);
        await end.arrived();
        const from = OTHERS["a neighbour"] ?? "";
        const ways = ["255.255.255.255", "224.0.0.1"].flatMap((to) => [
          { to, protocol: "ipip" as const },
          ...[53, 4789, 7946, 8472, UNNAMED].map((port) => ({ to, protocol: "udp" as const, port })),
        ]);
        await outside.send(
          ways.map((way, id): Sent => ({ ...way, id, from, answer: false })),
          quiet,
        );
        return [...(await end.arrived())].filter((each) => /^(udp|ipip) /.test(each)).map((each) => `${machine.key}: ${each}`);
      };

      before(async () => {
        await Promise.all(Object.keys(HOSTS).map((key) => endOf(key).shell("nft delete table inet kpaas_firewall 2> /dev/null || true")));
        for (const [key, block] of Object.entries(PODS)) {
          const links = kind.links.map((link, index) => [link, `${block}.${index + 1}`] as const);
          ends.set(`pods of ${key}`, await wire.pods(endOf(key), Object.fromEntries(links)));
          await endOf(key).shell(`ip route add ${SERVICES[key]} dev ${kind.links[0]}`);
        }
        // Pods elsewhere are reached by the network plugin's own interface, or by their nodes themselves.
        for (const { key, roles } of machines)
          if (roles.some((role) => role === "control-plane" || role === "worker"))
            for (const [host, block] of Object.entries(PODS))
              if (host !== key) {
                const by = kind.routed ? `via ${HOSTS[host]?.address} dev eth0 onlink` : "dev overlay";
                await endOf(key).shell(`ip route replace ${block}.0/24 ${by}`);
              }
        await Promise.all(machines.map((machine) => load(machine)));
        const self = own.flatMap((place) =>
          ["127.0.0.1", place.address].map(
            (address): Tuple => ({ from: place, to: { ...place, address }, protocol: "tcp", port: UNNAMED }),
          ),
        );
        const listening = new Map<End, Listening[]>();
        for (const tuple of [...needed, ...self]) {
          const { protocol, port } = tuple;
          if ((protocol !== "tcp" && protocol !== "udp") || port === undefined) continue;
          const [end, address] = seenAt(tuple);
          listening.set(end, [...(listening.get(end) ?? []), [protocol, address, port]]);
        }
        await Promise.all([...listening].map(([end, at]) => end.listen(at)));
      });
      after(async () => {
        for (const key of Object.keys(PODS)) {
          await endOf(key).shell(kind.links.map((link) => `ip link del ${link}`).join("; "));
          await ends.get(`pods of ${key}`)?.stop();
          ends.delete(`pods of ${key}`);
        }
      });

      it("come through for every flow between every pair of its ends, and are answered; new connections the other way do not", async () => {
        const { answered, arrived } = await send(needed, PATIENT);
        assert.deepEqual(textsOf(needed.filter((each) => !arrived.has(each))), [], "what has not arrived");
        assert.deepEqual(textsOf(needed.filter((each) => !answered.has(each))), [], "what was not answered");
        const back = needed
          .map(({ from, to, ...packet }): Tuple => ({ from: own.find(({ machine }) => machine === to.machine) ?? to, to: from, ...packet }))
          .filter((each) => each.to.machine !== undefined && !allows(plan, each));
        // Without a clean slate: what the connections before have left must not let them in.
        assert.deepEqual(textsOf((await sendAtOnce(back, SETTLED)).arrived), [], "what came the other way");
        const lost = await Promise.all(machines.map((machine) => missing(machine, PATIENT)));
        assert.deepEqual(lost.flat(), [], "what nothing works without");
        console.log(`        ${needed.length} came through; of ${back.length} the other way none did`);
      });

      it("do not come through where no flow says so, whoever sends them", async () => {
        // The last of each sender has to arrive: then whatever was to come has come.
        const last = [...new Map(needed.filter(({ protocol }) => protocol === "tcp").map((each) => [each.from.name, each])).values()];
        const { answered, arrived } = await send([...shut, ...last], SETTLED);
        assert.deepEqual(textsOf([...arrived].filter((each) => !last.includes(each))), [], `with KPAAS_SEED=${SEED}`);
        assert.deepEqual(textsOf(last.filter((each) => !answered.has(each))), [], "what has to arrive");
        console.log(`        of ${shut.length} random ones none came through`);
      });

      it("do not come through by IPv6, which no flow is for", async () => {
        const ports = [...new Set(needed.flatMap(({ port }) => port ?? []))];
        const neighbour = sixth(OTHERS["a neighbour"] ?? "");
        const senders = [[outside, neighbour] as const, ...own.map((each) => [endOf(each.name), sixth(each.address)] as const)];
        const packets = (from: string): Sent[] =>
          own
            .map(({ address }) => sixth(address))
            .filter((to) => to !== from)
            .flatMap((to) => ports.flatMap((port) => (["tcp", "udp"] as const).map((protocol) => ({ protocol, from, to, port }))))
            .map((each, id) => ({ ...each, id }));
        await Promise.all([outside, ...machines.map(({ key }) => endOf(key))].map((end) => end.arrived()));
        const answered = await Promise.all(senders.map(([end, from]) => end.send(packets(from), SETTLED)));
        assert.deepEqual(
          answered.map(({ size }) => size).filter((size) => size > 0),
          [],
        );
        const arrived = await Promise.all(machines.map(({ key }) => endOf(key).arrived()));
        assert.deepEqual(
          arrived.flatMap((each) => [...each]).filter((each) => /^(tcp|udp) fd00:/.test(each)),
          [],
        );
        // And it is no matter of IPv6 itself.
        const from = sixth(own[0]?.address ?? "");
        await endOf(own[0]?.name ?? "").send([{ id: 0, protocol: "udp", from, to: neighbour, port: UNNAMED, answer: false }], QUICK);
        assert.ok((await outside.arrived()).has(`udp ${from} ${neighbour} ${UNNAMED}`));
      });

      it("do not come through to all hosts at once", async () => {
        assert.deepEqual((await Promise.all(machines.map((machine) => leaked(machine, QUICK)))).flat(), []);
      });

      it("tell of every single rule that is left out", async () => {
        const idle: string[] = [];
        let dropped = 0;
        for (const machine of machines) {
          const text = texts[firewallName(machine)] ?? "";
          if (tried.has(text)) continue;
          tried.add(text);
          const mine = needed.filter(({ from, to }) => [from.machine, from.host, to.machine].includes(machine));
          const others = shut.filter(({ to }) => to.machine === machine).slice(0, 100);
          const lines = text.split("\n");
          const rules = lines.flatMap((line, index) => (/^\t\t(?!#|type |elements )/.test(line) ? [index] : []));
          for (const rule of rules) {
            await load(machine, lines.filter((_, index) => index !== rule).join("\n"));
            const { answered, arrived } = await send([...mine, ...others], QUICK);
            const lost = mine.filter((each) => !answered.has(each));
            const told =
              others.some((each) => arrived.has(each)) ||
              (await leaked(machine, QUICK / 4)).length > 0 ||
              // Once more: a machine that is busy is slow, and no rule.
              (lost.length > 0 && (await send(lost, QUICK)).answered.size < lost.length) ||
              ((await missing(machine, QUICK)).length > 0 && (await missing(machine, SETTLED)).length > 0);
            if (!told) idle.push(`${machine.key}: ${lines[rule]?.trim()}`);
          }
          dropped += rules.length;
          await load(machine);
          const { answered } = await send(mine, PATIENT);
          assert.deepEqual(textsOf(mine.filter((each) => !answered.has(each))), [], "with the whole table again");
        }
        assert.deepEqual(idle, [], "rules that nothing needs");
        console.log(`        ${dropped} rules`);
      });
    });
  }
});

function textsOf(tuples: readonly Tuple[]): string[] {
  return tuples.map(textOf);
}
