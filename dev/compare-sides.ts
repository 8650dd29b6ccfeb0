import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Server, ServerCredentials, type sendUnaryData } from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { createCloudProvider } from "../sandbox/cloud/provider";
import { OPENSTACK } from "../sandbox/openstack/cloud";
import { ProviderClient } from "../test/support/provider-client";

export type Values = Readonly<Record<string, unknown>>;

/** The real provider with the cloud that `OS_…` names, and the simulated one. */
export interface Sides {
  readonly real: ProviderClient;
  readonly simulated: ProviderClient;
  /** Says what exists in the simulation, over the usual. */
  world(more: Values): void;
  close(): void;
}

const WORLD = {
  images: ["ubuntu-22.04", "ubuntu-24.04"],
  flavors: ["m1.small", "m1.medium", "m1.large", "m1.xlarge"],
  zones: ["az-1", "az-2", "az-3"],
  externalNetworks: ["public"],
  volumeTypes: ["ssd", "hdd"],
};

/** Starts both. `plugin` is the real provider's program. */
export async function connect(plugin: string): Promise<Sides> {
  const folder = mkdtempSync(join(tmpdir(), "kpaas-compare-"));
  const world = (more: Values) => writeFileSync(join(folder, "world.json"), JSON.stringify({ ...WORLD, ...more }));
  world({});
  const real = await ProviderClient.start(plugin, [await engine()]);
  const simulated = await ProviderClient.serve(createCloudProvider(OPENSTACK, folder));
  await real.configure({});
  await simulated.configure({});
  const close = () => {
    real.close();
    simulated.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { real, simulated, world, close };
}

/** An engine to which the real provider can tell what it likes. */
async function engine(): Promise<string> {
  const server = new Server();
  server.addService(EngineService, { log: (_call: unknown, answer: sendUnaryData<Empty>) => answer(null, new Empty()) });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return `127.0.0.1:${port}`;
}

/** What came of it: an answer, or what was said instead. */
export interface Outcome<T> {
  readonly value?: T;
  readonly error?: unknown;
}

export async function attempt<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    return { error };
  }
}

export function messageOf(error: unknown): string | undefined {
  return error === undefined ? undefined : error instanceof Error ? error.message : String(error);
}
