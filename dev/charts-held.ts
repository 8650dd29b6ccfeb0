import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parseAllDocuments } from "yaml";
import { knownReleases } from "../model/catalog";
import { chartsOf } from "../model/charts/charts-of";
import { podSecurityProblem } from "../model/pod-security";
import { at, type Fields, fields, isFields, list } from "../sandbox/kubernetes/values";
import {
  cephPlan,
  cloudPlans,
  everyServicePlan,
  ofKind,
  planOfRelease,
  platformGraph,
  replicated,
  traefikPlan,
  workloads,
} from "../test/components/platform/fixtures";
import { schemaProblems } from "../test/components/platform/schema";
import type { Graph, RecordedResource } from "../testing/graph";
import { clusterArgs } from "./helm-template";

/*
 * Renders our values with the real charts, and holds what comes against the catalogue and against our own objects:
 *
 *     node dist/dev/charts-held.js FOLDER [--helm HELM]
 *
 * FOLDER has each chart in a folder NAME-VERSION, got by whoever calls. Prints the rows of the table in docs/sandbox.md, and what is wrong.
 */

const { values: options, positionals } = parseArgs({ allowPositionals: true, options: { helm: { type: "string", default: "helm" } } });
const [charts = ""] = positionals;
if (charts === "") throw new Error("usage: charts-held.js FOLDER [--helm HELM]");
const folder = mkdtempSync(join(tmpdir(), "kpaas-charts-"));

/** What a release was held to. */
interface Held {
  readonly policies: Set<string>;
  readonly pods: Set<string>;
  readonly levels: Set<string>;
  /** Custom resources of ours whose definitions the chart brings. */
  readonly resources: Set<string>;
  readonly wrong: Set<string>;
}

/** Labels of pods that no chart of ours renders: cert-manager makes them while a certificate is asked for, operators of objects. */
const MADE_LATER =
  /^(acme\.cert-manager\.io\/http01-solver=.*|app=rook-ceph-(mon|osd|mds|rgw)|app\.kubernetes\.io\/name=(prometheus|alertmanager))$/;

/** Images that operators are told of for what is off: snapshots and the addons of Rook's drivers, Thanos. */
const OFF = /\/(csi-snapshotter|csiaddons\/k8s-sidecar|thanos\/thanos):/;

const IMAGE =
  /\b(?:docker\.io|quay\.io|ghcr\.io|gcr\.io|registry\.k8s\.io|mcr\.microsoft\.com|public\.ecr\.aws)\/[\w./-]+(?::[\w][\w.-]*(?:@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})/g;

/** All that a chart has for these values. */
function template(chart: string, kubernetes: string, { inputs }: RecordedResource, ...more: readonly string[]): readonly Fields[] {
  const file = join(folder, "values.json");
  writeFileSync(file, JSON.stringify(inputs.values));
  const where = ["--namespace", String(inputs.namespace), "--values", file, ...more, ...clusterArgs(kubernetes)];
  const text = execFileSync(options.helm, ["template", String(inputs.name), chart, ...where], { encoding: "utf8", maxBuffer: 1 << 28 });
  return parseAllDocuments(text)
    .map((document) => document.toJS() as unknown)
    .filter(isFields);
}

const isDefinition = ({ kind }: Fields): boolean => kind === "CustomResourceDefinition";

/** What an installation makes: without definitions, whose texts show images of anybody's, and pods that `helm test` alone runs. */
function rendered(...given: Parameters<typeof template>): readonly Fields[] {
  return template(...given).filter(
    (object) => !isDefinition(object) && fields(at(object, "metadata.annotations"))["helm.sh/hook"] !== "test",
  );
}

const known = new Map<string, ReadonlyMap<string, Fields>>();

/** The schemas that a chart's definitions have, by apiVersion and kind. */
function schemasOf(chart: string, kubernetes: string, release: RecordedResource): ReadonlyMap<string, Fields> {
  const schemas =
    known.get(chart) ??
    new Map(
      template(chart, kubernetes, release, "--include-crds")
        .filter(isDefinition)
        .flatMap(({ spec }) =>
          list(at(spec, "versions")).map((version): [string, Fields] => [
            `${String(at(spec, "group"))}/${String(at(version, "name"))} ${String(at(spec, "names.kind"))}`,
            fields(at(version, "schema.openAPIV3Schema")),
          ]),
        ),
    );
  known.set(chart, schemas);
  return schemas;
}

/** Our own objects of the kinds that a chart defines, against its schemas. */
function holdResources(schemas: ReadonlyMap<string, Fields>, g: Graph, held: Held): void {
  for (const { inputs } of g.resources) {
    const kind = `${String(inputs.apiVersion)} ${String(inputs.kind)}`;
    const schema = schemas.get(kind);
    if (schema === undefined) continue;
    const name = `${String(inputs.kind)} ${String(at(inputs, "metadata.name"))}`;
    held.resources.add(name);
    for (const problem of schemaProblems({ metadata: {}, spec: inputs.spec }, schema))
      held.wrong.add(`${name} fails its definition: ${problem}`);
  }
}

/** A pod template with whose it is. */
interface Pod {
  readonly name: string;
  readonly labels: Fields;
  readonly spec: Fields;
}

