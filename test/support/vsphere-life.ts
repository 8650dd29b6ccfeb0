import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { destroyEnvironment, upEnvironment } from "../../engine/operations";
import type { OperationResult } from "../../engine/types";
import type { Lock } from "../../model/lock";
import type { Profile } from "../../model/plan/types";
import { plannedFile } from "./environment";
import { BARE } from "./layers";
import { type FileContent, merge } from "./plan";

/** One environment on the simulated vCenter, behind the real engine; without services. */
export class VSphereLife {
  private readonly root = mkdtempSync(join(tmpdir(), "kpaas-vsphere-"));
  private lock: Lock | undefined;

  constructor(private readonly profile: Profile) {}

  end(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  /** @param over laid over the file */
  async up(over: FileContent = {}): Promise<OperationResult> {
    return await upEnvironment(this.target(over));
  }

  /** What the same file has an `up` do. */
  async again(over: FileContent = {}): Promise<string> {
    const { changes, steps } = await this.up(over);
    const { same: _same, ...done } = changes;
    return Object.values(done).every((count) => count === 0) && steps.length === 0 ? "nothing to do" : JSON.stringify({ done, steps });
  }

  /** Destroys it; gives what the simulated vCenter still has. */
  async destroy(over: FileContent = {}): Promise<string[]> {
    await destroyEnvironment(this.target(merge({ protect: "none" }, over)));
    const folder = join(this.world, "vsphere");
    return existsSync(folder) ? readdirSync(folder, { recursive: true }).map(String) : [];
  }

  /** The objects of a kind. */
  there(kind: string): Readonly<Record<string, unknown>>[] {
    const folder = join(this.world, "vsphere", kind);
    return existsSync(folder) ? readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), "utf8"))) : [];
  }

  /** Writes into world.json what is otherwise than the environment has it. */
  change(world: FileContent): void {
    const path = join(this.world, "world.json");
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...world }));
  }

  /** The address that a machine has, or will have. */
  addressOf(key: string, over: FileContent): string {
    return this.target(over).plan.machines.find((machine) => machine.key === key)?.address ?? "";
  }

  /** Puts a machine of somebody else's there that has an address; gives what takes it away. */
  stranger(defaultIpAddress: string): () => void {
    const path = join(this.world, "vsphere", "instance", "stranger.json");
    writeFileSync(path, JSON.stringify({ id: "stranger", name: "stranger", folder: "elsewhere", defaultIpAddress }));
    return () => rmSync(path);
  }

  private get world(): string {
    return join(this.root, ".kpaas", "sandbox", "world", "life");
  }

  private target(over: FileContent) {
    const file = merge(
      {
        name: "life",
        profile: this.profile,
        infrastructure: { provider: "vsphere", network: { cidr: "10.20.0.0/24", dns: ["10.20.0.1"] } },
        platform: { services: BARE.services },
      },
      over,
    );
    const planned = plannedFile(file, this.lock);
    this.lock = planned.lock;
    return { plan: planned.plan, root: this.root, sandbox: true, approvals: [] };
  }
}
