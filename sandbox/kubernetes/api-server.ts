import { randomUUID } from "node:crypto";
import { merge } from "../../model/data";
import { denyPool } from "./addresses";
import { ApiError } from "./api";
import { withDefaults } from "./defaults";
import { Objects, resourceOf, type ServedKind } from "./objects";
import { at, type Fields, fields, isFields, type KubeObject, list, nameOf, namespaceOf, same, withAt } from "./values";

const SYSTEM_NAMESPACES = ["default", "kube-system", "kube-public", "kube-node-lease"];

/**
 * The simulated API server: defaulting, versions and garbage collection over the objects of a world. Whether an object is well-formed, and
 * what of it may change, is the real one's to say (../servers/): no rule of that is written here.
 */
export class ApiServer {
  readonly objects: Objects;

  /** @param beforehand namespaces of somebody else's, which are there */
  constructor(folder: string, beforehand: readonly string[] = []) {
    this.objects = new Objects(folder);
    this.seed();
    for (const name of beforehand)
      if (this.objects.get("v1", "Namespace", "", name) === undefined)
        this.create({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  }

  private seed(): void {
    if (this.objects.get("v1", "Namespace", "", "default") !== undefined) return;
    for (const name of SYSTEM_NAMESPACES) this.create({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
    const spec = { type: "ClusterIP", clusterIP: "10.233.0.1", ports: [{ name: "https", port: 443, protocol: "TCP", targetPort: 6443 }] };
    this.create({ apiVersion: "v1", kind: "Service", metadata: { name: "kubernetes", namespace: "default" }, spec });
  }

  get(object: Fields): KubeObject | undefined {
    return this.objects.get(String(object.apiVersion), String(object.kind), namespaceOf(object) || "default", nameOf(object));
  }

  list(apiVersionKind: string): KubeObject[] {
    return this.objects.list(apiVersionKind);
  }

  /** Admits and stores a new object, with what the server fills in. */
  create(wanted: Fields): KubeObject {
    const created = this.created(wanted);
    this.objects.put(created);
    return created;
  }

  /**
   * Applies wanted fields over the live object, as server-side apply does: what `before` asked for and `wanted` does not is taken out,
   * what others set stays.
   */
  apply(before: Fields, wanted: Fields): KubeObject {
    const { live, filled } = this.applied(before, wanted);
    if (same(filled, live)) return live;
    const generation = Number(live.metadata.generation ?? 1) + (same(filled.spec, live.spec) ? 0 : 1);
    const changed = { ...filled, metadata: { ...filled.metadata, generation, resourceVersion: nextVersion() } };
    this.objects.put(changed);
    return changed;
  }

  /** Does everything of a create, or of an apply over what `before` asked for, but store it. */
  dryRun(before: Fields | undefined, wanted: Fields): void {
    if (before === undefined) this.created(wanted);
    else this.applied(before, wanted);
  }

  private created(wanted: Fields): KubeObject {
    const served = this.mustServe(wanted);
    const object = this.placed(wanted, served);
    this.checkNamespace(object, served);
    if (this.get(object) !== undefined) throw new ApiError("AlreadyExists", `${resourceOf(served)} "${nameOf(object)}" already exists`);
    denyPool(object, this.objects);
    const metadata = { ...object.metadata, uid: randomUUID(), creationTimestamp: now(), generation: 1, resourceVersion: nextVersion() };
    return withDefaults({ ...object, metadata }, undefined, this.objects);
  }

  private applied(before: Fields, wanted: Fields): { readonly live: KubeObject; readonly filled: KubeObject } {
    const served = this.mustServe(wanted);
    const placed = this.placed(wanted, served);
    const live = this.get(placed);
    if (live === undefined) throw new ApiError("NotFound", `${resourceOf(served)} "${nameOf(placed)}" not found`);
    const { metadata, ...rest } = fields(merge(drop(live, before, placed), placed));
    const object: KubeObject = { ...rest, apiVersion: placed.apiVersion, kind: placed.kind, metadata: fields(metadata) };
    denyPool(object, this.objects);
    const filled = withDefaults(object, live, this.objects);
    return { live, filled };
  }

  /** Stores what a controller found out about an object. */
  setStatus(object: KubeObject, status: Fields): KubeObject {
    if (same(object.status, status)) return object;
    const changed = { ...object, status, metadata: { ...object.metadata, resourceVersion: nextVersion() } };
    this.objects.put(changed);
    return changed;
  }

  /** Deletes an object and what it owns; one that is not there is fine. */
  delete(object: Fields): void {
    const live = this.get(object);
    if (live === undefined) return;
    if (live.kind === "Namespace" && SYSTEM_NAMESPACES.includes(nameOf(live))) {
      throw new ApiError("Forbidden", `namespaces "${nameOf(live)}" is forbidden: this namespace may not be deleted`);
    }
    const inside = this.objects.all().filter((other) => this.goesWith(other, live));
    for (const other of inside) this.delete(other);
    this.objects.remove(live);
  }

  private goesWith(other: KubeObject, gone: KubeObject): boolean {
    if (gone.kind === "Namespace" && gone.apiVersion === "v1") {
      const served = this.objects.served(other.apiVersion, other.kind);
      return served?.namespaced === true && namespaceOf(other) === nameOf(gone);
    }
    if (gone.kind === "CustomResourceDefinition") {
      return other.apiVersion.startsWith(`${String(at(gone, "spec.group"))}/`) && other.kind === at(gone, "spec.names.kind");
    }
    return list(other.metadata.ownerReferences).some((owner) => fields(owner).uid === gone.metadata.uid);
  }

  private mustServe(object: Fields): ServedKind {
    const [apiVersion, kind] = [String(object.apiVersion), String(object.kind)];
    const served = this.objects.served(apiVersion, kind);
    if (served === undefined) throw new ApiError("NoMatch", `no matches for kind "${kind}" in version "${apiVersion}"`);
    return served;
  }

  private placed(object: Fields, served: ServedKind): KubeObject {
    const namespace = served.namespaced ? namespaceOf(object) || "default" : undefined;
    const metadata = fields(withAt(object, "metadata.namespace", namespace).metadata);
    return { ...object, apiVersion: String(object.apiVersion), kind: String(object.kind), metadata };
  }

  private checkNamespace(object: KubeObject, served: ServedKind): void {
    if (!served.namespaced) return;
    const name = namespaceOf(object);
    const namespace = this.objects.get("v1", "Namespace", "", name);
    if (namespace === undefined) throw new ApiError("NotFound", `namespaces "${name}" not found`);
    if (at(namespace, "status.phase") === "Terminating" || namespace.metadata.deletionTimestamp !== undefined) {
      const what = `${resourceOf(served)} "${nameOf(object)}" is forbidden`;
      throw new ApiError("Forbidden", `${what}: unable to create new content in namespace ${name} because it is being terminated`);
    }
  }
}

/** The live value without what was asked for before and no longer is. */
function drop(live: unknown, before: unknown, wanted: unknown): unknown {
  if (!isFields(live) || !isFields(before)) return live;
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(live)) {
    if (key in before && fields(wanted)[key] === undefined && !KEPT.has(key)) continue;
    result[key] = key in before ? drop(value, before[key], fields(wanted)[key]) : value;
  }
  return result;
}

const KEPT = new Set(["apiVersion", "kind", "metadata", "name", "namespace", "status"]);

function now(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}

let lastVersion = 0;

function nextVersion(): string {
  lastVersion = Math.max(lastVersion + 1, Date.now());
  return String(lastVersion);
}
