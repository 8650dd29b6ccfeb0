import { rmSync } from "node:fs";
import { join } from "node:path";
import { type Call, PartialFailure } from "../../plugin/rpc/provider";
import { Store } from "../store";
import type { Api } from "./api";
import { ApiServer } from "./api-server";
import { CloudParts, type KnownParts } from "./cloud-parts";
import { namespacesBeforehand, outsideServers, readCluster, type SimulatedCluster, unreachableReason } from "./cluster";
import { observe } from "./controllers";
import { heldBy } from "./protection";
import { realApi } from "./real/api";
import { played } from "./real/played";
import { Releases } from "./releases";
import { type Fields, text } from "./values";

/** A connection to the world's cluster. */
export interface Session {
  readonly api: Api;
  readonly releases: Releases;
}

/** What the simulated provider takes besides its world. */
export interface KubernetesSandboxOptions {
  /**
   * How long, in milliseconds, a wait goes on while nothing changes in the cluster: then what is waited for is taken never to come.
   * @default 3000
   */
  readonly quietMs?: number;
  /** What of clouds' own may work in the cluster. @default nothing */
  readonly parts?: KnownParts;
}

/** One provider's configuration and its view of the world's cluster. */
export class Sessions {
  private config: Fields | undefined;
  private lastChange = Date.now();
  private readonly quietMs: number;
  private readonly parts: KnownParts;

  constructor(
    private readonly worldDir: string,
    options: KubernetesSandboxOptions,
  ) {
    this.quietMs = options.quietMs ?? 3000;
    this.parts = options.parts ?? {};
  }

  configure(config: Fields): void {
    this.config = config;
  }

  /** Whether a switch of the provider's configuration is on. They arrive as JSON. */
  enabled(name: string): boolean {
    const value = this.config?.[name];
    return value === true || value === "true";
  }

  get defaultNamespace(): string {
    return text(this.config?.namespace) ?? "default";
  }

  /** The cluster, where this provider can reach it; else why not. */
  connect(): Session | { readonly unreachable: string } {
    const cluster = readCluster(this.worldDir);
    const servers = [cluster?.server, cluster && realApi(this.worldDir, cluster.uid)?.server].flatMap((server) => server ?? []);
    const outside = (): string[] => (cluster === undefined ? [] : outsideServers(this.worldDir, cluster));
    const reason = this.config === undefined ? "the provider is not configured" : unreachableReason(servers, this.config, outside);
    if (reason !== undefined || cluster === undefined) return { unreachable: reason ?? "there is no cluster" };
    return this.open(cluster);
  }

  /** The cluster, where it can be reached; for the checks that are left out otherwise. */
  reachable(): Session | undefined {
    const session = this.connect();
    return "unreachable" in session ? undefined : session;
  }

  /** The cluster; throws where it cannot be reached. */
  must(): Session {
    const session = this.connect();
    if ("unreachable" in session) throw new Error(`configured Kubernetes cluster is unreachable: ${session.unreachable}`);
    return session;
  }

  private open(cluster: SimulatedCluster): Session {
    const folder = join(this.worldDir, "kubernetes");
    const marker = new Store(folder);
    const known = text(marker.get("cluster", "uid")?.uid);
    if (cluster.uid !== undefined && known !== cluster.uid) {
      // A cluster made anew holds nothing of the former one.
      if (known !== undefined) rmSync(folder, { recursive: true, force: true });
      marker.put("cluster", { id: "uid", uid: cluster.uid });
    }
    const server = realApi(this.worldDir, cluster.uid);
    const api =
      server === undefined
        ? simulated(new ApiServer(folder, namespacesBeforehand(this.worldDir)), cluster, new CloudParts(this.worldDir, this.parts))
        : played(server, cluster);
    return { api, releases: new Releases(folder, api) };
  }

  /** Says that something in the cluster changed: whoever waits goes on waiting. */
  changed(): void {
    this.lastChange = Date.now();
  }

  /**
   * Waits until `look` finds nothing amiss. Gives up, with what is amiss, when the cluster has been quiet for long enough or the
   * operation is cancelled: other resources of the same program may still bring what is missing.
   */
  async wait<T extends { readonly reasons: readonly string[] }>(call: Call, look: (session: Session) => Promise<T>): Promise<T> {
    this.changed();
    let shown = "";
    for (;;) {
      const session = this.must();
      const { quietMs, everyMs } = session.api.patience ?? { quietMs: this.quietMs, everyMs: Math.min(50, this.quietMs) };
      const found = await look(session);
      if (found.reasons.length === 0 || call.signal.aborted || Date.now() - this.lastChange >= quietMs) return found;
      const first = found.reasons[0] ?? "";
      if (first !== shown) await call.status(first);
      shown = first;
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }
}

/** The simulated API server and its controllers as the provider meets them. */
function simulated(server: ApiServer, cluster: SimulatedCluster, parts: CloudParts): Api {
  return {
    get: (object) => server.get(object),
    list: (kind) => server.list(kind),
    create: (wanted) => server.create(wanted),
    apply: (before, wanted) => server.apply(before, wanted),
    dryRun: (before, wanted) => server.dryRun(before, wanted),
    delete: (object) => {
      server.delete(object);
      if (["Service", "PersistentVolumeClaim", "Namespace"].includes(String(object.kind))) parts.sweep(server.objects);
    },
    heldBy: (object) => heldBy(object, server.objects),
    observe: (object) => observe(object, { cluster, api: server, parts }),
    served: (apiVersion, kind) => server.objects.served(apiVersion, kind),
  };
}

/** The error of an object that was made but did not get ready. */
export function notReady(
  call: Call,
  verb: "created" | "updated",
  name: string,
  reasons: readonly string[],
  id: string,
  outputs: Fields,
  inputs: Fields,
): PartialFailure {
  const cause = call.signal.aborted ? `Resource operation was cancelled for "${name}"` : `'${name}' timed out waiting to be Ready`;
  const what = verb === "created" ? "was successfully created" : "was successfully updated";
  const head = `resource "${call.urn}" ${what}, but the Kubernetes API server reported that it failed to fully initialize or become live: ${cause}`;
  return new PartialFailure([head, ...reasons].join("\n  * "), id, outputs, inputs);
}
