import { Server, ServerCredentials, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { engineLog, type LogLine } from "./engine-log";
import type { Provider } from "./provider";
import { providerService } from "./service";

/** As the Pulumi SDK: a Helm chart's values or a checkpoint can be larger than gRPC's default of 4 MB. */
export const MAX_MESSAGE_BYTES = 1024 * 1024 * 400;

/** How often a provider looks whether the process that started it is still there, in milliseconds: what it does for a dead engine nobody records. */
const PARENT_CHECK = 200;

/** How a provider is served. */
export interface ListenOptions {
  /** Address of the engine's log service; none: lines go to `onLog` only. */
  readonly engineAddress?: string;
  /** Puts another service around the provider's own. */
  readonly around?: (own: UntypedServiceImplementation) => UntypedServiceImplementation;
  /** Sees every line a provider logs. */
  readonly onLog?: (line: LogLine) => void;
}

/** A provider that is being served. */
export interface Listening {
  readonly port: number;
  /** Stops at once; running calls fail. */
  close(): void;
}

/** Serves `provider` on a free port of the loopback interface, inside this process. */
export async function listen(provider: Provider, options: ListenOptions = {}): Promise<Listening> {
  let send = options.engineAddress === undefined ? undefined : engineLog(options.engineAddress);
  const service = providerService(provider, {
    async log(line) {
      options.onLog?.(line);
      await send?.(line);
    },
    attach(address) {
      send = engineLog(address);
    },
  });
  return await listenWith(options.around?.(service) ?? service);
}

async function listenWith(service: UntypedServiceImplementation): Promise<Listening> {
  const server = new Server({ "grpc.max_receive_message_length": MAX_MESSAGE_BYTES, "grpc.max_send_message_length": MAX_MESSAGE_BYTES });
  server.addService(ResourceProviderService, service);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  return { port, close: () => server.forceShutdown() };
}

/**
 * Serves `provider` as a plugin process: the engine's address is the last argument, the port is the first line on standard output,
 * and the process ends when the one that started it does.
 */
export async function serve(
  provider: Provider,
  argv: readonly string[] = process.argv.slice(2),
  options: Pick<ListenOptions, "around"> = {},
): Promise<void> {
  endWithParent();
  announce(await listen(provider, { ...options, engineAddress: engineAddressOf(argv) }));
}

/** Serves a service of the protocol as a plugin process. */
export async function serveAs(service: UntypedServiceImplementation): Promise<void> {
  endWithParent();
  announce(await listenWith(service));
}

function announce({ port }: Listening): void {
  process.stdout.write(`${port}\n`);
}

/** The engine normally kills its plugins; one that was killed itself cannot. */
function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(0);
  }, PARENT_CHECK).unref();
}

/** The engine's address among a plugin's arguments: the last one, when it has the form HOST:PORT. */
export function engineAddressOf(argv: readonly string[]): string | undefined {
  const last = argv.at(-1);
  return last !== undefined && /^[\w.-]+:\d+$/.test(last) ? last : undefined;
}
