import { setTimeout as pause } from "node:timers/promises";
import { contentDigest } from "../../model/canonical";
import { type HostFinding, hostFindingTexts } from "../../model/cluster/host-checks";
import { describeStep, hostsOf } from "../../model/cluster/steps/describe";
import { quorumRisk, stoppedMembers } from "../../model/cluster/steps/quorum";
import { repeated } from "../../model/cluster/steps/repeat";
import type { ClusterSpec, ClusterStep } from "../../model/cluster/types";
import { wasThereBefore } from "../../model/plan/hosts";
import { type ClusterView, type Missing, NOT_READY } from "./cluster-view";
import { type Fence, FenceLost, type Journal, type JournalEntry } from "./journal";
import type { Kubespray } from "./kubespray";
import type { PlaybookEvent, RunAccess, StepContext } from "./runner";

/** A change to carry out. */
export interface Change extends RunAccess {
  readonly recorded?: ClusterSpec;
  readonly wanted: ClusterSpec;
  readonly steps: readonly ClusterStep[];
  /** Nodes that are gone for good. */
  readonly lostNodes: readonly string[];
  /** Whether the cluster is gone afterwards, and all that was kept of it. @default false */
  readonly deletes?: boolean;
  /** Whether it is done beside the changes of the cluster: what a broken one of those has left is still to be gone on with. @default false */
  readonly aside?: boolean;
}

/** How a run ended: with all steps, or with `failure` after `done`. */
export interface Outcome {
  readonly done: readonly ClusterStep[];
  readonly failure?: { readonly step?: ClusterStep; readonly reason: string };
}

/** What the run tells while it goes on. */
export interface Progress {
  status(message: string): void;
  /** Says something that stays to be read. */
  warn(message: string): void;
  /** Resolves when every line has been handed over. */
  shown(): Promise<void>;
}

/**
 * Runs the steps in order, each written to the journal before and after, and none without the fence. A step that an earlier, broken run had
 * begun is probed first and left out where its effect is there. Rejects only when nothing was begun (the fence is held by somebody else).
 */
export async function execute(kubespray: Kubespray, change: Change, progress: Progress, signal: AbortSignal): Promise<Outcome> {
  await kubespray.runner.prepare(change.wanted, change, show(progress, "making ready"), signal);
  if (!change.deletes) await requireFit(kubespray.view, change, progress, signal);
  const journal = kubespray.journal(change);
  const fence = await journal.acquire();
  let left: readonly string[] = [];
  try {
    const open = await journal.begun();
    const begun: typeof open = change.aside ? new Map() : open;
    const write = (entry: Draft) => journal.append({ ...entry, run: fence.run, at: new Date().toISOString() });
    const steps = change.steps.map((step) => prepared(step, change));
    const fingerprints = steps.map(({ entry }) => entry.fingerprint);
    const described = change.steps.map(describeStep);
    await write({ event: "run-started", owner: fence.owner, steps: described, fingerprints, ...(change.aside ? { aside: true } : {}) });
    const outcome = await runSteps(kubespray, steps, begun, fence, write, progress, signal);
    const unwritten = await failureOf(write({ event: "run-finished", outcome: outcome.failure ? "failed" : "done" }));
    await progress.shown();
    left = hostsLeft(change, outcome);
    return outcome.failure || unwritten === undefined ? outcome : { ...outcome, failure: { reason: unwritten } };
  } finally {
    // What was reached is told in any case: else nobody would record it.
    const kept = await failureOf(fence.release(left));
    if (kept !== undefined) progress.warn(`the fence of this run could not be given back, and ends by itself: ${kept}`);
  }
}

/** The hosts that the cluster has left with this run: nothing that it keeps there is of use any more. */
function hostsLeft({ recorded, wanted, machines, lostNodes, deletes }: Change, { done, failure }: Outcome): readonly string[] {
  if (deletes) return failure ? [] : Object.keys(machines);
  const has = (spec: ClusterSpec | undefined, name: string) => spec?.nodes[name] !== undefined || spec?.hosts?.[name] !== undefined;
  const reached = done.at(-1)?.reaches ?? recorded;
  const stays = (name: string) => has(wanted, name) || has(reached, name);
  // A host that goes on under another name keeps its mark.
  const kept = new Set(Object.keys(machines).flatMap((name) => (stays(name) ? [machines[name]?.dialAddress] : [])));
  // One that only waits to join a cluster may be half in it.
  const leaves = (name: string) => has(recorded, name) && !stays(name) && !lostNodes.includes(name);
  return Object.keys(machines).filter((name) => leaves(name) && !kept.has(machines[name]?.dialAddress));
}

