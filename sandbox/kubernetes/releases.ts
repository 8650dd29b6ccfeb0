import { sameVersion } from "../../model/charts/chart";
import { unknownValues } from "../../model/charts/unknown-values";
import { Store } from "../store";
import { type Api, ApiError, type FieldError } from "./api";
import { type Chart, chartNames, chartRepositories, findChart, render } from "./charts";
import { annotationsOf, at, containsUnknown, type Fields, fields, type KubeObject, list, nameOf, namespaceOf, same, text } from "./values";

/** What a Release asks for, without secrets' envelopes. */
export interface ReleaseSpec {
  readonly name: string;
  readonly namespace: string;
  readonly chart: Chart;
  readonly values: Fields;
  readonly createNamespace: boolean;
  readonly skipCrds: boolean;
}

/** What Helm keeps of a release. It never holds values, which may be secret. */
export interface ReleaseRecord extends Fields {
  readonly name: string;
  readonly namespace: string;
  readonly chart: string;
  readonly version: string;
  readonly appVersion: string;
  readonly revision: number;
  readonly status: string;
  /** The uid of the namespace it was installed into: Helm keeps its record there, and loses it with the namespace. */
  readonly namespaceUid: string;
  /** The objects made, for the uninstall. */
  readonly objects: readonly Fields[];
}

/** The inputs a Release may have. */
const RELEASE_FIELDS =
  "allowNullValues atomic chart cleanupOnFail compat createNamespace dependencyUpdate description devel disableCRDHooks disableOpenapiValidation disableWebhooks " +
  "forceUpdate keyring lint manifest maxHistory name namespace postrender recreatePods renderSubchartNotes replace repositoryOpts resetValues resourceNames " +
  "reuseValues skipAwait skipCrds takeOwnership timeout valueYamlFiles values verify version waitForJobs";

/** What is wrong with a Release's inputs: an unknown chart, version, repository, value or field. Values never stand in a reason. */
export function releaseProblems(inputs: Fields): FieldError[] {
  const known = RELEASE_FIELDS.split(" ");
  const errors: FieldError[] = Object.keys(inputs)
    .filter((key) => !known.includes(key))
    .map((key) => ({ path: key, reason: `a Release has no property "${key}"` }));
  const name = text(inputs.name) ?? "";
  if (!containsUnknown(name) && (name.length > 53 || !/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name))) {
    errors.push({ path: "name", reason: "invalid release name, must be lower case letters, digits, '-' or '.', at most 53 of them" });
  }
  const reference = text(inputs.chart);
  if (reference === undefined) return [...errors, { path: "chart", reason: "Required value" }];
  if (containsUnknown(reference)) return errors;
  const version = text(inputs.version);
  const chart = findChart(reference, version !== undefined && containsUnknown(version) ? undefined : version);
  if (chart === undefined) {
    if (ownChart(inputs) !== undefined) return errors;
    const why = `chart "${reference}" not found; check the chart name and repository configuration. The sandbox knows ${chartNames().join(", ")}`;
    return [...errors, { path: "chart", reason: why }];
  }
  return [
    ...errors,
    ...sourceProblems(chart, inputs, reference),
    ...unknownValues(chart, fields(inputs.values))
      .map((one) => ({ ...one, path: `values.${one.path}` }))
      .filter(({ path }) => !containsUnknown(at(inputs, path))),
  ];
}

function sourceProblems(chart: Chart, inputs: Fields, reference: string): FieldError[] {
  const errors: FieldError[] = [];
  const version = text(inputs.version);
  if (version !== undefined && !containsUnknown(version) && !sameVersion(version, chart.version)) {
    errors.push({ path: "version", reason: `chart "${chart.name}" matching ${version} not found; the sandbox knows ${chart.version}` });
  }
  const repository = text(at(inputs, "repositoryOpts.repo"));
  // A mirror is named by an OCI reference or a file, never by a repository.
  const mirrored = reference.includes("/") || reference.endsWith(".tgz");
  if (!mirrored && repository === undefined)
    errors.push({ path: "repositoryOpts.repo", reason: `repo ${chart.name} not found: name ${chart.repository}` });
  if (repository !== undefined && !containsUnknown(repository) && repository.replace(/\/$/, "") !== chart.repository) {
    errors.push({
      path: "repositoryOpts.repo",
      reason: `looks like "${repository}" is not a valid chart repository or cannot be reached; ${chart.name} is at ${chart.repository}`,
    });
  }
  return errors;
}

