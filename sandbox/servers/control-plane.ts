import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:https";
import { createServer } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { openLog, PRIVATE, writeWhole } from "../../host/files";
import { type Owner, processStart } from "../../host/processes";
import { type Credentials, createCredentials } from "./credentials";
import { kwokConfiguration } from "./kwok";
import type { ProgramName, Programs } from "./record";

/** Nobody outside this machine is answered. */
const ADDRESS = "127.0.0.1";

/** How long, in milliseconds, the servers may take to become ready. */
const START_MS = 120_000;
const EVERY_MS = 50;

/** How much of its log tells why a server ended. */
const TOLD_CHARACTERS = 2_000;

/** How an API server is reached: `https://host:port`, the certificate it is trusted by, an administrator's token. */
export interface Named {
  readonly server: string;
  readonly ca: string;
  readonly token: string;
}

/** A server that was started. */
interface Started {
  readonly program: ProgramName;
  readonly process: ChildProcess;
  /** Why it could not be. */
  readonly failure?: string;
}

/**
 * A real control plane whose nodes and pods kwok plays. Everything it writes is in one folder, and what is kept there it takes up again:
 * objects, port and credentials. Only the API server listens on a port, of the loopback interface; etcd on sockets in the folder.
 */
export class ControlPlane {
  private children: Started[] = [];

  private constructor(
    private readonly folder: string,
    private readonly programs: Programs,
    private readonly credentials: Credentials,
    private readonly port: number,
  ) {}

  /** The control plane of a folder, which is there; it is made where there is none. Nothing runs yet. */
  static async in(folder: string, programs: Programs): Promise<ControlPlane> {
    const path = join(folder, "credentials.json");
    if (existsSync(path)) {
      const { port, ...credentials } = JSON.parse(readFileSync(path, "utf8"));
      return new ControlPlane(folder, programs, credentials, port);
    }
    const [credentials, port] = [await createCredentials(ADDRESS), await freePort()];
    const made = new ControlPlane(folder, programs, credentials, port);
    made.write("credentials.json", JSON.stringify({ ...credentials, port }));
    return made;
  }

  /** How its API server is reached. */
  get named(): Named {
    return { server: `https://${ADDRESS}:${this.port}`, ca: this.credentials.certificate, token: this.credentials.token };
  }

  /** The processes that run. */
  get owners(): Owner[] {
    return this.children.flatMap(({ process: { pid } }) =>
      pid === undefined ? [] : [{ pid, host: hostname(), startedAt: processStart(pid) ?? 0 }],
    );
  }

