import { EventEmitter, once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { Door } from "../model/plan/tunnel";
import { RefusedError } from "../model/problems";
import { channelsTo, passOn } from "./channels";
import { ClusterApi } from "./cluster-api";

/** Times in milliseconds; tests shorten them. */
export interface ForwardTimes {
  /** How long a connection waits for the kubeconfig, and for a pod that is ready. */
  readonly ready: number;
  /** How often is tried again what failed. */
  readonly retry: number;
}

export interface ForwardOptions {
  readonly doors: readonly Door[];
  /** Told what a person should know: a port that something else uses, pods that are not there. */
  readonly tell: (text: string) => void;
  readonly times?: Partial<ForwardTimes>;
}

/** Ways from this process to pods of a cluster, through its API server. */
export interface Forwards {
  /** Says how the cluster is reached, once that is known. Nothing is dialled before the first connection. */
  use(kubeconfig: string): void;
  close(): Promise<void>;
}

/**
 * Listens at every door. It ends with its process at the latest and keeps no process from ending. Where a port is taken, by another operation
 * on the environment for instance, it is said and taken over once it is free: who speaks through it knows the pods by their certificate, so
 * that whoever sits there can only refuse.
 * @throws RefusedError where the port of an unproven door is taken: who speaks through it would tell whoever sits there how to log in
 */
export async function openForwards(options: ForwardOptions): Promise<Forwards> {
  const cluster = new ClusterLater();
  const listeners = options.doors.map((door) => new Listener(door, cluster, options));
  const close = async (): Promise<void> => void (await Promise.all(listeners.map((listener) => listener.close())));
  try {
    await Promise.all(listeners.map((listener) => listener.open()));
  } catch (error) {
    await close();
    throw error;
  }
  return { use: (kubeconfig) => cluster.use(kubeconfig), close };
}

/** The cluster, which is known only while the program runs. */
class ClusterLater {
  private readonly news = new EventEmitter<{ known: [] }>();
  private kubeconfig: string | undefined;

  use(kubeconfig: string): void {
    this.kubeconfig = kubeconfig;
    this.news.emit("known");
  }

  async api(patience: number): Promise<ClusterApi> {
    if (this.kubeconfig === undefined) await once(this.news, "known", { signal: AbortSignal.timeout(patience) }).catch(() => undefined);
    if (this.kubeconfig === undefined) throw new Error("there is no cluster yet");
    return new ClusterApi(this.kubeconfig);
  }
}

class Listener {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private readonly told = new Set<string>();
  private readonly times: ForwardTimes;
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(
    private readonly door: Door,
    private readonly cluster: ClusterLater,
    private readonly options: ForwardOptions,
  ) {
    this.times = { ready: 45_000, retry: 500, ...options.times };
    this.server = createServer((socket) => void this.serve(socket));
  }

  async open(): Promise<void> {
    const taken = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      this.server.once("error", resolve);
      this.server.listen({ host: "127.0.0.1", port: this.door.local }, () => {
        this.server.off("error", resolve).unref();
        resolve(undefined);
      });
    });
    if (taken === undefined || this.isClosed) return;
    const { local, workload, unproven } = this.door;
    const reason = `127.0.0.1:${local}, which leads to ${workload} in the cluster, cannot be listened at (${taken.code})`;
    if (unproven)
      throw new RefusedError([
        {
          environment: this.door.of,
          path: "platform.services",
          reason,
          remedy: "wait for another operation on this environment to end, or end what uses it",
          severity: "error",
        },
      ]);
    this.tellOnce(`${reason}: where that is no other operation on this environment, end what uses it`);
    this.timer = setTimeout(() => void this.open(), this.times.retry).unref();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    for (const socket of this.sockets) socket.destroy();
    if (this.server.listening) await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async serve(socket: Socket): Promise<void> {
    socket.unref();
    this.sockets.add(socket);
    socket.once("close", () => this.sockets.delete(socket)).on("error", () => undefined);
    try {
      await this.lead(socket);
    } catch (error) {
      this.tellOnce(error instanceof Error ? error.message : String(error));
      socket.destroy();
    }
  }

  /** One connection to a pod: the API server's port-forward, by its WebSocket. Its messages begin with a channel: 0 data, 1 what went wrong. */
  private async lead(socket: Socket): Promise<void> {
    const api = await this.cluster.api(this.times.ready);
    const pod = await this.readyPod(api);
    const connection = await api.connect();
    const { namespace, port } = this.door;
    const path = `/api/v1/namespaces/${namespace}/pods/${pod}/portforward?ports=${port}`;
    const channels = channelsTo(api, connection, path);
    socket.once("close", () => channels.terminate());
    channels.on("error", () => socket.destroy()).on("close", () => socket.end());
    // Listened to before the way is open: what comes in one piece with that answer is told at once.
    const begun = new Set<number>();
    channels.on("message", (message: Buffer) => {
      const channel = message[0] ?? 0;
      // Each channel begins with the port that it is of.
      if (!begun.has(channel)) begun.add(channel);
      else if (channel === 1) this.refuse(socket, message.toString("utf8", 1));
      else passOn(channels, message.subarray(1), socket);
    });
    await once(channels, "open");
    socket.on("data", (data) => {
      socket.pause();
      channels.send(Buffer.concat([DATA, data]), () => socket.resume());
    });
    socket.on("end", () => channels.close());
  }

  private async readyPod(api: ClusterApi): Promise<string> {
    const { namespace, workload, labels } = this.door;
    const end = Date.now() + this.times.ready;
    for (;;) {
      const pod = await api.readyPod(namespace, workload, labels);
      if (pod !== undefined) return pod;
      if (Date.now() > end) throw new Error(`no pod of ${workload} in ${namespace} is ready, so nothing in it can be changed`);
      await wait(this.times.retry, undefined, { ref: false });
    }
  }

  private refuse(socket: Socket, reason: string): void {
    this.tellOnce(`the way to ${this.door.workload} in ${this.door.namespace} broke off: ${reason}`);
    socket.destroy();
  }

  private tellOnce(text: string): void {
    if (!this.told.has(text)) this.options.tell(text);
    this.told.add(text);
  }
}

const DATA = Buffer.from([0]);
