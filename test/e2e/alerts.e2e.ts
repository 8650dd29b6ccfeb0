import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ALERTS } from "../../components/platform/monitoring/alerts";
import type { Receiver } from "../../components/platform/monitoring/args";
import { DASHBOARDS } from "../../components/platform/monitoring/dashboards";
import { alertmanagerConfig } from "../../components/platform/monitoring/receiver";
import { ruleGroups } from "../../components/platform/monitoring/rules";
import { ALERT_CASES } from "../support/alert-cases";
import { gottenProgram } from "../support/real-server";

describe("alerts, by Prometheus' own program", function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), "kpaas-alerts-"));
  let program: string | undefined;
  before(function () {
    program = gottenProgram.call(this, "promtool");
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(program ?? "", args, { encoding: "utf8", cwd: folder });
    assert.equal(status, 0, `${stdout}\n${stderr}`);
  };
  const write = (name: string, content: object) => writeFileSync(join(folder, name), JSON.stringify(content));

  it("are rules that it takes, and so is whatever dashboards ask for", () => {
    write("rules.yaml", { groups: ruleGroups(Object.keys(ALERTS)) });
    const lines = Object.entries(DASHBOARDS).flatMap(([name, { panels }]) =>
      panels.flatMap((panel) => Object.values(panel.lines).map((expr) => [name, expr])),
    );
    write("dashboards.yaml", {
      groups: [{ name: "dashboards", rules: lines.map(([name, expr], index) => ({ record: `${name}:line_${index}`, expr })) }],
    });
    run("check", "rules", "rules.yaml", "dashboards.yaml");
  });

  for (const [index, { alert, severity, series, told }] of ALERT_CASES.entries())
    it(`${alert} ${told === undefined ? "tells nobody" : `is ${severity}`} where ${
      Object.entries(series)
        .map((each) => each.join(" "))
        .join(", ") || "nothing is said"
    }`, () => {
      const expected = told === undefined ? [] : [{ exp_labels: { severity, ...told }, exp_annotations: {} }];
      // Of one name two alerts may come; whoever is told sees both.
      const alone = ruleGroups(Object.keys(ALERTS))
        .map((group) => ({
          ...group,
          rules: withoutTexts(group).filter((rule) => rule.alert === alert && rule.labels.severity === severity),
        }))
        .filter(({ rules }) => rules.length > 0);
      write("rules.yaml", { groups: alone });
      write(`test-${index}.yaml`, {
        rule_files: ["rules.yaml"],
        evaluation_interval: "1m",
        tests: [
          {
            interval: "1m",
            input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
            alert_rule_test: [{ eval_time: "115m", alertname: alert, exp_alerts: expected }],
          },
        ],
      });
      run("test", "rules", `test-${index}.yaml`);
    });
});

interface Rule {
  readonly alert: string;
  readonly labels: { readonly severity: string };
}

/** What is said of an alert is not what is tried here. */
function withoutTexts(group: object): Rule[] {
  return (group as { rules: (Rule & { annotations: object })[] }).rules.map(({ annotations: _texts, ...rule }) => rule);
}

const RECEIVERS: readonly (Receiver | undefined)[] = [
  undefined,
  { kind: "webhook", secret: "hook" },
  { kind: "slack", channel: "#platform", secret: "slack" },
  { kind: "email", to: "a@example.org", from: "b@example.org", server: "mail.example.org:587", user: "b", secret: "mail" },
];

describe("whom alerts are told, by Alertmanager's own program", function () {
  this.timeout(60_000);
  let program: string | undefined;
  before(function () {
    program = gottenProgram.call(this, "amtool");
  });

  for (const receiver of RECEIVERS)
    it(`is a configuration that it takes, with ${receiver?.kind ?? "nobody"} to be told`, () => {
      const folder = mkdtempSync(join(tmpdir(), "kpaas-alerts-"));
      try {
        writeFileSync(join(folder, "alertmanager.yaml"), JSON.stringify(alertmanagerConfig(receiver)));
        const { status, stdout, stderr } = spawnSync(program ?? "", ["check-config", "alertmanager.yaml"], {
          encoding: "utf8",
          cwd: folder,
        });
        assert.equal(status, 0, `${stdout}\n${stderr}`);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
});
