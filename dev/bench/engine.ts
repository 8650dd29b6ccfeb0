import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { previewEnvironment } from "../../engine/operations";
import { runOperation } from "../../engine/run-operation";
import type { OperationResult } from "../../engine/types";
import { planOf } from "./fixtures";
import { median, type Row, runProcess } from "./measure";

const demo = { name: "demo", infrastructure: { provider: "openstack" } };

/** The rows that need the engine. */
export async function engineRows(root: string): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "kpaas-bench-"));
  try {
    return [await previewRow(folder), await startRow(root, folder)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Previews the environment and, in turn, a bare Pulumi program of equally many resources on the same providers. */
async function previewRow(folder: string): Promise<Row> {
  const plan = planOf(demo);
  const target = { plan, root: folder, sandbox: true, approvals: [] };
  const ratios: number[] = [];
  const own: number[] = [];
  const bare: number[] = [];
  let count = 0;
  for (let run = 0; run < 4; run += 1) {
    const preview = await previewEnvironment(target);
    count = created(preview);
    const { SecGroup } = await import("@pulumi/openstack/networking/secGroup.js");
    const { ConfigMap } = await import("@pulumi/kubernetes/core/v1/configMap.js");
    const { RandomId } = await import("@pulumi/random/randomId.js");
    const { PrivateKey } = await import("@pulumi/tls/privateKey.js");
    const other = await runOperation(
      "preview",
      { ...target, plan: { ...plan, environment: "bare" } },
      async () => {
        const makers = [
          (name: string) => new SecGroup(name, { description: name }),
          (name: string) => new ConfigMap(name, { data: { name } }),
          (name: string) => new RandomId(name, { byteLength: 8 }),
          (name: string) => new PrivateKey(name, { algorithm: "ED25519" }),
        ];
        // The four default providers and the stack count as resources too.
        for (let index = 0; index < count - makers.length; index += 1) makers[index % makers.length]?.(`bare-${index}`);
      },
      {},
    );
    if (run === 0) continue;
    own.push(preview.seconds);
    bare.push(other.seconds);
    ratios.push(preview.seconds / other.seconds);
  }
  const ratio = median(ratios);
  return {
    what: `preview of a whole environment, against a bare program of ${count} resources (median of 3 pairs)`,
    budget: "≤ 1.3 ×",
    measured: `${ratio.toFixed(2)} × (${median(own).toFixed(1)} s : ${median(bare).toFixed(1)} s)`,
    held: ratio <= 1.3,
  };
}

function created(result: OperationResult): number {
  return result.changes.create;
}

/** What `npm start` runs, from nothing but an installed tree and an engine. */
async function startRow(root: string, folder: string): Promise<Row> {
  const project = join(folder, "start");
  mkdirSync(join(project, "environments"), { recursive: true });
  writeFileSync(join(project, "environments", "demo.yaml"), stringify(demo));
  const run = await runProcess(process.execPath, [join(root, "dist/cli/main.js"), "up", "demo", "--sandbox", "--yes"], { cwd: project });
  return {
    what: "npm start, warm",
    budget: "≤ 30 s",
    measured: `${(run.milliseconds / 1000).toFixed(1)} s`,
    held: run.milliseconds <= 30_000,
  };
}
