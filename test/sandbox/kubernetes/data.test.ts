import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { chartKeys } from "../../../model/charts/chart";
import { chartNames, findChart, render } from "../../../sandbox/kubernetes/charts";
import type { Fields } from "./world";

// The checkout, from the compiled test's folder.
const root = join(__dirname, "..", "..", "..", "..");
const charts = join(root, "..", "shared", "charts");

/** Charts of which the files beside the checkout may be of another version, or none: those that follow Kubernetes' versions, and later ones. */
const OTHERS = [
  ...["openstack-cloud-controller-manager", "openstack-cinder-csi", "aws-cloud-controller-manager", "azuredisk-csi-driver"],
  ...["cloudnative-pg", "mariadb-operator", "traefik", "traefik-crds", "loki", "ceph-csi-drivers"],
];

/** Charts whose values are those of a chart within them too, and none where theirs say null. */
const WITHIN = ["rook-ceph", "kube-prometheus-stack"];

/** Charts that bring definitions, or objects of such, and nothing that runs. */
const DEFINITIONS = ["traefik-crds", "base", "ceph-csi-drivers"];

/** Where the files of a chart are that are not called as it is. */
const FOLDERS: Readonly<Record<string, string>> = { base: "istio-base", cni: "istio-cni", gateway: "istio-gateway" };

describe("sandbox/kubernetes data", () => {
  it("every chart renders with its defaults, each object once", () => {
    for (const key of chartKeys) {
      const [name = "", version] = key.split("@");
      const chart = findChart(name, version);
      assert.ok(chart !== undefined);
      if (version !== undefined) assert.equal(chart.version.replace(/^v/, ""), version);
      const { objects } = render(chart, { release: "x", namespace: "y", values: {} });
      const names = objects.map((object) => `${String(object.kind)}/${String((object.metadata as Fields).name)}`);
      assert.equal(new Set(names).size, names.length);
      assert.equal(
        names.some((one) => /^(Deployment|DaemonSet|StatefulSet)\//.test(one)),
        !DEFINITIONS.includes(name),
      );
      assert.equal(
        names.some((one) => one.includes("undefined")),
        false,
      );
    }
  });

  it("the charts' values and definitions are those of the charts themselves", function () {
    if (!existsSync(charts)) {
      console.log(`      skipped: the charts' own files are not at ${join("..", "shared", "charts")}`);
      this.skip();
    }
    for (const called of chartNames()) {
      const name = FOLDERS[called] ?? called;
      const chart = findChart(called);
      assert.ok(chart !== undefined);
      const sources = readFileSync(join(charts, "SOURCES.md"), "utf8").split("\n");
      const row = sources.find((line) => line.startsWith(`| ${name} |`)) ?? "";
      const same = row.split("|")[2]?.includes(chart.version.replace(/^v/, ""));
      if (!same && OTHERS.includes(name)) continue;
      assert.ok(same, `${name}: ${row}`);
      const whole = parse(readFileSync(join(charts, name, "values.yaml"), "utf8")) as Fields;
      // Istio's charts lay their profiles below what a user gives, and so have their own values a level down.
      const values = (whole._internal_defaults_do_not_set ?? whole) as Fields;
      if (WITHIN.includes(name)) assert.partialDeepStrictEqual(chart.values, withoutNull(values), name);
      else assert.deepEqual(chart.values, values, name);
      for (const definition of (chart.crds.definitions ?? []) as Fields[]) {
        const spec = specOf(name, definition);
        if (spec === undefined) {
          // Not all of those of a chart within are beside the checkout.
          assert.ok(WITHIN.includes(name), `${name} ${String(definition.plural)}`);
          continue;
        }
        assert.equal(spec.names.kind, definition.kind);
        assert.equal(spec.scope, definition.scope);
        const versions = definition.versions as { name: string; schema: { properties?: { spec?: { properties?: Fields } } } }[];
        for (const version of versions) {
          const real: DefinitionSpec["versions"][number] =
            spec.versions.find((one) => one.name === version.name) ?? assert.fail(version.name);
          const fields: string[] = Object.keys(real.schema.openAPIV3Schema.properties.spec?.properties ?? {}).sort();
          // Reports have no spec, and with us no fields.
          assert.deepEqual(Object.keys(version.schema.properties?.spec?.properties ?? {}).sort(), fields, `${name} ${spec.names.kind}`);
        }
      }
    }
  });
});

function withoutNull(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, field]) => (field === null ? [] : [[key, withoutNull(field)]])));
}

/** What a chart's definition says, which has a file of its own or one with all of them; undefined where none of those beside the checkout has it. */
function specOf(chart: string, { group, plural }: Fields): DefinitionSpec | undefined {
  const files = [`${String(group)}_${String(plural)}.yaml`, `${String(plural)}.yaml`, "crds.yaml", "crd-all.gen.yaml"];
  const path = files.map((file) => join(charts, chart, "crds", file)).find((each) => existsSync(each));
  const documents = path === undefined ? [] : parseAllDocuments(readFileSync(path, "utf8"));
  const specs = documents.flatMap((document) => (document.toJS() as { spec?: DefinitionSpec } | null)?.spec ?? []);
  return specs.find(({ names }) => names.plural === plural);
}

interface DefinitionSpec {
  readonly scope: string;
  readonly names: { readonly kind: string; readonly plural: string };
  readonly versions: readonly {
    readonly name: string;
    readonly schema: { readonly openAPIV3Schema: { readonly properties: { readonly spec?: { readonly properties?: Fields } } } };
  }[];
}
