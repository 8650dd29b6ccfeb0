import { isDeepStrictEqual } from "node:util";
import type { Profile } from "../model/plan/types";
import { opensshKeyPair } from "../sandbox/openstack/keypairs";
import { build } from "../test/support/openstack";
import { samplePlan } from "../test/support/plan";
import type { ProviderClient } from "../test/support/provider-client";
import { computedOutputs, unwrapSecret } from "../testing/mocks";
import { attempt, connect, messageOf, type Values } from "./compare-sides";

/*
 * Holds the simulated OpenStack against a real one: makes, reads, imports and deletes all that an environment registers in both, and tells of
 * each answer that differs. `. openrc; node dist/dev/compare-cloud.js PLUGIN [PROFILE]`, where PLUGIN is the real provider's program and the project is
 * an empty one. What came out of it stands in docs/sandbox.md.
 */

interface Made {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly inputs: Values;
  readonly properties: Values;
}

/** A cloud behind a provider, and what stands in it for what the recording engine gave out. */
class Side {
  readonly ids = new Map<unknown, unknown>();
  readonly made: Made[] = [];

  constructor(
    readonly name: string,
    readonly client: ProviderClient,
  ) {}

  translated = (recorded: unknown): unknown => {
    const value = unwrapSecret(recorded);
    if (Array.isArray(value)) return value.map(this.translated);
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.translated(one)]));
    return this.ids.get(value) ?? value;
  };
}

const [plugin = "", profile = "highAvailability"] = process.argv.slice(2);
if (plugin === "") throw new Error("usage: compare-cloud.js PLUGIN [minimal|standard|highAvailability]");

const plan = samplePlan(profile as Profile, {
  infrastructure: {
    access: { adminCidrs: ["203.0.113.0/24"], ingressCidrs: ["0.0.0.0/0"] },
  },
  cluster: { pools: { general: { nodes: 1, volumes: [{ name: "osd", sizeGiB: 1, type: "ssd" }] } } },
});

/** In place of the recording engine's, which is none. */
const { publicKey } = opensshKeyPair();

const differences = new Map<string, Set<string>>();

function differ(what: string, path: string, real: unknown, simulated: unknown): void {
  const line = `${path}: real ${short(real)}, simulated ${short(simulated)}`;
  differences.set(what, (differences.get(what) ?? new Set()).add(line));
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}

/** The real provider's own, of which inputs it filled in. */
const BOOKKEEPING = "__defaults";

const OPAQUE = /^([0-9a-f]{32}|[0-9a-f-]{36}(\/[0-9a-f-]{36})?|\d{4}-\d\d-\d\d[T ].*|([0-9a-f]{2}:){5}[0-9a-f]{2})$/;
/** Addresses that a cloud chooses. */
const CHOSEN = /^(203\.0\.113|198\.51\.100)\.\d+$/;

function compare(what: string, path: string, real: unknown, simulated: unknown): void {
  const [a, b] = [unwrapSecret(real), unwrapSecret(simulated)];
  if (isDeepStrictEqual(a, b)) return;
  if (typeof a === "string" && typeof b === "string") {
    if (OPAQUE.test(a) && OPAQUE.test(b)) return;
    if (CHOSEN.test(a) && CHOSEN.test(b)) return;
  }
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length) {
    for (const [index, one] of a.entries()) compare(what, `${path}[]`, one, b[index]);
  } else if (isMap(a) && isMap(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
      if (key !== BOOKKEEPING) compare(what, path === "" ? key : `${path}.${key}`, a[key], b[key]);
  } else differ(what, path, a, b);
}

