import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { halfChanged } from "../engine/half-changed";
import type { Engine } from "../engine/locate";
import { pendingStack } from "../engine/state/stack";
import { parseState } from "../engine/state/state";
import { writeWorld } from "../engine/world";
import { FleetStore } from "../fleet/store";
import { parseRecordedCluster } from "../model/cluster/recorded";
import { encodeRecord, type FleetRecord } from "../model/fleet/records";
import { readSaved } from "../model/fleet/saved";
import { FORMATS, type Format } from "../model/formats";
import { parseApplied } from "../model/guard/applied";
import { parseLock } from "../model/lock";
import { Findings, formatProblem } from "../model/problems";
import { BundleFolder } from "../operate/airgap/folder";
import { readStates } from "../operate/state/folder";
import { parseRecorded } from "../plugin/kubespray/inputs";
import { FileJournal } from "../plugin/kubespray/journal";
import { readCluster, readInfrastructure } from "../stacks/contract";
import { Environment } from "../stacks/environment";
import { planSpec } from "../stacks/spec";
import { graph } from "../testing/graph";
import { plannedFile } from "./support/environment";
import { temporaryFolders } from "./support/temporary";

const folder = temporaryFolders();
const { plan } = plannedFile({ name: "seoul", infrastructure: { provider: "openstack" }, layers: "three" });

function fleetJournal(data: unknown): unknown {
  const store = new FleetStore(folder(), "korea", false);
  mkdirSync(store.folder, { recursive: true });
  writeFileSync(join(store.folder, "journal"), `${encodeRecord(data as FleetRecord, 0, 1)}\n`);
  return store.read();
}

/** Every place that reads data of a format. Each must refuse what a later version wrote, whatever else is in it. */
const READERS: Readonly<Record<string, { readonly format: Format; readonly read: (data: unknown) => unknown }>> = {
  "a lock file": {
    format: "lock",
    read(data) {
      const findings = new Findings();
      parseLock(data, "seoul", findings);
      if (findings.hasErrors) throw new Error(findings.toProblems("seoul").map(formatProblem).join("\n"));
    },
  },
  "what the stack recorded": { format: "applied", read: (data) => parseApplied(data, "seoul") },
  "the infrastructure's contract": { format: "contract", read: (data) => outputs({ contract: data }, () => readInfrastructure(plan)) },
  "the cluster's contract": { format: "contract", read: (data) => outputs({ contract: data }, () => readCluster(plan)) },
  "the lock that a program recorded": { format: "lock", read: (lock) => program({ lock }) },
  "what a program recorded": { format: "applied", read: (applied) => program({ applied, lock: planSpec("seoul", SPEC).lock }) },
  "the cluster, by the guard": { format: "cluster", read: (data) => parseRecordedCluster({ ...Object(data), name: "seoul" }) },
  "the cluster, by its plugin": { format: "cluster", read: (data) => parseRecorded({ ...Object(data), name: "seoul" }) },
  "the journal": { format: "journal", read: (data) => journal(data, "").begun() },
  "the journal's fence": { format: "journal", read: (data) => journal(data, ".fence").acquire() },
  "open operations": { format: "pending", read: (data) => pending(data, ".json").remembered() },
  "what was there before a destroy": { format: "pending", read: (data) => pending(data, ".destroy.json").beforeDestroy() },
  ...Object.fromEntries(
    (["applied", "contract", "lock"] as const).map((name) => [
      `the output ${name} in an exported state`,
      { format: name, read: (data: unknown) => state("pulumi:pulumi:Stack", { [name]: data }) },
    ]),
  ),
  "the journal of a fleet": { format: "fleet", read: fleetJournal },
  "a fleet's saved preview": {
    format: "fleetPreview",
    read: (data) => readSaved(JSON.stringify(data), "preview.json", { fleet: "korea", waves: [], health: {} }, { operation: "up" }, false),
  },
  "the simulated cloud": { format: "world", read: world },
  "a bundle's manifest": {
    format: "bundle",
    read(data) {
      const path = folder();
      writeFileSync(join(path, "bundle.json"), JSON.stringify(data));
      return BundleFolder.open(path);
    },
  },
  "a manifest of a state's backup": {
    format: "stateBackup",
    read(data) {
      const path = folder();
      writeFileSync(join(path, "manifest.json"), JSON.stringify(data));
      return readStates(path, "seoul");
    },
  },
  "a change of the secrets provider that was broken off": {
    format: "pending",
    read(data) {
      const root = folder();
      mkdirSync(join(root, ".kpaas", "pending"), { recursive: true });
      writeFileSync(join(root, ".kpaas", "pending", "seoul.secrets.json"), JSON.stringify(data));
      return halfChanged({ root, plan, sandbox: false });
    },
  },
  "the cluster in an exported state": { format: "cluster", read: (data) => state("kpaas:kubespray:Cluster", data) },
};

