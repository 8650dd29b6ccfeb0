import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { Client, credentials, type handleUnaryCall, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { MAX_MESSAGE_BYTES } from "../../../plugin/rpc/server";
import { whenReady } from "../../servers/ready";
import { namePath } from "../../servers/record";
import { RELEASE } from "../provider";

const PLUGIN = "pulumi-resource-kubernetes";

/** How long, in milliseconds, the real plugin may take to say where it listens. */
const START_MS = 30_000;

/**
 * Starts the real plugin in `folder`, for a world that names a real API server. It ends with this process.
 * @throws Error where one of them is not there, or the plugin does not start
 */
export async function startPlugin(folder: string, worldDir: string, argv: readonly string[]): Promise<Client> {
  const program = join(folder, PLUGIN);
  try {
    accessSync(program, constants.X_OK);
  } catch (error) {
    throw new Error(`KPAAS_SANDBOX_KUBERNETES is ${folder}, which holds no program ${PLUGIN}`, { cause: error });
  }
  const named = namePath(worldDir);
  if (!existsSync(named))
    throw new Error(`KPAAS_SANDBOX_KUBERNETES is set, but no real API server is there for it: ${named} must name one`);
  await whenReady(worldDir);
  const child = spawn(program, argv, { stdio: ["ignore", "pipe", "inherit"] });
  process.once("exit", () => child.kill("SIGKILL"));
  const port = await portOf(child);
  // Without it every later call waits for an answer.
  child.once("exit", (code, signal) => {
    process.stderr.write(`${program} ended (${signal ?? code})\n`);
    process.exit(1);
  });
  const size = { "grpc.max_receive_message_length": MAX_MESSAGE_BYTES, "grpc.max_send_message_length": MAX_MESSAGE_BYTES };
  return new Client(`127.0.0.1:${port}`, credentials.createInsecure(), size);
}

/** The first line a plugin prints. */
async function portOf(child: ChildProcess & { readonly stdout: Readable }): Promise<number> {
  const stop = new AbortController();
  const { signal } = stop;
  try {
    return await Promise.race([
      // What follows the line is read too, or the pipe fills.
      once(createInterface(child.stdout), "line", { signal }).then(([line]) => Number(line)),
      once(child, "exit", { signal }).then(([code, by]) => fail(`${PLUGIN} ended at its start (${by ?? code})`)),
      pause(START_MS, undefined, { signal }).then(() => fail(`${PLUGIN} did not say where it listens`)),
    ]);
  } finally {
    stop.abort();
  }
}

function fail(reason: string): never {
  throw new Error(reason);
}

/**
 * Has every call answered by the real plugin, those of Helm releases aside: their charts come from the internet, and their webhooks from
 * pods that nobody runs. Those our own service answers, which is told of the configuration and of a cancel as well.
 */
export function relay(own: UntypedServiceImplementation, plugin: Client): UntypedServiceImplementation {
  const ours = (name: string, request: unknown): boolean => isResource(request) && request.getUrn().includes(`${RELEASE}::`) && name in own;
  const unary =
    (name: string, { path, requestSerialize, responseDeserialize }: Method): handleUnaryCall<object, object> =>
    (call, callback) => {
      const mine = own[name] as handleUnaryCall<object, object>;
      if (ours(name, call.request)) return mine(call, callback);
      const forward = (): void => {
        plugin.makeUnaryRequest(path, requestSerialize, responseDeserialize, call.request, call.metadata, callback);
      };
      if (!BOTH.has(name)) return forward();
      mine(call, (error) => (error ? callback(error) : forward()));
    };
  const methods = Object.entries(ResourceProviderService) as [string, Method][];
  const calls = methods.filter(([, { responseStream }]) => !responseStream).map(([name, method]) => [name, unary(name, method)] as const);
  return { ...own, ...Object.fromEntries(calls) };
}

/** What both must know. */
const BOTH: ReadonlySet<string> = new Set(["configure", "attach", "cancel"]);

interface Method {
  readonly path: string;
  readonly responseStream: boolean;
  readonly requestSerialize: (message: object) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => object;
}

function isResource(request: unknown): request is { getUrn(): string } {
  return typeof request === "object" && request !== null && "getUrn" in request && typeof request.getUrn === "function";
}
