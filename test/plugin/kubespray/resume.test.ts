import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { KUBESPRAY_CLUSTER } from "../../../model/type-tokens";
import { PartialFailure, type Properties } from "../../../plugin/rpc/provider";
import { cluster, worker } from "../../model/cluster/fixtures";
import { ProviderClient } from "../../support/provider-client";
import { temporaryFolders } from "../../support/temporary";
import { inputsOf } from "./fixtures";

const main = join(__dirname, "..", "..", "..", "plugin", "main.js");
const ref = { type: KUBESPRAY_CLUSTER, name: "demo-kubespray" };
const known = { ...ref, id: "demo" };
const wanted = () => cluster({ "worker-1": worker("worker-1", 1), "worker-2-g2": worker("worker-2", 22, { generation: 2 }) });

describe("The plugin's process", function () {
  this.timeout(30_000);
  const folder = temporaryFolders();
  const started: ProviderClient[] = [];
  afterEach(() => {
    for (const client of started.splice(0)) client.close();
  });

  async function start(world: string): Promise<Awaited<ReturnType<typeof ProviderClient.spawn>>> {
    const client = await ProviderClient.spawn(main, ["--runner", "sandbox", "--world", world]);
    started.push(client);
    return client;
  }
  const pace = (world: string, paceMs: number) => writeFileSync(join(world, "faults.json"), JSON.stringify({ kubespray: { paceMs } }));
  const entries = (world: string) =>
    readFileSync(join(world, "journal.jsonl"), "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
  const events = (world: string, from: number) =>
    entries(world)
      .slice(from)
      .filter((entry) => "step" in entry)
      .map((entry) => `${entry.event} ${entry.step}`);

  /** Resolves once the journal says that the step was begun. */
  async function begun(world: string, step: string): Promise<void> {
    const watcher = watch(world);
    try {
      while (!entries(world).some((entry) => entry.event === "step-started" && entry.step === step)) await once(watcher, "change");
    } finally {
      watcher.close();
    }
  }

  it("killed in the middle of a run, resumes with the step that was broken off and repeats none that was done", async () => {
    const world = folder();
    const first = await start(world);
    const { properties: olds } = await first.create(ref, inputsOf());
    const states = { oldInputs: inputsOf(), olds, news: inputsOf(wanted()) };
    pace(world, 300);
    const broken = first.update(known, states).catch((error: unknown) => error);
    await begun(world, "3-remove-node");
    first.process.kill("SIGKILL");
    assert.ok((await broken) instanceof Error);

    pace(world, 0);
    const half = entries(world).length;
    const { properties } = await (await start(world)).update(known, states);
    assert.deepEqual(events(world, half), [
      "step-started 1-facts",
      "step-finished 1-facts",
      "step-skipped 2-scale",
      "step-started 3-remove-node",
      "step-finished 3-remove-node",
    ]);
    assert.deepEqual(Object.keys(properties.nodeTable as Properties).sort(), ["cp-1", "worker-1", "worker-2-g2"]);
  });

  it("cancelled, ends the run and reports what was reached", async () => {
    const world = folder();
    const client = await start(world);
    const { properties: olds } = await client.create(ref, inputsOf());
    pace(world, 10_000);
    const update = client.update(known, { oldInputs: inputsOf(), olds, news: inputsOf(wanted()) }).catch((error: unknown) => error);
    await begun(world, "1-facts");
    await client.cancel();
    const failure = await update;
    assert.ok(failure instanceof PartialFailure);
    assert.match(failure.message, /the operation was cancelled/);
    assert.deepEqual(Object.keys(failure.properties.nodes as Properties).sort(), ["cp-1", "worker-1", "worker-2"]);
  });

  it("with the runner for real hosts says in the preview what is missing here", async () => {
    const before = process.env.PATH;
    process.env.PATH = folder();
    const client = await ProviderClient.spawn(main, ["-v=9", "--runner", "ansible"]).finally(() => {
      process.env.PATH = before;
    });
    started.push(client);
    const { failures } = await client.check(ref, inputsOf());
    assert.match(failures[0]?.reason ?? "", /there is no `ssh` on PATH/);
  });
});
