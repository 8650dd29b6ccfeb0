import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createWriteStream, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { RealApi } from "../../sandbox/kubernetes/real/api";
import { playHardware } from "../../sandbox/kubernetes/real/hardware";
import { kwokConfiguration } from "./kwok";
import type { Programs } from "./servers";

/** How long, in milliseconds, the servers may take to become ready. */
const START_MS = 120_000;

/** Where the API server listens. */
export interface ApiAddress {
  /** @default 127.0.0.1 */
  readonly host?: string;
  /** @default a free one */
  readonly port?: number;
}

/** A real control plane on loopback whose nodes and pods kwok simulates. Everything it writes is in one folder. */
export class RealCluster {
  private readonly children: ChildProcess[] = [];
  private readonly stopping = new AbortController();
  private playing: Promise<void> | undefined;
  private readonly killAll = (): void => {
    for (const child of this.children) child.kill("SIGKILL");
  };
  private readonly onTerminate = (): void => {
    this.killAll();
    process.exit(143);
  };

  private constructor(
    private readonly folder: string,
    private readonly programs: Programs,
  ) {
    mkdirSync(folder, { recursive: true });
    // However the tests end, no server outlives them.
    process.once("exit", this.killAll);
    process.once("SIGTERM", this.onTerminate);
  }

  /**
   * Starts etcd, the API server, the controller manager, the scheduler and kwok, writes `<worldDir>/api.json` and plays the world's hardware.
   * @throws Error naming the log of a server that ended or did not become ready.
   */
  static async start(folder: string, worldDir: string, programs: Programs, at: ApiAddress = {}): Promise<RealCluster> {
    const cluster = new RealCluster(folder, programs);
    try {
      await cluster.boot(worldDir, at);
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  /** Ends every server, and waits until they have ended. */
  async stop(): Promise<void> {
    this.stopping.abort();
    // kwok first: nobody is left to report that the others are gone.
    for (const child of [...this.children].reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
    }
    await this.playing;
    process.removeListener("exit", this.killAll);
    process.removeListener("SIGTERM", this.onTerminate);
  }

  private async boot(worldDir: string, { host = "127.0.0.1", port }: ApiAddress): Promise<void> {
    const [etcdClient, etcdPeer, free] = await freePorts(3);
    const secure = port ?? free;
    const client = `http://127.0.0.1:${etcdClient}`;
    const peer = `http://127.0.0.1:${etcdPeer}`;
    this.run("etcd", [
      ...["--data-dir", join(this.folder, "etcd"), "--unsafe-no-fsync", "--initial-cluster", `default=${peer}`],
      ...["--listen-client-urls", client, "--advertise-client-urls", client],
      ...["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer],
    ]);
    const token = randomBytes(16).toString("hex");
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const key = this.write("service-account.key", privateKey.export({ type: "pkcs1", format: "pem" }).toString());
    const server = `https://${host}:${secure}`;
    this.run("kube-apiserver", [
      ...["--etcd-servers", client, "--secure-port", String(secure), "--bind-address", host, "--cert-dir", join(this.folder, "pki")],
      ...["--service-account-key-file", key, "--service-account-signing-key-file", key, "--service-account-issuer", server],
      ...["--token-auth-file", this.write("tokens.csv", `${token},admin,admin,system:masters\n`), "--authorization-mode", "Node,RBAC"],
      ...["--service-cluster-ip-range", "10.233.0.0/18", "--allow-privileged=true"],
    ]);
    const certificate = join(this.folder, "pki", "apiserver.crt");
    await this.until("kube-apiserver", async () => existsSync(certificate) && (await isReady(server, certificate, token)));
    const user = { name: "admin", user: { token } };
    const context = { name: "admin", context: { cluster: "real", user: "admin" } };
    const clusters = [{ name: "real", cluster: { server, "certificate-authority": certificate } }];
    const file = { apiVersion: "v1", kind: "Config", clusters, users: [user], contexts: [context], "current-context": "admin" };
    const access = ["--kubeconfig", this.write("kubeconfig", JSON.stringify(file))];
    this.run("kube-controller-manager", [
      ...[...access, "--leader-elect=false", "--secure-port=0", "--service-account-private-key-file", key, "--root-ca-file", certificate],
    ]);
    this.run("kube-scheduler", [...access, "--leader-elect=false", "--secure-port=0"]);
    const kwok = [
      "--config",
      this.write("kwok.yaml", kwokConfiguration()),
      "--manage-nodes-with-annotation-selector",
      "kwok.x-k8s.io/node=fake",
    ];
    this.run("kwok", [...access, ...kwok, "--node-lease-duration-seconds", "40"]);
    const ca = readFileSync(certificate, "utf8");
    mkdirSync(worldDir, { recursive: true });
    const path = join(worldDir, "api.json");
    writeFileSync(path, JSON.stringify({ server, ca, token }), { mode: 0o600 });
    const api = new RealApi({ server, ca, token });
    const log = createWriteStream(join(this.folder, "hardware.log"));
    this.playing = playHardware(api, worldDir, this.stopping.signal, (error) => {
      log.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    }).finally(() => {
      log.end();
      rmSync(path, { force: true });
    });
  }

  private write(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }

  private run(program: keyof Programs, args: readonly string[]): void {
    const child = spawn(this.programs[program], args, { stdio: ["ignore", "pipe", "pipe"], cwd: this.folder });
    const log = createWriteStream(this.log(program));
    child.stdout.pipe(log);
    child.stderr.pipe(log);
    child.on("error", (error) => log.write(`${error.message}\n`));
    this.children.push(child);
  }

  private log(program: string): string {
    return join(this.folder, `${program}.log`);
  }

  private async until(program: string, holds: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + START_MS;
    while (!(await holds())) {
      const dead = this.children.some((child) => child.exitCode !== null || child.signalCode !== null);
      if (dead || Date.now() > end) {
        const last = existsSync(this.log(program)) ? readFileSync(this.log(program), "utf8").slice(-2_000) : "";
        throw new Error(`${program} ${dead ? "or what it needs ended" : "is not ready"}: ${last}`);
      }
      await pause(100);
    }
  }
}

function isReady(server: string, certificate: string, token: string): Promise<boolean> {
  return new Promise((resolve) => {
    const ca = readFileSync(certificate);
    const call = request(`${server}/readyz`, { ca, headers: { authorization: `Bearer ${token}` } }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    call.on("error", () => resolve(false));
    call.end();
  });
}

/** Ports nobody listens on, all different: they are held until the last one is known. */
async function freePorts(count: number): Promise<number[]> {
  const held = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return server;
    }),
  );
  const ports = held.map((server) => {
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  });
  await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
