import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { registry } from "../../../files/registry";
import { fixedVariables } from "../../../model/cluster/variables";
import { environmentJsonSchema } from "../../../model/environment/json-schema";
import { rowOfVariable } from "../../../model/environment/variables";
import { appliedState } from "../../../model/guard/applied";
import { changeRows, changeTable } from "../../../model/guard/changes";
import { findDangers } from "../../../model/guard/dangers";
import { laterChanges } from "../../../model/guard/later";
import { environmentFile, plannedFile } from "../../support/environment";
import { outside, samples, type Values } from "./change-samples";

type Over = Record<string, unknown>;

/** A file with a value at a dotted path. */
function put(file: Over, path: string, value: unknown): Over {
  const [head = "", ...rest] = path.split(".");
  const inner = file[head];
  const map = typeof inner === "object" && inner !== null && !Array.isArray(inner) ? (inner as Over) : {};
  const next = rest.length === 0 ? value : put(map, rest.join("."), value);
  const { [head]: _old, ...others } = file;
  return next === undefined ? others : { ...others, [head]: next };
}

const fileOf = (values: Values): Over =>
  Object.entries(values).reduce<Over>((file, [path, value]) => put(file, path, value), environmentFile());

/** What becomes of a change while everything of the file before it stands. */
function outcome(before: Values, after: Values): string {
  const first = plannedFile(fileOf(before));
  const { plan } = plannedFile(fileOf({ ...before, ...after }), first.lock);
  const applied = appliedState(first.plan);
  const dangers = findDangers(applied, plan, first.plan.cluster);
  if (dangers.some(({ action }) => action === "never")) return "refused";
  const [danger] = dangers;
  if (danger) return danger.action;
  return laterChanges(applied, plan).length > 0 ? "built" : "applied";
}

/** Rows of which a plan alone shows nothing: another stack, another cloud, or values from elsewhere. */
const UNSHOWN = ["name", "infrastructure.provider", "layers (three to one)"];

/** Every field of the schema, `KEY` for names of the file's own. */
function fields(schema: unknown, path = ""): string[] {
  const { properties, additionalProperties, anyOf, oneOf, propertyNames } = (schema ?? {}) as Over;
  const below = (name: string, inner: unknown) => fields(inner, path === "" ? name : `${path}.${name}`);
  const choices = [anyOf, oneOf].flatMap((each) => (Array.isArray(each) ? each : []));
  const inner = [
    ...Object.entries((properties ?? {}) as Over).flatMap(([name, each]) => below(name, each)),
    ...(typeof additionalProperties === "object" && propertyNames !== undefined ? below("KEY", additionalProperties) : []),
    ...choices.flatMap((each) => fields(each, path)),
  ].filter((each) => each !== path);
  return inner.length > 0 ? [...new Set(inner)] : [path];
}

const nameOf = ({ path, when }: { path: string; when?: string }): string => (when === undefined ? path : `${path} (${when})`);
const covers = (row: string, field: string): boolean => `${field}.`.startsWith(`${row}.`);

describe("what may change on an environment that stands", () => {
  for (const row of changeRows(registry)) {
    const name = nameOf(row);
    if (row.how === "later" || row.how === "follows" || UNSHOWN.includes(name)) continue;
    it(`${name} is ${row.how}`, () => {
      const sample = samples[name];
      assert.ok(sample, "the row has no sample");
      assert.equal(outcome(...sample), row.how);
    });
  }

  it("says of etcd's place alone that it stays, and not of the machines that follow from it", () => {
    for (const [before, after] of [
      [{}, { "cluster.etcd": { placement: "external" } }],
      [{ "cluster.etcd": { placement: "external" } }, { "cluster.etcd": undefined }],
    ] as const) {
      const first = plannedFile(fileOf(before));
      const { plan } = plannedFile(fileOf(after), first.lock);
      assert.deepEqual(
        findDangers(appliedState(first.plan), plan, first.plan.cluster).map(({ path }) => path),
        ["cluster.etcd.placement"],
      );
    }
  });

  it("asks at the field by which something is not reached from outside any more", () => {
    const first = plannedFile(fileOf(outside));
    const asked = (values: Values): string[] => {
      const { plan } = plannedFile(fileOf({ ...outside, ...values }), first.lock);
      return findDangers(appliedState(first.plan), plan, first.plan.cluster).map(({ path }) => path);
    };
    const floating = "infrastructure.network.floating";
    assert.deepEqual(asked({ [floating]: "none" }), [floating, floating]);
    for (const [field, cidrs] of [
      ["infrastructure.access.adminCidrs", []],
      ["infrastructure.access.ingressCidrs", ["10.20.0.0/16"]],
    ] as const)
      assert.deepEqual(asked({ [field]: cidrs }), [field]);
  });

  it("is said of every field of the file", () => {
    const all = fields(environmentJsonSchema(registry));
    assert.ok(all.length > 100, `${all.length} fields`);
    assert.deepEqual(
      all.filter((field) => !changeRows(registry).some(({ path }) => covers(path, field))),
      [],
    );
  });

  it("is said of no field that the file does not have", () => {
    const all = fields(environmentJsonSchema(registry));
    const stray = changeRows(registry).filter(
      ({ path }) => !all.some((field) => covers(path, field) || covers(path.replace("services.KEY", "services.mariadb"), field)),
    );
    assert.deepEqual(stray.map(nameOf), []);
    assert.deepEqual(
      Object.keys(samples).filter((sample) => !changeRows(registry).some((row) => nameOf(row) === sample)),
      [],
    );
  });

  it("is what the documentation says, with the variables that cannot change", () => {
    const page = readFileSync(join(__dirname, "../../../../docs/environment-file.md"), "utf8");
    assert.ok(page.includes(changeTable(registry)), `docs/environment-file.md must hold:\n${changeTable(registry)}`);
    const passable = fixedVariables.filter((name) => !["field", "refused"].includes(rowOfVariable(name)?.kind ?? "")).sort();
    const list = passable.map((name) => `\`${name}\``).join(", ");
    assert.ok(page.includes(list), `docs/environment-file.md must hold:\n${list}`);
  });
});
