import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Properties, Provider } from "../../plugin/rpc/provider";
import { readCluster } from "../kubernetes/cluster";
import { Objects } from "../kubernetes/objects";
import { realApi } from "../kubernetes/real/api";
import { at, type KubeObject, nameOf, namespaceOf } from "../kubernetes/values";
import { Store } from "../store";
import { isEmpty } from "../values";
import type { SimulatedCloud } from "./cloud";
import { createCloudProvider } from "./provider";

/** A service whose inside a provider makes. */
export interface SimulatedService {
  readonly simulated: SimulatedCloud<never, never>;
  /** The name of its StatefulSet. */
  readonly workload: string;
  /** Where it is called, by the provider's configuration; empty where that is not known. */
  url(configuration: Properties): string;
  /** Whether its provider logs in as soon as it is configured, by its configuration. */
  hasty(configuration: Properties): boolean;
  /** What its provider says where nobody answers. */
  unanswered(url: string): string;
  /** What the first start of the server makes, by its StatefulSet: later ones make nobody. @default nothing that matters */
  started?(server: KubeObject): Properties;
  /** What its provider says where the server does not know who logs in, by the configuration. @default everybody is known */
  refusal?(store: Store, configuration: Properties): string | undefined;
}

/**
 * The provider of a service that runs in the world's cluster: whoever calls it before its pods are ready finds nobody, and a namespace that is
 * made anew holds another, empty one.
 */
export function createServiceProvider(service: SimulatedService, worldDir: string): Provider {
  const provider = createCloudProvider(service.simulated, worldDir);
  let configuration: Properties = {};
  const reach = async (): Promise<void> => await assertAnswers(service, worldDir, configuration);
  return {
    ...provider,
    async configure(args) {
      configuration = args;
      // The real one would try the address, and the configuration of a preview may not be known.
      if (service.hasty(args) && service.url(args) !== "") await reach();
      await provider.configure?.(args);
    },
    async create(call) {
      if (!call.preview) await reach();
      return await provider.create(call);
    },
    async update(call) {
      if (!call.preview) await reach();
      return await provider.update(call);
    },
    async read(call) {
      await reach();
      return await provider.read(call);
    },
    async delete(call) {
      await reach();
      await provider.delete(call);
    },
  };
}

/** @throws Error where no pod of the service answers, or it does not know who logs in, in the provider's words */
async function assertAnswers(service: SimulatedService, worldDir: string, configuration: Properties): Promise<void> {
  const { workload, simulated } = service;
  const objects = await objectsOf(worldDir);
  const server = objects?.sets.find((set) => nameOf(set) === workload && Number(at(set, "status.readyReplicas") ?? 0) > 0);
  if (objects === undefined || server === undefined) throw new Error(service.unanswered(service.url(configuration)));
  const home = objects.namespaces.find((namespace) => nameOf(namespace) === namespaceOf(server));
  const started = { uid: String(at(home, "metadata.uid")), ...service.started?.(server) };
  const store = storeOf(join(worldDir, simulated.folder ?? simulated.name), started);
  const refusal = service.refusal?.(store, configuration);
  if (refusal !== undefined) throw new Error(refusal);
}

interface Found {
  readonly sets: readonly KubeObject[];
  readonly namespaces: readonly KubeObject[];
}

async function objectsOf(worldDir: string): Promise<Found | undefined> {
  const cluster = readCluster(worldDir);
  if (cluster === undefined) return undefined;
  const objects = realApi(worldDir, cluster.uid) ?? new Objects(join(worldDir, "kubernetes"));
  return { sets: await objects.list("apps/v1/StatefulSet"), namespaces: await objects.list("v1/Namespace") };
}

/** What is in the server, without what another namespace's held. What its first start made is remembered beside it. */
function storeOf(folder: string, started: { readonly uid: string }): Store {
  const known = new Store(folder).get("server", "home")?.uid;
  if (known === started.uid) return new Store(folder);
  if (!isEmpty(known)) rmSync(folder, { recursive: true, force: true });
  const store = new Store(folder);
  store.put("server", { id: "home", ...started });
  return store;
}
