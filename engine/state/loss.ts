import type { Values } from "../../model/findable";
import { tenantLabel, volumesAnnotation } from "../../model/kubernetes-names";
import { KUBESPRAY_CLUSTER, serviceType } from "../../model/type-tokens";
import { kindOf, marksOf } from "./clouds";
import type { State, StateResource } from "./state";

/** What a destroy takes for good, and what it leaves behind; one line each. */
export interface Loss {
  readonly lost: readonly string[];
  readonly kept: readonly string[];
}

const CLAIM = "kubernetes:core/v1:PersistentVolumeClaim";
const NAMESPACE = "kubernetes:core/v1:Namespace";
const RELEASE = "kubernetes:helm.sh/v3:Release";
const CEPH = "kubernetes:ceph.rook.io/v1:CephCluster";

/** Whether a release is the user's own. What the platform's releases hold is told by itself. */
const isOwn = ({ urn }: StateResource): boolean => urn.includes(`${serviceType("Extra")}$`);

const map = (value: unknown): Values => (typeof value === "object" && value !== null ? { ...value } : {});
const text = (value: unknown): string => (typeof value === "string" || typeof value === "number" ? String(value) : "");

/** The nodes whose disks Ceph has. */
function cephNodes({ spec }: Values): string {
  const { nodes } = map(map(spec).storage);
  return (Array.isArray(nodes) ? nodes : []).map((node) => text(map(node).name)).join(", ");
}

/** Whose namespace it is, where it is a tenant's. */
const tenantOf = (inputs: unknown): string => text(map(map(map(inputs).metadata).labels)[tenantLabel]);

/** The size of the volumes whose data go with an object in the cluster; undefined where it has none. */
function volumesOf({ type, inputs }: StateResource): string | undefined {
  const { spec, metadata } = map(inputs);
  if (type === CLAIM) return text(map(map(map(spec).resources).requests).storage);
  const told = map(map(metadata).annotations)[volumesAnnotation];
  return told === undefined ? undefined : text(told);
}

/**
 * What a destroy takes and leaves, as the states tell it: also of what has left the environment file. Pure.
 * @param retain what the file wants to be left, recorded or not
 */
export function lossOf(resources: readonly StateResource[], retain: readonly string[]): Loss {
  const kept = new Set(resources.filter(({ retainOnDelete }) => retainOnDelete === true).map(({ urn }) => urn));
  for (const urn of toRetain(resources, retain)) kept.add(urn);
  const shares = resources
    .filter((each) => kindOf(each) === "machine" && marksOf(each).roles.includes("nfs"))
    .map((each) => marksOf(each).key);
  const clusterGoes = resources.some(({ type, urn }) => type === KUBESPRAY_CLUSTER && !kept.has(urn));
  const lines = resources.flatMap((resource): { readonly line: string; readonly stays: boolean }[] => {
    const stays = kept.has(resource.urn);
    const { type, inputs = {}, outputs = {} } = resource;
    const held = volumesOf(resource);
    if (held !== undefined) {
      const { namespace, name } = map(inputs.metadata);
      return [{ line: `${type === CLAIM ? "claim" : "claims of"} ${text(namespace)}/${text(name)}, ${held}`, stays }];
    }
    switch (kindOf(resource) ?? type) {
      case "volume": {
        const { key, volume } = marksOf(resource);
        const what = `${volume ?? text(inputs.name)} of ${key ?? "no machine"}, ${text(inputs.size)} GiB`;
        return [
          {
            line: key !== undefined && shares.includes(key) ? `NFS share: volume ${what}, with every volume claim on it` : `volume ${what}`,
            stays,
          },
        ];
      }
      case NAMESPACE: {
        const tenant = tenantOf(inputs);
        return tenant === "" ? [] : [{ line: `tenant ${tenant}: its namespace, with everything in it`, stays }];
      }
      case RELEASE:
        return isOwn(resource) ? [{ line: `release ${text(inputs.namespace)}/${text(inputs.name)}: what its chart made`, stays }] : [];
      case "floatingAddress":
        return stays ? [{ line: `floating address ${text(outputs.address) || text(outputs.publicIp)}`, stays }] : [];
      case CEPH:
        // Whoever knows what is where on the disks is in the cluster.
        return [{ line: `Ceph: every volume claim on the disks of ${cephNodes(inputs)}`, stays: stays && !clusterGoes }];
      case KUBESPRAY_CLUSTER:
        return [{ line: "etcd: every Kubernetes object of the cluster", stays }];
      default:
        return [];
    }
  });
  const sorted = [...lines].sort((a, b) => rank(a.line) - rank(b.line) || (a.line < b.line ? -1 : 1));
  return {
    lost: sorted.filter(({ stays }) => !stays).map(({ line }) => line),
    kept: sorted.filter(({ stays }) => stays).map(({ line }) => line),
  };
}

/** The order in which losses are told: what is in the cluster last. */
function rank(line: string): number {
  return ["NFS", "volume", "floating", "Ceph", "tenant", "release", "claim", "etcd"].findIndex((word) => line.startsWith(word));
}

/** The namespace that an object is in, or a release. */
function namespaceOf(inputs: unknown): string {
  const { metadata, namespace } = map(inputs);
  return text(map(metadata).namespace ?? namespace);
}

/**
 * URNs of what the file wants to be left and no `up` has recorded so: data volumes, the claims of the services' data with the namespaces
 * that hold them, and the namespaces of tenants.
 */
export function toRetain(resources: readonly StateResource[], retain: readonly string[]): string[] {
  const volumes = retain.includes("volumes");
  const claims = resources.filter((each) => volumesOf(each) !== undefined);
  const ceph = new Set(resources.flatMap(({ type, inputs }) => (type === CEPH ? [namespaceOf(inputs)] : [])));
  const holding = new Set([...claims.map(({ inputs }) => namespaceOf(inputs)), ...ceph]);
  return resources
    .filter((resource) => {
      const { type, inputs, retainOnDelete } = resource;
      if (retainOnDelete === true) return false;
      const kind = kindOf(resource);
      if (kind === "floatingAddress") return retain.includes("addresses");
      if (kind === "volume") return volumes && marksOf(resource).key !== undefined;
      return (
        volumes &&
        (claims.includes(resource) ||
          // The claims that stay are on it.
          (type.startsWith("kubernetes:") && ceph.has(namespaceOf(inputs))) ||
          (type === NAMESPACE && (tenantOf(inputs) !== "" || holding.has(text(map(inputs?.metadata).name)))))
      );
    })
    .map(({ urn }) => urn);
}

/** The state with what the file wants to be left marked so; undefined where it is already. Pure. */
export function withRetained(state: State, retain: readonly string[]): State | undefined {
  const resources = state.deployment.resources ?? [];
  const marked = new Set(toRetain(resources, retain));
  if (marked.size === 0) return undefined;
  const after = resources.map((resource) => (marked.has(resource.urn) ? { ...resource, retainOnDelete: true } : resource));
  return { ...state, deployment: { ...state.deployment, resources: after } };
}
