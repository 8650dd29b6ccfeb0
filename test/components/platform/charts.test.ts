import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { chartRules } from "../../../model/charts/rules";
import type { Graph, RecordedResource } from "../../../testing/graph";
import type { Bag } from "../../../testing/mocks";
import { at, cephPlan, everyServicePlan, ofKind, platformGraph, replicated } from "./fixtures";
import { schemaProblems } from "./schema";

/** The charts' custom resource definitions, kept beside the checkout; they are not part of it. */
const CHARTS = join(__dirname, "..", "..", "..", "..", "..", "shared", "charts");

/** Every environment whose values are checked: the variants that set other keys. */
async function graphs(): Promise<Graph[]> {
  const plan = everyServicePlan();
  const signed = { ...plan, cluster: { ...plan.cluster, variables: { kubelet_rotate_server_certificates: true } } };
  const acme = { ...plan, platform: { ...plan.platform, tls: { kind: "acme", email: "ops@example.org" } as const } };
  const found: Graph[] = [];
  for (const each of [plan, replicated(signed), acme, cephPlan(), cephPlan("1.7.0", { replicas: 1, failureDomain: "zone" })])
    found.push(await platformGraph(each));
  return found;
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

describe("our custom resources against the real charts", () => {
  let all: Graph[];
  before(async function () {
    if (!existsSync(CHARTS)) {
      console.error(`      The charts' data are not there (shared/charts beside the checkout), so custom resources go unchecked.`);
      this.skip();
    }
    all = await graphs();
  });

  it("are valid by the charts' own definitions", () => {
    const definitions = new Map(
      ["metallb", "cert-manager", "kyverno", "rook-ceph", "istio-base", "kube-prometheus-stack"].flatMap(definitionsOf),
    );
    const resources = all.flatMap((g) =>
      g.resources.filter(({ type }) =>
        /^kubernetes:((metallb|cert-manager|kyverno|ceph\.rook|[a-z]+\.istio)\.io|monitoring\.coreos\.com)/.test(type),
      ),
    );
    assert.ok(resources.length >= 24);
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
  // Some definitions leave out what every object has.
  const all = at(schema, "properties", "metadata") === undefined ? {} : { metadata: {} };
  return schemaProblems({ ...all, spec: inputs.spec }, schema as Bag);
}

/** The schemas a chart's definitions have, by apiVersion and kind. */
function definitionsOf(chart: string): [string, unknown][] {
  const folder = join(CHARTS, chart, "crds");
  return readdirSync(folder).flatMap((file) =>
    parseAllDocuments(readFileSync(join(folder, file), "utf8")).flatMap((document) => {
      const spec = at(document.toJS() ?? {}, "spec") as
        | undefined
        | { group: string; names: { kind: string }; versions: { name: string; schema: Bag }[] };
      return (spec?.versions ?? []).map(({ name, schema }): [string, unknown] => [
        `${spec?.group}/${name} ${spec?.names.kind}`,
        schema.openAPIV3Schema,
      ]);
    }),
  );
}
