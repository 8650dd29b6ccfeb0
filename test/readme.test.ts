import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadEnvironment } from "../files/load";
import { temporaryFolders } from "./support/temporary";

describe("the README", () => {
  const temporary = temporaryFolders();

  it("says of the same file on three clouds what its plans say", () => {
    const [, section = ""] = readFileSync(join(__dirname, "..", "..", "README.md"), "utf8").split("### The same on three clouds");
    const [base = "", ...clouds] = [...section.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = ""]) => text).slice(0, 4);
    const [, shown = ""] = /```\nKEY[^\n]*\n([\s\S]*?)```/.exec(section) ?? [];
    const root = temporary();
    mkdirSync(join(root, "environments"));
    writeFileSync(join(root, "environments", "seoul.yaml"), base);
    const tables = clouds.map((text) => {
      const [, file = ""] = /^# (\S+)/.exec(text) ?? [];
      writeFileSync(join(root, "environments", file), text);
      const { planned, problems } = loadEnvironment(file.replace(".yaml", ""), root);
      assert.deepEqual(
        problems.filter(({ severity }) => severity === "error"),
        [],
        file,
      );
      return planned?.plan.machines.map(({ key, roles, zone, size, address }) => [key, roles.join(", "), zone, size, address]) ?? [];
    });
    const told = shown
      .trim()
      .split("\n\n")
      .map((table) => table.split("\n").map((line) => line.trim().split(/\s{2,}/)));
    assert.equal(tables.length, 3);
    assert.deepEqual(tables, told);
  });
});
