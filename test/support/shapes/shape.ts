import { list } from "../../../model/data";
import type { EnvironmentPlan } from "../../../model/plan/types";
import type { Graph, RecordedResource } from "../../../testing/graph";
import type { FileContent } from "../plan";
import type { Firewall } from "../reachability";
import type { Wish } from "../wishes";

/*
 * What a cloud was told, in words that are the same for all. Read from the resources alone and written apart from what makes them: machines by the
 * names of their resources, everything else by what refers to what.
 */

/** A machine. */
export interface ReadMachine {
  readonly name: string;
  readonly zone: string | undefined;
  /** What keeps it from the hosts of others. */
  readonly apart: readonly string[];
  /** What leads its packets out of its network. */
  readonly waysOut: readonly string[];
}

/** A data volume, by `KEY.VOLUME`. */
export interface ReadVolume {
  readonly name: string;
  /** Undefined: of a cloud whose volumes are in no zone. */
  readonly zone: string | undefined;
  /** The names of the machines that it is attached to. */
  readonly on: readonly string[];
}

/** Something that listens for a role, at one port or several. */
export interface ReadBalancer {
  readonly what: "api" | "ingress";
  /** The names of the machines that it leads to, as often as they are named. */
  readonly members: readonly string[];
}

/** How a cloud is written to, and read. */
export interface Shape {
  /** The zones of its samples. */
  readonly zones: readonly [string, string, string];
  /** What its file says of the infrastructure in its own words. */
  readonly infrastructure: (wish: Wish, zones: readonly string[]) => FileContent;
  readonly build: (plan: EnvironmentPlan) => Promise<Graph>;
  readonly firewall: (g: Graph, plan: EnvironmentPlan) => Firewall;
  readonly machines: (g: Graph) => ReadMachine[];
  readonly volumes: (g: Graph) => ReadVolume[];
  readonly balancers: (g: Graph) => ReadBalancer[];
  /** Whether the environment makes ways out for its nodes, as its file has it. */
  readonly leadsOut: (wish: Wish) => boolean;
}

/** The resources whose type ends so. */
export const ofType = (g: Graph, end: string): readonly RecordedResource[] => g.resources.filter(({ type }) => type.endsWith(end));
/** The machine of a resource, by that one's name, id or link. */
export const machineOf = (resource: string): string => resource.replace(/^.*?-(machine|nic|port)-/, "").replace(/-(id|link)$/, "");
/** The volume of a resource, as `KEY.VOLUME`. */
export const volumeOf = (resource: string): string => resource.replace(/^.*?-volume-/, "");
/** Resources by what others name them by. */
export const byId = (resources: readonly RecordedResource[], suffix = "id") =>
  new Map(resources.map((each) => [`${each.name}-${suffix}`, each]));
/** A list of texts. */
export const texts = (value: unknown): string[] => list(value).map(String);
/** What a balancer, or a part of one, is for. */
export const roleOf = (resource: string): "api" | "ingress" => (/^seoul-ingress(-|$)/.test(resource) ? "ingress" : "api");

/** The volumes of a cloud where resources of their own attach them, which name volume and machine. */
export function attachedVolumes(
  g: Graph,
  {
    volume,
    zone,
    attachment,
    of,
    to,
    by = "id",
  }: Readonly<Record<"volume" | "zone" | "attachment" | "of" | "to", string>> & { readonly by?: string },
): ReadVolume[] {
  return ofType(g, volume).map(({ name, inputs }) => ({
    name: volumeOf(name),
    zone: inputs[zone] === undefined ? undefined : String(inputs[zone]),
    on: ofType(g, attachment)
      .filter((each) => each.inputs[of] === `${name}-${by}`)
      .map((each) => machineOf(String(each.inputs[to]))),
  }));
}
