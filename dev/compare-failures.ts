import { spawnSync } from "node:child_process";
import { PartialFailure } from "../plugin/rpc/provider";
import { type Short, TOKENS } from "../test/sandbox/openstack/fixture";
import type { Created } from "../test/support/cloud-client";
import type { ProviderClient } from "../test/support/provider-client";
import { attempt, connect, messageOf, type Sides, type Values } from "./compare-sides";

/*
 * Holds what the simulated OpenStack refuses, and what fails in it, against a real one:
 * `. openrc; node dist/dev/compare-failures.js PLUGIN QUOTA FLAVOR [WORD…]`, where PLUGIN is the real provider's program, QUOTA a program that sets a limit of
 * the project (`QUOTA instances=0`), FLAVOR a size that no host has room for, and WORD names cases. The project is an empty one.
 */

/** Seconds after which the real provider gives up a deletion. */
const PATIENCE = 60;

/** A limit that keeps nothing from being made. */
const WIDE = 10_000_000;

/** A cloud in which something shall go wrong, and what stands there. */
class Side {
  readonly made: Created[] = [];

  constructor(readonly client: ProviderClient) {}

  async create(short: Short, news: Values, name = "kpaas-compare"): Promise<Created> {
    const type = TOKENS[short];
    const { inputs, failures } = await this.client.check({ type, name }, news);
    if (failures.length > 0) throw new Error(failures.map(({ property, reason }) => `${property}: ${reason}`).join("; "));
    try {
      const made = { type, inputs, ...(await this.client.create({ type, name }, inputs)) };
      this.made.push(made);
      return made;
    } catch (error) {
      // It is there all the same.
      if (error instanceof PartialFailure) this.made.push({ type, id: error.id, inputs, properties: error.properties });
      throw error;
    }
  }

  async delete(one: Created): Promise<void> {
    await this.client.delete(one, one.properties, one.inputs, { timeout: PATIENCE });
  }

  /** Takes away all that was made since. */
  async clear(since: number): Promise<void> {
    while (this.made.length > since) {
      const one = this.made.pop();
      if (one !== undefined) await this.client.delete(one, one.properties, one.inputs);
    }
  }
}

/** What every case can build on. */
interface Ground {
  readonly network: string;
  readonly subnet: string;
  readonly group: string;
  readonly image: string;
}

interface Case {
  readonly what: string;
  /** The limit that is nought, as QUOTA and as world.json name it. */
  readonly quota?: readonly [string, string];
  readonly run: (side: Side, ground: Ground) => Promise<unknown>;
}

const machine = ({ network }: Ground): Values => ({ flavorName: "m1.small", imageName: "ubuntu-22.04", networks: [{ uuid: network }] });
const booting = (ground: Ground): Values => {
  const { imageName: _image, ...rest } = machine(ground);
  const boot = {
    uuid: ground.image,
    sourceType: "image",
    destinationType: "volume",
    bootIndex: 0,
    volumeSize: 1,
    deleteOnTermination: true,
  };
  return { ...rest, blockDevices: [boot] };
};
const port = (side: Side, { network, group }: Ground) => side.create("port", { networkId: network, securityGroupIds: [group] });
const rule = (group: string): Values => ({
  securityGroupId: group,
  direction: "ingress",
  ethertype: "IPv4",
  protocol: "tcp",
  portRangeMin: 22,
});

const [plugin = "", quotaProgram = "", flavor = "", ...only] = process.argv.slice(2);
if (flavor === "") throw new Error("usage: compare-failures.js PLUGIN QUOTA FLAVOR [WORD…]");

