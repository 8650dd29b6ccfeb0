import { createHash } from "node:crypto";
import type { ApiServer } from "./api-server";
import type { CloudParts } from "./cloud-parts";
import type { SimulatedCluster, SimulatedNode } from "./cluster";
import { runPods } from "./pods";
import { ownClaims } from "./protection";
import { at, type Fields, fields, isFields, type KubeObject, list, nameOf, namespaceOf, selects, text } from "./values";

/** What controllers work with. */
export interface Controllers {
  readonly cluster: SimulatedCluster;
  readonly api: ApiServer;
  /** What the cloud's own parts do, where they run. */
  readonly parts?: CloudParts;
}

/** A controller's finding: the status it would write and why the object is not ready (empty when it is). */
export interface Finding {
  readonly status: Fields;
  readonly reasons: readonly string[];
}

const condition = (type: string, holds: boolean, reason: string, message = ""): Fields => ({
  type,
  status: holds ? "True" : "False",
  reason,
  message,
});

/** A Deployment or ReplicaSet: as many pods as asked for. */
export function deployment(object: KubeObject, controllers: Controllers): Finding {
  const wanted = Number(at(object, "spec.replicas") ?? 1);
  const run = runTemplate(
    object,
    fields(at(object, "spec.template")),
    controllers,
    `${nameOf(object)}-${suffix(object, 10)}-${suffix(object, 5)}`,
  );
  const ready = wanted === 0 ? 0 : Math.min(wanted, run.ready);
  const complete = ready >= wanted;
  const conditions = [
    condition("Available", complete, complete ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable"),
    condition("Progressing", complete, complete ? "NewReplicaSetAvailable" : "ProgressDeadlineExceeded"),
  ];
  const counts = { replicas: wanted, updatedReplicas: wanted, readyReplicas: ready, availableReplicas: ready };
  const status = { observedGeneration: object.metadata.generation, ...counts, conditions };
  return { status, reasons: complete ? [] : ["Minimum number of live Pods was not attained", ...run.problems] };
}

/** A StatefulSet, with the claims of its templates, which outlive it unless its retention policy says otherwise. */
export function statefulSet(object: KubeObject, controllers: Controllers): Finding {
  const wanted = Number(at(object, "spec.replicas") ?? 1);
  const templates = list(at(object, "spec.volumeClaimTemplates")).map(fields);
  for (const template of templates) {
    for (const name of ownClaims(object, template, wanted)) makeClaim(object, template, name, controllers);
  }
  const claims = templates.map((template) => ({
    name: nameOf(template),
    persistentVolumeClaim: { claimName: `${nameOf(template)}-${nameOf(object)}-0` },
  }));
  const template = fields(at(object, "spec.template"));
  const volumes = [...list(at(template, "spec.volumes")), ...claims];
  const run = runTemplate(object, { ...template, spec: { ...fields(template.spec), volumes } }, controllers, `${nameOf(object)}-0`);
  const ready = Math.min(wanted, run.ready);
  const revision = `${nameOf(object)}-${suffix(object, 10)}`;
  const counts = { replicas: wanted, readyReplicas: ready, availableReplicas: ready, currentReplicas: ready, updatedReplicas: wanted };
  const status = { observedGeneration: object.metadata.generation, ...counts, currentRevision: revision, updateRevision: revision };
  return { status, reasons: ready >= wanted ? [] : [`${ready} out of ${wanted} replicas succeeded readiness checks`, ...run.problems] };
}

function makeClaim(owner: KubeObject, template: Fields, name: string, { api }: Controllers): void {
  const goesWithIt = at(owner, "spec.persistentVolumeClaimRetentionPolicy.whenDeleted") === "Delete";
  const { apiVersion, kind } = owner;
  const ownerReferences = goesWithIt ? [{ apiVersion, kind, name: nameOf(owner), uid: owner.metadata.uid }] : undefined;
  const metadata = { ...fields(template.metadata), name, namespace: namespaceOf(owner), ...(ownerReferences ? { ownerReferences } : {}) };
  const claim = { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata, spec: template.spec };
  if (api.get(claim) === undefined) api.create(claim);
}

/** A DaemonSet: one pod on every node that fits, ready where the node is. */
export function daemonSet(object: KubeObject, controllers: Controllers): Finding {
  const template = fields(at(object, "spec.template"));
  const all = {
    ...controllers,
    cluster: { ...controllers.cluster, nodes: controllers.cluster.nodes.map((node) => ({ ...node, ready: true })) },
  };
  const run = runTemplate(object, template, all, `${nameOf(object)}-${suffix(object, 5)}`);
  const wanted = run.nodes.length;
  const sick = run.nodes.filter((node) => !controllers.cluster.nodes.some((other) => other.name === node.name && other.ready));
  const ready = run.ready === 0 ? 0 : wanted - sick.length;
  const status = {
    observedGeneration: object.metadata.generation,
    desiredNumberScheduled: wanted,
    currentNumberScheduled: wanted,
    updatedNumberScheduled: wanted,
    numberAvailable: ready,
    numberReady: ready,
    numberMisscheduled: 0,
  };
  // No node fits: nothing is wanted, which is ready; pods that may not be made are not.
  const refused = run.ready > 0 ? [] : run.problems.filter((problem) => wanted > 0 || problem.startsWith("[FailedCreate]"));
  const unready = sick.map((node) => `node "${node.name}" is not ready`);
  return { status, reasons: ready >= wanted && refused.length === 0 ? [] : [`Available: ${ready}/${wanted}`, ...refused, ...unready] };
}

/** A Job: completes as soon as its pod can run. */
export function job(object: KubeObject, controllers: Controllers): Finding {
  if (at(object, "spec.suspend") === true) return { status: { conditions: [condition("Suspended", true, "JobSuspended")] }, reasons: [] };
  const run = runTemplate(object, fields(at(object, "spec.template")), controllers, `${nameOf(object)}-${suffix(object, 5)}`);
  const started = text(at(object, "status.startTime")) ?? object.metadata.creationTimestamp;
  if (run.ready === 0) return { status: { active: 1, ready: 0, startTime: started }, reasons: run.problems };
  const succeeded = Number(at(object, "spec.completions") ?? 1);
  return {
    status: { succeeded, startTime: started, completionTime: started, conditions: [condition("Complete", true, "CompletionsReached")] },
    reasons: [],
  };
}

/** A bare pod. */
export function pod(object: KubeObject, controllers: Controllers): Finding {
  const run = runTemplate(object, object, controllers, nameOf(object));
  const ready = run.ready > 0;
  const conditions = ["PodScheduled", "Initialized", "Ready"].map((type) =>
    condition(type, ready || (type === "PodScheduled" && run.nodes.length > 0), ""),
  );
  return { status: { phase: ready ? "Running" : "Pending", conditions }, reasons: ready ? [] : run.problems };
}

/** How many ready pods of a namespace carry these labels. */
export function readyPods(selector: Fields, namespace: string, controllers: Controllers): number {
  let ready = 0;
  for (const [kind, find] of Object.entries(RUNNERS)) {
    for (const object of controllers.api.objects.list(kind, namespace)) {
      const labels = kind === "v1/Pod" ? object.metadata.labels : at(object, "spec.template.metadata.labels");
      if (!selects(selector, fields(labels))) continue;
      const { status } = find(object, controllers);
      ready += Number(status.readyReplicas ?? status.numberReady ?? (status.phase === "Running" ? 1 : 0));
    }
  }
  return ready;
}

const RUNNERS: Readonly<Record<string, (object: KubeObject, controllers: Controllers) => Finding>> = {
  "apps/v1/Deployment": deployment,
  "apps/v1/StatefulSet": statefulSet,
  "apps/v1/DaemonSet": daemonSet,
  "apps/v1/ReplicaSet": deployment,
  "v1/Pod": pod,
};

interface Run {
  readonly nodes: readonly SimulatedNode[];
  /** The most pods that can be ready at once. */
  readonly ready: number;
  readonly problems: readonly string[];
}

function runTemplate(owner: KubeObject, template: Fields, { cluster, api }: Controllers, podName: string): Run {
  const { nodes, problems } = runPods(template, namespaceOf(owner), podName, cluster, api.objects);
  if (problems.length > 0) return { nodes, ready: 0, problems };
  if (!keepsApart(template)) return { nodes, ready: Number.POSITIVE_INFINITY, problems };
  const total = cluster.nodes.length;
  const reason = `0/${total} nodes are available: ${nodes.length} node(s) didn't match pod anti-affinity rules.`;
  return { nodes, ready: nodes.length, problems: [`[Pod ${namespaceOf(owner)}/${podName}]: ${reason}`] };
}

/** Whether the pods of a template must not share a node. */
function keepsApart(template: Fields): boolean {
  const labels = fields(at(template, "metadata.labels"));
  const terms = list(at(template, "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution"));
  return terms.filter(isFields).some((term) => {
    const matchLabels = at(term, "labelSelector.matchLabels");
    return term.topologyKey === "kubernetes.io/hostname" && isFields(matchLabels) && selects(matchLabels, labels);
  });
}

/** A pod's random-looking name part, the same for the same template. */
function suffix(object: KubeObject, length: number): string {
  const letters = "bcdfghjklmnpqrstvwxz2456789";
  const digest = createHash("sha256")
    .update(`${namespaceOf(object)}/${nameOf(object)}/${length}/${JSON.stringify(at(object, "spec.template") ?? null)}`)
    .digest();
  return [...digest.subarray(0, length)].map((byte) => letters[byte % letters.length]).join("");
}
