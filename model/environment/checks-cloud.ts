import type { Abilities, CloudDefinition } from "../cloud";
import type { Findings } from "../problems";
import { cloudOf, type Registry } from "../registry";
import { checkTaken } from "./checks-takes";
import { everyMachine, machinePath } from "./machines";
import type { Environment } from "./types";

/** A wish, by field, that a cloud must be able to meet. */
type Wish = readonly [path: string, able: Able, value?: unknown];

/** That machines are there already touches more than one field: checks-hosts.ts. */
type Able = Exclude<keyof Abilities, "machines">;

/** What is wrong for the environment's cloud: what it cannot do at all, then what it says itself. */
export function checkCloud(environment: Environment, registry: Registry, findings: Findings): void {
  const cloud = cloudOf(environment.provider, registry);
  for (const [path, able, value] of wishes(environment))
    if (!cloud.can[able]) {
      const { reason = CANNOT[able], remedy = instead(path, cloud) } = cloud.cannot?.[able] ?? {};
      findings.error(path, `${cloud.title} ${reason}`, remedy, value);
    }
  checkTaken(environment, cloud, findings);
  cloud.check(environment, findings);
}

const CANNOT: Readonly<Record<Able, string>> = {
  balancers: "makes no balancer for the API",
  floatingAddresses: "makes no addresses outside the machines' network",
  zones: "has no availability zones",
  spread: "cannot keep machines on different hosts",
  virtualAddresses: "lets no machine answer for another address than its own",
};

/** The way out: what the cloud can do instead. */
function instead(path: string, { can }: Pick<CloudDefinition, "can">): string {
  if (path === "platform.loadBalancer.kind") return "use cloud, or take it out: a balancer of the cloud's leads to the ingress";
  if (path !== "cluster.apiEndpoint.kind") return "take it out";
  const kinds = [...(can.balancers ? ["loadBalancer"] : []), ...(can.virtualAddresses ? ["virtualIp"] : []), "node"];
  return `use ${kinds.join(" or ")}`;
}

/** What the file asks for by name. */
function wishes(environment: Environment): Wish[] {
  const { cluster, groups, network, platform, zones } = environment;
  const named = everyMachine(environment).flatMap(({ group, machine }): Wish[] =>
    machine.zone === undefined ? [] : [[machinePath(group, machine, "zone"), "zones", machine.zone]],
  );
  return [
    ...(cluster.apiEndpoint.kind === "loadBalancer" ? [["cluster.apiEndpoint.kind", "balancers", "loadBalancer"] as const] : []),
    ...(cluster.apiEndpoint.kind === "virtualIp" ? [["cluster.apiEndpoint.kind", "virtualAddresses", "virtualIp"] as const] : []),
    ...(platform.loadBalancer === "metallb" ? [["platform.loadBalancer.kind", "virtualAddresses", "metallb"] as const] : []),
    ...(typeof network.floating === "object" ? [["infrastructure.network.floating", "floatingAddresses"] as const] : []),
    ...(zones.length > 0 ? [["infrastructure.zones", "zones"] as const] : []),
    ...named,
    ...groups.flatMap(({ path, spread }) => (spread ? [[`${path}.spread`, "spread", true] as const] : [])),
  ];
}
