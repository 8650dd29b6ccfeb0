import assert from "node:assert/strict";
import { safeParse, type z } from "zod";
import { registry } from "../../../files/registry";
import { parseEnvironmentFile } from "../../../model/environment/parse";
import { environmentFileSchema } from "../../../model/environment/schema";
import { type Finding, Findings } from "../../../model/problems";

/** No map takes it that takes not any key. */
const BAD_KEY = " Bad\tKey!";

/** A map of the schema, whose keys must have a form. */
interface MapOfSchema {
  /** A good key stands for those of the maps above it. */
  readonly path: readonly string[];
  /** What must stand beside it, by path: which of several forms is meant. */
  readonly kinds: Readonly<Record<string, unknown>>;
  /** Something that may stand at none of its keys. */
  readonly wrong: unknown;
}

type Schema = z.core.$ZodType;
type Definition = Partial<Readonly<Record<"innerType" | "keyType" | "valueType", Schema>>> & {
  readonly options?: readonly Schema[];
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly values?: readonly unknown[];
};

const definition = (schema: Schema | undefined) => (schema?._zod.def ?? {}) as unknown as Definition;

function mapsOf(schema: Schema, path: readonly string[] = [], kinds: Readonly<Record<string, unknown>> = {}): MapOfSchema[] {
  const { innerType, options, shape, keyType, valueType } = definition(schema);
  if (innerType) return mapsOf(innerType, path, kinds);
  if (options) return options.flatMap((option) => mapsOf(option, path, kinds));
  if (shape) {
    const kind = definition(shape.kind).values?.[0];
    const known = kind === undefined ? kinds : { ...kinds, [[...path, "kind"].join(".")]: kind };
    return Object.entries(shape).flatMap(([key, each]) => mapsOf(each, [...path, key], known));
  }
  if (!keyType || !valueType) return [];
  const below = mapsOf(valueType, [...path, "a"], kinds);
  const wrong = [{ noSuchField: true }, [{ noSuchField: true }]].find((value) => !safeParse(valueType, value).success);
  return safeParse(keyType, BAD_KEY).success || wrong === undefined ? below : [{ path, kinds, wrong }, ...below];
}

function put(root: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key = "", ...rest] = path;
  if (rest.length === 0) {
    root[key] = value;
    return;
  }
  root[key] ??= {};
  put(root[key] as Record<string, unknown>, rest, value);
}

function found(content: unknown): readonly Finding[] {
  const findings = new Findings();
  parseEnvironmentFile(content, registry, findings);
  return findings.all;
}

function withMap({ path, kinds }: MapOfSchema, map: unknown): unknown {
  const [, section = ""] = path;
  const provider = path[0] === "infrastructure" && section in registry.clouds ? section : "openstack";
  const content: Record<string, unknown> = { name: "demo", infrastructure: { provider } };
  for (const [at, kind] of Object.entries(kinds)) put(content, at.split("."), kind);
  put(content, path, map);
  return content;
}

describe("a map's key that is refused", () => {
  const all = mapsOf(environmentFileSchema(registry));

  it("hides nothing of what is wrong below it, in whichever map", () => {
    const known = all.map(({ path }) => path.join("."));
    for (const path of [
      "cluster.pools",
      "platform.tenants",
      "platform.services.harbor.projects",
      "platform.services.harbor.projects.a.robots",
    ])
      assert.ok(known.includes(path), path);
    for (const map of all) {
      const at = [...map.path, BAD_KEY].join(".");
      const problems = found(withMap(map, { [BAD_KEY]: map.wrong }));
      const below = problems.filter(({ path }) => path === at || path.startsWith(`${at}.`));
      assert.ok(below.length >= 2, `${at}: ${JSON.stringify(problems)}`);
      const told = problems.map(({ path, reason }) => `${path}: ${reason}`);
      assert.deepEqual([...new Set(told)], told, "told once");
    }
  });

  it("hides neither what is wrong deeper, nor what only shows once the rest is mended", () => {
    const content = {
      name: "demo",
      infrastructure: { provider: "openstack" },
      platform: {
        services: { harbor: { projects: { Bad_Name: { quota: "much", publick: true, robots: { Bad_Robot: "pul", fine: "pull" } } } } },
        tenants: { Bad_Name: 3 },
      },
      cluster: { pools: { Bad_Name: { nodes: { Bad_Node: { zone: "a:b" } }, labels: { "-": "-" } } } },
    };
    assert.deepEqual(
      found(content)
        .map(({ path }) => path)
        .sort(),
      [
        "cluster.pools.Bad_Name",
        "cluster.pools.Bad_Name.labels.-",
        "cluster.pools.Bad_Name.labels.-",
        "cluster.pools.Bad_Name.nodes.Bad_Node",
        "cluster.pools.Bad_Name.nodes.Bad_Node.zone",
        "platform.services.harbor.projects.Bad_Name",
        "platform.services.harbor.projects.Bad_Name.publick",
        "platform.services.harbor.projects.Bad_Name.quota",
        "platform.services.harbor.projects.Bad_Name.robots.Bad_Robot",
        "platform.services.harbor.projects.Bad_Name.robots.Bad_Robot",
        "platform.tenants.Bad_Name",
        "platform.tenants.Bad_Name",
      ],
    );
  });

  it("is named with what it must be, its neighbours kept", () => {
    const findings = new Findings();
    const content = {
      name: "demo",
      infrastructure: { provider: "openstack" },
      cluster: { pools: { Bad_Name: { nodes: 1 }, general: { nodes: 2 } } },
    };
    const { file, broken } = parseEnvironmentFile(content, registry, findings);
    assert.deepEqual(Object.keys(file.cluster?.pools ?? {}), ["general"]);
    assert.deepEqual(broken, ["cluster.pools.Bad_Name"]);
    assert.match(findings.all.map(({ reason }) => reason).join(), /must be a DNS label/);
  });
});
