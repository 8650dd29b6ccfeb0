import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CHANGES, HOSTS, playAtScale } from "../support/fleet-scale";

const PAGE = join(__dirname, "..", "..", "..", "docs", "scale.md");
const BEGIN = "<!-- figures: made by test/e2e/fleet-scale.e2e.ts, UPDATE_GOLDEN=1 writes them anew -->";
const END = "<!-- end of figures -->";
const SEED = 20261128;
const CHILD_GIB = 0.75;
/** What the runner keeps of each cluster beside its journal: what preview and up have said. Measured on environments of 500 resources. */
const RESULT_KIB = 980;

/** Played time is given in hours below ten with one digit. */
const hours = (value: number): string => (value < 10 ? value.toFixed(1) : Math.round(value).toString());

/** By the number of clusters, how many at once. */
const SIZES: readonly (readonly [clusters: number, capacities: readonly number[]])[] = [
  [1_000, [10, 25, 50, 100, 200]],
  [2_000, [50, 100, 200]],
];

async function figures(clusters: number, capacities: readonly number[]): Promise<string[]> {
  const rows: string[] = [];
  for (const capacity of capacities) {
    const [settings, upgrade] = [
      await playAtScale({ seed: SEED, clusters, capacity, change: "settings" }),
      await playAtScale({ seed: SEED, clusters, capacity, change: "upgrade" }),
    ];
    const cells = [
      ...[capacity, `${hours(settings.hours)} h`, `${hours(upgrade.hours)} h`, `${Math.ceil(capacity * CHILD_GIB)} GiB`],
      ...[`${(settings.journalBytes / 2 ** 20).toFixed(1)} MiB`, `${upgrade.retries} / ${upgrade.failures}`, upgrade.resumes],
    ];
    rows.push(`| ${cells.join(" | ")} |`);
  }
  return rows;
}

describe("A run of very many clusters, in played time", function () {
  this.timeout(900_000);

  it("takes as long as docs/scale.md says", async () => {
    const tables: string[] = [];
    for (const [clusters, capacities] of SIZES) tables.push(...tableOf(clusters, await figures(clusters, capacities)));
    const made = [BEGIN, ...tables, END].join("\n");
    const page = readFileSync(PAGE, "utf8");
    const [before = "", rest = ""] = page.split(BEGIN);
    const [, after = ""] = rest.split(END);
    if (process.env.UPDATE_GOLDEN === "1") writeFileSync(PAGE, `${before}${made}${after}`);
    else assert.equal(page, `${before}${made}${after}`);
  });
});

function tableOf(clusters: number, rows: readonly string[]): string[] {
  const { from, to } = CHANGES.upgrade;
  return [
    "",
    `${clusters.toLocaleString("en")} clusters of ${HOSTS} hosts; what the steps have said takes ${((clusters * RESULT_KIB) / 2 ** 20).toFixed(1)} GiB more:`,
    "",
    `| at once | settings (${CHANGES.settings.from}-${CHANGES.settings.to} min each) | upgrade (${from}-${to} min each) | memory | journal | tried again / failed | gone on with |`,
    "| --: | --: | --: | --: | --: | --: | --: |",
    ...rows,
    "",
  ];
}
