import { nameOf } from "../events";
import type { Values } from "./findable";
import type { PendingStack } from "./pending";
import { parseState, type State, type StateResource } from "./state";

/*
 * Networks, subnets and security groups cannot go as long as a port is on them. Ours go before them; a port that somebody else has put there
 * stays, and the cloud only says that something does.
 */

/** The ports that keep a resource from being deleted. */
const PORTS: Readonly<Record<string, (resource: StateResource) => Values>> = {
  "openstack:networking/network:Network": ({ id }) => ({ networkId: id }),
  "openstack:networking/subnet:Subnet": ({ inputs }) => ({ networkId: inputs?.networkId }),
  "openstack:networking/secGroup:SecGroup": ({ id }) => ({ securityGroupIds: [id] }),
};

/** Ports that neutron itself has on a network; they go with it. */
const NEUTRONS = /^network:(dhcp|distributed|router_centralized_snat)/;

/** How many ports are named. */
const NAMED = 10;

/** The resources among these, by URN, that ports may keep from being deleted. Pure. */
export function heldResources({ deployment }: State, urns: readonly string[]): StateResource[] {
  return (deployment.resources ?? []).filter(({ type, urn, id }) => type in PORTS && urns.includes(urn) && (id ?? "") !== "");
}

/** One line for each port that keeps one of these resources, by URN, from being deleted, and that is not the state's own. */
export async function portsInTheWay(stack: Pick<PendingStack, "exportState" | "ask">, urns: readonly string[]): Promise<string[]> {
  if (heldResources(parseState(await stack.exportState(false)), urns).length === 0) return [];
  const state = parseState(await stack.exportState(true));
  const resources = state.deployment.resources ?? [];
  const own = new Set(resources.map(({ id }) => id));
  const lines = new Map<unknown, string>();
  const { asking } = await import("./lookup.js");
  await asking(
    (program) => stack.ask(program),
    resources,
    async (put) => {
      for (const held of heldResources(state, urns)) {
        const all = await put(
          held,
          { token: "openstack:networking/getPortIds:getPortIds", args: () => PORTS[held.type]?.(held) ?? {} },
          {},
          {},
        );
        const others = (Array.isArray(all?.ids) ? all.ids : []).filter((id) => !own.has(id) && !lines.has(id));
        for (const portId of others.slice(0, NAMED)) {
          const port = await put(held, { token: "openstack:networking/getPort:getPort", args: () => ({ portId }) }, {}, {});
          if (port !== undefined && !NEUTRONS.test(String(port.deviceOwner))) lines.set(portId, lineOf(held, port));
        }
      }
    },
  );
  return [...lines.values()];
}

function lineOf({ urn }: StateResource, { id, name, allFixedIps, deviceOwner, deviceId }: Values): string {
  const addresses = Array.isArray(allFixedIps) ? allFixedIps.join(", ") : "";
  const user = [deviceOwner, deviceId].filter((one) => typeof one === "string" && one !== "").join(" ");
  const known = [
    name === "" ? "" : `"${String(name)}"`,
    addresses === "" ? "" : `(${addresses})`,
    user === "" ? "used by nothing" : `of ${user}`,
  ];
  return `in the way of ${nameOf(urn)}: port ${[id, ...known].filter((one) => one !== "").join(" ")}`;
}