const CASES: readonly Case[] = [
  {
    what: "a key pair whose key is cut off",
    run: (side) => side.create("keypair", { publicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA" }),
  },
  { what: "a key pair whose key is no data", run: (side) => side.create("keypair", { publicKey: "ssh-ed25519 !" }) },
  { what: "a machine", quota: ["instances", "instances"], run: (side, ground) => side.create("instance", machine(ground)) },
  { what: "a machine's processors", quota: ["cores", "cores"], run: (side, ground) => side.create("instance", machine(ground)) },
  { what: "a machine's memory", quota: ["ram", "ram"], run: (side, ground) => side.create("instance", machine(ground)) },
  {
    what: "a server group",
    quota: ["server_groups", "serverGroups"],
    run: (side) => side.create("serverGroup", { policies: ["affinity"] }),
  },
  { what: "a port", quota: ["ports", "ports"], run: port },
  { what: "a floating address", quota: ["floating_ips", "floatingIps"], run: (side) => side.create("floatingIp", { pool: "public" }) },
  { what: "a volume", quota: ["volumes", "volumes"], run: (side) => side.create("volume", { size: 1 }) },
  { what: "a volume's size", quota: ["gigabytes", "gigabytes"], run: (side) => side.create("volume", { size: 1 }) },
  { what: "a group", quota: ["security_groups", "securityGroups"], run: (side) => side.create("secGroup", {}) },
  {
    what: "a rule",
    quota: ["security_group_rules", "securityGroupRules"],
    run: (side, { group }) => side.create("rule", { ...rule(group), portRangeMax: 22 }),
  },
  { what: "a machine's boot volume", quota: ["volumes", "volumes"], run: (side, ground) => side.create("instance", booting(ground)) },
  { what: "its size", quota: ["gigabytes", "gigabytes"], run: (side, ground) => side.create("instance", booting(ground)) },
  {
    what: "a machine that no host has room for",
    run: (side, ground) => side.create("instance", { ...machine(ground), flavorName: flavor }),
  },
  { what: "a zone that is none", run: (side, ground) => side.create("instance", { ...machine(ground), availabilityZone: "nowhere" }) },
  {
    what: "deleting a network with a port",
    async run(side, ground) {
      await port(side, ground);
      await deleting(side, ground.network);
    },
  },
  {
    what: "deleting a subnet with a port",
    async run(side, ground) {
      await port(side, ground);
      await deleting(side, ground.subnet);
    },
  },
  {
    what: "deleting a group that a port has",
    async run(side, ground) {
      await port(side, ground);
      await deleting(side, ground.group);
    },
  },
  {
    what: "deleting a router with a subnet",
    async run(side, { subnet }) {
      const router = await side.create("router", {});
      await side.create("routerInterface", { routerId: router.id, subnetId: subnet });
      await side.delete(router);
    },
  },
  {
    what: "deleting a volume that is attached",
    async run(side, ground) {
      const volume = await side.create("volume", { size: 1 });
      const { id } = await side.create("instance", machine(ground));
      await side.create("volumeAttach", { instanceId: id, volumeId: volume.id });
      await side.delete(volume);
    },
  },
];

async function deleting(side: Side, id: string): Promise<void> {
  const one = side.made.find((each) => each.id === id);
  if (one !== undefined) await side.delete(one);
}

async function ground(side: Side): Promise<Ground> {
  const { properties } = await side.client.invoke("openstack:images/getImage:getImage", { name: "ubuntu-22.04" });
  const network = await side.create("network", {});
  const subnet = await side.create("subnet", { networkId: network.id, cidr: "10.9.0.0/24" });
  const group = await side.create("secGroup", {});
  return { network: network.id, subnet: subnet.id, group: group.id, image: String(properties.image ?? properties.id) };
}

function setQuota(name: string, limit: number): void {
  const { status, stderr } = spawnSync(quotaProgram, [`${name}=${limit}`], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${quotaProgram} ${name}=${limit}: ${stderr}`);
}

/** What was said, without what differs each time. */
function said(error: unknown): string {
  const words = messageOf(error) ?? "nothing";
  const kind = error instanceof PartialFailure ? "recorded: " : "";
  return `${kind}${words.replace(/[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}/g, "ID").replace(/\s+/g, " ")}`;
}

async function compare(sides: Sides): Promise<void> {
  const both = [new Side(sides.real), new Side(sides.simulated)] as const;
  const [standing, other] = [await ground(both[0]), await ground(both[1])];
  const base = both[0].made.length;
  sides.world({ crowded: [flavor], flavors: ["m1.small", flavor] });
  for (const { what, quota, run } of CASES.filter((one) => only.length === 0 || only.some((word) => one.what.includes(word)))) {
    if (quota !== undefined) {
      setQuota(quota[0], 0);
      sides.world({ quotas: { [quota[1]]: 0 } });
    }
    const outcomes = [await attempt(() => run(both[0], standing)), await attempt(() => run(both[1], other))];
    if (quota !== undefined) {
      setQuota(quota[0], WIDE);
      sides.world({ crowded: [flavor], flavors: ["m1.small", flavor] });
    }
    process.stdout.write(`${what}${quota === undefined ? "" : ` over the quota of ${quota[1]}`}\n`);
    for (const [index, { error }] of outcomes.entries()) process.stdout.write(`  ${index === 0 ? "real" : "simulated"}: ${said(error)}\n`);
    const broken = both.map(({ made }) => made.at(-1)).filter((one) => one?.type === TOKENS.instance);
    if (outcomes[0]?.error instanceof PartialFailure) {
      for (const [index, one] of broken.entries()) {
        if (one === undefined) continue;
        const { inputs, properties } = await (index === 0 ? both[0] : both[1]).client.read(one, one.inputs, one.properties);
        process.stdout.write(`  read afterwards: power state ${String(properties.powerState)}, wanted ${String(inputs.powerState)}\n`);
      }
    }
    for (const side of both) await side.clear(base);
  }
  for (const side of both) await side.clear(0);
}

async function main(): Promise<void> {
  const sides = await connect(plugin);
  try {
    await compare(sides);
  } finally {
    sides.close();
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
