import { createHash } from "node:crypto";
import type {
  CheckCall,
  CheckFailure,
  CreateCall,
  DeleteCall,
  DiffCall,
  DiffResult,
  ReadCall,
  ReadResult,
  UpdateCall,
} from "../../plugin/rpc/provider";
import { UNKNOWN } from "../../plugin/rpc/provider";
import { ApiError, type Observed } from "./api";
import { ingressClass } from "./controllers";
import { diffFields, pruneTo, withoutIgnored } from "./diff";
import { forceNewPaths } from "./immutable";
import { apiVersionOf, isBuiltInGroup, KINDS } from "./kinds";
import { idOf, importedInputs, normal, outputsOf, previewed, secretive } from "./object-state";
import type { ServedKind } from "./objects";
import { notReady, type Session, type Sessions } from "./session";
import {
  annotationsOf,
  at,
  containsUnknown,
  type Fields,
  fields,
  isFields,
  type KubeObject,
  markLike,
  nameOf,
  namespaceOf,
  reveal,
  text,
  withAt,
} from "./values";

const AUTONAMED = "pulumi.com/autonamed";
const SKIP_AWAIT = "pulumi.com/skipAwait";

/** Every kind but helm.sh's: how the provider treats an object of the API server. */
export class ObjectResource {
  constructor(private readonly sessions: Sessions) {}

  check(call: CheckCall): { inputs: Fields; failures: CheckFailure[] } {
    const { group, version, kind } = kindOf(call.type);
    const apiVersion = apiVersionOf(group, version);
    const refused = this.unknownKind(call.type);
    if (refused !== undefined) return { inputs: call.news, failures: [refused] };
    const served = this.served(apiVersion, kind);
    let inputs: Fields = { ...call.news, apiVersion, kind };
    inputs = withName(inputs, call);
    const namespace = at(inputs, "metadata.namespace");
    if (served?.namespaced === true && text(namespace) === undefined && !isFields(namespace) && inputs.metadata !== UNKNOWN) {
      inputs = withAt(inputs, "metadata.namespace", this.sessions.defaultNamespace);
    }
    return { inputs: apiVersion === "v1" && kind === "Secret" ? secretive(inputs) : inputs, failures: [] };
  }

  diff(call: DiffCall): DiffResult {
    const live = fields(reveal(call.olds));
    const asked = normal(fields(reveal(Object.keys(call.oldInputs).length > 0 ? call.oldInputs : call.olds)));
    const news = this.located(normal(fields(reveal(call.news))));
    // The live object, as far as it was asked for: what others changed there shows, what the cluster filled in does not.
    const before = this.located(fields(pruneTo(live, asked)));
    const mutable = { secrets: this.sessions.enabled("enableSecretMutable"), configMaps: this.sessions.enabled("enableConfigMapMutable") };
    const changes = withoutIgnored(diffFields(before, news, forceNewPaths(news, mutable)), call.ignoreChanges);
    const replaced = Object.values(changes).some((kind) => kind.endsWith("replace"));
    const sameName = nameOf(news) !== "" && nameOf(news) === nameOf(live) && namespaceOf(news) === namespaceOf(this.located(live));
    const deleteBeforeReplace = replaced && sameName && annotationsOf(news)[AUTONAMED] !== "true";
    return { changes, ...(deleteBeforeReplace ? { deleteBeforeReplace } : {}) };
  }

  async create(call: CreateCall): Promise<{ id: string; properties: Fields }> {
    if (call.preview) return { id: "", properties: await this.tried(call, call.inputs) };
    const session = this.sessions.must();
    const wanted = fields(reveal(call.inputs));
    await this.warn(call, wanted, session);
    const created = await this.told(call, "created", () => session.api.create(normal(wanted)));
    const { object, reasons } = await this.ready(call, created);
    const [id, properties] = [idOf(object), outputsOf(object, call.inputs)];
    if (reasons.length > 0) throw notReady(call, "created", nameOf(object), reasons, id, properties, call.inputs);
    return { id, properties };
  }

  async update(call: UpdateCall): Promise<{ properties: Fields }> {
    if (call.preview) return { properties: await this.tried(call, await this.leftAlone(call), call.oldInputs) };
    const session = this.sessions.must();
    const wanted = fields(reveal(await this.leftAlone(call)));
    await this.warn(call, wanted, session);
    const applied = await this.told(call, "updated", () => session.api.apply(normal(fields(reveal(call.oldInputs))), normal(wanted)));
    const { object, reasons } = await this.ready(call, applied);
    const properties = outputsOf(object, call.news);
    if (reasons.length > 0) throw notReady(call, "updated", nameOf(object), reasons, idOf(object), properties, call.news);
    return { properties };
  }

