import assert from "node:assert/strict";
import { appliedState } from "../../../model/guard/applied";
import { findDangers } from "../../../model/guard/dangers";
import { diffFields } from "../../../sandbox/kubernetes/diff";
import { forceNewPaths } from "../../../sandbox/kubernetes/immutable";
import type { Graph } from "../../../testing/graph";
import { environmentFile, plannedFile } from "../../support/environment";
import { platformGraph } from "./fixtures";

/** Kinds that data go with. */
const WITH_DATA = ["core/v1:PersistentVolumeClaim", "core/v1:Namespace", "apps/v1:StatefulSet"].map((kind) => `kubernetes:${kind}`);
const MUTABLE = { secrets: true, configMaps: true };

/** The claims, their namespaces and StatefulSets that would be replaced or deleted, as the provider decides it. */
function lost(before: Graph, after: Graph): string[] {
  const wanted = new Map(after.resources.map((resource) => [resource.urn, resource]));
  return before.resources
    .filter(({ type, name }) => WITH_DATA.includes(type) && name.includes("mariadb"))
    .filter(({ urn, inputs }) => {
      const next = wanted.get(urn)?.inputs;
      const replaces = (kind: string): boolean => kind.endsWith("-replace");
      return next === undefined || Object.values(diffFields(inputs, next, forceNewPaths(next, MUTABLE))).some(replaces);
    })
    .map(({ name }) => name)
    .sort();
}

const existing = { kind: "existing", className: "ceph" };
const off = { services: { portal: false, keycloak: false, mariadb: false } };
const EVERYTHING = ["seoul-mariadb-data", "seoul-mariadb-namespace", "seoul-mariadb-server"];

// what, platform before, file after, what would be lost, the actions it is refused as
const CHANGES: readonly (readonly [string, object, Record<string, unknown>, readonly string[], readonly string[]])[] = [
  ["labels", {}, { labels: { team: "other" } }, [], []],
  ["another profile", {}, { profile: "standard" }, [], []],
  ["another domain", {}, { platform: { domain: "other.example.org" } }, [], ["move-domain"]],
  ["resources", {}, { platform: { services: { mariadb: { resources: { requests: { memory: "2Gi" } } } } } }, [], []],
  ["retained volumes", {}, { retain: ["volumes"] }, [], []],
  [
    "a larger volume of a class that can grow",
    { storage: existing },
    { platform: { storage: existing, services: { mariadb: { size: 20 } } } },
    [],
    [],
  ],
  ["a smaller volume", { storage: existing }, { platform: { storage: existing, services: { mariadb: { size: 5 } } } }, [], ["never"]],
  ["another class", { storage: existing }, { platform: { storage: { ...existing, className: "ssd" } } }, ["seoul-mariadb-data"], ["never"]],
  ["another kind of storage", {}, { platform: { storage: existing } }, ["seoul-mariadb-data"], ["never", "remove"]],
  ["no database", {}, { platform: off }, EVERYTHING, ["drop-database"]],
];

describe("the data of a service, by a change of the environment file to", () => {
  for (const [what, platform, file, losing, actions] of CHANGES) {
    it(`${what}, ${losing.length === 0 ? "stay where they are" : "are not lost without a word"}`, async () => {
      const before = plannedFile(environmentFile({ name: "seoul", platform }));
      const after = plannedFile(environmentFile({ name: "seoul", platform, ...file }), before.lock);
      assert.deepEqual(lost(await platformGraph(before.plan), await platformGraph(after.plan)), losing);
      const dangers = findDangers(appliedState(before.plan), after.plan).filter(({ path }) => path.startsWith("platform."));
      assert.deepEqual([...new Set(dangers.map(({ action }) => action))].sort(), actions);
    });
  }
});