function podsOf(objects: readonly Fields[]): Pod[] {
  return objects.flatMap((object) => {
    const template = object.kind === "CronJob" ? at(object, "spec.jobTemplate.spec.template") : at(object, "spec.template");
    const pod = object.kind === "Pod" ? object : template;
    if (!isFields(pod) || !Array.isArray(at(pod, "spec.containers"))) return [];
    return [
      {
        name: `${String(object.kind)} ${String(at(object, "metadata.name"))}`,
        labels: fields(at(pod, "metadata.labels")),
        spec: fields(pod.spec),
      },
    ];
  });
}

function hold(release: RecordedResource, g: Graph, chart: string, kubernetes: string, catalogued: readonly string[], held: Held): void {
  const objects = rendered(chart, kubernetes, release);
  holdResources(schemasOf(chart, kubernetes, release), g, held);
  const namespace = String(release.inputs.namespace);
  const pods = podsOf(objects);
  // Also those that programs are told by arguments.
  for (const image of new Set(JSON.stringify(objects).match(IMAGE) ?? []))
    if (!catalogued.includes(image) && !OFF.test(image)) held.wrong.add(`${image} is not in the catalogue`);
  for (const { name, spec } of pods)
    for (const container of [...list(spec.containers), ...list(spec.initContainers)]) {
      const image = String(at(container, "image"));
      if (!catalogued.includes(image)) held.wrong.add(`${name}: ${image} is not in the catalogue`);
    }
  const own = workloads(g).filter((each) => each.namespace === namespace);
  const there = [...pods.map(({ labels }) => labels), ...own.map(({ labels }) => labels as Fields)];
  const policies = [
    ...ofKind(g, "networking.k8s.io/v1:NetworkPolicy")
      .filter(({ name }) => name.startsWith(release.name.replace(/release$/, "")))
      .map(({ inputs }) => inputs as Fields),
    ...objects
      .filter(({ kind }) => kind === "NetworkPolicy")
      .map((each) => ({ ...each, metadata: { namespace, ...fields(each.metadata) } })),
  ].filter((policy) => at(policy, "metadata.namespace") === namespace);
  for (const policy of policies) {
    const labels = Object.entries(fields(at(policy, "spec.podSelector.matchLabels")));
    if (labels.length === 0 || labels.some((label) => MADE_LATER.test(label.join("=")))) continue;
    const name = String(at(policy, "metadata.name"));
    held.policies.add(name);
    if (!there.some((pod) => labels.every(([key, value]) => pod[key] === value))) held.wrong.add(`NetworkPolicy ${name} selects no pod`);
  }
  const home = ofKind(g, "core/v1:Namespace").find(({ inputs }) => at(inputs, "metadata.name") === namespace);
  const level = String(fields(at(home?.inputs, "metadata.labels"))["pod-security.kubernetes.io/enforce"] ?? "privileged");
  held.levels.add(level);
  for (const { name, spec } of pods) {
    held.pods.add(name);
    const problem = level === "privileged" ? undefined : podSecurityProblem(spec, level as "baseline" | "restricted");
    if (problem !== undefined) held.wrong.add(`${name} is refused by ${level}: ${problem}`);
  }
}

async function main(): Promise<void> {
  const found = new Map<string, Held>();
  const missing = new Set<string>();
  const plans = knownReleases.flatMap((release) => [
    ...[planOfRelease(release), traefikPlan(release), cephPlan(release)],
    ...Object.values(cloudPlans(release)),
  ]);
  for (const plan of [...plans, everyServicePlan()].flatMap((each) => [each, replicated(each)])) {
    const g = await platformGraph(plan);
    for (const release of ofKind(g, "helm.sh/v3:Release")) {
      const name = String(release.inputs.chart).split("/").at(-1) ?? "";
      const key = `${name}-${String(release.inputs.version).replace(/^v/, "")}`;
      const chart = join(charts, key);
      if (!existsSync(chart)) {
        missing.add(key);
        continue;
      }
      const held = found.get(key) ?? {
        policies: new Set(),
        pods: new Set(),
        levels: new Set(),
        resources: new Set(),
        wrong: new Set(),
      };
      found.set(key, held);
      const service = plan.services.find(
        (each) => chartsOf(each).some((one) => one.name === name) && each.namespace === release.inputs.namespace,
      );
      hold(release, g, chart, plan.cluster.kubernetes, Object.values(service?.images ?? {}), held);
    }
  }
  for (const [key, { policies, pods, levels, resources, wrong }] of [...found].sort()) {
    const version = /-(\d+\.\d+\.\d+.*)$/.exec(key)?.[1] ?? "";
    const of = (text: string): string => ([...wrong].some((each) => each.includes(text)) ? "**no**" : "yes");
    process.stdout.write(
      `| ${key.slice(0, -version.length - 1)} | ${version} | ${of("catalogue")} | ${policies.size}: ${of("NetworkPolicy")} | ${pods.size} in ${[...levels].join(", ")}: ${of("refused")} | ${resources.size}: ${of("definition")} |\n`,
    );
    for (const each of wrong) process.stdout.write(`    ${each}\n`);
  }
  if (missing.size > 0) process.stdout.write(`not in ${charts}: ${[...missing].sort().join(", ")}\n`);
}

main()
  .finally(() => rmSync(folder, { recursive: true, force: true }))
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
