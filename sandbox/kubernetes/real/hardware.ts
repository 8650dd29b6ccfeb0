import { setTimeout as pause } from "node:timers/promises";
import { type Allocation, allocate, POOL_KIND, reachedBy } from "../addresses";
import { CloudParts, type KnownParts, type Looked, WATCHED } from "../cloud-parts";
import { namespacesBeforehand, readCluster, type SimulatedNode } from "../cluster";
import { controllerAddress, ingressClass } from "../controllers";
import { at, type Fields, fields, type KubeObject, list, nameOf, namespaceOf, same, text } from "../values";
import type { RealApi } from "./api";

const EVERY_MS = 300;

/** What a node has: more than any environment's workloads ask for. */
const CAPACITY = { cpu: "32", memory: "128Gi", pods: "250", "ephemeral-storage": "500Gi" };

/**
 * Plays beside a real API server what no server plays: the world's machines as nodes (kwok runs their pods), volumes for claims, and
 * addresses of load balancers and ingresses. Works until `signal` is aborted; what goes wrong in between is told to `onError`, and tried again.
 */
export async function playHardware(
  api: RealApi,
  worldDir: string,
  signal: AbortSignal,
  onError: (error: unknown) => void,
  known: KnownParts = {},
): Promise<void> {
  const applied = new Map<string, Fields>();
  const parts = new CloudParts(worldDir, known);
  while (!signal.aborted) {
    try {
      await makeNamespaces(api, worldDir, applied);
      await syncNodes(api, readCluster(worldDir)?.nodes ?? [], applied);
      const looked = await lookedAt(api);
      await bindClaims(api, (claim) => parts.provision(claim, looked));
      await giveAddresses(api, (service) => parts.allocate(service, looked));
      parts.sweep(looked);
      await dropExtensions(api);
    } catch (error) {
      if (!signal.aborted) onError(error);
    }
    await pause(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** What others have in the cluster beforehand, of which there are the namespaces. */
async function makeNamespaces(api: RealApi, worldDir: string, applied: Map<string, Fields>): Promise<void> {
  for (const name of namespacesBeforehand(worldDir)) {
    const object = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
    if (applied.has(`namespace ${name}`)) continue;
    await api.apply(object, object);
    applied.set(`namespace ${name}`, object);
  }
}

/** Nodes as the simulated kubespray run left them; those it removed are deleted. */
async function syncNodes(api: RealApi, nodes: readonly SimulatedNode[], applied: Map<string, Fields>): Promise<void> {
  for (const node of nodes) {
    const wanted = nodeObject(node);
    const before = applied.get(node.name);
    if (same(before, wanted)) continue;
    const { status, ...object } = wanted;
    // What a kubelet has registered stays: on another machine it is another node.
    if (before !== undefined && at(before, "spec.providerID") !== at(wanted, "spec.providerID")) await api.delete(object);
    await api.apply(object, object);
    await api.setStatus(object, fields(status));
    applied.set(node.name, wanted);
  }
  for (const gone of await api.list("v1/Node")) {
    if (nodes.some((node) => node.name === nameOf(gone))) continue;
    await api.delete(gone);
    applied.delete(nameOf(gone));
  }
}

function nodeObject({ name, ready, labels, taints, address, providerId }: SimulatedNode): Fields {
  // kwok reports for the nodes with its annotation only: one that is not ready stays silent.
  const annotations = ready ? { "kwok.x-k8s.io/node": "fake" } : {};
  const addresses = [
    { type: "InternalIP", address },
    { type: "Hostname", address: name },
  ];
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels, annotations },
    spec: {
      taints: taints.map(({ key, value, effect }) => ({ key, effect, ...(value === "" ? {} : { value }) })),
      ...(providerId === undefined ? {} : { providerID: providerId }),
    },
    status: { capacity: CAPACITY, allocatable: CAPACITY, addresses },
  };
}

/** What the cloud's own parts look at. */
async function lookedAt(api: RealApi): Promise<Looked> {
  const found = new Map<string, readonly KubeObject[]>();
  for (const kind of WATCHED) found.set(kind, await api.list(kind));
  return { list: (kind) => found.get(kind) ?? [] };
}

/** Makes a volume for every claim whose class exists, and takes away those whose claim is gone. */
async function bindClaims(api: RealApi, provision: (claim: KubeObject) => string | undefined): Promise<void> {
  const [claims, volumes] = [await api.list("v1/PersistentVolumeClaim"), await api.list("v1/PersistentVolume")];
  const pending = claims.filter((claim) => at(claim, "status.phase") !== "Bound");
  const classes = pending.length === 0 ? [] : await api.list("storage.k8s.io/v1/StorageClass");
  for (const claim of pending) {
    const name = `pv-${String(claim.metadata.uid)}`;
    const className = text(at(claim, "spec.storageClassName"));
    if (volumes.some((volume) => nameOf(volume) === name) || !classes.some((one) => nameOf(one) === className)) continue;
    // Why not, its driver would say on the claim: it is tried again until it can be.
    if (provision(claim) !== undefined) continue;
    const spec = fields(claim.spec);
    const claimRef = { apiVersion: "v1", kind: claim.kind, name: nameOf(claim), namespace: namespaceOf(claim), uid: claim.metadata.uid };
    await api.create({
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name },
      spec: {
        accessModes: spec.accessModes,
        capacity: { storage: at(spec, "resources.requests.storage") },
        claimRef,
        hostPath: { path: `/var/lib/volumes/${name}` },
        persistentVolumeReclaimPolicy: "Retain",
        storageClassName: className,
      },
    });
  }
  for (const volume of volumes) if (at(volume, "status.phase") === "Released") await api.delete(volume);
}

/** Load balancers get an address of MetalLB's pools, and ingresses that of their controller. */
export async function giveAddresses(
  api: RealApi,
  balance: (service: KubeObject) => Allocation | undefined = () => undefined,
): Promise<void> {
  const kinds = ["v1/Service", POOL_KIND];
  const found = new Map<string, readonly KubeObject[]>();
  for (const kind of kinds) found.set(kind, await api.list(kind));
  const objects = { list: (kind: string): readonly KubeObject[] => found.get(kind) ?? [] };
  for (const service of objects.list("v1/Service")) {
    if (at(service, "spec.type") !== "LoadBalancer" || hasAddress(service)) continue;
    const allocation = balance(service) ?? allocate(service, objects);
    if (!("address" in allocation)) continue;
    await api.setStatus(service, { loadBalancer: { ingress: [reachedBy(allocation.address)] } });
    // The next Service must see that this address is taken.
    found.set("v1/Service", await api.list("v1/Service"));
  }
  const ingresses = (await api.list("networking.k8s.io/v1/Ingress")).filter((ingress) => !hasAddress(ingress));
  if (ingresses.length === 0) return;
  const classes = await api.list("networking.k8s.io/v1/IngressClass");
  for (const ingress of ingresses) {
    const { found: own } = ingressClass(ingress, classes);
    const ip = own === undefined ? undefined : controllerAddress(own, objects.list("v1/Service"));
    if (ip !== undefined) await api.setStatus(ingress, { loadBalancer: { ingress: [{ ip }] } });
  }
}

/**
 * Takes away API groups that pods would serve: simulated ones answer nobody, and one group without an answer keeps every deleted namespace.
 */
async function dropExtensions(api: RealApi): Promise<void> {
  for (const extension of await api.list("apiregistration.k8s.io/v1/APIService")) {
    if (at(extension, "spec.service") !== undefined) await api.delete(extension);
  }
}

const hasAddress = (object: Fields): boolean => list(at(object, "status.loadBalancer.ingress")).length > 0;
