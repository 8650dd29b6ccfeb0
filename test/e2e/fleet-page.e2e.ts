import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { AxeResults } from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { removeFolder } from "../../host/files";
import { type Found, foundIn, type Refused, refusedIn } from "../../model/fleet/found";
import { fleetHtml } from "../../model/fleet/html";
import type { Member } from "../../model/fleet/member";
import type { FleetPlan, Wave } from "../../model/fleet/plan";
import { previewFleet } from "../../model/fleet/preview";
import { browserForTests } from "../support/browser";

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const WIDTHS = [320, 768, 1440];

/** A page with all that one may have: waves, refusals, risks, steps, changes, long names, and many clusters. */
function page(): string {
  const many = Array.from({ length: 60 }, (_, index) => `edge-with-a-name-of-thirty-${String(index).padStart(3, "0")}`);
  const names = ["busan", "jeju", ...many];
  const minutes = { from: 15, to: 60, basis: "published" };
  const printed = (name: string): string =>
    JSON.stringify({
      changes: { create: 1, update: 1, replace: 0, delete: 0, same: 90 },
      impacts: [{ effect: "lost", kind: "volume", name: "data of worker-1", detail: "with its data" }],
      ...{ versions: [], moves: [], later: [], approved: [] },
      steps: [{ id: "1", playbook: "scale", command: "scale.yml --limit worker-3", minutes, workloads: "nothing", reason: "1 node" }],
      resources: ["create", "delete"].map((op) => ({
        op,
        urn: `urn:${op}`,
        type: "openstack:compute/instance:Instance",
        name,
        properties: [],
      })),
      groups: ["create", "delete"].map((op) => ({ name: `machine to ${op}`, about: "worker, m1.large", resources: [`urn:${op}`] })),
    });
  const remedy = "add --approve worker-1:remove@0123456789ab, or put it back";
  const refused = JSON.stringify({
    problems: [{ environment: "jeju", path: "cluster.pools", reason: "worker-1 is deleted", remedy, severity: "error" }],
  });
  const clusters = new Map<string, Found | Refused>(names.map((name) => [name, foundIn(printed(name), "f", 7)]));
  clusters.set("jeju", refusedIn(refused, "jeju", "it ended with 3"));
  const members = names.map((name): Member => {
    const outline = {
      provider: "openstack",
      region: "RegionOne",
      machines: 4,
      services: 6,
      kubernetes: "1.33.5",
      release: "1.7.0",
      isNew: false,
      changes: [],
    };
    return { name, labels: {}, serves: [], names: new Set(), outline };
  });
  const wave = (name: string, of: readonly string[]): Wave => ({
    ...{ name, canaries: 1, bakeSeconds: 600, maxFailures: 0, approval: true },
    clusters: of.map((each) => ({ name: each, after: [] })),
  });
  const plan: FleetPlan = { fleet: "korea", waves: [wave("canary", names.slice(0, 2)), wave("edges", many)], health: {} };
  return fleetHtml(previewFleet(plan, members, { operation: "up" }, { clusters, capacity: 4 }));
}

describe("The page of a fleet's preview in a browser", function () {
  this.timeout(180_000);
  let folder = "";
  let browser: Browser;
  let file = "";

  before(async function () {
    const executablePath = browserForTests();
    if (executablePath === undefined) return this.skip();
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
    folder = mkdtempSync(join(tmpdir(), "kpaas-page-"));
    file = join(folder, "preview.html");
    writeFileSync(file, page());
  });
  after(async () => {
    await browser?.close();
    if (folder !== "") removeFolder(folder);
  });

  for (const colorScheme of ["light", "dark"] as const)
    for (const width of WIDTHS)
      it(`is whole and readable by everybody, ${colorScheme}, ${width} pixels wide`, async () => {
        const asked: string[] = [];
        const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
        try {
          const shown = await context.newPage();
          shown.on("request", (request) => asked.push(request.url()));
          await shown.goto(pathToFileURL(file).href);
          if (process.env.KPAAS_SCREENSHOTS !== undefined) await keep(shown, process.env.KPAAS_SCREENSHOTS, `${colorScheme}-${width}`);
          assert.deepEqual(asked, [pathToFileURL(file).href], "nothing is fetched beside the page");
          assert.deepEqual(await violations(shown), []);
          const { scroll, words } = (await shown.evaluate(LAYOUT)) as { readonly scroll: number; readonly words: readonly string[] };
          assert.ok(scroll <= width, `the page is ${scroll} pixels wide`);
          assert.deepEqual(words, [], "no word is broken");
        } finally {
          await context.close();
        }
      });

  it("is gone through by keyboard: first to the preview itself, then to every part and everything that scrolls", async () => {
    const context = await browser.newContext({ viewport: { width: 768, height: 900 } });
    try {
      const shown = await context.newPage();
      await shown.goto(pathToFileURL(file).href);
      const wanted = await shown.evaluate("document.querySelectorAll('a, [tabindex=\"0\"]').length");
      const met: string[] = [];
      for (let key = 0; key < Number(wanted); key++) {
        await shown.keyboard.press("Tab");
        met.push(String(await shown.evaluate(FOCUSED)));
      }
      assert.equal(met[0], "Skip to the preview visible");
      assert.equal(new Set(met).size, met.length, "each is met once");
      for (const each of met) assert.match(each, / visible$/);
      await shown.locator(".skip").focus();
      await shown.keyboard.press("Enter");
      assert.equal(await shown.evaluate("document.activeElement.id"), "main");
    } finally {
      await context.close();
    }
  });
});

/** What is in the window's own language, since it runs there. */
const LAYOUT = `(() => {
  const broken = [];
  for (const cell of document.querySelectorAll("th")) {
    const range = document.createRange();
    for (const node of cell.childNodes) {
      if (node.nodeType !== Node.TEXT_NODE) continue;
      for (const match of node.data.matchAll(/[^\\s-]+/g)) {
        range.setStart(node, match.index);
        range.setEnd(node, match.index + match[0].length);
        if (range.getClientRects().length > 1) broken.push(match[0]);
      }
    }
  }
  return { scroll: document.documentElement.scrollWidth, words: broken };
})()`;

const FOCUSED = `(() => {
  const { activeElement: found } = document;
  const { width, height, left } = found.getBoundingClientRect();
  const name = found.textContent.slice(0, 60) + (found.getAttribute("aria-labelledby") ?? "");
  return name + (width > 1 && height > 1 && left >= 0 ? " visible" : " hidden");
})()`;

async function violations(shown: Page): Promise<string[]> {
  await shown.evaluate(AXE);
  const { violations: found } = (await shown.evaluate("axe.run()")) as AxeResults;
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

async function keep(shown: Page, folder: string, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await shown.screenshot({ path: join(folder, `${name}.png`) });
}
