import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { stringify } from "yaml";
import { isUnfinished, removeFolder } from "../../host/files";
import { decodeJournal, type FleetRecord } from "../../model/fleet/records";
import { BARE } from "./layers";
import { askedIn, filesIn, idsInStates } from "./project";
import { type Ended, type StartedCommand, startCommand } from "./started-command";

const MAIN = join(__dirname, "..", "..", "cli", "main.js");
const STATES = ".kpaas/sandbox/backend/.pulumi";

/** A folder with a fleet of small environments, worked on in the sandbox by the compiled command. */
export class FleetProject {
  readonly root: string;

  constructor(
    readonly names: readonly string[],
    waves: readonly object[] = [{ name: "all", select: ["*"] }],
    disk = tmpdir(),
  ) {
    this.root = mkdtempSync(join(disk, "kpaas-fleet-"));
    mkdirSync(join(this.root, "environments"));
    for (const name of names) this.write(name);
    writeFileSync(join(this.root, "environments", "fleet.yaml"), stringify({ name: "f", environments: ["*"], waves }));
  }

  write(name: string, workers = 2): void {
    const file = { name, infrastructure: { provider: "openstack" }, platform: BARE, cluster: { pools: { worker: { nodes: workers } } } };
    writeFileSync(join(this.root, "environments", `${name}.yaml`), stringify(file));
  }

  remove(): void {
    removeFolder(this.root);
  }

  /** @param before what the command is run by, such as `unshare` */
  start(words: readonly string[], before: readonly string[] = []): StartedCommand {
    const [command = "", ...args] = [...before, process.execPath, MAIN, "fleet", ...words, "--sandbox"];
    return startCommand(command, args, { cwd: this.root });
  }

  async run(...words: readonly string[]): Promise<Ended> {
    return await this.start(words).ended;
  }

  get folder(): string {
    return join(this.root, ".kpaas/fleet/sandbox-f");
  }

  records(): readonly FleetRecord[] {
    const path = join(this.folder, "journal");
    return existsSync(path) ? decodeJournal(readFileSync(path, "utf8")).records : [];
  }

  /** How often each cluster was brought up in the run that is written down. */
  ups(): Record<string, number> {
    const ups = this.records().flatMap((each) =>
      each.event === "ended" && each.step === "up" && each.outcome === "done" ? [each.cluster] : [],
    );
    return Object.fromEntries(this.names.map((name) => [name, ups.filter((each) => each === name).length]));
  }

  /** Whether the run that is written down has come to its end. */
  isDone(): boolean {
    const last = this.records().findLast(({ event }) => event === "finished" || event === "opened");
    return last?.event === "finished" && last.outcome === "done";
  }

  /** Removes from a cloud what no state knows of a kind, as a person would at its console. */
  removeStrays(name: string, kind: string): void {
    const known = this.idsInState(name);
    for (const each of this.asked(name)) if (each.kind === kind && !known.includes(String(each.id))) rmSync(each.file);
  }

  /** Nothing is in a cloud that its state does not know, nothing in a state that is not there, and nobody holds a stack. */
  assertWhole(): void {
    for (const name of this.names) {
      const inCloud = [...new Set(this.asked(name).map(({ id }) => String(id)))].sort();
      assert.deepEqual(inCloud, this.idsInState(name), `${name}: what is in its cloud is in its state`);
    }
    assert.deepEqual(
      filesIn(join(this.root, STATES, "locks")).filter((file) => file.endsWith(".json")),
      [],
    );
  }

  /** That one more `up` changes nothing. */
  async assertSettled(): Promise<void> {
    const { code, output } = await this.run("up", "--yes");
    assert.equal(code, 0, output);
    for (const name of this.names) {
      const attempt = this.records().findLast((each) => each.event === "ended" && each.cluster === name && each.step === "up");
      assert.ok(attempt?.event === "ended");
      const { changes } = JSON.parse(readFileSync(join(this.folder, "results", `${name}.${attempt.attempt}.up.json`), "utf8"));
      const { create, update, replace, delete: gone } = changes;
      assert.deepEqual([create, update, replace, gone], [0, 0, 0, 0], name);
    }
  }

  private asked(name: string) {
    const files = filesIn(join(this.root, ".kpaas/sandbox/world", name, "openstack")).filter((file) => !isUnfinished(basename(file)));
    return askedIn("openstack", files);
  }

  private idsInState(name: string): string[] {
    return idsInStates(
      "openstack",
      [join(this.root, STATES, "stacks/kpaas", `${name}.json`)].filter((file) => existsSync(file)),
    );
  }
}
