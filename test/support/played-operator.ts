import { setTimeout as pause } from "node:timers/promises";
import { at, fields, list } from "../../model/data";
import type { HttpClient } from "../../sandbox/kubernetes/real/client";

const REQUEST = "pulumi.com/reconciliation-request";
const ROOT = "/apis/pulumi.com/v1";

/**
 * A test double of the Pulumi Kubernetes Operator: it speaks its part at a real API server, as the source of 2.9.0 has it (generation, requests,
 * prerequisites, conditions), and brings nothing up. What it writes says so.
 */
export class PlayedOperator {
  /** By Stack, how many updates were begun. */
  readonly updates = new Map<string, number>();
  /** Stacks whose updates do not end yet. */
  readonly held = new Set<string>();
  private readonly stopping = new AbortController();
  private readonly playing: Promise<void>;

  constructor(private readonly http: HttpClient) {
    console.log("      the operator is a test double: nothing is brought up");
    this.playing = this.play();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.playing;
  }

  /** All Stacks there are. */
  async stacks(): Promise<Record<string, unknown>[]> {
    return list((await this.http.request("GET", `${ROOT}/stacks`)).items).map(fields) as Record<string, unknown>[];
  }

  private async play(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const stacks = await this.stacks();
      for (const stack of stacks) await this.reconcile(stack, stacks);
      await pause(100);
    }
  }

  private async reconcile(stack: Record<string, unknown>, all: readonly Record<string, unknown>[]): Promise<void> {
    const { name, generation, request } = identity(stack);
    const seen = { observedGeneration: generation, observedReconcileRequest: request };
    if (isSynced(stack)) return;
    const waits = list(at(stack, "spec.prerequisites")).filter((each) => {
      const other = all.find((one) => identity(one).name === at(each, "name"));
      return other === undefined || !isSynced(other);
    });
    if (waits.length > 0) return await this.tell(stack, { ...seen, ...reconciling("PrerequisiteNotSatisfied") });
    if (at(stack, "status.currentUpdate") === undefined || at(stack, "status.currentUpdate") === null) {
      this.updates.set(name, (this.updates.get(name) ?? 0) + 1);
      const currentUpdate = { generation, reconcileRequest: request, name: `${name}-update` };
      return await this.tell(stack, { ...seen, currentUpdate, ...reconciling("StackProcessing") });
    }
    if (this.held.has(name)) return;
    const message = "played by a test double: nothing was brought up";
    const lastUpdate = { generation, reconcileRequest: request, state: "succeeded", type: "up", message };
    await this.tell(stack, { ...seen, currentUpdate: null, lastUpdate, conditions: [condition("Ready", "ProcessingCompleted")] });
  }

  private async tell(stack: Record<string, unknown>, status: object): Promise<void> {
    const { name, namespace } = identity(stack);
    const path = `${ROOT}/namespaces/${namespace}/stacks/${name}/status`;
    await this.http.request("PATCH", path, { status }, "application/merge-patch+json");
  }
}

function identity(stack: Record<string, unknown>) {
  const { name, namespace, generation, annotations } = fields(stack.metadata);
  return { name: String(name), namespace: String(namespace), generation, request: String(fields(annotations)[REQUEST] ?? "") };
}

function isSynced(stack: Record<string, unknown>): boolean {
  const { generation, request } = identity(stack);
  const { generation: last, reconcileRequest = "", state } = fields(at(stack, "status.lastUpdate"));
  return last === generation && reconcileRequest === request && state === "succeeded";
}

function reconciling(reason: string): object {
  return { conditions: [condition("Reconciling", reason)] };
}

function condition(type: string, reason: string): object {
  return { type, status: "True", reason, message: "played by a test double", lastTransitionTime: new Date().toISOString() };
}
