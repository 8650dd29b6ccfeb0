import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { registry } from "../../files/registry";

const DOCS = join(__dirname, "../../../docs");

/** What every cloud's page has, in this order, whatever stands in between. */
const HEADINGS = ["What it creates", "Permissions", "What a change does", "Traps", "What it was held against"];

const headingsOf = (page: string) => [...page.matchAll(/^## (.+)$/gm)].map(([, heading = ""]) => heading);
const read = (name: string) => readFileSync(join(DOCS, `${name}.md`), "utf8");

describe("a cloud's page", () => {
  for (const { name, title, can, permissions } of Object.values(registry.clouds).filter(({ can }) => can.machines)) {
    const page = read(name);

    it(`of ${title} says what it creates, permissions, what a change does, traps, and what it was held against`, () => {
      assert.deepEqual(
        headingsOf(page).filter((heading) => HEADINGS.includes(heading)),
        HEADINGS,
      );
      for (const part of page.split(/^## /m).slice(1)) assert.ok(part.split("\n").slice(1).join("").trim().length > 80, part);
    });

    it(`of ${title} names ways out for what it cannot, and how its permissions are printed`, () => {
      assert.equal(page.includes("--show permissions"), permissions !== undefined);
      assert.ok(can.balancers || /`loadBalancer`|loadBalancer/.test(page), "what takes a balancer's place");
    });
  }
});
