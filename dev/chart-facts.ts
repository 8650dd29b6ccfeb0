import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { parseAllDocuments } from "yaml";
import { packageRoot } from "../engine/paths";
import { chartEntry, chartKeys } from "../model/charts/chart";
import { merge } from "../model/data";
import { findChart, render } from "../sandbox/kubernetes/charts";
import { at, type Fields, fields, isFields, list } from "../sandbox/kubernetes/values";
import { digestOf, namesOf, ourValues, pruned, RENDERINGS, withoutNamespace } from "../test/sandbox/kubernetes/chart-renderings";
import { definitionsFrom } from "./chart-definitions";
import { factsFrom, type Probed, probesOf } from "./chart-probes";
import { clusterArgs } from "./helm-template";

/*
 * Learns from a chart's own rendering which objects a release of it has, and which value stands where in them:
 *
 *     node dist/dev/chart-facts.js NAME CHART [--helm HELM] [--kube VERSION] [--same | --ours | --definitions]
 *
 * NAME is the key in catalog/charts.json, NAME@VERSION for another version than the newest release's; CHART is the archive or folder of that
 * version, got by whoever calls; --kube says for which Kubernetes, where HELM stands for one that the chart refuses; --same learns nothing of it, where the newest release's version makes the same objects, and says whether it does; --ours changes the values alone that we set and that say where pods run, where a chart has thousands; --definitions learns the definitions alone that the chart and those within it bring. Each value is changed by itself, and what changes
 * in the objects with it says where it goes. Facts are written to catalog/chart-objects.json, never a template, a script or a rule; and what
 * Helm made of our own values, as names and digests, to the test that holds the simulation against it.
 */

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    helm: { type: "string", default: "helm" },
    kube: { type: "string" },
    same: { type: "boolean", default: false },
    ours: { type: "boolean", default: false },
    definitions: { type: "boolean", default: false },
  },
});
const [name = "", source = ""] = positionals;
if (name === "" || source === "") throw new Error("usage: chart-facts.js NAME CHART [--helm HELM]");

const FACTS = join(packageRoot(), "catalog", "chart-objects.json");
if (!chartKeys.includes(name)) throw new Error(`catalog/charts.json has no chart ${name}; it has ${chartKeys.join(", ")}`);
const known = chartEntry(name);
/** The chart's own name, and the release's. */
const chartName = name.replace(/@.*/, "");
const folder = mkdtempSync(join(tmpdir(), "kpaas-chart-"));

/** The chart as its archive has it: one from a source tree gets its version. */
function archive(): string {
  if (statSync(source).isFile()) return source;
  const version = ["--version", String(known.version), "--app-version", String(known.appVersion)];
  execFileSync(options.helm, ["package", source, ...version, "--destination", folder], { stdio: ["ignore", "ignore", "inherit"] });
  return join(folder, readdirSync(folder).find((file) => file.endsWith(".tgz")) ?? "");
}

/** The objects as Helm renders them; undefined where the chart refuses the values. */
function templated(chart: string, values: Fields, release: string, namespace: string, more: readonly string[] = []): Fields[] | undefined {
  const file = join(folder, "values.json");
  writeFileSync(file, JSON.stringify(values));
  let text: string;
  try {
    text = execFileSync(
      options.helm,
      ["template", release, chart, "--namespace", namespace, "--values", file, ...clusterArgs(options.kube), ...more],
      {
        encoding: "utf8",
        maxBuffer: 1 << 28,
        stdio: ["ignore", "pipe", "ignore"],
      },
    );
  } catch {
    return undefined;
  }
  const objects = parseAllDocuments(text)
    .map((document) => document.toJS() as unknown)
    .filter(isFields);
  // Helm renders what no server would take.
  return objects.some((object) => typeof at(object, "metadata.name") !== "string") ? undefined : objects;
}

/** The same as facts. */
function rendered(chart: string, values: Fields, release: string, namespace: string): Fields[] | undefined {
  return templated(chart, values, release, namespace)?.flatMap((object) => bare(object, namespace));
}

