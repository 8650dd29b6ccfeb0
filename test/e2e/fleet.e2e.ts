import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parse, stringify } from "yaml";
import { decodeJournal, type FleetRecord } from "../../model/fleet/records";
import { command } from "../cli/fixture";
import { engineForTests } from "../support/engine";
import { temporaryFolders } from "../support/temporary";

const MAIN = join(__dirname, "..", "..", "cli", "main.js");
const NAMES = ["a", "b", "c"];

describe("A fleet of three environments in the sandbox", function () {
  this.timeout(1_800_000);
  const temporary = temporaryFolders();
  before(engineForTests);

  it("is brought up through a kill, changes nothing the second time, and goes in reverse", async () => {
    const root = temporary();
    mkdirSync(join(root, "environments"));
    const write = (name: string, fields: object = {}) => {
      const services = { keycloak: false, mariadb: false, portal: false };
      const file = { name, infrastructure: { provider: "openstack" }, platform: { services }, ...fields };
      writeFileSync(join(root, "environments", `${name}.yaml`), stringify(file));
    };
    for (const name of NAMES) write(name);
    const waves = [
      { name: "canary", select: ["a"] },
      { name: "rest", select: ["*"], approval: true },
    ];
    const health = { nodesReady: "100%", deployments: ["cert-manager/*"] };
    writeFileSync(
      join(root, "environments", "fleet.yaml"),
      stringify({ name: "three", environments: ["*"], waves, after: { c: ["b"] }, health }),
    );
    const journal = join(root, ".kpaas", "fleet", "sandbox-three", "journal");
    const records = (): readonly FleetRecord[] => (existsSync(journal) ? decodeJournal(readFileSync(journal, "utf8")).records : []);
    const start = (...words: string[]) =>
      spawn(process.execPath, [MAIN, "fleet", ...words, "--sandbox"], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });

    const { code, output } = await ended(start("preview", "--json"));
    assert.equal(code, 0, output);
    const preview = JSON.parse(output.slice(output.indexOf("\n{") + 1, output.lastIndexOf("}") + 1));
    assert.deepEqual(
      preview.changes.map(({ effect, what, clusters }: Record<string, unknown>) => [effect, what, clusters]),
      [["created", "environment", NAMES]],
    );
    assert.match(output, /3 clusters are previewed, \d+ at once: about \d+ s, going by the machines and services/);

    // Of what is to be made the engine shows names alone.
    const fresh = await ended(start("preview", "--save", "fresh.json"));
    assert.equal(fresh.code, 0, fresh.output);
    write("a", { infrastructure: { provider: "openstack", access: { adminCidrs: ["0.0.0.0/0"] } } });
    const opened = await ended(start("up", "--yes", "--plan", "fresh.json"));
    assert.equal(opened.code, 3, opened.output);
    assert.match(opened.output, /a: its preview is another one than was approved/);
    assert.deepEqual(ups(records()), []);
    write("a");

    const first = start("up", "--yes");
    let said = "";
    for (const stream of [first.stdout, first.stderr]) stream.on("data", (chunk) => (said += String(chunk)));
    while (!records().some((each) => each.event === "started" && each.step === "up")) {
      assert.equal(first.exitCode, null, said);
      await pause(50);
    }
    first.kill("SIGKILL");

    assert.deepEqual(await ended(start("up", "--yes")).then(({ code }) => code), 3, "a run that was broken off is gone on with");
    const paused = await ended(start("resume"));
    assert.equal(paused.code, 3, paused.output);
    assert.match(paused.output, /wave rest has to be approved[\s\S]*fleet resume --approve rest --sandbox/);
    const resumed = await ended(start("resume", "--approve", "rest", "--report", "report.xml"));
    assert.equal(resumed.code, 0, resumed.output);
    assert.deepEqual(ups(records()), NAMES);
    assert.match(readFileSync(join(root, "report.xml"), "utf8"), /tests="3" failures="0" skipped="0"/);

    const status = await ended(start("status", "--json"));
    assert.equal(status.code, 0, status.output);
    const { run, clusters } = JSON.parse(status.output.slice(status.output.indexOf("{"), status.output.lastIndexOf("}") + 1));
    assert.equal(run.outcome, "done");
    for (const { name, wanted, live } of clusters) assert.deepEqual([live.kubernetes, live.nodes], [wanted, { ready: 3, all: 3 }], name);

    const ports = join(root, ".kpaas/sandbox/world/a/openstack/port");
    const [port = ""] = readdirSync(ports)
      .map((name) => join(ports, name))
      .filter((path) => readFileSync(path, "utf8").includes("a-cp-1"));
    const was = readFileSync(port, "utf8");
    writeFileSync(port, was.replaceAll("a-cp-1", "by-hand"));
    const drift = printedBy(await ended(start("status", "--drift", "--json"))).clusters as readonly { readonly drift: object }[];
    assert.deepEqual(
      drift.map((each) => each.drift),
      [
        { differ: ["a-infrastructure-port-cp-1"], gone: [] },
        { differ: [], gone: [] },
        { differ: [], gone: [] },
      ],
    );
    writeFileSync(port, was);

    const kept = await ended(start("preview", "--save", "preview.json"));
    assert.equal(kept.code, 0, kept.output);
    write("a", { cluster: { pools: { worker: { nodes: 3 } } } });
    const drifted = await ended(start("up", "--yes", "--plan", "preview.json"));
    assert.equal(drifted.code, 3, drifted.output);
    assert.match(drifted.output, /a: its preview is another one than was approved/);
    write("a");
    const paused2 = await ended(start("up", "--yes", "--plan", "preview.json"));
    assert.equal(paused2.code, 3, paused2.output);
    const again = await ended(start("resume", "--approve", "rest", "--json"));
    assert.equal(again.code, 0, again.output);
    for (const name of NAMES) {
      const { changes } = JSON.parse(readFileSync(join(root, ".kpaas/fleet/sandbox-three/results", `${name}.2.up.json`), "utf8"));
      const { create, update, replace, delete: gone } = changes;
      assert.deepEqual([create, update, replace, gone], [0, 0, 0, 0], name);
    }

    write("a", { cluster: { controlPlane: { size: "m1.xlarge" } } });
    const refused = await ended(start("up", "--yes"));
    assert.equal(refused.code, 3, refused.output);
    assert.match(refused.output, /next: kpaas fleet preview --sandbox/);
    const [, approval = ""] = /--approve (a\/\S+@[0-9a-f]{12})/.exec(refused.output) ?? [];
    assert.notEqual(approval, "", refused.output);
    const approved = await ended(start("preview", "--approve", approval, "--save", "approved.json"));
    assert.equal(approved.code, 0, approved.output);
    const larger = await ended(start("up", "--yes", "--plan", "approved.json"));
    assert.equal(larger.code, 3, larger.output);
    assert.match(larger.output, /a: up done[\s\S]*wave rest has to be approved/);

    const config = await ended(start("kubeconfig", "--output", "config"));
    assert.equal(config.code, 0, config.output);
    const { contexts } = parse(readFileSync(join(root, "config"), "utf8"));
    assert.deepEqual(
      contexts.map(({ name }: { name: string }) => name),
      NAMES,
    );
    assert.equal(statSync(join(root, "config")).mode & 0o777, 0o600);

    const document = printedBy(await ended(start("upgrade", "--to", "1.34", "--only", "b", "--dry-run", "--json")));
    const shown = document.changes as readonly Record<string, unknown>[];
    assert.ok(
      shown.some(
        ({ what, detail, clusters }) => what === "kubernetes" && /^1\.33\.5 → 1\.34\./.test(String(detail)) && String(clusters) === "b",
      ),
    );
    assert.doesNotMatch(readFileSync(join(root, "environments", "b.yaml"), "utf8"), /1\.34/);
    assert.equal((await ended(start("upgrade", "--to", "1.34", "--only", "b", "--yes"))).code, 3, "wave rest has to be approved");
    const upgraded = await ended(start("resume", "--approve", "rest"));
    assert.equal(upgraded.code, 0, upgraded.output);
    assert.match(readFileSync(join(root, "environments", "b.yaml"), "utf8"), /kubernetes: "?1\.34\./);
    const done = records().flatMap((each) => (each.event === "ended" ? [`${each.cluster} ${each.step} ${each.outcome}`] : []));
    assert.deepEqual(
      done,
      ["preview", "upgrade", "up", "health"].map((step) => `b ${step} done`),
    );

    const unsure = await command(["fleet", "destroy", "--sandbox"], { cwd: root, answers: ["four"] });
    assert.equal(unsure.code, 130, unsure.stderr);
    for (const name of NAMES) assert.match(unsure.stderr, new RegExp(`Lost with ${name}:\\n(  .*\\n)*  etcd: every Kubernetes object`));

    assert.equal((await ended(start("destroy", "--approve", "four"))).code, 2);
    const gone = await ended(start("destroy", "--approve", "three", "--parallel", "1"));
    assert.equal(gone.code, 0, gone.output);
    const destroyed = records().flatMap((each) => (each.event === "ended" && each.outcome === "done" ? [each.cluster] : []));
    assert.deepEqual(destroyed, [...NAMES].reverse());
  });
});

/** What a command has printed as JSON, whatever it told beside it. */
function printedBy({ output }: { readonly output: string }): Record<string, unknown> {
  return JSON.parse(output.slice(output.indexOf("\n{") + 1, output.lastIndexOf("}") + 1));
}

function ups(records: readonly FleetRecord[]): string[] {
  return records.flatMap((each) => (each.event === "ended" && each.step === "up" && each.outcome === "done" ? [each.cluster] : []));
}

async function ended(child: ChildProcess): Promise<{ readonly code: number | null; readonly output: string }> {
  const [code, output] = await Promise.all([new Promise<number | null>((resolve) => child.once("close", resolve)), collect(child)]);
  return { code, output };
}

function collect(child: ChildProcess): Promise<string> {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (output += String(chunk)));
  return new Promise((resolve) => child.once("close", () => resolve(output)));
}
