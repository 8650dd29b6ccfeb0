import { checkCluster } from "../../model/cluster/checks";
import { illPodTexts } from "../../model/cluster/health";
import { compileDeletion, LEFT_BEHIND, touched } from "../../model/cluster/steps/deletion";
import { describeStep } from "../../model/cluster/steps/describe";
import type { ClusterSpec } from "../../model/cluster/types";
import { type Clock, systemClock } from "../clock";
import type { ResourceProvider } from "../package";
import {
  type Call,
  type CheckCall,
  type CheckFailure,
  type CreateCall,
  type DeleteCall,
  type DiffCall,
  type DiffKind,
  type DiffResult,
  PartialFailure,
  type Properties,
  type ReadCall,
  type ReadResult,
  secret,
  UNKNOWN,
  type UpdateCall,
  withTimeout,
} from "../rpc/provider";
import { expiringOf } from "./certificates";
import { keepsKubeconfig, keptOutputs, type Planned, planChange, preview, renews, requireAnswers, unknownOutputs } from "./change";
import { type HostAccess, type LiveCluster, silentTexts } from "./cluster-view";
import { changedPaths } from "./diff";
import { execute, type Progress } from "./execute";
import { importedInputs } from "./import-file";
import { accessOf, type ClusterInputs, parseInputs, parseRecorded } from "./inputs";
import type { Kubespray } from "./kubespray";
import { endpointOf, nodeTableOf, oldestVersion, reachedInputs, reachedSettings, recordedInputs, stepOutput, versionsOf } from "./outputs";
import { hasUnknown, reveal } from "./values";

/** `kpaas:kubespray:Cluster`: a kubespray cluster as a resource that is changed in place and never replaced. */
export class KubesprayProvider implements ResourceProvider {
  constructor(
    private readonly kubespray: Kubespray,
    private readonly now: Clock = systemClock,
  ) {}

  async check(call: CheckCall): Promise<{ inputs: Properties; failures: readonly CheckFailure[] }> {
    const { unusable } = this.kubespray;
    if (unusable !== undefined) return { inputs: call.news, failures: [{ property: "", reason: unusable }] };
    const parsed = parseInputs(call.news);
    if (parsed.kind !== "inputs") return { inputs: call.news, failures: parsed.kind === "wrong" ? parsed.failures : [] };
    const { spec, networkCidr } = parsed.inputs;
    const failures = [];
    const lacking = this.kubespray.lacks?.(parsed.inputs);
    if (lacking !== undefined) failures.push({ property: "", reason: lacking });
    for (const finding of checkCluster(spec, networkCidr)) {
      // What is not known yet is checked when it is; values of variables may be secret and are not repeated.
      if (hasUnknown(finding.value) || String(finding.value).includes(UNKNOWN)) continue;
      const shown = finding.value === undefined || finding.path.startsWith("variables.") ? "" : ` (is ${JSON.stringify(finding.value)})`;
      const reason = `${finding.reason}${shown}. ${finding.remedy}`;
      if (finding.severity === "warning") await call.log("warning", `${finding.path}: ${reason}`);
      else failures.push({ property: finding.path, reason });
    }
    return { inputs: call.news, failures };
  }

  async diff(call: DiffCall): Promise<DiffResult> {
    const planned = await this.plan(call.olds, call.news);
    if (!planned) return { changes: { nodes: "update" } };
    const { recorded, wanted } = planned;
    const changes: Record<string, DiffKind> = {
      ...(recorded ? changedPaths(recorded, wanted, knownInputs(call.oldInputs)) : { nodes: "update" }),
      // Without one an earlier run broke off; the update makes it.
      ...(call.olds.kubeconfig === undefined ? { kubeconfig: "add" } : {}),
      ...(renews(planned) ? { certificates: "update", kubeconfig: "update" } : {}),
    };
    // What a change that broke off has left to be done.
    if (planned.steps.length > 0 && Object.keys(changes).length === 0) changes.nodes = "update";
    const { lasting } = expiringOf(call.olds, this.now());
    if (lasting.length > 0) {
      const reason = "the cluster cannot do without, and no renewal makes it anew: plan another environment or a rotation by hand";
      await call.log("warning", `certificates: ${lasting.join(", ")} ends soon; ${reason}`);
    }
    return { changes: Object.fromEntries(Object.entries(changes).filter(([path]) => !isIgnored(path, call.ignoreChanges))) };
  }

