import { at, fields, list, text } from "../data";
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

/** What the types of resources stand for that somebody counts on. A cloud adds its own. */
const KINDS: Readonly<Record<string, Kind>> = {
  [KUBESPRAY_CLUSTER]: "cluster",
  "openstack:compute/instance:Instance": "machine",
  "openstack:blockstorage/volume:Volume": "volume",
  "openstack:networking/floatingIp:FloatingIp": "address",
  "openstack:loadbalancer/loadBalancer:LoadBalancer": "balancer",
  "kubernetes:core/v1:PersistentVolumeClaim": "claim",
  "kubernetes:core/v1:Namespace": "namespace",
  "kubernetes:apps/v1:Deployment": "workload",
  "kubernetes:apps/v1:StatefulSet": "workload",
  "kubernetes:apps/v1:DaemonSet": "workload",
  "kubernetes:batch/v1:Job": "job",
  "kubernetes:helm.sh/v3:Release": "chart",
};

/** Properties of a machine that restart it when they change in place. */
const RESTARTS_MACHINE = /^flavor(Name|Id)$/;

/** What a step does to what people count on; undefined where it does nothing to it. */
export function impactOf(step: ImpactStep): Impact | undefined {
  const kind = KINDS[step.type];
  if (kind === undefined) return undefined;
  const gone = step.op === "delete" || step.op === "discard";
  const replaced = step.op === "replace";
  const about = describe(kind, step);
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
  const resized = step.properties.find(({ path }) => kind === "machine" && RESTARTS_MACHINE.test(path));
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

function describe(kind: Kind, { recorded, wanted, name, op }: ImpactStep): Pick<Impact, "name" | "detail"> {
  const state = op === "create" ? wanted : recorded;
  const { namespace, name: own } = fields(at(state, "metadata"));
  const inside = [text(namespace), text(own) ?? name].filter(Boolean).join("/");
  switch (kind) {
    case "cluster":
      return { name: text(fields(state).name) ?? name, detail: "with every object in it" };
    case "machine":
      return {
        name: text(at(state, "metadata.kpaas-key")) ?? name,
        detail: [text(fields(state).flavorName), privateAddress(state)].filter(Boolean).join(", "),
      };
    case "volume":
      return { name: volumeName(state) ?? name, detail: `${size(fields(state).size, " GiB")}with its data` };
    case "claim":
      return { name: inside, detail: `${size(at(state, "spec.resources.requests.storage"), "")}with its data` };
    case "namespace":
      return { name: text(own) ?? name, detail: "with everything in it" };
    case "address":
      return { name: text(fields(state).address) ?? name, detail: "given back to the cloud" };
    case "balancer":
      return { name: text(fields(state).vipAddress) ?? name, detail: "nothing answers there while it is made anew" };
    case "chart": {
      const { namespace: where, chart } = fields(state);
      return { name: [text(where), text(chart) ?? name].filter(Boolean).join("/"), detail: "" };
    }
    default:
      return { name: inside, detail: "" };
  }
}

function volumeName(state: unknown): string | undefined {
  const volume = text(at(state, "metadata.kpaas-volume"));
  const key = text(at(state, "metadata.kpaas-key"));
  return volume === undefined ? undefined : [volume, ...(key === undefined ? [] : [key])].join(" of ");
}

function privateAddress(state: unknown): string | undefined {
  return text(fields(list(fields(state).networks)[0]).fixedIpV4) ?? text(fields(state).accessIpV4);
}

function size(value: unknown, unit: string): string {
  return value === undefined ? "" : `${String(value)}${unit}, `;
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(", ");
}