/**
 * Looks at all hosts of the change before anything is begun.
 * @throws Error with all that keeps them from it, in one list
 */
async function requireFit(view: ClusterView, change: Change, progress: Progress, signal: AbortSignal): Promise<void> {
  const { recorded, wanted, steps, machines, lostNodes } = change;
  const needed = steps.flatMap(hostsOf);
  const removed = new Set(steps.flatMap(({ playbook, nodes, broken = [] }) => (playbook === "remove-node" ? nodes : broken)));
  const nodes = [...new Set(needed)].filter((name) => machines[name] && !lostNodes.includes(name));
  const joining = nodes.filter((name) => wanted.nodes[name] && (!recorded?.nodes[name] || removed.has(name)));
  const booting = joining.filter((name) => !wasThereBefore(machines[name]?.machineId ?? ""));
  progress.status(`looking at ${nodes.length} hosts`);
  const restores = steps.some(({ playbook }) => playbook === "etcd-restore");
  const findings = await view.check({ spec: wanted, nodes, joining, booting, restores }, change, signal);
  const told = (severity: HostFinding["severity"]) => hostFindingTexts(findings.filter((each) => each.severity === severity));
  const [errors, warnings] = [told("error"), told("warning")];
  if (warnings.length > 0) progress.warn(`the hosts will do, with reservations (${warnings.length}):\n${warnings.join("\n")}`);
  if (errors.length > 0) throw new Error(`nothing was begun, because the hosts are not ready (${errors.length}):\n${errors.join("\n")}`);
}

/** Shows a person what a run tells, each line with its place in the change. */
function show(progress: Progress, place: string): (event: PlaybookEvent) => void {
  return (event) => {
    if (event.event === "line") progress.status(`${place}: ${event.text}`);
  };
}

