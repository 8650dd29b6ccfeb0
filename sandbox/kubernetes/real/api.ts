import { readIfThere } from "../../../host/files";
import { markUse, whenReady } from "../../servers/ready";
import { namePath } from "../../servers/record";
import { type Api, ApiError } from "../api";
import { KINDS, splitApiVersion } from "../kinds";
import { at, type Fields, fields, type KubeObject, list, nameOf, namespaceOf, text } from "../values";
import { type Connection, HttpClient } from "./client";
import { reasonsOf } from "./status";

/** Who our fields belong to on the server, as the real provider names itself by default. */
const FIELD_MANAGER = "pulumi-kubernetes";

/** How long, in milliseconds, a delete waits for finalizers and a CustomResourceDefinition to be served. */
const WAIT_MS = 180_000;
const EVERY_MS = 250;

const clients = new Map<string, RealApi>();

/**
 * The real API server named in `<worldDir>/api.json` (`{ server, ca, token }`, ca as PEM); undefined where there is no such file. One that is
 * being started, or emptied for a new `cluster`, is waited for with the first request.
 */
export function realApi(worldDir: string, cluster?: string): RealApi | undefined {
  const path = namePath(worldDir);
  const raw = readIfThere(path);
  if (raw === undefined) return undefined;
  const key = `${raw}${cluster}`;
  const known = clients.get(key);
  if (known !== undefined) return known;
  const { server, ca, token } = fields(JSON.parse(raw));
  if (typeof server !== "string" || typeof ca !== "string" || typeof token !== "string") {
    throw new Error(`${path} must hold "server", "ca" and "token"`);
  }
  let ready: Promise<void> | undefined;
  const api = new RealApi({ server, ca, token }, () => {
    ready ??= whenReady(worldDir, cluster);
    markUse(worldDir);
    return ready;
  });
  clients.set(key, api);
  return api;
}

interface Place {
  readonly root: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** A real API server, spoken to as the real provider does: server-side apply, dry runs, deletes in the foreground. */
export class RealApi implements Api {
  readonly patience = { quietMs: 60_000, everyMs: EVERY_MS };
  /** Where it is. */
  readonly server: string;
  private readonly http: HttpClient;
  private readonly places = new Map<string, Place>();

  /** @param ready settles when requests may be sent; asked before each */
  constructor(connection: Connection, ready?: () => Promise<void>) {
    this.server = connection.server;
    this.http = new HttpClient(connection, { ...(ready ? { ready } : {}) });
  }

  async get(object: Fields): Promise<KubeObject | undefined> {
    const place = await this.place(String(object.apiVersion), String(object.kind));
    if (place === undefined) return undefined;
    return this.absentOr(this.http.request("GET", pathOf(place, object)).then(toObject));
  }

  /** All objects of a kind in all namespaces; none where the kind is not served (yet). */
  async list(apiVersionKind: string, selector?: { readonly namespace: string; readonly labels: string }): Promise<KubeObject[]> {
    const cut = apiVersionKind.lastIndexOf("/");
    const [apiVersion, kind] = [apiVersionKind.slice(0, cut), apiVersionKind.slice(cut + 1)];
    const place = await this.place(apiVersion, kind);
    if (place === undefined) return [];
    const within = selector === undefined ? "" : `/namespaces/${selector.namespace}`;
    const query = selector === undefined ? "" : `?labelSelector=${encodeURIComponent(selector.labels)}`;
    const answer = await this.absentOr(this.http.request("GET", `${place.root}${within}/${place.plural}${query}`));
    return list(answer?.items).map((item) => toObject({ ...fields(item), apiVersion, kind }));
  }

  async create(wanted: Fields): Promise<KubeObject> {
    // An apply would adopt an object that is there already.
    if ((await this.get(wanted)) !== undefined) throw await this.alreadyThere(wanted);
    const created = await this.patch(wanted);
    if (created.kind === "CustomResourceDefinition") await this.servedSoon(created);
    return created;
  }

  async apply(_before: Fields, wanted: Fields): Promise<KubeObject> {
    // What was asked for before is known to the server: it belongs to our field manager.
    return this.patch(wanted);
  }

  async delete(object: Fields): Promise<void> {
    const place = await this.place(String(object.apiVersion), String(object.kind));
    if (place === undefined) return;
    const path = pathOf(place, object);
    const answer = await this.absentOr(this.http.request("DELETE", path, { propagationPolicy: "Foreground" }));
    if (answer === undefined) return;
    const uid = at(await this.get(object), "metadata.uid");
    const gone = await until(async () => at(await this.get(object), "metadata.uid") !== uid || uid === undefined);
    if (gone) return;
    const left = await this.get(object);
    const why = list(at(left, "status.conditions")).map((one) => text(fields(one).message) ?? "");
    throw new ApiError("Other", [`timed out waiting for ${String(object.kind)} "${nameOf(object)}" to be deleted`, ...why].join("; "));
  }

