import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { chartRules } from "../../../model/charts/rules";
import type { Graph, RecordedResource } from "../../support/graph";
import type { Bag } from "../../support/mocks";
import { at, environmentPlan, ofKind, platformGraph, replicated } from "./fixtures";
import { schemaProblems } from "./schema";

/** The charts' own values, schemas and custom resource definitions, kept beside the checkout; they are not part of it. */
const CHARTS = join(__dirname, "..", "..", "..", "..", "..", "shared", "charts");

/** Every environment whose values are checked: the variants that set other keys. */
async function graphs(): Promise<Graph[]> {
  const plan = environmentPlan();
  const signed = { ...plan, cluster: { ...plan.cluster, variables: { kubelet_rotate_server_certificates: true } } };
  const acme = { ...plan, platform: { ...plan.platform, tls: { kind: "acme", email: "ops@example.org" } as const } };
  return [await platformGraph(plan), await platformGraph(replicated(signed)), await platformGraph(acme)];
}

/** The dotted paths of lists that are not empty. */
function lists(value: unknown, path = ""): string[] {
  if (Array.isArray(value)) return value.length === 0 ? [] : [path];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => lists(inner, path === "" ? key : `${path}.${key}`));
}

describe("our Helm values", () => {
  it("hold lists only where their replacement by the user's own is told of", async () => {
    const releases = (await graphs()).flatMap((g) => ofKind(g, "helm.sh/v3:Release"));
    const named = releases.flatMap(({ inputs }) => {
      const rules = chartRules(String(inputs.name));
      return rules === undefined ? [] : lists(inputs.values).map((path) => [path, path in rules.ownLists]);
    });
    assert.ok(named.length > 0);
    for (const [path, told] of named) assert.ok(told, String(path));
  });
});

describe("our Helm values and custom resources against the real charts", () => {
  let all: Graph[];
  before(async function () {
    if (!existsSync(CHARTS)) {
      console.error(
        `      The charts' data are not there (shared/charts beside the checkout), so values and custom resources go unchecked.`,
      );
      this.skip();
    }
    all = await graphs();
  });

  it("set only keys that the charts have", () => {
    const checked = new Set<string>();
    for (const { inputs } of all.flatMap((g) => ofKind(g, "helm.sh/v3:Release"))) {
      const chart = String(inputs.name);
      const known = knownKeys(chart);
      for (const path of leaves(inputs.values)) assert.ok(known(path), `${chart} has no value "${path.join(".")}"`);
      checked.add(chart);
    }
    assert.equal(checked.size, 5);
  });

  it("would notice a key that is not there", () => {
    assert.ok(!knownKeys("metallb")(["speaker", "image", "tagg"]));
    assert.ok(!knownKeys("cert-manager")(["webhook", "nothing"]));
  });

  it("name the chart version whose values were checked", () => {
    for (const chart of ["metallb", "ingress-nginx", "nfs-subdir-external-provisioner", "metrics-server"]) {
      const { version } = parse(readFileSync(join(CHARTS, chart, "Chart.yaml"), "utf8")) as { version: string };
      const release = ofKind(all[0]!, "helm.sh/v3:Release").find(({ inputs }) => inputs.name === chart);
      assert.equal(release?.inputs.version, version, chart);
    }
  });

  it("are valid by the charts' own definitions", () => {
    const definitions = new Map(["metallb", "cert-manager"].flatMap(definitionsOf));
    const resources = all.flatMap((g) => g.resources.filter(({ type }) => /^kubernetes:(metallb|cert-manager)\.io/.test(type)));
    assert.ok(resources.length >= 9);
    for (const resource of resources) assert.deepEqual(problemsOf(resource, definitions), [], resource.name);
    const broken = {
      ...resources.find(({ inputs }) => inputs.kind === "IPAddressPool")!,
      inputs: { apiVersion: "metallb.io/v1beta1", kind: "IPAddressPool", spec: { addresses: "no list" } },
    };
    assert.deepEqual(problemsOf(broken, definitions), ["spec.addresses: is no array"]);
  });
});

function problemsOf({ inputs }: RecordedResource, definitions: ReadonlyMap<string, unknown>): string[] {
  const schema = definitions.get(`${String(inputs.apiVersion)} ${String(inputs.kind)}`);
  if (schema === undefined) return [`no definition of ${String(inputs.apiVersion)} ${String(inputs.kind)}`];
  return schemaProblems({ spec: inputs.spec }, schema as Bag);
}

/** The schemas a chart's definitions have, by apiVersion and kind. */
function definitionsOf(chart: string): [string, unknown][] {
  const folder = join(CHARTS, chart, "crds");
  return readdirSync(folder).flatMap((file) =>
    parseAllDocuments(readFileSync(join(folder, file), "utf8")).flatMap((document) => {
      const spec = at(document.toJS(), "spec") as { group: string; names: { kind: string }; versions: { name: string; schema: Bag }[] };
      return spec.versions.map(({ name, schema }): [string, unknown] => [
        `${spec.group}/${name} ${spec.names.kind}`,
        schema.openAPIV3Schema,
      ]);
    }),
  );
}

/** The paths of everything set, lists, empty maps and resource requirements (Kubernetes' own type) being leaves. */
function leaves(value: unknown, path: readonly string[] = []): string[][] {
  if (path.at(-1) === "resources") return [[...path]];
  if (typeof value !== "object" || value === null || Array.isArray(value) || Object.keys(value).length === 0) return [[...path]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

/** Whether a chart has a value: in its values.yaml, below a free map there, in its schema, or shown there commented out. */
function knownKeys(chart: string): (path: readonly string[]) => boolean {
  const text = readFileSync(join(CHARTS, chart, "values.yaml"), "utf8");
  const values = parse(text) as unknown;
  const schemaFile = join(CHARTS, chart, "values.schema.json");
  const schema = existsSync(schemaFile) ? (JSON.parse(readFileSync(schemaFile, "utf8")) as Bag) : undefined;
  return (path) => {
    if (inValues(values, path) || (schema !== undefined && inSchema(schema, schema, path))) return true;
    const parent = path.slice(0, -1);
    return inValues(values, parent) && new RegExp(`^\\s*# ${path.at(-1)}:`, "m").test(text);
  };
}

function inValues(values: unknown, path: readonly string[]): boolean {
  let inner = values;
  for (const key of path) {
    if (inner === null || (typeof inner === "object" && Object.keys(inner as object).length === 0)) return true;
    if (typeof inner !== "object" || !(key in (inner as Bag))) return false;
    inner = (inner as Bag)[key];
  }
  return true;
}

function inSchema(root: Bag, schema: Bag, path: readonly string[]): boolean {
  const reference = schema.$ref;
  const target = typeof reference === "string" ? (at(root, ...reference.replace(/^#\//, "").split("/")) as Bag) : schema;
  const [key, ...rest] = path;
  if (key === undefined) return true;
  const next = at(target, "properties", key) as Bag | undefined;
  if (next !== undefined) return inSchema(root, next, rest);
  return target.type === "object" && target.properties === undefined;
}
