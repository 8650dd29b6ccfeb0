import assert from "node:assert/strict";
import { assert as check, constantFrom, integer, property, string } from "fast-check";
import { createColors } from "picocolors";
import { table, wrap, wrapWords } from "../../cli/table";

const colors = createColors(false);
const columns = [
  { title: "A", value: (row: readonly string[]) => row[0] ?? "" },
  { title: "B", value: (row: readonly string[]) => row[1] ?? "" },
];

describe("a table", () => {
  it("aligns columns and leaves no blanks at the end of a line", () => {
    assert.deepEqual(
      table(
        columns,
        [
          ["one", "x"],
          ["two words", ""],
        ],
        80,
        colors,
      ),
      ["A          B", "one        x", "two words"],
    );
  });

  it("wraps the widest column where the terminal is narrow", () => {
    const lines = table(columns, [["key", "10.20.0.0/16, 10.30.0.0/16, 10.40.0.0/16"]], 24, colors);
    assert.deepEqual(lines, ["A    B", "key  10.20.0.0/16,", "     10.30.0.0/16,", "     10.40.0.0/16"]);
  });

  it("keeps a URL in one piece, to be clicked and copied", () => {
    const url = "https://keycloak.10.20.255.223.nip.io";
    assert.deepEqual(table(columns, [["keycloak", url]], 24, colors).slice(1), [`keycloak  ${url}`]);
  });

  it("loses nothing but blanks by wrapping, and keeps to the width", () => {
    const text = string({ unit: constantFrom("a", "b", " ", ",", "/"), maxLength: 60 });
    check(
      property(text, integer({ min: 3, max: 30 }), (value, width) => {
        const lines = wrap(value, width);
        assert.equal(lines.join("").replaceAll(" ", ""), value.replaceAll(" ", ""));
        for (const line of lines) assert.ok(line.length <= width);
      }),
    );
  });

  it("breaks a warning at words, indents what goes on, and leaves it whole without a terminal", () => {
    const text = "warning seoul: a.b: is 0123456789 wrong\n    do that instead";
    assert.equal(wrapWords(text, 24, 4), "warning seoul: a.b: is\n    0123456789 wrong\n    do that instead");
    assert.equal(wrapWords(text, 8, 4), "warning\n    seoul:\n    a.b:\n    is\n    0123456789\n    wrong\n    do\n    that\n    instead");
    assert.equal(wrapWords(text, Number.POSITIVE_INFINITY, 4), text);
  });
});