  async create(call: CreateCall): Promise<{ id: string; properties: Properties }> {
    const planned = await this.plan({}, call.inputs);
    if (!planned) return { id: call.preview ? "" : call.name, properties: unknownOutputs(call.inputs) };
    const id = planned.wanted.spec.name;
    if (!call.preview) return { id, properties: await this.carryOut(call, id, planned, call.inputs, {}) };
    return { id: "", properties: await preview(call, planned, call.inputs, {}, this.now()) };
  }

  async update(call: UpdateCall): Promise<{ properties: Properties }> {
    const planned = await this.plan(call.olds, call.news);
    if (!planned) return { properties: { ...unknownOutputs(call.news), ...keptOutputs(call.olds) } };
    if (call.preview) {
      await requireAnswers(this.kubespray.view, planned, { waits: false });
      return { properties: await preview(call, planned, call.news, call.olds, this.now()) };
    }
    return { properties: await this.carryOut(call, call.id, planned, call.news, call.olds) };
  }

  async read(call: ReadCall): Promise<ReadResult> {
    this.assertUsable();
    const isImport = Object.keys(call.inputs).length === 0 && Object.keys(call.properties).length === 0;
    const inputs = isImport ? importedInputs(call.id) : call.inputs;
    const parsed = parseInputs(inputs);
    if (isImport && parsed.kind === "wrong")
      throw new Error(`${call.id}: ${parsed.failures.map(({ property, reason }) => `${property}: ${reason}`).join("; ")}`);
    const wanted = parsed.kind === "inputs" ? parsed.inputs : undefined;
    // A creation that broke off before the engine heard of it has left inputs only.
    const known = parseRecorded(call.properties);
    const recorded = known ?? wanted;
    if (!recorded || !wanted) throw new Error("the recorded inputs hold no SSH access, so the cluster cannot be read");
    const live = await this.kubespray.view.read(recorded.spec, { machines: { ...wanted.machines, ...recorded.machines }, ssh: wanted.ssh });
    if (!live) return { id: "", inputs: call.inputs, properties: call.properties };
    const properties = {
      ...(known ? call.properties : { ...recordedInputs(inputs), steps: [], endpoint: endpointOf(recorded.spec) }),
      ...(Object.keys(recorded.spec.nodes).length > 0 ? reachedInputs(recorded, recorded, [], live) : {}),
      // A version that somebody brought it to by hand counts once all of it is there; what lags in an upgrade of ours is recorded node by node.
      kubernetes: oldestVersion(live) === live.kubernetes ? live.kubernetes : recorded.spec.kubernetes,
      nodeTable: nodeTableOf(live),
      versions: versionsOf(recorded.spec, live.kubernetes),
      certificates: live.certificates,
      kubeconfig: secret(live.kubeconfig),
    };
    return { id: isImport ? recorded.spec.name : call.id, inputs, properties };
  }

  async delete(call: DeleteCall): Promise<void> {
    const recorded = parseRecorded(call.properties);
    if (!recorded) throw new Error("the recorded state of the cluster cannot be read; remove it from the stack by hand");
    const parsed = parseInputs(call.inputs);
    const inputs = parsed.kind === "inputs" ? parsed.inputs : undefined;
    const everything = inputs ? touched(recorded.spec, inputs.spec) : recorded.spec;
    const steps = compileDeletion(everything);
    if (steps.length > 0) {
      this.assertUsable();
      if (!inputs) throw new Error("the recorded inputs hold no SSH access, so the hosts cannot be reset");
      const machines = { ...recorded.machines, ...inputs.machines };
      const silent = await this.kubespray.view.silent(machines, inputs.ssh, recorded.spec.name);
      if (Object.keys(silent).length > 0)
        throw new Error(
          `the hosts were not reset, and nothing was begun, because of hosts that do not answer: ${silentTexts(silent).join(", ")}\n` +
            "    Bring them back. A worker that is lost for good is given up first, by an `up` of the file without it (--approve KEY:lost); with cluster.onDelete: forget no host is touched.",
        );
      const change = {
        recorded: everything,
        wanted: everything,
        steps,
        ...accessOf(inputs, machines, call.properties.variables),
        lostNodes: inputs.lostNodes,
        deletes: true,
      };
      const outcome = await execute(this.kubespray, change, progressOf(call), withTimeout(call));
      if (outcome.failure) throw new Error(`the hosts were not reset: ${outcome.failure.reason}`);
      await call.log("info", `the hosts are reset; left on them: ${LEFT_BEHIND.join("; ")}`);
    }
    await this.kubespray.runner.forget(recorded.spec);
  }

  private async plan(olds: Properties, news: Properties): Promise<Planned | undefined> {
    return await planChange(this.kubespray.view, olds, news, this.now());
  }

