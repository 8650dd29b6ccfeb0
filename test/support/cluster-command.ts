import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "../../cli/context";
import { modules } from "../../cli/modules";
import { run } from "../../cli/program";
import type { RecordedEnvironment } from "../../engine/read";
import { sandboxEnvironment, sandboxFolders } from "../../engine/sandbox";
import { loadEnvironment, writeLock } from "../../files/load";
import { writeWhole } from "../../host/files";
import { compileSteps } from "../../model/cluster/steps/compile";
import type { ClusterSpec } from "../../model/cluster/types";
import { appliedState } from "../../model/guard/applied";
import { plannedHost } from "../../model/plan/hosts";
import type { EnvironmentPlan } from "../../model/plan/types";
import { execute } from "../../plugin/kubespray/execute";
import { type NodeMachine, parseRecorded } from "../../plugin/kubespray/inputs";
import { type Kubespray, sandboxKubespray } from "../../plugin/kubespray/kubespray";

/** What a command line did in a project. */
export interface RanInProject {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A project of one environment, the files real and what the engine recorded played. */
export class PlayedProject {
  readonly file: string;
  readonly lockFile: string;
  /** What the engine says that it recorded; undefined: it is asked. */
  recorded: RecordedEnvironment | undefined = {};
  /** What plays kubespray; undefined: the sandbox's. */
  kubespray: Kubespray | undefined;

  constructor(
    readonly root: string,
    text: string,
  ) {
    const environments = join(root, "environments");
    mkdirSync(environments, { recursive: true });
    this.file = join(environments, "seoul.yaml");
    this.lockFile = join(environments, "seoul.lock.yaml");
    writeFileSync(this.file, text);
    writeLock(this.load());
  }

  get plan(): EnvironmentPlan {
    const { planned, problems } = this.load();
    assert.ok(planned, JSON.stringify(problems));
    return planned.plan;
  }

  /** The folder of its sandbox's world. */
  get world(): string {
    return sandboxFolders(this.root, "seoul").world;
  }

  /** Makes its cluster in the sandbox, without an engine. */
  async bringUpInSandbox(): Promise<void> {
    this.bringUp();
    const { spec, machines } = parseRecorded(this.recorded?.cluster?.outputs ?? {}) ?? assert.fail("nothing is recorded");
    await this.make(spec, machines);
  }

  /** Makes the cluster of its file as somebody else would: control planes in another order, members of etcd named by it. */
  async makeByHand(order: readonly string[]): Promise<void> {
    const { cluster, machines } = this.plan;
    const nodes = Object.entries(cluster.nodes).map(([name, node]) => {
      const place = order.indexOf(name);
      return [name, place < 0 ? node : { ...node, etcdMember: `etcd${place + 1}` }];
    });
    const spec = { ...cluster, nodes: Object.fromEntries(nodes), controlPlane: order, etcd: order };
    await this.make(spec, Object.fromEntries(machines.map((machine) => [machine.name, plannedHost(machine)])));
  }

  private async make(spec: ClusterSpec, machines: Readonly<Record<string, NodeMachine>>): Promise<void> {
    const ssh = { user: "ubuntu", privateKey: "key" };
    const { steps } = compileSteps(undefined, spec);
    const change = { wanted: spec, steps, machines, ssh, secretVariables: [], secretValues: [], lostNodes: [] };
    const progress = { status: () => {}, warn: () => {}, shown: async () => {} };
    writeWhole(sandboxFolders(this.root, "seoul").passphrase, "passphrase of the sandbox");
    const { failure } = await execute(this.played(), change, progress, new AbortController().signal);
    assert.equal(failure, undefined);
  }

  /** The simulated cluster as the engine's provider has it: secrets are sealed with the sandbox's passphrase. */
  played(): Kubespray {
    return sandboxKubespray(this.world, undefined, sandboxEnvironment(sandboxFolders(this.root, "seoul")));
  }

  /** Plays that the environment was brought up as its file says it now. */
  bringUp(): void {
    const { plan } = this;
    const nodes = Object.entries(plan.cluster.nodes).map(([name, node]) => [
      name,
      { ...node, machineId: `id-${name}`, dialAddress: node.address },
    ]);
    const inputs = { ...plan.cluster, nodes: Object.fromEntries(nodes), ssh: { user: "ubuntu", privateKey: "key" } };
    this.recorded = { cluster: { inputs, outputs: inputs }, applied: JSON.parse(JSON.stringify(appliedState(plan))) };
  }

  write(text: string): void {
    writeFileSync(this.file, text);
  }

  text(): string {
    return readFileSync(this.file, "utf8");
  }

  /** Runs one command line; `answers` are those of somebody at a terminal. */
  async command(line: string, answers?: readonly string[]): Promise<RanInProject> {
    const written = { stdout: "", stderr: "" };
    const left = [...(answers ?? [])];
    const context: Context = {
      cwd: this.root,
      env: { PATH: process.env.PATH },
      stdout: { write: (text) => (written.stdout += text) },
      stderr: { write: (text) => (written.stderr += text) },
      ...(answers ? { ask: async () => left.shift() ?? "" } : {}),
      modules: {
        ...modules,
        kubespray: async () => {
          const { kubespray } = this;
          return kubespray === undefined ? await modules.kubespray() : { kubesprayFor: () => kubespray };
        },
        engine: async () => ({
          ...(await modules.engine()),
          ...(this.recorded === undefined ? {} : { readRecorded: async () => this.recorded ?? {} }),
        }),
      },
    };
    const code = await run(line.split(" "), context);
    return { code, ...written };
  }

  private load() {
    return loadEnvironment("seoul", this.root);
  }
}