  /**
   * Starts etcd, the API server, the controller manager, the scheduler and kwok, and waits until the API server answers.
   * @param onStarted told whenever one more of them runs
   * @throws Error naming the server that ended or did not become ready, with the end of its log
   */
  async start(onStarted: () => void = () => undefined): Promise<void> {
    const { certificate, key, accountKey, token } = this.credentials;
    const { server } = this.named;
    const run = (program: ProgramName, args: readonly string[]): void => {
      this.run(program, args);
      onStarted();
    };
    // Sockets of a folder nobody else can look into; the numbers stand for ports, which etcd asks for.
    const [client, peer] = ["unix://client:1", "unix://peer:1"];
    for (const socket of ["client:1", "peer:1"]) rmSync(join(this.folder, socket), { force: true });
    run("etcd", [
      ...["--data-dir", "etcd", "--unsafe-no-fsync", "--initial-cluster", `default=${peer}`],
      ...["--listen-client-urls", client, "--advertise-client-urls", client],
      ...["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer],
    ]);
    const accounts = this.write("accounts.key", accountKey);
    const [certificateFile, keyFile] = [this.write("server.crt", certificate), this.write("server.key", key)];
    run("kube-apiserver", [
      ...["--etcd-servers", client, "--secure-port", String(this.port), "--bind-address", ADDRESS],
      ...["--tls-cert-file", certificateFile, "--tls-private-key-file", keyFile, "--anonymous-auth=false"],
      ...["--service-account-key-file", accounts, "--service-account-signing-key-file", accounts, "--service-account-issuer", server],
      ...["--token-auth-file", this.write("tokens.csv", `${token},admin,admin,system:masters\n`), "--authorization-mode", "Node,RBAC"],
      ...["--encryption-provider-config", this.write("encryption.json", JSON.stringify(this.encryption()))],
      ...["--service-cluster-ip-range", "10.233.0.0/18", "--allow-privileged=true"],
    ]);
    await this.until("kube-apiserver", () => isReady(this.named));
    const file = {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "sandbox", cluster: { server, "certificate-authority": certificateFile } }],
      users: [{ name: "admin", user: { token } }],
      contexts: [{ name: "admin", context: { cluster: "sandbox", user: "admin" } }],
      "current-context": "admin",
    };
    const access = ["--kubeconfig", this.write("kubeconfig", JSON.stringify(file))];
    const alone = [...access, "--leader-elect=false", "--secure-port=0"];
    run("kube-controller-manager", [...alone, "--service-account-private-key-file", accounts, "--root-ca-file", certificateFile]);
    run("kube-scheduler", alone);
    run("kwok", [
      ...[...access, "--config", this.write("kwok.yaml", kwokConfiguration()), "--node-lease-duration-seconds", "40"],
      ...["--manage-nodes-with-annotation-selector", "kwok.x-k8s.io/node=fake"],
    ]);
  }

  /** Ends every server, and waits until they have ended. */
  async stop(): Promise<void> {
    // kwok first: nobody is left to report that the others are gone.
    for (const { process: child } of [...this.children].reverse()) {
      if (hasEnded(child)) continue;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
    }
    this.children = [];
  }

  /** Ends every server at once, where nothing can be waited for. */
  kill(): void {
    for (const { process: child } of this.children) child.kill("SIGKILL");
  }

  /** Takes away all objects; asked for while nothing runs. */
  empty(): void {
    rmSync(join(this.folder, "etcd"), { recursive: true, force: true });
  }

  /** Why it runs no more: the server that ended, and the end of its log. Undefined while all of them run. */
  get ended(): string | undefined {
    const dead = this.children.find(({ process: child }) => hasEnded(child));
    return dead === undefined ? undefined : `${dead.program} ended: ${dead.failure ?? this.lastWords(dead.program)}`;
  }

  /** Secrets are encrypted at rest, as kubespray's clusters have them. */
  private encryption(): Record<string, unknown> {
    const keys = [{ name: "key", secret: this.credentials.dataKey }];
    const resources = [{ resources: ["secrets"], providers: [{ secretbox: { keys } }] }];
    return { apiVersion: "apiserver.config.k8s.io/v1", kind: "EncryptionConfiguration", resources };
  }

  private write(name: string, text: string): string {
    const path = join(this.folder, name);
    writeWhole(path, text, { mode: PRIVATE, durable: false, makeFolder: false });
    return path;
  }

  private run(program: ProgramName, args: readonly string[]): void {
    const log = openLog(this.log(program), true);
    try {
      const child = spawn(this.programs[program], args, { stdio: ["ignore", log, log], cwd: this.folder });
      const started: Started = { program, process: child };
      // One that cannot be started ends as one that failed does.
      child.on("error", ({ message }) => Object.assign(started, { failure: message }));
      this.children.push(started);
    } finally {
      closeSync(log);
    }
  }

  private log(program: ProgramName): string {
    return join(this.folder, `${program}.log`);
  }

  private lastWords(program: ProgramName): string {
    return existsSync(this.log(program)) ? readFileSync(this.log(program), "utf8").slice(-TOLD_CHARACTERS).trim() : "";
  }

  private async until(program: ProgramName, holds: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + START_MS;
    while (!(await holds())) {
      if (this.ended !== undefined) throw new Error(this.ended);
      if (Date.now() > end) throw new Error(`${program} is not ready after ${START_MS / 1_000} s: ${this.lastWords(program)}`);
      await pause(EVERY_MS);
    }
  }
}

/** One that could not be started has no number. */
function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
}

function isReady({ server, ca, token }: Named): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request(`${server}/readyz`, { ca, headers: { authorization: `Bearer ${token}` }, timeout: 5_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    call.on("timeout", () => call.destroy());
    call.on("error", () => resolve(false));
    call.end();
  });
}

/** A port nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, ADDRESS, resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}
