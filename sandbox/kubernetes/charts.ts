import rendered from "../../catalog/chart-objects.json";
import { type ChartValues, chartEntry, chartKey, chartKeys, chartValues } from "../../model/charts/chart";
import { merge } from "../../model/data";
import { at, type Fields, fields, isFields, list, text } from "./values";

/** What the catalogue knows of a chart: catalog/charts.json, and catalog/chart-objects.json for what the chart makes (dev/chart-facts.ts). */
export interface Chart extends ChartValues {
  readonly appVersion: string;
  readonly repository: string;
  readonly crds: Fields;
  readonly objects: readonly Fields[];
}

const RENDERED: Fields = rendered;

/** The names of the charts the sandbox can install. */
export function chartNames(): string[] {
  return chartKeys.filter((key) => !key.includes("@"));
}

/** Where the charts are from that the sandbox can install. */
export function chartRepositories(): string[] {
  return chartKeys.map((key) => String(chartEntry(key).repository));
}

/**
 * A chart by its name, an OCI reference or an archive's file name; undefined when the sandbox does not know it.
 * @param version default the newest release's; one that the sandbox does not know gives that one too
 */
export function findChart(reference: string, version?: string): Chart | undefined {
  const last = (reference.split("/").at(-1) ?? reference).replace(/\.tgz$/, "");
  const name = chartNames().find((one) => last === one || (reference.endsWith(".tgz") && last.startsWith(`${one}-`)));
  if (name === undefined) return undefined;
  const wanted = version ?? (last === name ? undefined : last.slice(name.length + 1));
  const [key, known] = [chartKey(name, wanted), chartValues(name, wanted)];
  if (key === undefined || known === undefined) return undefined;
  const entry = chartEntry(key);
  const made = fields(RENDERED[key] ?? asVersion(fields(RENDERED[name]), name, entry));
  return {
    ...known,
    appVersion: String(entry.appVersion),
    repository: String(entry.repository),
    crds: fields(made.crds),
    objects: list(made.objects).map(fields),
  };
}

/** What the newest release's version makes, with the names that another version has for itself: most make the same of our values. */
function asVersion(made: Fields, name: string, { version, appVersion }: Fields): Fields {
  const newest = chartEntry(name);
  const renamed = JSON.stringify(made)
    .replaceAll(`"${name}-${String(newest.version)}"`, `"${name}-${String(version)}"`)
    .replaceAll(`"${String(newest.appVersion)}"`, `"${String(appVersion)}"`);
  return fields(JSON.parse(renamed) as unknown);
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

/** Each condition is `path`, `path>1`, either with `!` before it for the contrary, or several of which one is enough: `path|path`. */
function holds(conditions: readonly unknown[], values: Fields): boolean {
  return conditions.every((condition) =>
    String(condition)
      .split("|")
      .some((one) => {
        const [, not, path = "", number] = /^(!?)([\w.-]+)(>1)?$/.exec(one) ?? [];
        const found = at(values, path);
        return (number === undefined ? found === true : Number(found) > 1) !== (not === "!");
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
    metadata: {
      name: `${plural}.${String(entry.group)}`,
      annotations: {
        ...(keep ? { "helm.sh/resource-policy": "keep" } : {}),
        // Groups of Kubernetes' own are taken with their reviewers' word only, or where it is said that there is none.
        ...(/\.(k8s|kubernetes)\.io$/.test(String(entry.group)) ? { "api-approved.kubernetes.io": "unapproved, simulated" } : {}),
      },
    },
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
  if (schema["x-kubernetes-int-or-string"] === true) return schema;
  const type = schema.type ?? "object";
  if (type === "array") return { ...schema, items: opened(fields(schema.items)) };
  if (type !== "object" || schema.additionalProperties !== undefined) return schema;
  if (schema.properties === undefined) return { ...schema, type, "x-kubernetes-preserve-unknown-fields": true };
  const properties = Object.entries(fields(schema.properties)).map(([key, inner]) => [key, opened(fields(inner))]);
  return { ...schema, properties: Object.fromEntries(properties) };
}

function renderObject({ when: _when, ...entry }: Fields, scope: Scope): Fields {
  const object = fields(fill(entry, scope));
  return { ...object, metadata: { namespace: scope.namespace, ...fields(object.metadata) } };
}

/**
 * Puts values into their places: `{path}` in texts, `{@path}` with what goes before it where there is one, `{path|text}` with what stands
 * there else; `$value` a value, left out when empty (`zero: false`: or zero)
 * unless there is an `else`; `$each` the elements of a list among others; `$merge` the keys of maps among others; `$if` either of two, or nothing.
 */
function fill(part: unknown, scope: Scope): unknown {
  if (typeof part === "string")
    return part.replace(/\{([^\w{}]*)(\w[\w.-]*)(?:\|([^{}]*))?\}/g, (_whole, lead: string, path: string, otherwise = "") =>
      placed(lead, path, otherwise, scope),
    );
  if (Array.isArray(part)) {
    const elements = part.flatMap((inner) =>
      isFields(inner) && "$each" in inner ? list(at(scope.values, String(inner.$each))) : [fill(inner, scope)],
    );
    return elements.filter((one) => one !== undefined);
  }
  if (!isFields(part)) return part;
  if ("$value" in part) {
    const value = at(scope.values, String(part.$value));
    return isEmpty(value) || (value === 0 && part.zero === false) ? fill(part.else, scope) : value;
  }
  if ("$if" in part) return fill(holds([part.$if], scope.values) ? part.then : part.else, scope);
  const { $merge: merged, ...own } = part;
  const filled = Object.entries(own).map(([key, inner]) => [key, fill(inner, scope)] as const);
  const result = Object.assign({}, ...list(merged).map((path) => fields(at(scope.values, String(path)))));
  return { ...result, ...Object.fromEntries(filled.filter(([, inner]) => inner !== undefined)) };
}

function placed(lead: string, path: string, otherwise: string, scope: Scope): string {
  const own: Readonly<Record<string, string>> = { fullname: scope.fullname, release: scope.release, namespace: scope.namespace };
  const value = own[path] ?? String(at(scope.values, path) ?? "");
  return value === "" ? otherwise : `${lead}${value}`;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  return Array.isArray(value) ? value.length === 0 : isFields(value) && Object.keys(value).length === 0;
}
