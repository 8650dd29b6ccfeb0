import { once } from "node:events";
import type { Writable } from "node:stream";
import { WebSocket } from "ws";
import { z } from "zod";
import { channelsTo, passOn } from "./channels";
import type { ClusterApi } from "./cluster-api";

/** A command in a container. */
export interface PodCommand {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
}

/** What goes in and comes out. */
export interface PodStreams {
  /** Its standard input, which does not end: the command has to know how much it takes. @default none */
  readonly input?: AsyncIterable<Uint8Array>;
  /** Where its standard output goes; ended with the command. */
  readonly output: Writable;
  readonly signal?: AbortSignal | undefined;
}

/** The channels of the protocol: each message begins with one. */
const CHANNEL = { input: 0, output: 1, errors: 2, status: 3 } as const;

/** How much of what a command says on standard error is kept: the end tells what went wrong. */
const SAID = 4_000;

const statusSchema = z.object({
  status: z.string(),
  message: z.string().default(""),
  details: z
    .object({ causes: z.array(z.object({ reason: z.string().optional(), message: z.string().optional() })).default([]) })
    .optional(),
});

/** Raised where a command in a pod did not end with 0, or its end was never told. */
export class PodCommandError extends Error {
  constructor({ namespace, pod }: PodCommand, reason: string, said = "") {
    super(`${namespace}/${pod}: ${reason}${said === "" ? "" : `: ${said}`}`);
    this.name = "PodCommandError";
  }
}

/**
 * Runs a command in a container and waits for its end. It is there when the promise resolves that the command ended with 0: a connection that
 * breaks off is a failure.
 * @throws PodCommandError; the signal's reason
 */
export async function runInPod(api: ClusterApi, command: PodCommand, { input, output, signal }: PodStreams): Promise<void> {
  signal?.throwIfAborted();
  const connection = await api.connect();
  // A way that has died without a word shows within minutes; commands themselves may be silent for as long as they like.
  connection.setKeepAlive(true, 30_000);
  const channels = channelsTo(api, connection, pathOf(command, input !== undefined));
  const abort = (): void => channels.terminate();
  signal?.addEventListener("abort", abort, { once: true });
  let said = "";
  let status: z.infer<typeof statusSchema> | undefined;
  let broken: Error | undefined;
  channels.on("error", (error) => {
    broken ??= error;
  });
  output.once("error", (error) => {
    broken ??= error;
    channels.terminate();
  });
  channels.on("message", (message: Buffer) => {
    const content = message.subarray(1);
    if (message[0] === CHANNEL.output) passOn(channels, content, output);
    else if (message[0] === CHANNEL.errors) said = `${said}${content.toString("utf8")}`.slice(-SAID);
    else if (message[0] === CHANNEL.status) status = statusSchema.parse(JSON.parse(content.toString("utf8")));
  });
  const closed = new Promise<void>((resolve) => channels.once("close", () => resolve()));
  try {
    const opened = await Promise.race([once(channels, "open").then(() => true), closed.then(() => false)]).catch(() => false);
    if (opened && input !== undefined) await Promise.race([send(channels, input), closed]);
    await closed;
  } finally {
    signal?.removeEventListener("abort", abort);
    channels.terminate();
    output.end();
  }
  signal?.throwIfAborted();
  if (status?.status === "Success") return;
  const last = said.trim();
  if (status === undefined) throw new PodCommandError(command, `the connection broke off${broken ? ` (${broken.message})` : ""}`, last);
  const code = status.details?.causes.find(({ reason }) => reason === "ExitCode")?.message;
  throw new PodCommandError(command, code === undefined ? status.message : `the command ended with ${code}`, last);
}

async function send(channels: WebSocket, input: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const piece of input) {
    if (channels.readyState !== WebSocket.OPEN) return;
    await new Promise<void>((resolve) => channels.send(Buffer.concat([Buffer.from([CHANNEL.input]), piece]), () => resolve()));
  }
}

function pathOf({ namespace, pod, container, command }: PodCommand, hasInput: boolean): string {
  const query = new URLSearchParams([
    ["container", container],
    ...command.map((word): [string, string] => ["command", word]),
    ...(hasInput ? [["stdin", "true"] as [string, string]] : []),
    ["stdout", "true"],
    ["stderr", "true"],
  ]);
  return `/api/v1/namespaces/${namespace}/pods/${pod}/exec?${query}`;
}
