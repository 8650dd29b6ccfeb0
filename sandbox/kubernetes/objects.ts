import { seal, sealKey, unseal } from "../../plugin/sealed";
import { Store } from "../store";
import { apiVersionOf, KINDS, splitApiVersion } from "./kinds";
import { at, fields, isFields, type KubeObject, list, nameOf, namespaceOf, text } from "./values";

/** What the API server knows of a kind: built in, or from a CustomResourceDefinition. */
export interface ServedKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

const DEFINITION = "apiextensions.k8s.io/v1/CustomResourceDefinition";

/** The cluster's objects, one file each: `<folder>/deployments.apps/NAMESPACE_NAME.json`. Edit a file to play drift. */
export class Objects {
  private readonly store: Store;

  constructor(folder: string) {
    this.store = new Store(folder);
  }

  /** The served kind of an apiVersion and kind; undefined when the API server has no such resource. */
  served(apiVersion: string, kind: string): ServedKind | undefined {
    const builtIn = KINDS.get(`${apiVersion}/${kind}`);
    if (builtIn !== undefined) return builtIn;
    const { group, version } = splitApiVersion(apiVersion);
    for (const definition of this.list(DEFINITION)) {
      const spec = fields(definition.spec);
      if (spec.group !== group || at(spec, "names.kind") !== kind) continue;
      const served = list(spec.versions)
        .map(fields)
        .find((one) => one.name === version && one.served !== false);
      if (served === undefined) continue;
      const plural = String(at(spec, "names.plural"));
      return { group, version, kind, plural, namespaced: spec.scope === "Namespaced" };
    }
    return undefined;
  }

  get(apiVersion: string, kind: string, namespace: string, name: string): KubeObject | undefined {
    const served = this.served(apiVersion, kind);
    if (served === undefined) return undefined;
    return toObject(this.store.get(folderOf(served), idOf(served.namespaced ? namespace : "", name)), served);
  }

  put(object: KubeObject): void {
    const served = this.mustServe(object);
    this.store.put(folderOf(served), {
      ...atRest(object, (text) => seal(text, sealKey())),
      id: idOf(served.namespaced ? namespaceOf(object) : "", nameOf(object)),
    });
  }

  remove(object: KubeObject): void {
    const served = this.mustServe(object);
    this.store.delete(folderOf(served), idOf(served.namespaced ? namespaceOf(object) : "", nameOf(object)));
  }

  /** All objects of a kind (`apps/v1/Deployment`), in one namespace or in all. */
  list(apiVersionKind: string, namespace?: string): KubeObject[] {
    const cut = apiVersionKind.lastIndexOf("/");
    const [apiVersion, kind] = [apiVersionKind.slice(0, cut), apiVersionKind.slice(cut + 1)];
    const served = KINDS.get(apiVersionKind) ?? this.served(apiVersion, kind);
    if (served === undefined) return [];
    return this.store
      .list(folderOf(served))
      .map((entry) => toObject(entry, served))
      .filter((object): object is KubeObject => object !== undefined && (namespace === undefined || namespaceOf(object) === namespace));
  }

  /** Every object there is, of built-in and custom kinds. */
  all(): KubeObject[] {
    const custom = this.list(DEFINITION).flatMap((definition) => {
      const spec = fields(definition.spec);
      const version = list(spec.versions)
        .map(fields)
        .find((one) => one.storage === true);
      return [`${apiVersionOf(String(spec.group), String(version?.name))}/${String(at(spec, "names.kind"))}`];
    });
    return [...KINDS.keys(), ...custom].flatMap((kind) => this.list(kind));
  }

  private mustServe(object: KubeObject): ServedKind {
    const served = this.served(object.apiVersion, object.kind);
    if (served === undefined) throw new Error(`no matches for kind "${object.kind}" in version "${object.apiVersion}"`);
    return served;
  }
}

/** `deployments.apps`, or `services` in the core group: how error texts name a resource. */
export function resourceOf(served: Pick<ServedKind, "plural" | "group">): string {
  return served.group === "" ? served.plural : `${served.plural}.${served.group}`;
}

function folderOf(served: ServedKind): string {
  return resourceOf(served);
}

// No namespace has an underscore in its name, so that the two parts cannot be mixed up.
function idOf(namespace: string, name: string): string {
  return namespace === "" ? name : `${namespace}_${name}`;
}

function toObject(stored: unknown, served: ServedKind): KubeObject | undefined {
  if (!isFields(stored)) return undefined;
  const { id: _id, ...object } = stored;
  const known = {
    ...object,
    apiVersion: text(object.apiVersion) ?? apiVersionOf(served.group, served.version),
    kind: served.kind,
    metadata: fields(object.metadata),
  };
  return atRest(known, (text) => unseal(text, sealKey()));
}

/** A Secret's data is sealed in its file, as a cluster encrypts it at rest. */
function atRest(object: KubeObject, change: (value: string) => string): KubeObject {
  if (object.kind !== "Secret" || object.apiVersion !== "v1" || !isFields(object.data)) return object;
  const data = Object.entries(object.data).map(([key, value]) => [key, typeof value === "string" ? change(value) : value]);
  return { ...object, data: Object.fromEntries(data) };
}
