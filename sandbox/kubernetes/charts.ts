import catalogue from "../../catalog/charts.json";
import { type ChartValues, chartValues } from "../../model/charts/chart";
import { merge } from "../../model/data";
import { at, type Fields, fields, isFields, list, text } from "./values";

/** What the catalogue knows of a chart; see catalog/charts.json. */
export interface Chart extends ChartValues {
  readonly appVersion: string;
  readonly repository: string;
  readonly crds: Fields;
  readonly objects: readonly Fields[];
}

const CHARTS: Fields = catalogue.charts;

/** The names of the charts the sandbox can install. */
export function chartNames(): string[] {
  return Object.keys(CHARTS);
}

/** A chart by its name, an OCI reference or an archive's file name; undefined when the sandbox does not know it. */
export function findChart(reference: string): Chart | undefined {
  const last = (reference.split("/").at(-1) ?? reference).replace(/\.tgz$/, "");
  const name = chartNames().find((one) => last === one || (reference.endsWith(".tgz") && last.startsWith(`${one}-`)));
  if (name === undefined) return undefined;
  const entry = fields(CHARTS[name]);
  const known = chartValues(name);
  if (known === undefined) return undefined;
  return {
    ...known,
    appVersion: String(entry.appVersion),
    repository: String(entry.repository),
    crds: fields(entry.crds),
    objects: list(entry.objects).map(fields),
  };
}

/** What a release of a chart is rendered with. */
export interface RenderContext {
  readonly release: string;
  readonly namespace: string;
  /** The values given, without the chart's defaults. */
  readonly values: Fields;
}

/** The chart's CustomResourceDefinitions and objects as the values make them. */
export function render(chart: Chart, context: RenderContext): { readonly crds: Fields[]; readonly objects: Fields[] } {
  const values = fields(merge(chart.values, context.values));
  const scope: Scope = { ...context, values, chart, fullname: fullName(chart, context.release, values) };
  const objects = chart.objects.filter((entry) => holds(list(entry.when), values)).map((entry) => renderObject(entry, scope));
  const wanted = holds(list(chart.crds.when), values);
  const keep = text(chart.crds.keep) !== undefined && at(values, String(chart.crds.keep)) === true;
  return { crds: wanted ? list(chart.crds.definitions).map((one) => definition(fields(one), keep)) : [], objects };
}

interface Scope extends RenderContext {
  readonly chart: Chart;
  readonly fullname: string;
}

function fullName(chart: Chart, release: string, values: Fields): string {
  const name = text(values.nameOverride) ?? chart.name;
  const whole = text(values.fullnameOverride) ?? (release.includes(name) ? release : `${release}-${name}`);
  return whole.slice(0, 63).replace(/-$/, "");
}

/** Each condition is `path`, `path=value` or `path|path`. */
function holds(conditions: readonly unknown[], values: Fields): boolean {
  return conditions.every((condition) =>
    String(condition)
      .split("|")
      .some((one) => {
        const [path, value] = one.split("=") as [string, string | undefined];
        const found = at(values, path);
        return value === undefined ? found === true : String(found) === value;
      }),
  );
}