/** What of a container or a pod is a fact to the sandbox; what runs in it, and with which arguments, is not. */
const CONTAINER = ["name", "image", "ports", "securityContext", "resources"];
const POD = [
  ..."serviceAccountName securityContext hostNetwork nodeSelector tolerations affinity topologySpreadConstraints priorityClassName".split(
    " ",
  ),
  ..."runtimeClassName terminationGracePeriodSeconds automountServiceAccountToken dnsPolicy".split(" "),
];
/** Where values say on which nodes pods run. */
const PLACES = /(^|\.)(nodeSelector|tolerations)$/;
/** Annotations by which a chart restarts its pods at every upgrade: another text each time. */
const RANDOM = ["rollme"];
const VOLUMES = ["hostPath", "nfs", "persistentVolumeClaim"];

/** Settings of ConfigMaps that were a long text once, and so are none of the facts, however short other values make them. */
const LONG = new Set<string>();

/** The object without templates' own matter: no rules, long texts, arguments and webhooks; nothing that Helm runs as a hook, and no definition. */
function bare(object: Fields, namespace: string): Fields[] {
  const isHook = "helm.sh/hook" in fields(at(object, "metadata.annotations"));
  if (isHook || object.kind === "CustomResourceDefinition") return [];
  const { data, stringData: _texts, rules, webhooks: _webhooks, spec, ...rest } = object;
  const texts = object.kind === "ConfigMap" ? Object.entries(fields(data)) : [];
  for (const [key, value] of texts) if (String(value).length >= 64) LONG.add(`${String(at(object, "metadata.name"))} ${key}`);
  const settings = texts.filter(([key]) => !LONG.has(`${String(at(object, "metadata.name"))} ${key}`));
  const facts = {
    ...rest,
    metadata: metadataOf(object),
    ...(settings.length === 0 ? {} : { data: Object.fromEntries(settings) }),
    ...(spec === undefined ? {} : { spec: specOf(fields(spec)) }),
  };
  return [{ ...withoutNamespace(pruned(facts), namespace), ...(rules === undefined ? {} : { rules: [] }) }];
}

function specOf(spec: Fields): Fields {
  if (spec.template === undefined) return spec;
  const template = fields(spec.template);
  return { ...spec, template: { metadata: metadataOf(template), spec: podOf(fields(template.spec)) } };
}

function metadataOf(object: Fields): Fields {
  const metadata = fields(object.metadata);
  const annotations = Object.entries(fields(metadata.annotations)).filter(([key]) => !key.startsWith("checksum/") && !RANDOM.includes(key));
  const { annotations: _all, ...rest } = metadata;
  return annotations.length === 0 ? rest : { ...rest, annotations: Object.fromEntries(annotations) };
}

function podOf(pod: Fields): Fields {
  const containers = list(pod.containers).map((one) => chosen(fields(one), CONTAINER));
  const first = list(pod.initContainers).map((one) => chosen(fields(one), CONTAINER));
  const volumes = list(pod.volumes).filter((one) => VOLUMES.some((kind) => kind in fields(one)));
  return {
    ...chosen(pod, POD),
    ...(first.length === 0 ? {} : { initContainers: first }),
    containers,
    ...(volumes.length === 0 ? {} : { volumes }),
  };
}

function chosen(object: Fields, keys: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(object).filter(([key, value]) => keys.includes(key) && value !== null && value !== undefined));
}

/** Every value changed by itself, with what the chart makes of it; those alone that are looked at. */
function probe(
  base: Fields,
  defaults: Fields,
  make: (values: Fields) => Fields[] | undefined,
  looksAt: (path: string) => boolean,
): Probed[] {
  const all = probesOf(base, defaults, list(known.optionalValues).map(String));
  return all.flatMap((one) => {
    if (!looksAt(one.path)) return [];
    const objects = make(one.values);
    return objects === undefined ? [] : [{ ...one, objects }];
  });
}

