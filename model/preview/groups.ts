import type { ChangeGroup, GroupedChange, ResourceChange } from "./types";

/** What the groups are told apart by. */
export interface Naming {
  readonly environment: string;
  /** The key of each machine by its name, also of those that go. */
  readonly machines: Readonly<Record<string, string>>;
}

/** Resources that a machine has for itself; their names end in its name, or its key with a volume's. */
const OF_A_MACHINE = /^(machine|port|volume|attach)-([^.]+)(?:\.(.+))?$/;

/** Changed resources by what they belong to: machines, network, cluster, services, what is left. */
export function groupChanges(resources: readonly ResourceChange[], naming: Naming): ChangeGroup[] {
  const groups = new Map<string, GroupedChange[]>();
  for (const resource of resources) {
    const { group, label } = placeOf(resource, naming);
    const kind = resource.type.split(/[:/]/).at(-1) ?? resource.type;
    groups.set(group, [...(groups.get(group) ?? []), { ...resource, label, kind }]);
  }
  return [...groups].map(([name, own]) => ({ name, resources: own })).sort(byName);
}

/** Machines by their keys; services in the engine's own order. */
function byName(a: ChangeGroup, b: ChangeGroup): number {
  const [first, second] = [rank(a.name), rank(b.name)];
  return first - second || (first === 0 ? a.name.localeCompare(b.name, "en", { numeric: true }) : 0);
}

function rank(name: string): number {
  if (name.startsWith("machine ")) return 0;
  return { network: 1, cluster: 2, environment: 4 }[name] ?? 3;
}

function placeOf({ name, type, urn, parent }: ResourceChange, { environment, machines }: Naming): { group: string; label: string } {
  const own = after(name, `${environment}-`);
  const chain = urn.split("::")[2] ?? type;
  if (own.startsWith("infrastructure")) {
    const rest = after(own, "infrastructure-");
    const [, kind = "", machine = "", volume] = OF_A_MACHINE.exec(rest) ?? [];
    if (machines[machine] !== undefined) {
      const label = [kind, volume ?? (machine === machines[machine] ? undefined : machine)].filter(Boolean).join(" ");
      return { group: `machine ${machines[machine]}`, label };
    }
    return { group: "network", label: own === "infrastructure" ? "" : rest };
  }
  if (own === "cluster" || own.startsWith("cluster-")) return { group: "cluster", label: after(own, "cluster-") };
  if (own.startsWith("platform-")) {
    const service = serviceOf({ name, chain, parent }, environment) ?? "platform";
    const rest = after(own, "platform-");
    return { group: service, label: rest === service ? "" : after(rest, `${service}-`) };
  }
  return { group: own === "platform" ? "platform" : "environment", label: own };
}

/** The name of the service's component, which is the resource itself or what it is registered under. */
function serviceOf(
  { name, chain, parent }: { name: string; chain: string; parent: string | undefined },
  environment: string,
): string | undefined {
  const types = chain.split("$");
  const component = types.at(-1)?.startsWith("kpaas:platform:")
    ? name
    : types.at(-2)?.startsWith("kpaas:platform:")
      ? parentName(parent)
      : undefined;
  return component === undefined ? undefined : after(component, `${environment}-platform-`);
}

function parentName(urn: string | undefined): string | undefined {
  return urn === undefined || urn === "" ? undefined : urn.slice(urn.lastIndexOf("::") + 2);
}

function after(text: string, prefix: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}