  async read(call: ReadCall): Promise<ReadResult> {
    const session = this.sessions.connect();
    if ("unreachable" in session) throw new Error(READ_UNREACHABLE);
    const live = await session.api.get(this.reference(call.type, call.id));
    if (live === undefined) return { id: "", inputs: {}, properties: {} };
    const { object } = await session.api.observe(live);
    const known = Object.keys(call.inputs).length > 0;
    const inputs = known ? this.liveInputs(object, call.inputs) : importedInputs(object);
    return { id: idOf(object), inputs, properties: outputsOf(object, inputs) };
  }

  async delete(call: DeleteCall): Promise<void> {
    const session = this.sessions.connect();
    if ("unreachable" in session) {
      await call.log("warning", `configured Kubernetes cluster is unreachable: ${session.unreachable}`);
      if (this.sessions.enabled("deleteUnreachable")) return;
      throw new Error(DELETE_UNREACHABLE);
    }
    const object = this.reference(call.type, call.id);
    const { reasons } = await this.sessions.wait(call, async ({ api }) => ({ reasons: api.heldBy?.(object) ?? [] }));
    if (reasons.length > 0)
      throw new Error([`timed out waiting for ${String(object.kind)} "${nameOf(object)}" to be deleted`, ...reasons].join("; "));
    await session.api.delete(object);
    this.sessions.changed();
  }

  /**
   * The inputs with what is ignored as it is on the server: a field that somebody else has by now is left out, one that is still ours is applied
   * as it is there, since whoever leaves it out gives it up.
   */
  private async leftAlone({ type, id, news, ignoreChanges = [] }: UpdateCall): Promise<Fields> {
    const api = this.sessions.reachable()?.api;
    if (ignoreChanges.length === 0 || api === undefined) return news;
    const reference = this.reference(type, id);
    const live = await api.get(reference);
    let inputs: Fields = news;
    for (const path of ignoreChanges) {
      const others = (await api.isOthers?.(reference, path)) ?? false;
      const is = at(live, path);
      if (others || is !== undefined) inputs = withAt(inputs, path, others ? undefined : is);
    }
    return inputs;
  }

  private unknownKind(type: string): CheckFailure | undefined {
    const { group, version, kind } = kindOf(type);
    const apiVersion = apiVersionOf(group, version);
    if (KINDS.has(`${apiVersion}/${kind}`)) return undefined;
    if (kind.endsWith("Patch") && KINDS.has(`${apiVersion}/${kind.slice(0, -"Patch".length)}`)) {
      return { property: "kind", reason: `${kind}: patch resources are not simulated` };
    }
    return isBuiltInGroup(group) ? { property: "kind", reason: `no matches for kind "${kind}" in version "${apiVersion}"` } : undefined;
  }

  private served(apiVersion: string, kind: string): ServedKind | undefined {
    return KINDS.get(`${apiVersion}/${kind}`) ?? this.sessions.reachable()?.api.served(apiVersion, kind);
  }

  /** The object with the namespace it really has, so that a default written or left out is no change. */
  private located(object: Fields): Fields {
    const namespaced = this.served(String(object.apiVersion), String(object.kind))?.namespaced ?? true;
    return withAt(object, "metadata.namespace", namespaced ? namespaceOf(object) || "default" : undefined);
  }

  private reference(type: string, id: string): Fields {
    const { group, version, kind } = kindOf(type);
    const cut = id.indexOf("/");
    const metadata = cut < 0 ? { name: id } : { namespace: id.slice(0, cut), name: id.slice(cut + 1) };
    return { apiVersion: apiVersionOf(group, version), kind, metadata };
  }

  private liveInputs(object: KubeObject, inputs: Fields): Fields {
    const plain = fields(reveal(inputs));
    const pruned = fields(pruneTo(this.located(object), normal(plain)));
    const namespace = at(plain, "metadata.namespace") === undefined ? undefined : namespaceOf(pruned);
    const marked = fields(markLike(withAt(pruned, "metadata.namespace", namespace), inputs));
    return object.apiVersion === "v1" && object.kind === "Secret" ? secretive(marked) : marked;
  }

