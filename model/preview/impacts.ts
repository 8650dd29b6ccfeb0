import type { CloudPreview, CountedOn } from "../cloud";
import { at, fields, text } from "../data";
import { volumesAnnotation } from "../kubernetes-names";
import { KUBESPRAY_CLUSTER } from "../type-tokens";
import type { PropertyChange } from "./properties";

/** What becomes of something that people or workloads count on. */
export type Effect = "lost" | "rebuilt" | "moved" | "restarted" | "may restart" | "runs again" | "kept";

/** One thing that is lost, moved or restarted. */
export interface Impact {
  readonly effect: Effect;
  readonly kind:
    | "cluster"
    | "machine"
    | "volume"
    | "claim"
    | "namespace"
    | "address"
    | "balancer"
    | "workload"
    | "chart"
    | "job"
    | "url"
    | "authority";
  readonly name: string;
  /** What it comes from and goes to, or what goes with it. */
  readonly detail: string;
}

/** A step of the engine, as far as it tells what becomes of what. */
export interface ImpactStep {
  readonly op: string;
  readonly type: string;
  readonly name: string;
  /** What was recorded of it, inputs over outputs; empty where it is new. */
  readonly recorded: unknown;
  readonly wanted: unknown;
  readonly properties: readonly PropertyChange[];
  /** True: its resource goes, and it stays. */
  readonly retained: boolean;
}

type Kind = Impact["kind"];

/** What the types of resources stand for that somebody counts on; a cloud's own are in its `preview`. */
const KINDS: Readonly<Record<string, Kind>> = {
  [KUBESPRAY_CLUSTER]: "cluster",
  "kubernetes:core/v1:PersistentVolumeClaim": "claim",
  "kubernetes:core/v1:Namespace": "namespace",
  "kubernetes:apps/v1:Deployment": "workload",
  "kubernetes:apps/v1:StatefulSet": "workload",
  "kubernetes:apps/v1:DaemonSet": "workload",
  "kubernetes:batch/v1:Job": "job",
  "kubernetes:helm.sh/v3:Release": "chart",
};

/**
 * What a step does to what people count on; undefined where it does nothing to it.
 * @param cloud of the resource; none where it is of no cloud
 */
export function impactOf(step: ImpactStep, cloud?: CloudPreview): Impact | undefined {
  const own = cloud?.countedOn[step.type];
  const kind = own?.kind ?? KINDS[step.type] ?? (volumesOf(step) === undefined ? undefined : "claim");
  if (kind === undefined) return undefined;
  const gone = step.op === "delete";
  const replaced = step.op === "replace";
  const about = own === undefined ? describe(kind, step) : ownWords(own, step);
  if (gone && step.retained)
    return { effect: "kept", kind, ...about, detail: joined(about.detail, "it leaves the stack and stays where it is") };
  if (gone) return { effect: "lost", kind, ...about };
  if (replaced && step.retained)
    return {
      effect: "kept",
      kind,
      ...about,
      detail: joined(about.detail, "another is made in its place, and the old one stays where it is"),
    };
  if (replaced) {
    const effect = kind === "machine" || kind === "workload" || kind === "chart" ? "rebuilt" : kind === "job" ? "runs again" : "lost";
    return { effect, kind, ...about, detail: joined(about.detail, REPLACED[kind] ?? "another is made in its place") };
  }
  if (step.op !== "update") return undefined;
  const resized = step.properties.find(({ path }) => own?.restartedBy?.test(path));
  if (resized)
    return {
      effect: "restarted",
      kind,
      name: about.name,
      detail: `${String(resized.old)} → ${String(resized.new)}, without being drained`,
    };
  if (kind === "workload" && step.properties.some(({ path }) => path.startsWith("spec.template")))
    return { effect: "restarted", kind, name: about.name, detail: pods(step) };
  if (kind === "chart" && step.properties.some(({ path }) => /^(values|version|chart)\b/.test(path)))
    return { effect: "may restart", kind, name: about.name, detail: "its pods that the changed values are for" };
  // An operator's object says how its pods are to be, without a template: which of it they start anew for is the operator's to know.
  if (volumesOf(step) !== undefined && step.properties.some(({ path }) => path.startsWith("spec.")))
    return { effect: "may restart", kind: "workload", name: about.name, detail: "its pods, one after another" };
  return undefined;
}

const REPLACED: Partial<Record<Kind, string>> = {
  job: "made anew",
  machine: "under the same name",
  workload: "deleted and made anew",
  chart: "deleted and installed anew",
};

function pods({ wanted, type }: ImpactStep): string {
  if (type.endsWith(":DaemonSet")) return "one pod after another";
  const replicas = at(wanted, "spec.replicas");
  const few = replicas === undefined || replicas === 1;
  const strategy = at(wanted, "spec.strategy.type") === "Recreate" || (few && type.endsWith(":StatefulSet"));
  return few
    ? `1 pod${strategy ? ", down until the new one is ready" : ", the new one first"}`
    : `${String(replicas)} pods, one after another`;
}

function ownWords({ describe: describeOwn }: CountedOn, step: ImpactStep): Pick<Impact, "name" | "detail"> {
  const { name = step.name, detail } = describeOwn(fields(stateOf(step)));
  return { name, detail };
}

function stateOf({ op, recorded, wanted }: ImpactStep): unknown {
  return op === "create" ? wanted : recorded;
}

/** How large the volumes are that an object has made, where it tells so. */
function volumesOf(step: ImpactStep): unknown {
  return fields(at(stateOf(step), "metadata.annotations"))[volumesAnnotation];
}

function describe(kind: Kind, step: ImpactStep): Pick<Impact, "name" | "detail"> {
  const { name } = step;
  const state = stateOf(step);
  const { namespace, name: own } = fields(at(state, "metadata"));
  const inside = [text(namespace), text(own) ?? name].filter(Boolean).join("/");
  switch (kind) {
    case "cluster":
      return { name: text(fields(state).name) ?? name, detail: "with every object in it" };
    case "claim":
      return { name: inside, detail: withData(volumesOf(step) ?? at(state, "spec.resources.requests.storage")) };
    case "namespace":
      return { name: text(own) ?? name, detail: "with everything in it" };
    case "chart": {
      const { namespace: where, chart } = fields(state);
      return { name: [text(where), text(chart) ?? name].filter(Boolean).join("/"), detail: "" };
    }
    default:
      return { name: inside, detail: "" };
  }
}

/** What goes with what holds data; undefined for a size that is not known. */
export function withData(size: unknown): string {
  return joined(size === undefined ? "" : String(size), "with its data");
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(", ");
}
