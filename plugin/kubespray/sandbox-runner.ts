import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { readIfThere, writeWhole } from "../../host/files";
import { RENEWAL_DAYS } from "../../model/cluster/certificates";
import { applyStep } from "../../model/cluster/simulate/apply";
import { type ClusterState, PlaybookFailure, type SimulatedWorld } from "../../model/cluster/simulate/state";
import { hostsOf } from "../../model/cluster/steps/describe";
import type { ClusterStep } from "../../model/cluster/types";
import { fields } from "../../model/data";
import { type KubesprayFaults, parseFaults } from "../faults-file";
import { UNKNOWN } from "../rpc/provider";
import type { PlaybookEvent, PlaybookRunner, StepContext } from "./runner";
import { SandboxBackups } from "./sandbox-backups";
import { type ClusterFile, datesOf, isForeign, readJson, type SandboxCluster, worldOf } from "./sandbox-cluster";

/** Simulates kubespray: the cluster is a file in the world's folder and changes by kubespray's own rules. */
export class SandboxRunner implements PlaybookRunner {
  constructor(private readonly cluster: SandboxCluster) {}

  /** What is wrong with the world's faults.json. */
  get unusable(): string | undefined {
    try {
      this.faults();
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  async prepare(): Promise<void> {
    mkdirSync(this.cluster.world, { recursive: true });
  }

  async run(step: ClusterStep, context: StepContext, onEvent: (event: PlaybookEvent) => void, signal: AbortSignal): Promise<void> {
    onEvent({ event: "line", text: `simulated on ${step.limit.length || Object.keys(context.inventory.nodes).length} hosts` });
    const faults = this.faults();
    await pause(faults.paceMs ?? 0, undefined, { signal });
    const failing = this.isToFail(step, faults);
    if (failing && faults.loseAnswer !== true)
      throw new PlaybookFailure(`${step.playbook}.yml failed, as the sandbox's faults.json demands`);
    this.reachMachines(step, context);
    const file = this.standing(step, context);
    const after = applyStep(worldOf(file, this.cluster.silentNodes(file)), step, context.inventory);
    if (step.playbook === "renew-certificates") await this.cluster.renewPki(Number(step.extraVars.renew_within_days ?? RENEWAL_DAYS));
    if (after.cluster) this.cluster.write(await this.toFile(after.cluster, after, file, step, context), context.secretVariables);
    else if (file) rmSync(this.cluster.path("cluster.json"));
    this.backUpOrRestore(step, context);
    if (failing) throw new PlaybookFailure(`${step.playbook}.yml: the connection was lost before it told its end`);
  }

  async forget(): Promise<void> {
    this.cluster.forget();
  }

  /** The cluster as a step finds it: none where its keys are put back on machines other than those it was on. */
  private standing({ playbook, extraVars }: ClusterStep, context: StepContext): ClusterFile | undefined {
    const file = this.cluster.read();
    const isGone = file?.controlPlane.every((name) => isForeign(file, name, context));
    return isGone && playbook === "etcd-restore" && extraVars.phase === "keys" ? undefined : file;
  }

  /** The timer of backups is not played: the first one is made, and where somebody asks for one. */
  private backUpOrRestore({ playbook, extraVars }: ClusterStep, { inventory, secretVariables }: StepContext): void {
    const backups = new SandboxBackups(this.cluster);
    const settings = fields(inventory.variables.kpaas_backup);
    const isFirst = inventory.variables.kpaas_backup !== undefined && backups.arePlayed && backups.names().length === 0;
    if (playbook === "etcd-backup" && (extraVars.backup_now === true || isFirst)) backups.make(Number(settings.keep ?? 1));
    if (playbook === "etcd-restore") {
      const { phase } = extraVars;
      backups.restore(String(extraVars.snapshot), phase === "keys" || phase === "end" ? phase : "data", secretVariables);
    }
  }

  private faults(): KubesprayFaults {
    const path = this.cluster.path("faults.json");
    const content = readIfThere(path);
    return content === undefined ? {} : parseFaults(path, content).kubespray;
  }

  private isToFail(step: ClusterStep, faults: KubesprayFaults): boolean {
    if ((faults.failStep !== step.playbook && faults.failStep !== step.id) || faults.times === 0) return false;
    if (faults.times !== undefined) {
      const all = readJson<Readonly<Record<string, unknown>>>(this.cluster.path("faults.json")) ?? {};
      writeWhole(this.cluster.path("faults.json"), JSON.stringify({ ...all, kubespray: { ...faults, times: faults.times - 1 } }));
    }
    return true;
  }

  /** Every host a run works on must be there and answer. */
  private reachMachines(step: ClusterStep, context: StepContext): void {
    const hosts = hostsOf(step);
    for (const name of hosts) {
      const id = context.machines[name]?.machineId;
      if (id === undefined || id === "" || id === UNKNOWN) throw new PlaybookFailure(`${name} is unreachable: it has no machine`);
    }
    const silent = this.cluster.silent(Object.fromEntries(Object.entries(context.machines).filter(([name]) => hosts.includes(name))));
    if (silent.length > 0) throw new PlaybookFailure(`${silent.join(", ")} is unreachable: it does not answer`);
  }

  private async toFile(
    cluster: ClusterState,
    world: SimulatedWorld,
    before: ClusterFile | undefined,
    step: ClusterStep,
    context: StepContext,
  ): Promise<ClusterFile> {
    const pki = await this.cluster.pki();
    const joining = new Set(step.playbook === "scale" ? step.limit : []);
    const machineId = (name: string) =>
      (joining.has(name) ? undefined : before?.nodes[name]?.machineId) ?? context.machines[name]?.machineId ?? "";
    return {
      ...cluster,
      nodes: Object.fromEntries(
        Object.entries(cluster.nodes).map(([name, node]) => [
          name,
          // A node whose host was silent is Ready again when that answers.
          { ...node, ready: before?.nodes[name]?.ready ?? node.ready, machineId: machineId(name) },
        ]),
      ),
      server: `https://${cluster.apiEndpoint.host}:${cluster.apiEndpoint.port}`,
      uid: before?.uid ?? randomUUID(),
      certificates: Object.fromEntries(Object.entries(datesOf(pki)).map(([name, notAfter]) => [name, { notAfter }])),
      facts: world.facts,
    };
  }
}
