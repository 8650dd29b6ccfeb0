import { backupScope } from "../backup-scope";
import { ladder } from "../cluster/ladder";
import { at } from "../data";
import type { LockChange } from "../lock";
import { backupVariable } from "../plan/backups";
import type { PlannedEnvironment } from "../plan/plan";
import type { EnvironmentPlan } from "../plan/types";
import { rotationOf } from "../rotation";
import type { ServiceDefinition } from "../service";

/** One environment of a fleet, as far as the fleet looks at it: what is kept of a plan where there are hundreds. */
export interface Member {
  /** Its file's name, by which the fleet's file knows it. */
  readonly name: string;
  /** Its own, and provider, region and profile. */
  readonly labels: Readonly<Record<string, string>>;
  /** Hosts at which its services are met. */
  readonly serves: readonly string[];
  /** Hosts and addresses that its fields name. */
  readonly names: ReadonlySet<string>;
  readonly outline: Outline;
  /** Services that have secrets that are exchanged. */
  readonly exchanges?: readonly string[];
  /** Whether its file says to which key backups of its data are encrypted; undefined: it keeps none that are backed up here. */
  readonly backup?: "keyed" | "keyless";
}

/** What file and lock tell of an environment's next `up`, without asking anybody. */
export interface Outline {
  readonly provider: string;
  readonly region?: string;
  readonly machines: number;
  readonly services: number;
  readonly kubernetes: string;
  /** The release of K-PaaS. */
  readonly release: string;
  /** There is no lock: nothing of it was ever planned. */
  readonly isNew: boolean;
  /** What the plan has otherwise than the lock. */
  readonly changes: readonly OutlineChange[];
}

export interface OutlineChange {
  readonly effect: "created" | "changed" | "rebuilt" | "deleted";
  /** `machine general-3`, `kubernetes`, `image`, … */
  readonly what: string;
  readonly detail: string;
  /** What may be lost, or be away meanwhile. */
  readonly risk?: string;
}

/** What a fleet keeps of an environment. */
export function memberOf(
  name: string,
  { plan, lockState, lockChanges }: PlannedEnvironment,
  content: unknown,
  definitions: Readonly<Record<string, ServiceDefinition>>,
): Member {
  const { region } = plan.cloud;
  const { rows } = rotationOf(name, plan.services, definitions);
  const backedUp = backupScope(name, plan.services, definitions).services;
  const key = at(plan.cluster.variables[backupVariable], "encrypt_to");
  const labels = { ...plan.labels, provider: plan.provider, profile: plan.profile, ...(region === undefined ? {} : { region }) };
  return {
    name,
    labels,
    serves: plan.services.flatMap(({ host }) => (host === undefined ? [] : [host])),
    names: new Set(hostsIn(content)),
    outline: {
      provider: plan.provider,
      ...(region === undefined ? {} : { region }),
      machines: plan.machines.length,
      services: plan.services.length,
      kubernetes: plan.cluster.kubernetes,
      release: plan.release,
      isNew: lockState === "missing",
      changes: lockState === "missing" ? [] : outlineChanges(lockChanges, plan),
    },
    exchanges: [...new Set(rows.map(({ service }) => service))],
    ...(backedUp.length === 0 ? {} : { backup: key === undefined ? "keyless" : "keyed" }),
  };
}

/** What the changes of a lock mean to those who read a fleet's preview. */
export function outlineChanges(
  changes: readonly LockChange[],
  { machines, cluster }: Pick<EnvironmentPlan, "machines" | "cluster">,
): OutlineChange[] {
  const of = (path: string) => changes.find((change) => change.path === path);
  const shown = ({ was = "-", becomes = "-" }: LockChange) => `${was} → ${becomes}`;
  const keys = [...new Set(changes.flatMap(({ path }) => /^machines\.([^.]+)\./.exec(path)?.[1] ?? []))].sort((a, b) =>
    a.localeCompare(b, "en", { numeric: true }),
  );
  const ofMachines = keys.map((key): OutlineChange => {
    const what = `machine ${key}`;
    const generation = of(`machines.${key}.generation`);
    const address = of(`machines.${key}.address`);
    const order = of(`machines.${key}.order`);
    if (generation !== undefined && generation.was === undefined) {
      const { roles = [], size = "" } = machines.find((machine) => machine.key === key) ?? {};
      return { effect: "created", what, detail: [roles.join(", "), size].filter((each) => each !== "").join(", ") };
    }
    if (generation !== undefined && generation.becomes === undefined) {
      const risk = order === undefined ? "its local data is lost" : "a control plane or member of etcd goes";
      return { effect: "deleted", what, detail: String(address?.was ?? ""), risk };
    }
    if (generation !== undefined)
      return { effect: "rebuilt", what, detail: `generation ${shown(generation)}`, risk: "its local data is lost" };
    const own = changes.filter(({ path }) => path.startsWith(`machines.${key}.`));
    return { effect: "changed", what, detail: own.map((each) => `${each.path.split(".")[2]} ${shown(each)}`).join(", ") };
  });
  const ofVersions = ["release", "kubespray", "image", "proxyMode"].flatMap((what): OutlineChange[] => {
    const change = of(what);
    return change === undefined ? [] : [{ effect: "changed", what, detail: shown(change) }];
  });
  const rotated = changes.flatMap(({ path }): OutlineChange[] => {
    const service = /^rotations\.(.+)$/.exec(path)?.[1];
    return service === undefined ? [] : [{ effect: "changed", what: service, detail: "its secrets are exchanged" }];
  });
  return [...ofMachines, ...kubernetesChange(of("kubernetes"), of("kubespray"), cluster), ...ofVersions, ...rotated];
}

/** The way to another version of Kubernetes. */
function kubernetesChange(
  kubernetes: LockChange | undefined,
  kubespray: LockChange | undefined,
  wanted: EnvironmentPlan["cluster"],
): OutlineChange[] {
  if (kubernetes === undefined) return [];
  const from = { kubernetes: String(kubernetes.was), kubespray: String(kubespray?.was ?? wanted.kubespray) };
  const hops = ladder(from, wanted)?.map((hop) => hop.kubernetes);
  const steps = hops === undefined ? "no way of known releases leads there" : `upgrade-cluster by ${hops.join(", ")}`;
  const detail = `${from.kubernetes} → ${wanted.kubernetes}, ${steps}`;
  return [{ effect: "changed", what: "kubernetes", detail, risk: "nodes are drained one after the other" }];
}

/** Everything in texts of the fields that may be a host. */
function hostsIn(value: unknown): string[] {
  if (typeof value === "string") return value.match(/[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)+/g) ?? [];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(hostsIn);
}