function isMap(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

async function main(): Promise<void> {
  const sides = await connect(plugin);
  const [real, simulated] = [new Side("real", sides.real), new Side("simulated", sides.simulated)];
  try {
    await run(real, simulated);
  } finally {
    for (const [what, lines] of differences) process.stdout.write(`${what}\n${[...lines].map((line) => `  ${line}\n`).join("")}`);
    await Promise.all([remove(real), remove(simulated)]);
    sides.close();
  }
}

async function run(real: Side, simulated: Side): Promise<void> {
  const sides = [real, simulated] as const;
  for (const [token, args] of [
    ["networking/getNetwork:getNetwork", { name: "public", external: true }],
    ["images/getImage:getImage", { name: "ubuntu-22.04" }],
    ["compute/getFlavor:getFlavor", { name: "m1.large" }],
    ["compute/getAvailabilityZones:getAvailabilityZones", {}],
  ] as const) {
    const answers = await Promise.all(sides.map(async ({ client }) => (await client.invoke(`openstack:${token}`, args)).properties));
    if ("name" in args) for (const [index, side] of sides.entries()) side.ids.set(`${args.name}-id`, answers[index]?.id);
    compare(`${token} answers`, "", answers[0], answers[1]);
  }
  const { resources } = await build(plan);
  const [rule, ...rules] = resources.filter(({ type }) => type.endsWith(":SecGroupRule"));
  const left = resources.filter((one) => one.type.startsWith("openstack:") && !rules.slice(1).includes(one));
  const names = new Set(left.map(({ name }) => name));
  const done = new Set<string>();
  if (rule === undefined) throw new Error("no rule");
  while (left.length > 0) {
    const next = left.findIndex(({ options }) => options.dependsOn.every((one) => !names.has(one) || done.has(one)));
    for (const { type, name, inputs: recorded } of left.splice(next, 1)) {
      done.add(name);
      const kind = type.split(":").at(-1) ?? "";
      process.stderr.write(`${kind} ${name}\n`);
      const made = await Promise.all(
        sides.map(async (side): Promise<Made | undefined> => {
          const news = Object.fromEntries(
            Object.entries(recorded).map(([key, value]) => [key, key === "publicKey" ? publicKey : side.translated(value)]),
          );
          const { inputs, failures } = await side.client.check({ type, name }, news);
          if (failures.length > 0) process.stderr.write(`  ${side.name} refuses: ${JSON.stringify(failures)}\n`);
          const { value, error } = await attempt(() => side.client.create({ type, name }, inputs));
          if (value === undefined) {
            process.stderr.write(`  ${side.name}: ${messageOf(error)}\n`);
            return undefined;
          }
          if (!type.endsWith(":Keypair")) side.ids.set(`${name}-id`, value.id);
          for (const [key, output] of Object.entries(computedOutputs(type, name, recorded, undefined)))
            side.ids.set(output, value.properties[key]);
          const one = { type, name, inputs, ...value };
          side.made.push(one);
          return one;
        }),
      );
      const [a, b] = made;
      if (a === undefined || b === undefined) {
        if (a !== b) differ(`${kind} is created`, "", a !== undefined, b !== undefined);
        continue;
      }
      compare(`${kind} is checked`, "", a.inputs, b.inputs);
      compare(`${kind} is created`, "", a.properties, b.properties);
    }
  }
  for (const a of real.made) {
    const b = simulated.made.find(({ name }) => name === a.name);
    if (b === undefined) continue;
    const kind = a.type.split(":").at(-1) ?? "";
    const [read, other] = [await real.client.read(a, a.inputs, a.properties), await simulated.client.read(b, b.inputs, b.properties)];
    compare(`${kind} is read`, "inputs", read.inputs, other.inputs);
    compare(`${kind} is read`, "", read.properties, other.properties);
    const [diff, otherDiff] = await Promise.all([
      real.client.diff(a, { oldInputs: read.inputs, olds: read.properties, news: a.inputs }),
      simulated.client.diff(b, { oldInputs: other.inputs, olds: other.properties, news: b.inputs }),
    ]);
    compare(`${kind} after a refresh`, "diff", diff.detailed, otherDiff.detailed);
    const [{ value: found, error }, { value: otherFound }] = [
      await attempt(() => real.client.read(asImported(a), {}, {})),
      await attempt(() => simulated.client.read(asImported(b), {}, {})),
    ];
    if (found === undefined || otherFound === undefined) {
      differ(`${kind} is imported`, "", messageOf(error) ?? found?.id, otherFound?.id);
      continue;
    }
    compare(`${kind} is imported`, "inputs", found.inputs, otherFound.inputs);
    compare(`${kind} is imported`, "", found.properties, otherFound.properties);
  }
}

async function remove({ name, client, made }: Side): Promise<void> {
  for (const one of [...made].reverse()) {
    const { error } = await attempt(() => client.delete(one, one.properties, one.inputs));
    if (error !== undefined) process.stderr.write(`  ${name} does not delete ${one.name}: ${messageOf(error)}\n`);
  }
}

/** An import names a member behind its pool. */
function asImported(one: Made): Made {
  return one.type.endsWith(":Member") ? { ...one, id: `${String(one.inputs.poolId)}/${one.id}` } : one;
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
