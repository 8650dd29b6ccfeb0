import { setTimeout as pause } from "node:timers/promises";
import { at, fields } from "../model/data";
import type { Operation } from "../model/fleet/decide";
import type { ExportedStack } from "../model/fleet/export/cluster";
import { claimResource, type KubernetesObject, REQUEST, requestOf, stackResource } from "../model/fleet/export/operator-stack";
import { stackVerdict } from "../model/fleet/export/stack-status";
import type { Begun, Ended, OperatorRun } from "../model/fleet/records";
import { ApplyRefusedError, type Stacks } from "../operate/stacks";
import type { Ending } from "./runner";
import type { Steps } from "./steps";

/** How often the operator's cluster is asked. */
const EVERY_MS = 5_000;

/** How steps are done by the operator. */
export interface ByOperatorSettings {
  readonly begun: Pick<Begun, "run" | "plan" | "approvals">;
  readonly operator: OperatorRun;
  readonly stacks: Pick<Stacks, "apply" | "read" | "remove">;
  /** Who does all other steps. */
  readonly children: Steps;
  readonly everyMs?: number;
}

/**
 * Has the operator bring clusters up, a Stack for each stack, one after the other. Stacks bear the names of their stacks, and what is asked for has a
 * word that a runner which takes over knows too: however often it is sent, nothing is made or begun twice.
 */
export class ByOperator implements Steps {
  private readonly ending = new Set<string>();
  private readonly under = new Set<string>();

  constructor(private readonly settings: ByOperatorSettings) {}

  async launch(operation: Operation): Promise<Ended> {
    if (operation.step !== "up") return await this.settings.children.launch(operation);
    const { cluster } = operation;
    this.under.add(cluster);
    try {
      for (const stack of this.stacksOf(cluster)) {
        const ended = await this.bring(operation, stack);
        if (ended.outcome !== "done") return ended;
      }
      return { outcome: "done" };
    } finally {
      this.under.delete(cluster);
      this.ending.delete(cluster);
    }
  }

  async look(operation: Operation): Promise<Ended> {
    if (operation.step !== "up") return await this.settings.children.look(operation);
    const [first] = this.stacksOf(operation.cluster);
    const there = first && (await this.patiently(operation.cluster, () => this.settings.stacks.read(first.name)));
    // It was not sent: whoever goes on looks at the cluster's preview once more, and begins it anew.
    if (fields(at(there, "metadata.annotations"))[REQUEST] !== this.requestOf(operation)) return { outcome: "unknown" };
    return await this.launch(operation);
  }

  silence(operation: Operation): number | undefined {
    // The operator's own deadlines end what hangs there.
    return operation.step === "up" ? undefined : this.settings.children.silence(operation);
  }

  end(operation: Operation, how: Ending): void {
    if (operation.step !== "up") this.settings.children.end(operation, how);
    else this.askToEnd(operation.cluster);
  }

  endAll(): void {
    this.settings.children.endAll();
    for (const cluster of this.under) this.askToEnd(cluster);
  }

  private async bring(operation: Operation, stack: ExportedStack): Promise<Ended> {
    const { stacks, everyMs = EVERY_MS } = this.settings;
    const { cluster } = operation;
    try {
      for (const object of this.objectsFor(operation, stack)) await this.patiently(cluster, () => stacks.apply(object));
      for (;;) {
        const asked = this.ending.has(cluster);
        if (asked) await this.patiently(cluster, () => stacks.remove(stack.name));
        const seen = await this.patiently(cluster, () => stacks.read(stack.name));
        if (seen === undefined) return failed(asked ? "it was asked to end" : "its Stack was deleted by somebody else");
        const { kind, ...ended } = { outcome: "failed", ...stackVerdict(seen, this.requestOf(operation)) } as const;
        if (kind === "another") return failed("somebody else has asked its Stack for another update");
        if (kind === "ended" && !asked) return await this.left(cluster, stack, ended);
        await pause(everyMs);
      }
    } catch (error) {
      if (error instanceof ApplyRefusedError) return failed(`its Stack is refused: ${error.message}`);
      throw error;
    }
  }

  /** Where the operator would go on by itself after the run has given it up, it is kept from that. */
  private async left(cluster: string, { name }: ExportedStack, ended: Ended): Promise<Ended> {
    if (ended.transient === true) await this.patiently(cluster, () => this.settings.stacks.remove(name));
    return ended;
  }

  /** An API server that does not answer for a while has lost nothing: it is asked again, unless somebody wants the step to end. */
  private async patiently<T>(cluster: string, ask: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (error instanceof ApplyRefusedError || this.ending.has(cluster)) throw error;
        await pause(this.settings.everyMs ?? EVERY_MS);
      }
    }
  }

  private objectsFor({ cluster, attempt }: Operation, stack: ExportedStack): KubernetesObject[] {
    const { begun, operator } = this.settings;
    const { run, plan, approvals = {} } = begun;
    const { workspaces } = operator;
    const own = { name: cluster };
    const approve = approvals[cluster] ?? [];
    const more = { request: requestOf(run, attempt), ...(approve.length === 0 ? {} : { approve }) };
    return [claimResource(plan.fleet, own, workspaces), stackResource(plan.fleet, own, stack, workspaces, more)];
  }

  private askToEnd(cluster: string): void {
    if (this.under.has(cluster)) this.ending.add(cluster);
  }

  private stacksOf(cluster: string): readonly ExportedStack[] {
    return this.settings.operator.stacks[cluster] ?? [];
  }

  private requestOf({ attempt }: Operation): string {
    return requestOf(this.settings.begun.run, attempt);
  }
}

function failed(reason: string): Ended {
  return { outcome: "failed", reason, transient: false };
}
