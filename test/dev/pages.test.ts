import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { componentsPage, DOCUMENTS } from "../../dev/components/page";
import { holds, ROOT, standingOf } from "../support/written";

const REFERENCE = join(ROOT, "..", "shared", "reference", "kpaas.md");

describe("docs/components.md", () => {
  const rows = DOCUMENTS.flatMap((document) => document.rows);

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
    const sections = seedItems(readFileSync(REFERENCE, "utf8"));
    assert.equal(sections.length, DOCUMENTS.length);
    for (const [index, { rows, title }] of DOCUMENTS.entries()) {
      const items = sections[index] ?? [];
      // Long ones are shortened here.
      const lacking = items.filter((item, at) => !item.startsWith(rows[at]?.[0] ?? "?"));
      assert.deepEqual([lacking, rows.length], [[], items.length], title);
    }
  });
});

/** The first cells of the tables of section 6, by part. */
function seedItems(text: string): string[][] {
  const [, section = ""] = /^## 6\. .*\n([\s\S]*?)^## 7\. /m.exec(text) ?? [];
  return section
    .split(/^### /m)
    .slice(1)
    .map((part) => [...part.matchAll(/^\| (.*?) \| /gm)].map(([, item = ""]) => item).filter((item) => item !== "Seed item"));
}
