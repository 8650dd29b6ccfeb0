import { RENEWAL_DAYS } from "../cluster/certificates";
import type { HealthCheck } from "../cluster/health";
import { fields, isFields, list, parsedJson } from "../data";
import type { Member } from "./member";
import type { FleetPlan } from "./plan";
import type { ClusterReport, FleetReport } from "./report";

/** How a cluster is, as far as it could be asked. */
export interface Live {
  /** `unknown`: it is not up, or could not be asked. */
  readonly health: "healthy" | "to be seen to" | "not healthy" | "unknown";
  /** The version that its API server is of. */
  readonly kubernetes?: string;
  /** The release of K-PaaS that its last `up` brought. */
  readonly release?: string;
  readonly nodes?: { readonly ready: number; readonly all: number };
  /** When the first of its certificates ends. */
  readonly certificatesEnd?: string;
  /** What is to be seen to, and why nothing is known. */
  readonly notes: readonly string[];
}

/** What a registered cluster's API has told. */
export interface Answers {
  readonly kubernetes: string;
  /** By name, whether they are Ready. */
  readonly nodes: Readonly<Record<string, boolean>>;
  /** Of the API server's certificate, and of the one by which its kubeconfig logs in. */
  readonly ends: Readonly<Record<string, string>>;
  /** Of the Deployments that have to be available. @default none have */
  readonly deployments?: readonly HealthCheck[];
}

/** What is there of a cluster otherwise than recorded: resources by their names. */
export interface ClusterDrift {
  readonly differ: readonly string[];
  readonly gone: readonly string[];
  /** Why it could not be told. */
  readonly unknown?: string;
}

/** What was told of a cluster. */
export interface Told {
  readonly live?: Live;
  readonly drift?: ClusterDrift;
}

/** A fleet: its last run, and how each cluster is. What `kpaas fleet status --json` prints. */
export interface FleetStatus {
  readonly fleet: string;
  /** The last run; undefined where there is none here. */
  readonly run?: Omit<FleetReport, "clusters">;
  readonly clusters: readonly ClusterStatus[];
}

export interface ClusterStatus {
  readonly name: string;
  /** Undefined: registered, and in no wave. */
  readonly wave?: string;
  /** The version of Kubernetes that its file asks for. */
  readonly wanted?: string;
  /** The release of K-PaaS that its file asks for. */
  readonly wantedRelease?: string;
  readonly run?: Pick<ClusterReport, "status" | "step" | "seconds" | "reason">;
  /** Undefined where it was not asked. */
  readonly live?: Live;
  /** Undefined where nobody asked for it, and of registered clusters, which nothing is recorded of. */
  readonly drift?: ClusterDrift;
}

const SOON_MS = RENEWAL_DAYS * 24 * 60 * 60 * 1_000;

/** Puts together what is known of a fleet. Pure. */
export function statusOf(
  plan: FleetPlan,
  members: readonly Member[],
  registered: readonly string[],
  report: FleetReport | undefined,
  told: ReadonlyMap<string, Told>,
): FleetStatus {
  const wanted = new Map(members.map(({ name, outline }) => [name, outline]));
  const { clusters = [], ...run } = report ?? {};
  const own = plan.waves.flatMap((wave) =>
    wave.clusters.map(({ name }): ClusterStatus => {
      const outline = wanted.get(name);
      const its = clusters.find((each) => each.name === name);
      const { status, step, seconds, reason } = its ?? {};
      const parts = { ...(step && { step }), ...(seconds === undefined ? {} : { seconds }), ...(reason && { reason }) };
      return {
        ...{ name, wave: wave.name },
        ...(outline && { wanted: outline.kubernetes, wantedRelease: outline.release }),
        ...(status && { run: { status, ...parts } }),
        ...told.get(name),
      };
    }),
  );
  return {
    fleet: plan.fleet,
    ...(report === undefined ? {} : { run: run as Omit<FleetReport, "clusters"> }),
    clusters: [...own, ...registered.map((name): ClusterStatus => ({ name, ...told.get(name) }))],
  };
}

