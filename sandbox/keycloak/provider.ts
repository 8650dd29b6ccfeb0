import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Provider } from "../../plugin/rpc/provider";
import { createCloudProvider } from "../cloud/provider";
import { readCluster } from "../kubernetes/cluster";
import { Objects } from "../kubernetes/objects";
import { realApi } from "../kubernetes/real/api";
import { at, type KubeObject, nameOf, namespaceOf } from "../kubernetes/values";
import { Store } from "../store";
import { isEmpty, text } from "../values";
import { KEYCLOAK } from "./cloud";

/**
 * The `keycloak` provider, for the Keycloak that runs in the world's cluster: whoever calls it before its pods are ready finds nobody, and a
 * namespace that is made anew holds another, empty one. It logs in at its first call, or at once (`initialLogin`), as the real one does.
 */
export function createKeycloakProvider(worldDir: string): Provider {
  const provider = createCloudProvider(KEYCLOAK, worldDir);
  let url = "";
  return {
    ...provider,
    async configure(args) {
      url = text(args, "url");
      // The real one would try the address, and the configuration of a preview may not be known.
      if (args.initialLogin !== false && args.initialLogin !== "false" && url !== "") await reach(worldDir, url);
      await provider.configure?.(args);
    },
    async create(call) {
      if (!call.preview) await reach(worldDir, url);
      return await provider.create(call);
    },
    async update(call) {
      if (!call.preview) await reach(worldDir, url);
      return await provider.update(call);
    },
    async read(call) {
      await reach(worldDir, url);
      return await provider.read(call);
    },
    async delete(call) {
      await reach(worldDir, url);
      await provider.delete(call);
    },
  };
}

/** @throws Error where no Keycloak answers, in the provider's words */
async function reach(worldDir: string, url: string): Promise<void> {
  const objects = await objectsOf(worldDir);
  const server = objects?.sets.find((set) => nameOf(set) === "keycloak" && Number(at(set, "status.readyReplicas") ?? 0) > 0);
  if (objects === undefined || server === undefined)
    throw new Error(
      `error logging in: Post "${url}/realms/master/protocol/openid-connect/token": dial tcp ${url.replace(/^\w+:\/\//, "")}: connect: connection refused`,
    );
  const home = objects.namespaces.find((namespace) => nameOf(namespace) === namespaceOf(server));
  forgetFormer(worldDir, String(at(home, "metadata.uid")));
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

/** Empties what another namespace's Keycloak held. */
function forgetFormer(worldDir: string, uid: string): void {
  const folder = join(worldDir, KEYCLOAK.folder ?? KEYCLOAK.name);
  const store = new Store(folder);
  const known = store.get("server", "home")?.uid;
  if (known === uid) return;
  if (!isEmpty(known)) rmSync(folder, { recursive: true, force: true });
  new Store(folder).put("server", { id: "home", uid });
}