/** What is known of the chart in the catalogue, with what of it was learnt now. */
function write(learnt: { readonly crds?: Fields; readonly objects?: readonly Fields[] }): void {
  const all = JSON.parse(readFileSync(FACTS, "utf8")) as Record<string, { crds?: unknown; objects?: readonly unknown[] }>;
  const { crds = all[chartName]?.crds ?? {}, objects = [] } = all[name] ?? {};
  all[name] = { crds, objects, ...learnt };
  writeFileSync(FACTS, `${JSON.stringify(all, null, 2)}\n`);
}

/** The definitions that the chart brings with our values. */
function definitionsIn(chart: string, values: Fields): Fields {
  const [all, templates] = [["--include-crds"], []].map((more) => templated(chart, values, "rls0", "nsp0", more));
  if (all === undefined || templates === undefined) throw new Error("the chart refuses our own values");
  return definitionsFrom(all, templates, fields(findChart(chartName, String(known.version))?.crds));
}

/** What the changes show, written to the catalogue. */
function learn(found: readonly Fields[], probed: readonly Probed[], crds: Fields): readonly Fields[] {
  const objects = factsFrom(chartName, [...found], [...probed]);
  write({ crds, objects });
  return objects;
}

async function main(): Promise<void> {
  const chart = archive();
  const defaults = fields(known.values);
  const variants = (await ourValues()).get(name);
  if (variants === undefined) throw new Error(`no environment installs ${name}`);
  const base = fields(merge(defaults, variants.replicated));
  if (options.definitions) return write({ crds: definitionsIn(chart, base) });
  const make = (values: Fields) => rendered(chart, values, "rls0", "nsp0");
  const found = make(base);
  if (found === undefined) throw new Error("the chart refuses our own values");

  const isOurs = (path: string) => Object.values(variants).some((values) => at(values, path) !== undefined) || PLACES.test(path);
  const probed: Probed[] = options.same ? [] : probe(base, defaults, make, (path) => !options.ours || isOurs(path));
  const facts = options.same ? findChart(chartName, String(known.version))?.objects : learn(found, probed, definitionsIn(chart, base));

  const simulated = (values: Fields, release: string, namespace: string) =>
    render({ ...known, name: chartName, values: defaults, crds: {}, objects: facts } as never, { release, namespace, values }).objects;
  const differs = (values: Fields, real: readonly Fields[], release = "rls0", namespace = "nsp0") =>
    digestOf(real, namespace) !== digestOf(simulated(values, release, namespace), namespace);
  const wrong = probed.filter(({ values, objects }) => differs(values, objects));
  process.stdout.write(
    `${name}: ${found.length} objects; ${probed.length - wrong.length} of ${probed.length} changes of one value exactly as the chart\n`,
  );
  for (const { path, values, objects } of wrong) {
    const mine = simulated(values, "rls0", "nsp0").map((one) => withoutNamespace(one, "nsp0"));
    const without = (all: readonly Fields[], others: readonly Fields[]) =>
      all.filter((one) => !others.some((other) => isDeepStrictEqual(one, other)));
    const [real, ours] = [without(objects, mine), without(mine, objects)];
    process.stdout.write(
      `  ${path}: ${real.map((one) => String(one.kind)).join(", ")} | ${ours.map((one) => String(one.kind)).join(", ")}\n`,
    );
  }
  const recorded = JSON.parse(readFileSync(RENDERINGS, "utf8")) as Record<string, unknown>;
  recorded[name] = Object.fromEntries(
    Object.entries({ defaults: {}, ...variants }).flatMap(([variant, values]) => {
      const objects = rendered(chart, values, chartName, "here");
      const wrong = objects !== undefined && differs(values, objects, chartName, "here");
      if (wrong) process.stdout.write(`  variant ${variant} differs\n`);
      // Without values of ours no release is made. What several of them change together, single changes do not show.
      if (wrong && (variant === "defaults" || options.same)) return [];
      return [
        [
          variant,
          objects === undefined
            ? null
            : {
                digest: digestOf(objects, "here"),
                objects: namesOf(objects),
              },
        ],
      ];
    }),
  );
  writeFileSync(RENDERINGS, `${JSON.stringify(recorded, null, 2)}\n`);
}

main()
  .finally(() => rmSync(folder, { recursive: true, force: true }))
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
