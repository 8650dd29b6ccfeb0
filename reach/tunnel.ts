import { EventEmitter, once } from "node:events";
import { createServer, get, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { tunnelPort, tunnelTargets } from "../model/plan/tunnel";
import type { EnvironmentPlan } from "../model/plan/types";
import { RefusedError } from "../model/problems";
import { type Bastion, BastionConnection, type BastionTimes } from "./bastion";
import { KnownHosts, knownHostsFile } from "./known-hosts";

export interface TunnelOptions {
  readonly plan: EnvironmentPlan;
  /** The project's folder, where the known host keys are kept. */
  readonly root: string;
  /** Told what a person should know: first contact with a machine, a bastion that does not answer. */
  readonly tell: (text: string) => void;
  /** @default the environment's own, as `tunnelPort` gives it; 0 for any */
  readonly port?: number;
  readonly times?: Partial<TunnelTimes>;
}

/** Times in milliseconds; tests shorten them. */
export interface TunnelTimes extends BastionTimes {
  /** How long a request waits to be told where the bastion is. */
  readonly bastion: number;
  /** How often it is tried to take the port over from another operation's tunnel. */
  readonly takeOver: number;
}

/** A private cluster's way in: an HTTP proxy on 127.0.0.1 whose connections go through the bastion. */
export interface Tunnel {
  readonly port: number;
  /** Says where the bastion is, once that is known; again when it has changed. Nothing is dialled before the first request. */
  use(bastion: Bastion): void;
  close(): Promise<void>;
}

/** What a tunnel says of itself; how another operation on the same environment knows it. */
const greeting = (environment: string): string => `kpaas tunnel of ${environment}\n`;

/**
 * Opens an environment's tunnel. It ends with its process at the latest and keeps no process from ending. Where another operation on the
 * environment has one open, that is used, and replaced once it ends.
 * @throws RefusedError where something else uses the port.
 */
export async function openTunnel(options: TunnelOptions): Promise<Tunnel> {
  const { plan, port = tunnelPort(plan.environment), times = {} } = options;
  const proxy = new ForwardProxy(options);
  let timer: NodeJS.Timeout | undefined;
  const listen = async (): Promise<void> => {
    if (await proxy.listen(port)) return;
    await assertShared(plan.environment, port);
    timer = setTimeout(() => void listen().catch((error: unknown) => options.tell(text(error))), times.takeOver ?? 500).unref();
  };
  await listen();
  return {
    port: proxy.port ?? port,
    use: (bastion) => proxy.use(bastion),
    close: async () => {
      clearTimeout(timer);
      await proxy.close();
    },
  };
}

class ForwardProxy {
  private readonly server: Server;
  private readonly targets: ReadonlySet<string>;
  private readonly knownHosts: KnownHosts;
  private readonly sockets = new Set<Duplex>();
  private readonly told = new Set<string>();
  private readonly news = new EventEmitter<{ bastion: [] }>();
  private connection: BastionConnection | undefined;
  private bastion: Bastion | undefined;

  constructor(private readonly options: TunnelOptions) {
    const { plan, root } = options;
    this.targets = new Set(tunnelTargets(plan));
    this.knownHosts = new KnownHosts(knownHostsFile(root, plan.environment));
    this.server = createServer((_request, response) => {
      response.setHeader("connection", "close").end(greeting(plan.environment));
    });
    this.server.on("connection", (socket) => {
      socket.unref();
      this.sockets.add(socket.once("close", () => this.sockets.delete(socket)));
    });
    this.server.on("connect", (request, socket, head) => void this.forward(request.url ?? "", socket, head));
  }

  get port(): number | undefined {
    return (this.server.address() as AddressInfo | null)?.port;
  }

  /** False where the port is taken. */
  listen(port: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const failed = (error: NodeJS.ErrnoException) => (error.code === "EADDRINUSE" ? resolve(false) : reject(error));
      this.server.once("error", failed);
      this.server.listen({ host: "127.0.0.1", port }, () => {
        this.server.off("error", failed).unref();
        resolve(true);
      });
    });
  }

  use(bastion: Bastion): void {
    if (JSON.stringify(bastion) === JSON.stringify(this.bastion)) return;
    const { plan, tell, times } = this.options;
    this.connection?.close();
    this.bastion = bastion;
    this.connection = new BastionConnection(plan.environment, bastion, this.knownHosts, tell, times);
    this.news.emit("bastion");
  }

  async close(): Promise<void> {
    this.connection?.close();
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async forward(target: string, socket: Duplex, head: Buffer): Promise<void> {
    // Until it is part of the pipeline, its errors end nothing else.
    socket.on("error", () => undefined);
    try {
      if (!this.targets.has(target)) {
        refuse(socket, 403, `the tunnel of ${this.options.plan.environment} leads to ${[...this.targets].join(", ")} only`);
        return;
      }
      const [, host = "", port] = /^(.*):(\d+)$/.exec(target) ?? [];
      const channel = await (await this.connected()).open(host, Number(port));
      if (socket.destroyed) {
        channel.destroy();
        return;
      }
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      if (head.length > 0) channel.write(head);
      channel.on("error", () => undefined);
      socket.pipe(channel).pipe(socket);
      // Neither end is of use without the other, also where only one was cut.
      channel.once("close", () => socket.destroy());
      socket.once("close", () => channel.destroy());
    } catch (error) {
      const reason = text(error);
      if (!this.told.has(reason)) this.options.tell(reason);
      this.told.add(reason);
      refuse(socket, 502, reason);
    }
  }

  private async connected(): Promise<BastionConnection> {
    const { plan, times } = this.options;
    if (this.connection === undefined) {
      await once(this.news, "bastion", { signal: AbortSignal.timeout(times?.bastion ?? 20_000) }).catch(() => undefined);
    }
    if (this.connection !== undefined) return this.connection;
    throw new Error(
      `the bastion of ${plan.environment} has no address yet: bring it up with infrastructure.access.api: direct first, or run \`kpaas up ${plan.environment}\``,
    );
  }
}

/** Clients show the status line of a refused CONNECT and nothing else, so it holds the reason. */
function refuse(socket: Duplex, status: number, reason: string): void {
  socket.end(`HTTP/1.1 ${status} ${reason.replace(/[^\x20-\x7e]+/g, " ")}\r\nConnection: close\r\n\r\n`);
}

/** @throws RefusedError where the port is not held by a tunnel of this environment. */
async function assertShared(environment: string, port: number): Promise<void> {
  const holder = await new Promise<string>((resolve) => {
    const request = get({ host: "127.0.0.1", port, timeout: 2_000 }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        body = (body + chunk).slice(0, 200);
      });
      response.once("close", () => resolve(body));
    });
    request.once("error", () => resolve("")).once("timeout", () => request.destroy());
  });
  if (holder === greeting(environment)) return;
  const who = /^kpaas (tunnel of \S+)\n$/.exec(holder)?.[1];
  throw new RefusedError([
    {
      environment,
      path: "infrastructure.access.api",
      reason: `127.0.0.1:${port}, where the tunnel through the bastion listens, is used by ${who === undefined ? "another program" : `the ${who}`}`,
      remedy: who === undefined ? "end that program, then run this again" : "wait until that operation has ended, then run this again",
      severity: "error",
    },
  ]);
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