/** A chart of a user's own: of a repository that the catalogue has none from. What it makes nobody knows here, so that it makes nothing. */
function ownChart(inputs: Fields): Chart | undefined {
  const reference = String(inputs.chart);
  const cut = reference.lastIndexOf("/");
  const repository = reference.startsWith("oci://") ? reference.slice(0, cut) : text(at(inputs, "repositoryOpts.repo"));
  if (repository === undefined || chartRepositories().includes(repository.replace(/\/$/, ""))) return undefined;
  const version = text(inputs.version) ?? "";
  const known = { values: {}, optionalValues: [], crds: {}, objects: [] };
  return { name: reference.slice(cut + 1), version, appVersion: version, repository, ...known };
}

/** Reads checked inputs. */
export function readSpec(inputs: Fields): ReleaseSpec {
  const chart = findChart(String(inputs.chart), text(inputs.version)) ?? ownChart(inputs);
  if (chart === undefined) throw new Error(`chart "${String(inputs.chart)}" not found`);
  return {
    name: String(inputs.name),
    namespace: text(inputs.namespace) ?? "default",
    chart,
    values: fields(inputs.values),
    createNamespace: inputs.createNamespace === true,
    skipCrds: inputs.skipCrds === true,
  };
}

/** Helm over an API server. */
export class Releases {
  private readonly store: Store;

  constructor(
    folder: string,
    private readonly api: Api,
  ) {
    this.store = new Store(folder);
  }

  async get(namespace: string, name: string): Promise<ReleaseRecord | undefined> {
    const stored = this.store.get("releases.helm.sh", `${namespace}_${name}`);
    if (stored === undefined) return undefined;
    const record = fields(stored);
    if (record.namespaceUid !== (await this.namespaceUid(namespace))) return undefined;
    return {
      name: String(record.name),
      namespace: String(record.namespace),
      chart: String(record.chart),
      version: String(record.version),
      appVersion: String(record.appVersion),
      revision: Number(record.revision),
      status: String(record.status),
      namespaceUid: String(record.namespaceUid),
      objects: list(record.objects).map(fields),
    };
  }

  /** Writes a release's status after the wait for its objects. */
  settle(record: ReleaseRecord, status: "deployed" | "failed"): ReleaseRecord {
    const settled = { ...record, status };
    this.store.put("releases.helm.sh", { ...settled, id: `${record.namespace}_${record.name}` });
    return settled;
  }

