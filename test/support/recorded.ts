import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { previewEnvironment } from "../../engine/operations";
import { runOperation } from "../../engine/run-operation";
import type { OperationResult } from "../../engine/types";
import { loadEnvironment } from "../../files/load";
import { removeFolder } from "../../host/files";
import { Environment } from "../../stacks/environment";
import { type EnvironmentSpec, planSpec } from "../../stacks/spec";

const RECORDED = join(__dirname, "..", "..", "..", "test", "upgrade");

/** What `dev/record-states.ts` recorded, as `VERSION/NAME`. */
export function recordedStates(): string[] {
  return readdirSync(RECORDED, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".json.gz"))
    .map((path) => path.replace(/\.json\.gz$/, ""))
    .sort();
}

/** A recorded project as its version left it, laid out in a folder of its own. */
export class RecordedProject {
  readonly root = mkdtempSync(join(tmpdir(), "kpaas-upgrade-"));
  private readonly name: string;
  private readonly fields: EnvironmentSpec | undefined;

  constructor(recorded: string) {
    this.name = basename(recorded);
    const files: Record<string, string> = JSON.parse(gunzipSync(readFileSync(join(RECORDED, `${recorded}.json.gz`))).toString());
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(this.root, path)), { recursive: true });
      writeFileSync(join(this.root, path), content);
    }
    const fields = files["program.json"];
    this.fields = fields === undefined ? undefined : JSON.parse(fields);
  }

  /** What this version would change of it. */
  async preview(): Promise<OperationResult> {
    const common = { root: this.root, sandbox: true, approvals: [] };
    if (this.fields !== undefined) {
      const args = { ...this.fields, lock: join(this.root, `${this.name}.lock.yaml`) };
      const program = async () => ({ urls: new Environment(this.name, args).platform.urls });
      return await runOperation("preview", { ...common, plan: planSpec(this.name, args).plan }, program, {});
    }
    const { planned, problems } = loadEnvironment(this.name, this.root);
    if (planned?.lockState !== "current")
      throw new Error(`the lock is ${planned?.lockState}: ${JSON.stringify([problems, planned?.lockChanges])}`);
    return await previewEnvironment({ ...common, plan: planned.plan });
  }

  remove(): void {
    removeFolder(this.root);
  }
}
