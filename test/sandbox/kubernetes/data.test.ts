import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { chartKeys } from "../../../model/charts/chart";
import { chartNames, findChart, render } from "../../../sandbox/kubernetes/charts";
import type { Fields } from "./world";

// The checkout, from the compiled test's folder.
const root = join(__dirname, "..", "..", "..", "..");
const charts = join(root, "..", "shared", "charts");

/** Charts of which the files beside the checkout may be of another version, or none: those that follow Kubernetes' versions, and later ones. */
const OTHERS = [
  ...["openstack-cloud-controller-manager", "openstack-cinder-csi", "aws-cloud-controller-manager", "azuredisk-csi-driver"],
  ...["cloudnative-pg", "mariadb-operator", "traefik", "traefik-crds"],
];

/** Charts that bring definitions and nothing that runs. */
const DEFINITIONS = ["traefik-crds"];

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
        names.some((one) => /^(Deployment|DaemonSet)\//.test(one)),
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
    for (const name of chartNames()) {
      const chart = findChart(name);
      assert.ok(chart !== undefined);
      const sources = readFileSync(join(charts, "SOURCES.md"), "utf8").split("\n");
      const row = sources.find((line) => line.startsWith(`| ${name} |`)) ?? "";
      const same = row.split("|")[2]?.includes(chart.version.replace(/^v/, ""));
      if (!same && OTHERS.includes(name)) continue;
      assert.ok(same, `${name}: ${row}`);
      assert.deepEqual(chart.values, parse(readFileSync(join(charts, name, "values.yaml"), "utf8")), name);
      for (const definition of (chart.crds.definitions ?? []) as Fields[]) {
        const file = join(charts, name, "crds", `${String(definition.group)}_${String(definition.plural)}.yaml`);
        const spec = parse(readFileSync(file, "utf8")).spec;
        assert.equal(spec.names.kind, definition.kind);
        assert.equal(spec.scope, definition.scope);
        const versions = definition.versions as { name: string; schema: { properties?: { spec?: { properties?: Fields } } } }[];
        for (const version of versions) {
          const real = spec.versions.find((one: { name: string }) => one.name === version.name);
          const fields = Object.keys(real.schema.openAPIV3Schema.properties.spec?.properties ?? {}).sort();
          // Reports have no spec, and with us no fields.
          assert.deepEqual(Object.keys(version.schema.properties?.spec?.properties ?? {}).sort(), fields, file);
        }
      }
    }
  });
});
