import type { Objects } from "./objects";
import { at, type Fields, fields, type KubeObject, list, nameOf, namespaceOf } from "./values";

const RUNNING = ["apps/v1/StatefulSet", "apps/v1/Deployment", "apps/v1/DaemonSet", "apps/v1/ReplicaSet", "v1/Pod"];

/**
 * Why a deleted object stays for now: a claim that pods hold goes after them, as its finalizer `kubernetes.io/pvc-protection` has it.
 * Jobs do not count, since pods that ended hold nothing.
 */
export function heldBy(object: Fields, objects: Objects): string[] {
  if (object.apiVersion !== "v1" || object.kind !== "PersistentVolumeClaim") return [];
  const namespace = namespaceOf(object) || "default";
  if (objects.get("v1", "PersistentVolumeClaim", namespace, nameOf(object)) === undefined) return [];
  return RUNNING.flatMap((kind) => objects.list(kind, namespace))
    .filter((owner) => claimsOf(owner).includes(nameOf(object)))
    .map((owner) => `kubernetes.io/pvc-protection: the pods of ${owner.kind} ${namespace}/${nameOf(owner)} hold it`);
}

/** The names of the claims that a workload's pods mount. */
function claimsOf(owner: KubeObject): string[] {
  const replicas = Number(at(owner, "spec.replicas") ?? 1);
  if (replicas === 0) return [];
  const pod = owner.kind === "Pod" ? owner.spec : at(owner, "spec.template.spec");
  const named = list(at(pod, "volumes")).map((volume) => String(at(volume, "persistentVolumeClaim.claimName")));
  return [...named, ...list(at(owner, "spec.volumeClaimTemplates")).flatMap((template) => ownClaims(owner, fields(template), replicas))];
}

/** The names of the claims a StatefulSet makes from one template, one for each replica. */
export function ownClaims(owner: KubeObject, template: Fields, replicas: number): string[] {
  return Array.from({ length: replicas }, (_, ordinal) => `${nameOf(template)}-${nameOf(owner)}-${ordinal}`);
}
