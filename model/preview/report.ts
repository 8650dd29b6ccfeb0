import { fields, text } from "../data";
import { type Applied, parseApplied } from "../guard/applied";
import { laterChanges } from "../guard/later";
import { releaseMoves, versionChanges } from "../guard/release";
import type { Layer } from "../layers";
import type { EnvironmentPlan } from "../plan/types";
import { describeVolume } from "../plan/volumes";
import { kebab } from "../service";
import { groupChanges } from "./groups";
import type { Impact } from "./impacts";
import { portChanges } from "./ports";
import { stepReport } from "./steps";
import type { ChangeGroup, PreviewReport, PreviewResult, ResourceChange } from "./types";
import { UNKNOWN_WORD } from "./words";

/** What a preview is about. */
export interface Previewed {
  readonly plan: EnvironmentPlan;
  /** The one layer that was previewed; undefined: all of it. */
  readonly layer?: Layer;
  readonly result: PreviewResult;
}

/** All that is to be shown of a preview. Pure. */
export function previewReport({ plan, layer, result }: Previewed): PreviewReport {
  const applied = parseApplied(result.before.applied, plan.environment);
  const withMachines = layer === undefined || layer === "infrastructure";
  const hosts = Object.keys(plan.cluster.nodes).length;
  const steps = result.steps.map((step) => stepReport(step, hosts));
  const impacts = [
    ...result.resources.flatMap(({ impact }) => (impact === undefined ? [] : [machineImpact(impact, applied, plan, steps)])),
    ...movedPlaces(result),
  ];
  return {
    environment: result.environment,
    counts: result.changes,
    impacts: [...impacts].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, "en", { numeric: true })),
    versions: applied === undefined ? [] : versionChanges(applied, plan),
    moves: applied === undefined ? [] : releaseMoves(applied, plan),
    steps,
    ports: withMachines ? ports(applied, plan, result.resources) : { changes: [], source: "nothing" },
    groups: groupChanges(result.resources, { environment: plan.environment, machines: machineKeys(applied, plan) }).map((group) =>
      withPlan(group, plan),
    ),
    later: withMachines ? laterChanges(applied, plan) : [],
    approved: result.approved,
  };
}

const EFFECTS: readonly Impact["effect"][] = ["lost", "rebuilt", "moved", "restarted", "may restart", "runs again", "kept"];
const KINDS: readonly Impact["kind"][] = ["cluster", "machine", "volume", "claim", "url", "address", "authority"];

function rank({ effect, kind }: Impact): number {
  const own = KINDS.indexOf(kind);
  return EFFECTS.indexOf(effect) * 10 + (own === -1 ? 9 : own);
}

/** A group whose machine or service is new, with what the plan says of it. */
function withPlan(group: ChangeGroup, { machines, services }: EnvironmentPlan): ChangeGroup {
  const made = group.resources.filter(({ op }) => op === "create");
  const machine = machines.find(({ key }) => group.name === `machine ${key}`);
  if (machine && made.some(({ label }) => label.startsWith("machine"))) {
    const { roles, size, zone, image, address, volumes } = machine;
    const known = [size, zone, image].filter((each) => each !== undefined && each !== "");
    return { ...group, about: [roles.join(", "), ...known, address, ...volumes.map(describeVolume)].join(", ") };
  }
  const service = services.find(({ name }) => kebab(name) === group.name);
  if (service && made.some(({ label }) => label === "")) {
    const { version, replicas, host } = service;
    const count = `${replicas} ${replicas === 1 ? "replica" : "replicas"}`;
    return { ...group, about: [version, count, ...(host === undefined ? [] : [`https://${host}`])].join(", ") };
  }
  return group;
}

function machineKeys(applied: Applied | undefined, plan: EnvironmentPlan): Record<string, string> {
  const known = [...Object.entries(applied?.machines ?? {}).map(([key, { name }]) => ({ key, name })), ...plan.machines];
  return Object.fromEntries(known.flatMap(({ key, name }) => [[key, key] as const, [name, key] as const]));
}

/** A machine that goes while its key stays is built anew beside the old one; how it leaves the cluster is told by the steps. */
function machineImpact(impact: Impact, applied: Applied | undefined, plan: EnvironmentPlan, steps: PreviewReport["steps"]): Impact {
  if (impact.kind !== "machine" || impact.effect !== "lost") return impact;
  const was = applied?.machines[impact.name];
  const next = plan.machines.find(({ key }) => key === impact.name);
  const node = was?.name ?? impact.name;
  const leaves = steps.find(({ playbook, nodes }) => playbook === "remove-node" && nodes.includes(node));
  const how =
    leaves === undefined
      ? []
      : [leaves.command.includes("allow_ungraceful_removal=true") ? "not drained: it does not answer" : "drained first"];
  if (was && next && next.name !== was.name) {
    const volumes = next.volumes.length === 0 ? [] : [`its data volumes go over (${next.volumes.map(({ name }) => name).join(", ")})`];
    return {
      ...impact,
      effect: "rebuilt",
      detail: [`${was.name} ${was.address} → ${next.name} ${next.address}`, ...how, ...volumes].join(", "),
    };
  }
  const what = was ? [was.roles.join(", "), was.size, was.address] : impact.detail === "" ? [] : [impact.detail];
  return { ...impact, detail: [...what, ...how, "what its boot volume and its pods' local volumes hold is gone"].join(", ") };
}

/** Addresses, URLs and the authority that people and clients know by now. */
function movedPlaces({ before, outputs }: PreviewResult): Impact[] {
  const places: Impact[] = [];
  const compare = (kind: Impact["kind"], name: string, was: unknown, becomes: unknown): void => {
    const [old, wanted] = [text(was), text(becomes)];
    if (old === undefined || old === wanted) return;
    if (wanted === undefined) places.push({ effect: "lost", kind, name, detail: `${old} is no more` });
    else places.push({ effect: "moved", kind, name, detail: `${old} → ${wanted === UNKNOWN_WORD ? KNOWN_LATER : wanted}` });
  };
  if (outputs.apiEndpoint !== undefined) compare("url", "Kubernetes API", before.apiEndpoint, outputs.apiEndpoint);
  if (outputs.urls !== undefined)
    for (const [name, url] of Object.entries(fields(before.urls))) compare("url", name, url, fields(outputs.urls)[name]);
  if (outputs.addresses !== undefined) {
    for (const [name, was] of Object.entries(fields(before.addresses))) {
      const becomes = fields(fields(outputs.addresses)[name]);
      compare("address", `${name} inside the network`, fields(was).address, becomes.address);
      compare("address", `${name} from outside`, fields(was).publicAddress, becomes.publicAddress);
    }
  }
  if (before.caCertificate !== undefined && outputs.caCertificate !== undefined && before.caCertificate !== outputs.caCertificate) {
    places.push({
      effect: "moved",
      kind: "authority",
      name: "of the platform's certificates",
      detail: "whoever trusts it has to trust the new one",
    });
  }
  return places;
}

/** Shown for what is known after the operation. */
export const KNOWN_LATER = "known after up";

function ports(applied: Applied | undefined, plan: EnvironmentPlan, resources: readonly ResourceChange[]): PreviewReport["ports"] {
  if (applied === undefined) return { changes: [], source: "nothing" };
  if (applied.flows !== undefined) return { changes: portChanges(applied.flows, plan.flows), source: "recorded" };
  const rules = (ops: readonly string[]) => resources.flatMap(({ op, flow }) => (flow !== undefined && ops.includes(op) ? [flow] : []));
  return { changes: portChanges(rules(["delete"]), rules(["create", "import"])), source: "rules" };
}