/** Why something could not be done; undefined when it was. */
async function failureOf(work: Promise<void>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Each kind of entry without what every entry has. */
type WithoutStamp<T> = T extends unknown ? Omit<T, "run" | "at"> : never;
type Draft = WithoutStamp<JournalEntry>;

/** A step with what its run needs, and as the journal names it. */
interface PreparedStep {
  readonly step: ClusterStep;
  readonly context: StepContext;
  readonly entry: { readonly step: string; readonly fingerprint: string };
}

function prepared(step: ClusterStep, change: Change): PreparedStep {
  const { recorded: _recorded, wanted: _wanted, steps: _steps, lostNodes: _lost, deletes: _deletes, aside: _aside, ...access } = change;
  const context = { ...access, inventory: step.inventory };
  return { step, context, entry: { step: step.id, fingerprint: stepDigest(step, context) } };
}

async function runSteps(
  kubespray: Kubespray,
  steps: readonly PreparedStep[],
  begun: Awaited<ReturnType<Journal["begun"]>>,
  fence: Fence,
  write: (entry: Draft) => Promise<void>,
  progress: Progress,
  asked: AbortSignal,
): Promise<Outcome> {
  const { runner, view } = kubespray;
  const signal = AbortSignal.any([asked, fence.lost]);
  const done: ClusterStep[] = [];
  let current: ClusterStep | undefined;
  try {
    for (const [index, { step, context, entry }] of steps.entries()) {
      current = step;
      await fence.renew(context.inventory);
      const place = `[${index + 1}/${steps.length}] ${describeStep(step)}`;
      if (await wasDone(view, step, context, begun.get(entry.fingerprint))) {
        progress.status(`${place}: done by an earlier run`);
        done.push(step);
        current = undefined;
        await write({ event: "step-skipped", ...entry });
      } else {
        signal.throwIfAborted();
        progress.status(place);
        await requireQuorum(view, step, context);
        const before = await missingBefore(view, step, context);
        await write({ event: "step-started", ...entry });
        try {
          for (const each of begun.size > 0 ? repeated(step) : [step])
            await runner.run(each, context, show(progress, `[${index + 1}/${steps.length}] ${each.playbook}.yml`), signal);
          await waitForEffect(kubespray, step, context, before, progress, signal);
        } catch (error) {
          // Why the step failed matters more than that it could not be written.
          await failureOf(write({ event: "step-failed", ...entry }));
          throw error;
        }
        done.push(step);
        current = undefined;
        await write({ event: "step-finished", ...entry });
      }
    }
    return { done };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const reason = !signal.aborted ? said : isAbort(error, signal) ? abortReason(signal) : `${abortReason(signal)}; before that ${said}`;
    return { done, failure: { reason, ...(current ? { step: current } : {}) } };
  }
}

/** Members of etcd are not stopped where the others could not go on. */
async function requireQuorum(view: ClusterView, step: ClusterStep, context: StepContext): Promise<void> {
  if (stoppedMembers(step).length === 0) return;
  const risk = quorumRisk(step, await view.members(step.inventory, context));
  if (risk === undefined) return;
  throw new Error(`it was not begun: ${risk}. Look at them (\`kpaas cluster health\`, journalctl -u etcd), and bring them back first`);
}

/** What was missing before: a node that was not Ready then may be so for reasons of its own. */
async function missingBefore(view: ClusterView, step: ClusterStep, context: StepContext): Promise<readonly Missing[]> {
  // Nothing answers before there is a cluster: then all of it has to be there afterwards.
  return await view.missing(step, context).catch(() => []);
}

/** What a run has made takes its time to work: images are still fetched, and a kubelet finds its way back. */
const EFFECT = { within: 10 * 60_000, every: 5_000 };

/** Waits until a step that has ended has had its effect. @throws Error with what of it is still missing */
async function waitForEffect(
  { view, effect = EFFECT }: Kubespray,
  step: ClusterStep,
  context: StepContext,
  before: readonly Missing[],
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const wasIll = new Set(before.filter(({ what }) => what === NOT_READY).map(({ node }) => node));
  const end = Date.now() + effect.within;
  for (;;) {
    const missing = await view.missing(step, context).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
    const ill = typeof missing === "string" ? [] : missing.filter(({ node, what }) => what === NOT_READY && wasIll.has(node));
    if (typeof missing !== "string" && ill.length === missing.length) {
      if (ill.length > 0) progress.warn(`not Ready before and after ${step.playbook}.yml: ${ill.map(({ node }) => node).join(", ")}`);
      return;
    }
    const told = typeof missing === "string" ? missing : missing.map(({ node, what }) => `${node} ${what}`).join("; ");
    if (Date.now() > end)
      throw new Error(
        `${step.playbook}.yml has ended, and after ${Math.round(effect.within / 1_000)} s it has not had its effect: ${told}`,
      );
    progress.status(`waiting after ${step.playbook}.yml: ${told}`);
    await pause(effect.every, undefined, { signal });
  }
}

async function wasDone(
  view: ClusterView,
  step: ClusterStep,
  context: StepContext,
  progress: "started" | "finished" | undefined,
): Promise<boolean> {
  if (progress === undefined) return false;
  // A node removed once must not be removed again: one of its name may have joined since, on a machine built anew.
  if (step.playbook === "remove-node" && progress === "finished") return true;
  return await view.isDone(step, context, progress);
}

/** Whether an error says no more than that a run was to end. */
function isAbort(error: unknown, signal: AbortSignal): boolean {
  return error === signal.reason || (error instanceof Error && error.name === "AbortError");
}

function abortReason(signal: AbortSignal): string {
  if (signal.reason instanceof FenceLost) return signal.reason.message;
  const timedOut = signal.reason instanceof Error && signal.reason.name === "TimeoutError";
  return timedOut ? "the operation took longer than its timeout" : "the operation was cancelled";
}

/** The same for the same step on the same inventory and machines, whatever its place in the plan. A digest: values may be secret. */
function stepDigest(step: ClusterStep, context: StepContext): string {
  const { playbook, kubespray, limit, tags, extraVars, nodes } = step;
  const machines = Object.entries(context.machines).map(([name, machine]) => [name, machine.machineId]);
  const content = {
    playbook,
    kubespray,
    limit,
    tags,
    extraVars,
    nodes,
    inventory: context.inventory,
    machines: Object.fromEntries(machines),
  };
  return contentDigest(content);
}