  private async ready(call: CreateCall | UpdateCall, object: KubeObject): Promise<Observed> {
    const look = async ({ api }: Session): Promise<Observed> => {
      const live = await api.get(object);
      return live === undefined ? { object, reasons: [`${object.kind} "${nameOf(object)}" was deleted meanwhile`] } : api.observe(live);
    };
    if (annotationsOf(object)[SKIP_AWAIT] === "true") return { ...(await look(this.sessions.must())), reasons: [] };
    return this.sessions.wait(call, look);
  }

  private async warn(call: CreateCall | UpdateCall, wanted: Fields, session: Session): Promise<void> {
    if (wanted.kind !== "Ingress") return;
    const { name, found } = ingressClass(wanted, await session.api.list("networking.k8s.io/v1/IngressClass"));
    if (found !== undefined) return;
    await call.log(
      "warning",
      name === undefined
        ? "no default IngressClass exists: no controller serves this Ingress"
        : `IngressClass "${name}" does not exist: no controller serves this Ingress`,
    );
  }

  /** What a preview knows. The server is asked whether it would take the object, as far as all of it is known. */
  private async tried(call: CreateCall | UpdateCall, inputs: Fields, before?: Fields): Promise<Fields> {
    const session = this.sessions.reachable();
    const wanted = fields(reveal(inputs));
    if (session === undefined || containsUnknown(wanted)) return previewed(inputs);
    try {
      await session.api.dryRun(before && normal(fields(reveal(before))), normal(wanted));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (!(before === undefined ? UNTOLD_OF_CREATE : UNTOLD).includes(error.reason))
        throw refusal(call, before ? "updated" : "created", error);
    }
    return previewed(inputs);
  }

  private async told<T>(call: CreateCall | UpdateCall, verb: "created" | "updated", work: () => T | Promise<T>): Promise<T> {
    try {
      const result = await work();
      this.sessions.changed();
      return result;
    } catch (error) {
      throw error instanceof ApiError ? refusal(call, verb, error) : error;
    }
  }
}

/** What a preview does not fail for: kinds that come with this very run, and what the login may not even try. */
const UNTOLD: readonly ApiError["reason"][] = ["NoMatch", "Forbidden"];
/** Of an object to be created moreover: its namespace may come with this run, and what is there already may be about to be replaced. */
const UNTOLD_OF_CREATE: readonly ApiError["reason"][] = [...UNTOLD, "NotFound", "AlreadyExists"];

function refusal(call: CreateCall | UpdateCall, verb: "created" | "updated", error: ApiError): Error {
  if (error.reason !== "NoMatch")
    return new Error(`resource "${call.urn}" was not successfully ${verb} by the Kubernetes API server: ${error.message}`);
  const { group, version, kind } = kindOf(call.type);
  const what = `creation of resource "${call.urn}" with kind ${apiVersionOf(group, version)}/${kind} failed`;
  return new Error(
    `${what} because the Kubernetes API server reported that the apiVersion for this resource does not exist. Verify that any required CRDs have been created: ${error.message}`,
  );
}

const ADVICE =
  'If the cluster was deleted, you can remove this resource from Pulumi state by rerunning the operation with the PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"';
const READ_UNREACHABLE = `failed to read resource state due to unreachable cluster. ${ADVICE}`;
const DELETE_UNREACHABLE = `configured Kubernetes cluster is unreachable. ${ADVICE}`;

/** `kubernetes:apps/v1:Deployment` → group, version and kind; the core group is written `core`. */
export function kindOf(type: string): { readonly group: string; readonly version: string; readonly kind: string } {
  const [, module, kind] = type.split(":");
  const [group, version] = (module ?? "").split("/");
  if (group === undefined || version === undefined || kind === undefined || kind === "") {
    throw new Error(`type token must be in the format <package>:<group/version>:<kind>, is "${type}"`);
  }
  return { group: group === "core" ? "" : group, version, kind };
}

function withName(inputs: Fields, call: CheckCall): Fields {
  if (text(at(inputs, "metadata.name")) !== undefined || isFields(at(inputs, "metadata.name")) || inputs.metadata === UNKNOWN)
    return inputs;
  const olds = fields(reveal(call.olds));
  const former = annotationsOf(olds)[AUTONAMED] === "true" ? nameOf(olds) : undefined;
  const seed = call.randomSeed.length > 0 ? call.randomSeed : Buffer.from(`${call.urn}${Date.now()}`);
  const name = former ?? `${call.name}-${createHash("sha256").update(seed).digest("hex").slice(0, 8)}`;
  const annotations = { ...annotationsOf(inputs), [AUTONAMED]: "true" };
  return { ...inputs, metadata: { ...fields(inputs.metadata), name, annotations } };
}
