import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { basename } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { Client, credentials, type handleUnaryCall, type MethodDefinition } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { MAX_MESSAGE_BYTES } from "./server";

/** How long, in milliseconds, a provider may take to say where it listens. */
const START_MS = 30_000;

/** Starts another provider's program and speaks to it. It ends with this process, and this process with it. */
export async function startBeside(program: string, argv: readonly string[]): Promise<Client> {
  const child = spawn(program, argv, { stdio: ["ignore", "pipe", "inherit"] });
  process.once("exit", () => child.kill("SIGKILL"));
  const port = await portOf(basename(program), child);
  // Without it every later call waits for an answer.
  child.once("exit", (code, signal) => {
    process.stderr.write(`${program} ended (${signal ?? code})\n`);
    process.exit(1);
  });
  const size = { "grpc.max_receive_message_length": MAX_MESSAGE_BYTES, "grpc.max_send_message_length": MAX_MESSAGE_BYTES };
  return new Client(`127.0.0.1:${port}`, credentials.createInsecure(), size);
}

/** The first line a provider prints. */
async function portOf(name: string, child: ChildProcess & { readonly stdout: Readable }): Promise<number> {
  const stop = new AbortController();
  const { signal } = stop;
  try {
    return await Promise.race([
      // What follows the line is read too, or the pipe fills.
      once(createInterface(child.stdout), "line", { signal }).then(([line]) => Number(line)),
      once(child, "error", { signal }).then(([error]) => fail(`${name} cannot be started: ${String(error)}`)),
      once(child, "exit", { signal }).then(([code, by]) => fail(`${name} ended at its start (${by ?? code})`)),
      pause(START_MS, undefined, { signal }).then(() => fail(`${name} did not say where it listens`)),
    ]);
  } finally {
    stop.abort();
  }
}

function fail(reason: string): never {
  throw new Error(reason);
}

interface Method {
  readonly path: string;
  readonly responseStream: boolean;
  readonly requestSerialize: (message: object) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => object;
}

/** The protocol's methods with one answer, by name, each as a handler that hands the call on to another provider. */
export function handedOn(plugin: Client): readonly (readonly [name: string, handler: handleUnaryCall<object, object>])[] {
  const methods = Object.entries(ResourceProviderService) as [string, Method][];
  return methods
    .filter(([, { responseStream }]) => !responseStream)
    .map(([name, { path, requestSerialize, responseDeserialize }]) => [
      name,
      (call, callback) => void plugin.makeUnaryRequest(path, requestSerialize, responseDeserialize, call.request, call.metadata, callback),
    ]);
}

/** Calls another provider. */
export function callBeside<Request, Response>(
  plugin: Client,
  { path, requestSerialize, responseDeserialize }: MethodDefinition<Request, Response>,
  request: Request,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    plugin.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, response) => {
      if (error !== null) reject(new Error(error.details));
      else if (response === undefined) reject(new Error("no answer"));
      else resolve(response);
    });
  });
}
