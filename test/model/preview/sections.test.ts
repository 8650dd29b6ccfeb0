import assert from "node:assert/strict";
import { changeLines } from "../../../model/preview/lines";
import { toMarkdown } from "../../../model/preview/markdown";
import type { PropertyChange } from "../../../model/preview/properties";
import { previewReport } from "../../../model/preview/report";
import { showReport } from "../../../model/preview/sections";
import { golden } from "../../support/golden";
import { changed, planOf, previewed } from "./fixture";

const NASTY = "a|b <img src=x> `code` ```fence @team *bold*\nsecond line";

const property = (path: string, old: unknown, wanted: unknown, over: Partial<PropertyChange> = {}): PropertyChange => ({
  path,
  kind: "update",
  ...(old === undefined ? {} : { old }),
  ...(wanted === undefined ? {} : { new: wanted }),
  ...over,
});

/** A report with something of everything. */
function everything() {
  const pool = (nodes: object) => ({ cluster: { pools: { worker: { nodes } } } });
  const access = { provider: "openstack", access: { adminCidrs: ["203.0.113.0/24"] } };
  const label = property("metadata.labels.team", undefined, "data", { kind: "add" });
  const plan = planOf({ ...pool({ a: {}, c: {} }), infrastructure: access });
  return previewReport(
    previewed(planOf(pool({ a: {}, b: {} })), plan, {
      changes: { create: 9, update: 5, replace: 1, delete: 1, same: 40 },
      steps: [
        { id: "1-facts", playbook: "facts", limit: [], nodes: [], command: "facts.yml", reason: "the next run is limited" },
        { id: "2-scale", playbook: "scale", limit: ["c"], nodes: ["c"], command: "scale.yml --limit c", reason: "1 node joins" },
      ],
      before: { urls: { portal: "https://old" } },
      outputs: { urls: { portal: "https://new" } },
      approved: [{ approval: "b:remove@1", path: "cluster.pools.worker.nodes", reason: `b leaves | ${NASTY.split("\n")[0]}` }],
      resources: [
        changed("delete", "openstack:compute/instance:Instance", "demo-infrastructure-machine-b", {
          impact: { effect: "lost", kind: "machine", name: "b", detail: "" },
        }),
        changed("create", "openstack:compute/instance:Instance", "demo-infrastructure-machine-c"),
        ...["api", "ui", "x"].map((name) =>
          changed("update", "kubernetes:core/v1:ConfigMap", `demo-platform-portal-${name}`, { service: "portal", properties: [label] }),
        ),
        changed("update", "kubernetes:core/v1:ConfigMap", "demo-platform-portal-config", {
          service: "portal",
          properties: [
            label,
            property("data.nasty", "one line", NASTY),
            property("data.file", "a\nb\nc\nd\n", "a\nb\nX\nd\n"),
            property("spec.replicas", 1, 2),
            property("spec.id", "1", "[unknown]"),
            property("data.password", "[secret]", "[secret]"),
            property("metadata.annotations.hash", "a", "b", { noise: "checksum" }),
          ],
        }),
        changed("replace", "kubernetes:batch/v1:Job", "demo-platform-mariadb-schemas", {
          service: "mariadb",
          properties: [property("metadata.name", "a", "b", { replaces: true })],
        }),
        ...["1", "2", "3", "4", "5", "6", "7"].map((name) =>
          changed("create", "kubernetes:core/v1:Secret", `demo-platform-mariadb-s${name}`, { service: "mariadb" }),
        ),
      ],
    }),
  );
}

describe("A preview as it is shown", () => {
  for (const depth of ["short", "diff", "full"] as const) {
    it(`is the same model of sections at the depth ${depth}`, () => {
      const { sections, summary, shortened } = showReport(everything(), depth);
      assert.equal(shortened, depth !== "full");
      golden(`preview/${depth}`, [
        ...sections.flatMap((section) => [
          `# ${section.title}`,
          ...(section.kind === "lines" ? section.lines : [section.columns, ...section.rows].map((row) => row.join(" | "))),
        ]),
        summary,
      ]);
    });
  }

  it("hides no changed property at the depth diff, and no resource at the depth full", () => {
    const report = everything();
    const resources = report.groups.flatMap((group) => group.resources);
    const [diff, full] = (["diff", "full"] as const).map((depth) => changeLines(report.groups, depth).lines.join("\n"));
    for (const { path } of resources.flatMap(({ properties }) => properties)) assert.ok(diff?.includes(path), path);
    for (const { name } of resources) assert.ok(full?.includes(name), name);
  });

  it("steers no terminal by what stands in a value", () => {
    const mark = String.fromCharCode(27);
    const resources = [changed("update", "a:b:C", "demo-x", { properties: [property(`data.${mark}k`, `a${mark}[2J`, `b\n${mark}c`)] })];
    const plan = planOf();
    const report = previewReport(previewed(plan, plan, { resources }));
    for (const depth of ["short", "full"] as const) {
      const text = JSON.stringify(showReport(report, depth).sections.map((section) => ("lines" in section ? section.lines.join("") : "")));
      assert.ok(text.includes("u001b") && !JSON.parse(text).join("").includes(mark), text);
    }
  });

  it("is Markdown that a value cannot break out of", () => {
    const markdown = toMarkdown(everything(), "Preview of <demo> | `x`");
    golden("preview/markdown", markdown.split("\n"));
    const outside = markdown.replace(/^(`{3,})text\n[\s\S]*?\n\1$/gm, "");
    assert.ok(!outside.includes("```"));
    assert.ok(!/<(?!details>|summary>|\/details>|\/summary>)/.test(outside), outside);
    let columns = 0;
    for (const line of outside.split("\n")) {
      const bars = line.split("|").length;
      if (bars > 1 && columns > 0) assert.equal(bars, columns, line);
      columns = bars > 1 ? bars : 0;
    }
  });

  it("is Markdown that one comment can hold, and says what is left out of it", () => {
    const resources = Array.from({ length: 2_000 }, (_, index) =>
      changed("create", "kubernetes:core/v1:Secret", `demo-platform-mariadb-${"s".repeat(50)}${index}`, { service: "mariadb" }),
    );
    const plan = planOf();
    const markdown = toMarkdown(previewReport(previewed(plan, plan, { resources })), "Preview");
    assert.ok(markdown.length < 65_536, `${markdown.length}`);
    assert.match(markdown, /\d+ more lines do not fit here: `kpaas preview demo --full` shows them\./);
  });
});