  /** The cluster as it is, or why that cannot be told. */
  private async look(spec: ClusterSpec, access: HostAccess): Promise<{ readonly live?: LiveCluster; readonly reason?: string }> {
    try {
      const live = await this.kubespray.view.read(spec, access);
      return live ? { live } : {};
    } catch (error) {
      return { reason: error instanceof Error ? error.message : String(error) };
    }
  }

  private assertUsable(): void {
    const { unusable } = this.kubespray;
    if (unusable !== undefined) throw new Error(unusable);
  }

  /** Runs the change and gives what is there afterwards; where it broke off, the engine records what was reached. */
  private async carryOut(
    call: Call & { readonly timeout: number },
    id: string,
    planned: Planned,
    news: Properties,
    olds: Properties,
  ): Promise<Properties> {
    const { recorded, wanted, steps } = planned;
    this.assertUsable();
    // A creation waits for its hosts instead.
    if (recorded) await requireAnswers(this.kubespray.view, planned, { waits: true });
    const machines = { ...recorded?.machines, ...wanted.machines };
    const change = {
      wanted: wanted.spec,
      steps,
      ...accessOf(wanted, machines, olds.variables),
      lostNodes: wanted.lostNodes,
      ...(recorded ? { recorded: recorded.spec } : {}),
    };
    const outcome =
      steps.length === 0 ? { done: [], failure: undefined } : await execute(this.kubespray, change, progressOf(call), withTimeout(call));
    const seen = await this.look(wanted.spec, { machines, ssh: wanted.ssh });
    const { live } = seen;
    const ill = illPodTexts(live?.illPods ?? []).filter(({ isBad }) => isBad);
    if (ill.length > 0) await call.log("warning", `pods of the cluster's own do not work: ${ill.map(({ text }) => text).join("; ")}`);
    const observed = {
      steps: outcome.done.map(stepOutput),
      endpoint: endpointOf(wanted.spec),
      versions: versionsOf(wanted.spec, live?.kubernetes),
      nodeTable: live ? nodeTableOf(live) : seen.reason === undefined ? {} : (olds.nodeTable ?? {}),
      // As the preview said: one that the hosts renewed by themselves is another from the next refresh on.
      ...(live
        ? {
            certificates: live.certificates,
            kubeconfig: secret(keepsKubeconfig(planned, olds) ? reveal(olds.kubeconfig) : live.kubeconfig),
          }
        : seen.reason === undefined
          ? {}
          : keptOutputs(olds)),
    };
    if (!outcome.failure && seen.reason !== undefined) {
      const reason = `the change is made, and its cluster cannot be read: ${seen.reason}. What was made is recorded; run \`up\` again.`;
      throw new PartialFailure(reason, id, { ...recordedInputs(news), ...observed });
    }
    if (!outcome.failure) {
      if (!live) throw new Error("there is no cluster where one was recorded; run a refresh, then try again");
      return { ...recordedInputs(news), ...observed };
    }
    const reached = {
      ...recordedInputs(news),
      ...reachedSettings(recorded, outcome.done, news, olds),
      // What cannot be seen counts as it was.
      ...(seen.reason === undefined ? reachedInputs(recorded, wanted, outcome.done, live) : (recorded && recordedInputs(olds)) || nothing),
      ...observed,
    };
    const { step, reason } = outcome.failure;
    const where = step ? `step ${outcome.done.length + 1} of ${steps.length} (${describeStep(step)}) failed: ` : "";
    throw new PartialFailure(`${where}${reason}. What was reached is recorded; run \`up\` again to go on from there.`, id, reached);
  }
}

/** A cluster of which nothing was reached. */
const nothing = { nodes: {}, controlPlane: [], etcd: [] };

function knownInputs(inputs: Properties): ClusterInputs | undefined {
  const parsed = parseInputs(inputs);
  return parsed.kind === "inputs" ? parsed.inputs : undefined;
}

function isIgnored(path: string, ignoreChanges: readonly string[]): boolean {
  return ignoreChanges.some((ignored) => path === ignored || path.startsWith(`${ignored}.`) || path.startsWith(`${ignored}[`));
}

/** Shows lines in order while a run goes on; the engine keeps none of them. */
function progressOf(call: Call): Progress {
  let last: Promise<void> = Promise.resolve();
  return {
    status(message) {
      // The engine may be gone or busy: the run itself must not stop over a line.
      last = last.then(() => call.status(message)).catch(() => undefined);
    },
    warn(message) {
      last = last.then(() => call.log("warning", message)).catch(() => undefined);
    },
    shown: () => last,
  };
}