const SPEC = { infrastructure: { provider: "openstack" as const } };

/** Reads with a stack below that has these outputs. */
async function outputs(found: Record<string, unknown>, read: () => Promise<unknown>): Promise<void> {
  await graph(read, { preview: true, invokes: { "pulumi:pulumi:readStackOutputs": () => ({ outputs: found }) } });
}

/** Registers an environment over one that recorded this. */
async function program(recorded: Record<string, unknown>): Promise<void> {
  const urn = "urn:pulumi:test::kpaas::kpaas:index:Environment::seoul";
  const found = { outputs: { [urn]: { type: "kpaas:index:Environment", outputs: recorded } } };
  await graph(() => new Environment("seoul", SPEC), { invokes: { "pulumi:pulumi:readStackResourceOutputs": () => found } });
}

function journal(data: unknown, end: string): FileJournal {
  const path = join(folder(), "journal.jsonl");
  writeFileSync(`${path}${end}`, JSON.stringify(data));
  return new FileJournal(path);
}

function pending(data: unknown, end: string): ReturnType<typeof pendingStack> {
  const root = folder();
  mkdirSync(join(root, ".kpaas", "pending"), { recursive: true });
  writeFileSync(join(root, ".kpaas", "pending", `seoul${end}`), JSON.stringify(data));
  const engine: Engine = { root: "", command: "pulumi", version: "3.259.0", source: "path" };
  const run = async () => ({ stdout: "", stderr: "", code: 0 });
  return pendingStack(
    root,
    { engine, setting: { workDir: root, project: "kpaas", stack: "seoul", env: {} }, command: { run } },
    {},
    () => {},
  );
}

function world(data: unknown): void {
  const path = folder();
  writeFileSync(join(path, "world.json"), JSON.stringify(data));
  writeWorld(path, plan);
}

function state(type: string, found: unknown): unknown {
  return parseState(
    JSON.stringify({ deployment: { resources: [{ urn: `urn:pulumi:seoul.cluster::kpaas::${type}::x`, type, outputs: found }] } }),
  );
}

describe("data that a later version wrote", () => {
  const { log, warn } = console;
  before(() => Object.assign(console, { log: () => undefined, warn: () => undefined }));
  after(() => Object.assign(console, { log, warn }));

  for (const [what, { format, read }] of Object.entries(READERS)) {
    it(`are refused with the version to install: ${what}`, async () => {
      const next = FORMATS[format].since.length + 1;
      for (const [data, remedy] of [
        [{ version: next, kpaas: "9.8.7", surprise: true }, /install kpaas 9\.8\.7 or later: `npm install kpaas@9\.8\.7`/],
        [{ version: next }, /install the kpaas that wrote it/],
        [{ version: next, kpaas: "1.0.0; rm -rf ." }, /kpaas@latest/],
      ] as const) {
        await assert.rejects(
          async () => await read(data),
          (error: Error) => remedy.test(error.message) && error.message.includes(`is of version ${next}, from a later kpaas`),
        );
      }
    });
  }

  it("are told from data of this version", async () => {
    for (const { format, read } of Object.values(READERS)) {
      await (async () => await read({ version: FORMATS[format].since.length }))().catch((error: Error) =>
        assert.doesNotMatch(error.message, /later kpaas/),
      );
    }
  });
});