/**
 * How a cluster is, by what `kpaas cluster health --json` has printed.
 * @param reason where it has printed nothing of use
 */
export function liveIn(printed: string, reason: string): Live {
  const data = parsedJson(printed);
  if (!isFields(data) || !Array.isArray(data.checks)) return { health: "unknown", notes: [reason] };
  const checks: readonly HealthCheck[] = data.checks;
  const bad = checks.some(({ status }) => status === "bad");
  const notes = checks.filter(({ status }) => status !== "ok").map(({ name, detail }) => `${name}: ${detail}`);
  const nodes = Object.values(fields(data.nodes));
  const end = Object.values(fields(data.certificates)).map(String).sort()[0];
  return {
    health: bad ? "not healthy" : notes.length > 0 ? "to be seen to" : "healthy",
    ...(typeof data.kubernetes === "string" ? { kubernetes: data.kubernetes } : {}),
    ...(typeof data.release === "string" ? { release: data.release } : {}),
    ...(nodes.length === 0 ? {} : { nodes: { ready: nodes.filter((node) => fields(node).ready === true).length, all: nodes.length } }),
    ...(end === undefined ? {} : { certificatesEnd: end }),
    notes,
  };
}

/**
 * What differs from what is recorded, by what `kpaas refresh --dry-run --json` has printed.
 * @param reason where it has printed nothing of use
 */
export function driftIn(printed: string, reason: string): ClusterDrift {
  const data = parsedJson(printed);
  if (!isFields(data) || !Array.isArray(data.resources)) return { differ: [], gone: [], unknown: reason };
  const resources = list(data.resources).map(fields);
  const named = (gone: boolean) => resources.filter(({ op }) => (op === "delete") === gone).map(({ name }) => String(name));
  return { differ: named(false), gone: named(true) };
}

/** How a registered cluster is, by what its API has told; a text: why it has told nothing. */
export function liveOf(answers: Answers | string, now: Date): Live {
  if (typeof answers === "string") return { health: "not healthy", notes: [`api: ${answers}`] };
  const { kubernetes, nodes, ends, deployments = [] } = answers;
  const lacking = deployments.filter(({ status }) => status === "bad");
  const down = Object.keys(nodes).filter((name) => nodes[name] === false);
  const soon = Object.entries(ends).filter(([, end]) => Date.parse(end) - now.getTime() < SOON_MS);
  const ended = soon.filter(([, end]) => Date.parse(end) <= now.getTime());
  const notes = [
    ...(down.length === 0 ? [] : [`nodes: ${down.join(", ")} are not Ready`]),
    ...soon.map(([name, end]) => `certificates: ${name} ${Date.parse(end) <= now.getTime() ? "has ended" : `ends on ${end.slice(0, 10)}`}`),
    ...lacking.map(({ detail }) => `deployments: ${detail}`),
  ];
  const [first] = Object.values(ends).sort();
  const all = Object.keys(nodes).length;
  return {
    health: down.length + ended.length + lacking.length > 0 ? "not healthy" : notes.length > 0 ? "to be seen to" : "healthy",
    ...{ kubernetes, nodes: { ready: all - down.length, all }, notes },
    ...(first === undefined ? {} : { certificatesEnd: first }),
  };
}

/** Reads what an API server answers to `/version` and `/api/v1/nodes`. */
export function answersIn(version: unknown, nodes: unknown, ends: Answers["ends"]): Answers {
  const named = list(fields(nodes).items).map((node) => {
    const conditions = list(fields(fields(node).status).conditions).map(fields);
    const ready = conditions.some(({ type, status }) => type === "Ready" && status === "True");
    return [String(fields(fields(node).metadata).name), ready] as const;
  });
  return { kubernetes: String(fields(version).gitVersion).replace(/^v/, ""), nodes: Object.fromEntries(named), ends };
}
