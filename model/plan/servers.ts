import { parseAddress } from "../ipv4";
import type { Flow, FlowPeer } from "./infrastructure-types";

/** Everywhere outside. */
export const anywhere: FlowPeer = "cidr:0.0.0.0/0";

/** Ports that machines may reach everywhere without being asked. */
export const openEverywhere: readonly number[] = [80, 443];

/** A server as an end of flows: one that is known by name may have any address. */
export function peerOf(host: string): FlowPeer {
  return parseAddress(host) === undefined ? anywhere : `cidr:${host}/32`;
}

/** The way to a server beyond what is open everywhere. */
export function wayTo(from: FlowPeer, { host, port }: Server, reason: string): Flow[] {
  return openEverywhere.includes(port) ? [] : [{ from, to: peerOf(host), protocol: "tcp", ports: [port], reason }];
}

/** A host, and the port that it is called at. */
export interface Server {
  readonly host: string;
  readonly port: number;
}

/** The server of a URL. */
export function serverOf(url: string): Server {
  const { hostname, port, protocol } = new URL(url);
  return { host: hostname, port: Number(port || (protocol === "http:" ? 80 : 443)) };
}
