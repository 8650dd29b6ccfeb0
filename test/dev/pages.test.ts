import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { componentsPage, DOCUMENTS, INSTALLED, SECTIONS } from "../../dev/components/page";
import { FILES, kpaasVariablesPage, unknownIn } from "../../dev/kpaas-variables/page";
import { holds, ROOT, standingOf } from "../support/written";

const REFERENCE = join(ROOT, "..", "shared", "reference", "kpaas.md");

describe("docs/components.md", () => {
  const rows = SECTIONS.flatMap((section) => section.rows);

  it("is what its rows say (UPDATE_GOLDEN=1 writes it anew)", () => holds("docs/components.md", componentsPage()));

  it("names fields that work for what is there, and such as are refused yet for what is to come", () => {
    const wrong = rows.flatMap(([item, is, , ...where]) =>
      where
        .filter((each) => !each.includes("/"))
        .flatMap((field) => {
          const must = is === "not yet" ? "later" : "works";
          const stands = standingOf(field);
          return stands === must ? [] : [`${item} (${is}): ${field} ${stands}`];
        }),
    );
    assert.deepEqual(wrong, [], "give such a row its new standing in dev/components/");
  });

  it("names places of the tree that there are", () => {
    const places = rows.flatMap(([, , , ...where]) => where.filter((each) => each.includes("/")));
    assert.deepEqual(
      places.filter((place) => !existsSync(join(ROOT, place))),
      [],
    );
  });

  it("says of everything that is there where it is found, and of everything why", () => {
    for (const [item, is, how, ...where] of rows) {
      assert.ok(how.length > 5, item);
      if (is === "in" || is === "passed through") assert.ok(where.length > 0, item);
    }
  });

  it("has every item of the reference, in its order", function () {
    if (!existsSync(REFERENCE)) {
      console.error(
        "      The reference is not there (shared/reference/kpaas.md beside the checkout), so nobody tells of items that are lacking.",
      );
      this.skip();
    }
    const text = readFileSync(REFERENCE, "utf8");
    for (const [sections, items] of [
      [DOCUMENTS, tablesOf(text, 6, "Seed item").map((table) => table.map(([item = ""]) => item))],
      [INSTALLED, installedItems(text)],
    ] as const) {
      assert.equal(items.length, sections.length);
      for (const [index, { rows, title }] of sections.entries()) {
        // Long ones are shortened here.
        const lacking = (items[index] ?? []).filter((item, at) => !item.startsWith(rows[at]?.[0] ?? "?"));
        assert.deepEqual([lacking, rows.length], [[], items[index]?.length], title);
      }
    }
  });
});

describe("docs/kpaas-variables.md", () => {
  const rows = FILES.flatMap((file) => file.rows);

  it("is what its rows say (UPDATE_GOLDEN=1 writes it anew)", () => holds("docs/kpaas-variables.md", kpaasVariablesPage()));

  it("names fields that there are, and such as are refused yet for what is to come", () => {
    const wrong = rows.flatMap(([names, becomes, how, ...fields]) => {
      assert.ok(how.length > 5, names);
      assert.ok(becomes !== "field" || fields.length > 0, names);
      return fields.flatMap((field) =>
        standingOf(field) === (becomes === "not yet" ? "later" : "works") ? [] : [`${names} (${becomes}): ${field}`],
      );
    });
    assert.deepEqual(wrong, [], "give such a row its new standing in dev/kpaas-variables/");
  });

  it("has each variable once for a file", () => {
    for (const { title, rows: own } of FILES) {
      const names = own.flatMap(([each]) => each.split(" "));
      assert.deepEqual(names, [...new Set(names)], title);
    }
  });

  it("tells which variables of a script it does not have, of several clusters and of arrays too", () => {
    const script = [
      "export MASTER2_NODE_HOSTNAME=",
      `CLUSTER\${IDX}_WORKER3_NODE_PRIVATE_IP=`,
      "IDX2=1",
      "CLUSTER2_CONFIG[CTX]='two'",
      "  ETCD1_NODE_COLOUR=blue",
      "CLUSTER1_NEW=1",
      'NAMESPACE=(\n"harbor"\n)',
      "declare -A CHART_VERSION=(",
    ].join("\n");
    assert.deepEqual(unknownIn(script), ["ETCDn_NODE_COLOUR", "NEW"]);
  });

  it("has every variable that the reference names of the scripts", function () {
    if (!existsSync(REFERENCE)) {
      console.error(
        "      The reference is not there (shared/reference/kpaas.md beside the checkout), so nobody tells of variables that are lacking.",
      );
      this.skip();
    }
    const [, section = ""] = /^### 1\.3 .*\n([\s\S]*?)^### 1\.4 /m.exec(readFileSync(REFERENCE, "utf8")) ?? [];
    const named = [...section.matchAll(/\b[A-Z][A-Z0-9]*(?:\{n\})?_[A-Z0-9_]+\b/g)].map(([name]) => name.replace("{n}", "n"));
    const old = ["PROVIDER_TYPE", "PAASTA_SYSTEM_DOMAIN", "UAA_CLIENT_ADMIN_ID"];
    const lacking = unknownIn(named.map((name) => `${name.replace(/n_/, "1_")}=`).join("\n"));
    assert.ok(named.length > 40);
    assert.deepEqual(
      lacking.filter((name) => !old.includes(name)),
      [],
    );
  });
});

/** The rows of a section's tables, by part, without those that are heads: which begin with one of these words. */
function tablesOf(text: string, number: number, ...heads: readonly string[]): string[][][] {
  const [, section = ""] = new RegExp(`^## ${number}\\. .*\\n([\\s\\S]*?)^## ${number + 1}\\. `, "m").exec(text) ?? [];
  return section
    .split(/^### /m)
    .slice(1)
    .map((part) => [...part.matchAll(/^\| (.*) \|$/gm)].map(([, cells = ""]) => cells.split(" | ")))
    .map((rows) => rows.filter(([item = ""]) => !heads.includes(item)));
}

/** What the scripts install, as the page has it: of the order what is done and not its number, and both of the last parts in one. */
function installedItems(text: string): string[][] {
  const [order = [], ...others] = tablesOf(text, 3, "#", "Component", "Part", "Aspect", "Schema", "Sub-part", "App (S0 name)").filter(
    (rows) => rows.length > 0,
  );
  const parts = others.map((rows) => rows.map(([item = ""]) => item));
  return [order.map(([, item = ""]) => item), ...parts.slice(0, -2), parts.slice(-2).flat()];
}