function definition(entry: Fields, keep: boolean): Fields {
  const plural = String(entry.plural);
  const versions = list(entry.versions).map((one) => {
    const version = fields(one);
    return { name: version.name, served: true, storage: version.storage, schema: { openAPIV3Schema: opened(fields(version.schema)) } };
  });
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${String(entry.group)}`, annotations: keep ? { "helm.sh/resource-policy": "keep" } : {} },
    spec: {
      group: entry.group,
      scope: entry.scope,
      names: { kind: entry.kind, plural, singular: String(entry.kind).toLowerCase() },
      versions,
    },
  };
}

/** The catalogue leaves out what is inside most objects: those hold anything, which an API server would otherwise cut away. */
function opened(schema: Fields): Fields {
  const type = schema.type ?? "object";
  if (type === "array") return { ...schema, items: opened(fields(schema.items)) };
  if (type !== "object" || schema.additionalProperties !== undefined) return schema;
  if (schema.properties === undefined) return { ...schema, type, "x-kubernetes-preserve-unknown-fields": true };
  const properties = Object.entries(fields(schema.properties)).map(([key, inner]) => [key, opened(fields(inner))]);
  return { ...schema, properties: Object.fromEntries(properties) };
}

function renderObject(entry: Fields, scope: Scope): Fields {
  const kind = String(entry.kind);
  const cut = kind.lastIndexOf("/");
  const body =
    entry.workload === undefined ? fields(fill(entry.body ?? {}, scope)) : workload(kind.slice(cut + 1), fields(entry.workload), scope);
  const metadata = fields(body.metadata);
  const labels = {
    ...fields(metadata.labels),
    "helm.sh/chart": `${scope.chart.name}-${scope.chart.version}`,
    ...selectorOf(undefined, scope),
  };
  const name = String(fill(entry.name, scope));
  return {
    ...body,
    apiVersion: kind.slice(0, cut),
    kind: kind.slice(cut + 1),
    metadata: { ...metadata, labels, name, namespace: scope.namespace },
  };
}

function selectorOf(component: string | undefined, scope: Scope): Fields {
  const labels = { "app.kubernetes.io/name": scope.chart.name, "app.kubernetes.io/instance": scope.release };
  return component === undefined ? labels : { ...labels, "app.kubernetes.io/component": component };
}

/** Fills a body: `{name}` in texts, `$value` and `$text` (a value of the chart, left out when empty) and `$selector` (the labels of a component). */
function fill(part: unknown, scope: Scope): unknown {
  if (typeof part === "string") return part.replace(/\{([\w.]+)\}/g, (_whole, name: string) => placeholder(name, scope));
  if (Array.isArray(part)) return part.map((inner) => fill(inner, scope));
  if (!isFields(part)) return part;
  if ("$selector" in part) return selectorOf(text(part.$selector), scope);
  const path = text(part.$value) ?? text(part.$text);
  if (path !== undefined) {
    const value = at(scope.values, path);
    if (value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0)) return undefined;
    return part.$text === undefined && !isAnnotation(path) ? value : String(value);
  }
  return Object.fromEntries(
    Object.entries(part)
      .map(([key, inner]) => [key, fill(inner, scope)] as const)
      .filter(([, inner]) => inner !== undefined),
  );
}

// Annotations are text, whatever the value is.
const isAnnotation = (path: string): boolean => /(defaultClass|ingressClassResource\.default)$/.test(path);

function placeholder(name: string, scope: Scope): string {
  const own: Readonly<Record<string, string>> = { fullname: scope.fullname, release: scope.release, namespace: scope.namespace };
  return own[name] ?? String(at(scope.values, name));
}

function workload(kind: string, entry: Fields, scope: Scope): Fields {
  const prefix = text(entry.from);
  const own = prefix === undefined ? scope.values : fields(at(scope.values, prefix));
  const labels = selectorOf(text(entry.component), scope);
  const capabilities = list(entry.capabilities);
  const controlPlane = text(entry.controlPlane) !== undefined && at(scope.values, String(entry.controlPlane)) === true;
  const tolerations = [
    ...list(own.tolerations),
    ...(controlPlane ? [{ key: "node-role.kubernetes.io/control-plane", operator: "Exists" }] : []),
  ];
  const { pod: podSecurity, container: containerSecurity } = securityOf(own);
  const security = capabilities.length > 0 ? { capabilities: { add: capabilities, drop: ["ALL"] } } : containerSecurity;
  const container = withoutEmpty({
    name: text(entry.component) ?? scope.chart.name,
    image: imageOf(own, scope),
    resources: own.resources,
    securityContext: security,
  });
  const pod = withoutEmpty({
    serviceAccountName: accountOf(entry, own, scope),
    securityContext: podSecurity,
    nodeSelector: own.nodeSelector,
    tolerations,
    affinity: own.affinity,
    priorityClassName: own.priorityClassName,
    hostNetwork: entry.hostNetwork,
    containers: [container],
    volumes: fill(entry.volumes ?? [], scope),
  });
  const replicas = text(entry.replicas) === undefined ? undefined : at(scope.values, String(entry.replicas));
  const template = { metadata: { labels: { ...labels, ...fields(own.podLabels) } }, spec: pod };
  return { spec: { ...(kind === "DaemonSet" || replicas === undefined ? {} : { replicas }), selector: { matchLabels: labels }, template } };
}

/** Charts name the pod's and the container's context in two ways: podSecurityContext and securityContext, or securityContext and containerSecurityContext. */
function securityOf(own: Fields): { readonly pod: unknown; readonly container: unknown } {
  return "podSecurityContext" in own
    ? { pod: own.podSecurityContext, container: own.securityContext }
    : { pod: own.securityContext, container: own.containerSecurityContext };
}

function accountOf(entry: Fields, own: Fields, scope: Scope): string | undefined {
  const account = text(entry.account);
  const settings = fields(own.serviceAccount ?? scope.values.serviceAccount);
  if (settings.create === false) return text(settings.name);
  return account === undefined ? undefined : String(fill(account, scope));
}

function imageOf(own: Fields, scope: Scope): string {
  const image = fields(own.image);
  const repository =
    text(image.repository) ??
    [text(image.registry) ?? text(at(scope.values, "global.image.registry")), text(image.image)].filter(Boolean).join("/");
  return `${repository === "" ? scope.chart.name : repository}:${text(image.tag) ?? scope.chart.appVersion}`;
}

function withoutEmpty(value: Fields): Fields {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => !isEmpty(inner)));
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  return Array.isArray(value) ? value.length === 0 : isFields(value) && Object.keys(value).length === 0;
}
