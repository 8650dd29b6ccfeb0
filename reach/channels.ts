import type { Duplex, Writable } from "node:stream";
import { WebSocket } from "ws";
import type { ClusterApi } from "./cluster-api";

/**
 * What the API server leads to a pod, by its WebSocket: each message begins with a channel. Whoever takes it listens for its end, and for messages
 * from the start: the first may come in one piece with the answer that opens it.
 */
export function channelsTo(api: ClusterApi, connection: Duplex, path: string): WebSocket {
  return new WebSocket(`${api.url.replace(/^http/, "ws")}${path}`, "v4.channel.k8s.io", {
    headers: api.headers,
    createConnection: () => connection,
    perMessageDeflate: false,
  });
}

/** Writes on what came. No more is read while whoever takes it lags behind. */
export function passOn(channels: WebSocket, content: Buffer, to: Writable): void {
  if (content.length === 0 || to.write(content)) return;
  channels.pause();
  to.once("drain", () => channels.resume());
}
