import { accessSync, constants, existsSync } from "node:fs";
import { join } from "node:path";
import type { Client, handleUnaryCall, UntypedServiceImplementation } from "@grpc/grpc-js";
import { handedOn, startBeside } from "../../../plugin/rpc/beside";
import { whenReady } from "../../servers/ready";
import { namePath } from "../../servers/record";
import { RELEASE } from "../provider";

const PLUGIN = "pulumi-resource-kubernetes";

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
  return await startBeside(program, argv);
}

/**
 * Has every call answered by the real plugin, those of Helm releases aside: their charts come from the internet, and their webhooks from
 * pods that nobody runs. Those our own service answers, which is told of the configuration and of a cancel as well.
 */
export function relay(own: UntypedServiceImplementation, plugin: Client): UntypedServiceImplementation {
  const ours = (name: string, request: unknown): boolean => isResource(request) && request.getUrn().includes(`${RELEASE}::`) && name in own;
  const calls = handedOn(plugin).map(([name, forward]) => {
    const handler: handleUnaryCall<object, object> = (call, callback) => {
      const mine = own[name] as handleUnaryCall<object, object>;
      if (ours(name, call.request)) return mine(call, callback);
      if (!BOTH.has(name)) return forward(call, callback);
      mine(call, (error) => (error ? callback(error) : forward(call, callback)));
    };
    return [name, handler] as const;
  });
  return { ...own, ...Object.fromEntries(calls) };
}

/** What both must know. */
const BOTH: ReadonlySet<string> = new Set(["configure", "attach", "cancel"]);

function isResource(request: unknown): request is { getUrn(): string } {
  return typeof request === "object" && request !== null && "getUrn" in request && typeof request.getUrn === "function";
}