  async isOthers(object: Fields, path: string): Promise<boolean> {
    const live = await this.absentOr(this.http.request("GET", pathOf(await this.mustPlace(object), object)));
    const holders = list(at(live, "metadata.managedFields"))
      .map(fields)
      .filter(({ fieldsV1 }) => path.split(".").reduce<unknown>((held, step) => fields(held)[`f:${step}`], fieldsV1) !== undefined);
    return holders.length > 0 && !holders.some(({ manager }) => manager === FIELD_MANAGER);
  }

  async dryRun(before: Fields | undefined, wanted: Fields): Promise<void> {
    if (before === undefined && (await this.get(wanted)) !== undefined) throw await this.alreadyThere(wanted);
    await this.patch(wanted, "&dryRun=All");
  }

  async observe(object: KubeObject): Promise<{ object: KubeObject; reasons: readonly string[] }> {
    return { object, reasons: await reasonsOf(object, this) };
  }

  served(apiVersion: string, kind: string) {
    return KINDS.get(`${apiVersion}/${kind}`);
  }

  /** Writes an object's status, as its controller would. */
  async setStatus(object: Fields, status: Fields): Promise<void> {
    const path = `${pathOf(await this.mustPlace(object), object)}/status`;
    await this.http.request("PATCH", path, { status }, "application/merge-patch+json");
  }

  private async patch(wanted: Fields, query = ""): Promise<KubeObject> {
    const path = pathOf(await this.mustPlace(wanted), wanted);
    const options = `?fieldManager=${FIELD_MANAGER}&force=true&fieldValidation=Strict${query}`;
    return toObject(await this.http.request("PATCH", path + options, wanted, "application/apply-patch+yaml"));
  }

  private async alreadyThere(wanted: Fields): Promise<ApiError> {
    const { plural } = await this.mustPlace(wanted);
    const { group } = splitApiVersion(String(wanted.apiVersion));
    return new ApiError("AlreadyExists", `${group === "" ? plural : `${plural}.${group}`} "${nameOf(wanted)}" already exists`);
  }

  private async absentOr<T>(answer: Promise<T>): Promise<T | undefined> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof ApiError && error.reason === "NotFound") return undefined;
      throw error;
    }
  }

  private async mustPlace(object: Fields): Promise<Place> {
    const [apiVersion, kind] = [String(object.apiVersion), String(object.kind)];
    const place = await this.place(apiVersion, kind);
    if (place === undefined) throw new ApiError("NoMatch", `no matches for kind "${kind}" in version "${apiVersion}"`);
    return place;
  }

  private async place(apiVersion: string, kind: string): Promise<Place | undefined> {
    const known = this.places.get(`${apiVersion}/${kind}`);
    if (known !== undefined) return known;
    const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const found = await this.absentOr(this.http.request("GET", root));
    for (const entry of list(found?.resources).map(fields)) {
      if (String(entry.name).includes("/")) continue;
      this.places.set(`${apiVersion}/${String(entry.kind)}`, { root, plural: String(entry.name), namespaced: entry.namespaced === true });
    }
    return this.places.get(`${apiVersion}/${kind}`);
  }

  private async servedSoon(definition: KubeObject): Promise<void> {
    const group = String(at(definition, "spec.group"));
    const versions = list(at(definition, "spec.versions")).map(fields);
    const kind = String(at(definition, "spec.names.kind"));
    for (const { name } of versions.filter((one) => one.served === true)) {
      await until(async () => (await this.place(`${group}/${String(name)}`, kind)) !== undefined);
    }
  }
}

async function until(holds: () => Promise<boolean>): Promise<boolean> {
  const end = Date.now() + WAIT_MS;
  while (!(await holds())) {
    if (Date.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
  return true;
}

function pathOf(place: Place, object: Fields): string {
  const within = place.namespaced ? `/namespaces/${namespaceOf(object) || "default"}` : "";
  return `${place.root}${within}/${place.plural}/${encodeURIComponent(nameOf(object))}`;
}

function toObject(answer: Fields): KubeObject {
  const { managedFields: _managed, ...metadata } = fields(answer.metadata);
  return { ...answer, apiVersion: String(answer.apiVersion), kind: String(answer.kind), metadata };
}