  async install(spec: ReleaseSpec): Promise<ReleaseRecord> {
    if ((await this.get(spec.namespace, spec.name)) !== undefined)
      throw new ApiError("AlreadyExists", "cannot re-use a name that is still in use");
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: spec.namespace } };
    if ((await this.api.get(namespace)) === undefined) {
      if (!spec.createNamespace) throw new ApiError("NotFound", `create: failed to create: namespaces "${spec.namespace}" not found`);
      await this.api.create(namespace);
    }
    return this.write(spec, await this.bring(spec, []), 1);
  }

  async upgrade(spec: ReleaseSpec): Promise<ReleaseRecord> {
    const before = await this.get(spec.namespace, spec.name);
    if (before === undefined) throw new ApiError("NotFound", `"${spec.name}" has no deployed releases`);
    const objects = await this.bring(spec, before.objects);
    const gone = before.objects.filter((one) => !objects.some((other) => same(referenceOf(other), one)));
    for (const one of gone) await this.remove(one);
    return this.write(spec, objects, before.revision + 1);
  }

  async uninstall(namespace: string, name: string): Promise<void> {
    const record = await this.get(namespace, name);
    if (record === undefined) return;
    for (const one of [...record.objects].reverse()) await this.remove(one);
    this.store.delete("releases.helm.sh", `${namespace}_${name}`);
  }

  /** The objects of a release as they stand. */
  async objectsOf(record: ReleaseRecord): Promise<KubeObject[]> {
    const objects = await Promise.all(record.objects.map(async (one) => this.api.get(one)));
    return objects.filter((one) => one !== undefined);
  }

  private async bring(spec: ReleaseSpec, before: readonly Fields[]): Promise<KubeObject[]> {
    const { crds, objects } = render(spec.chart, { release: spec.name, namespace: spec.namespace, values: spec.values });
    const templated = spec.chart.crds.templated === true;
    const brought: KubeObject[] = [];
    for (const one of crds) {
      if (templated || (!spec.skipCrds && (await this.api.get(one)) === undefined)) brought.push(await this.bringOne(one, spec, before));
    }
    for (const one of objects) brought.push(await this.bringOne(one, spec, before));
    return brought;
  }

  private async bringOne(object: Fields, spec: ReleaseSpec, before: readonly Fields[]): Promise<KubeObject> {
    const owner = { "meta.helm.sh/release-name": spec.name, "meta.helm.sh/release-namespace": spec.namespace };
    const metadata = fields(object.metadata);
    const labels = { ...fields(metadata.labels), "app.kubernetes.io/managed-by": "Helm" };
    const owned = { ...object, metadata: { ...metadata, labels, annotations: { ...fields(metadata.annotations), ...owner } } };
    const live = await this.api.get(owned);
    if (live === undefined) return this.api.create(owned);
    const mine = before.some((one) => same(one, referenceOf(live))) || annotationsOf(live)["meta.helm.sh/release-name"] === spec.name;
    if (mine) return this.api.apply({ ...live, metadata: { labels: live.metadata.labels, annotations: live.metadata.annotations } }, owned);
    const what = `${live.kind} "${nameOf(live)}" in namespace "${namespaceOf(live)}" exists and cannot be imported into the current release`;
    throw new ApiError("AlreadyExists", `Unable to continue with install: ${what}: invalid ownership metadata`);
  }

  private async remove(reference: Fields): Promise<void> {
    const live = await this.api.get(reference);
    if (live !== undefined && annotationsOf(live)["helm.sh/resource-policy"] !== "keep") await this.api.delete(live);
  }

  private async write(spec: ReleaseSpec, objects: readonly KubeObject[], revision: number): Promise<ReleaseRecord> {
    const { name, namespace, chart } = spec;
    const facts = { name, namespace, chart: chart.name, version: chart.version, appVersion: chart.appVersion };
    const namespaceUid = await this.namespaceUid(namespace);
    return this.settle({ ...facts, revision, status: "pending-install", namespaceUid, objects: objects.map(referenceOf) }, "deployed");
  }

  private async namespaceUid(name: string): Promise<string> {
    const namespace = await this.api.get({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
    return String(namespace?.metadata.uid);
  }
}

/** What names an object: kind, namespace and name. */
function referenceOf(object: KubeObject): Fields {
  const namespace = namespaceOf(object);
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: { name: nameOf(object), ...(namespace === "" ? {} : { namespace }) },
  };
}

/** The names of a release's objects by kind and version, as the provider's `resourceNames` has them. */
export function resourceNames(record: ReleaseRecord): Record<string, string[]> {
  const names: Record<string, string[]> = {};
  for (const object of record.objects) {
    const apiVersion = String(object.apiVersion);
    const group = apiVersion.includes("/") ? `.${apiVersion.split("/")[0]}` : "";
    const namespace = namespaceOf(object);
    const key = `${String(object.kind)}${group}/${apiVersion}`;
    names[key] = [...(names[key] ?? []), namespace === "" ? nameOf(object) : `${namespace}/${nameOf(object)}`];
  }
  return names;
}
