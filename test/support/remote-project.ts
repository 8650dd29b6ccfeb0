import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { stringify } from "yaml";
import { prepareSandbox, sandboxFolders } from "../../engine/sandbox";
import { writeWorld } from "../../engine/world";
import { removeFolder } from "../../host/files";
import { plannedFile } from "./environment";
import { BARE } from "./layers";
import { type StartedCommand, startCommand } from "./started-command";

const MAIN = join(__dirname, "..", "..", "cli", "main.js");
const FILE = { name: "k", infrastructure: { provider: "openstack" }, platform: BARE };

/**
 * A project of a user's own, whose stacks are in a backend of their choice, and whose Pulumi.yaml names the sandbox's providers: what is done
 * to its environment `k` is done as outside the sandbox, and to a simulated cloud.
 */
export class RemoteProject {
  readonly root = mkdtempSync(join(tmpdir(), "kpaas-state-"));

  /** @param variables what is set beside PATH and HOME: the backend, credentials, the passphrase */
  constructor(
    readonly variables: Record<string, string>,
    layers: "one" | "three" = "one",
  ) {
    mkdirSync(join(this.root, "environments"));
    const file = { ...FILE, layers };
    writeFileSync(join(this.root, "environments", "k.yaml"), stringify(file));
    const { project, world } = prepareSandbox(this.root, "k");
    writeWorld(world, plannedFile(file).plan);
    const providers = readdirSync(join(project, "plugins")).map((name) => ({ name, path: join(project, "plugins", name) }));
    const own = { name: "kpaas", runtime: "nodejs", stackConfigDir: "environments", plugins: { providers } };
    writeFileSync(join(this.root, "Pulumi.yaml"), stringify(own));
  }

  /** Another runner's checkout of the same environment: it shares the backend and the cloud, and nothing beside. */
  checkout(): RemoteProject {
    const other: RemoteProject = Object.create(RemoteProject.prototype);
    Object.assign(other, { root: mkdtempSync(join(tmpdir(), "kpaas-state-")), variables: this.variables });
    for (const name of ["environments", "Pulumi.yaml"]) cpSync(join(this.root, name), join(other.root, name), { recursive: true });
    return other;
  }

  start(...args: readonly string[]): StartedCommand {
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, PULUMI_HOME: join(this.root, "home"), ...this.variables };
    return startCommand(process.execPath, [MAIN, ...args], { cwd: this.root, env });
  }

  /** Runs a command that has to end well. */
  async run(...args: readonly string[]): Promise<string> {
    const { code, output } = await this.start(...args).ended;
    if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}:\n${output}`);
    return output;
  }

  /** Sets what happens to calls of its cloud. */
  fault(faults: object): void {
    writeFileSync(join(sandboxFolders(this.root, "k").world, "faults.json"), JSON.stringify(faults));
  }

  config(layer: string): string {
    return readFileSync(join(this.root, "environments", `Pulumi.k.${layer}.yaml`), "utf8");
  }

  remove(): void {
    removeFolder(this.root);
  }
}

/** A port of the loopback address that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** A server that a test has started. */
export interface TestServer {
  readonly url: string;
  stop(): Promise<void>;
}

async function serverOf(child: ChildProcess, url: string, answers: () => Promise<boolean> | boolean): Promise<TestServer> {
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", (text: string) => (log += text));
  for (let tries = 0; !(await answers()); tries++) {
    if (tries > 300 || child.exitCode !== null) throw new Error(`no server at ${url}: ${log}`);
    await pause(200);
  }
  const stop = async () => {
    if (child.exitCode !== null) return;
    child.kill("SIGINT");
    await once(child, "close");
  };
  return { url, stop };
}

const answer = (url: string, init?: RequestInit) =>
  fetch(url, init).then(
    ({ status }) => status < 500,
    () => false,
  );

/** A PostgreSQL server with nothing in it, in a folder; its programs are in another one. */
export async function startPostgreSql(programs: string, folder: string): Promise<TestServer> {
  const port = await freePort();
  const owner = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  if (owner.uid !== undefined) chownSync(folder, owner.uid, owner.gid);
  const env = { PATH: `${programs}${delimiter}${process.env.PATH}`, LC_ALL: "C.UTF-8" };
  const options = { cwd: folder, env, ...owner };
  const made = spawnSync("initdb", ["-D", join(folder, "data"), "-U", "postgres", "-A", "trust"], { ...options, encoding: "utf8" });
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
  const listens = ["-D", join(folder, "data"), "-p", String(port), "-k", folder, "-c", "listen_addresses=127.0.0.1"];
  const child = spawn("postgres", listens, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const ask = (sql: string) =>
    spawnSync("psql", ["-h", "127.0.0.1", "-p", String(port), "-U", "postgres", "-c", sql], options).status === 0;
  const server = await serverOf(child, `postgres://postgres@127.0.0.1:${port}/postgres?sslmode=disable`, () => ask("SELECT 1"));
  return server;
}

/** Moto's server with one bucket in it. @param program `moto_server` */
export async function startMoto(program: string): Promise<TestServer> {
  const port = await freePort();
  const child = spawn(program, ["-H", "127.0.0.1", "-p", String(port)], { stdio: ["ignore", "pipe", "pipe"] });
  const endpoint = `http://127.0.0.1:${port}`;
  return await serverOf(child, `s3://states?region=us-east-1&endpoint=${endpoint}&s3ForcePathStyle=true`, () =>
    answer(`${endpoint}/states`, { method: "PUT" }),
  );
}

/** A development server of OpenBao with a key `kpaas`, by its program `bao`. */
export async function startTransit(program: string): Promise<TestServer> {
  const port = await freePort();
  const args = ["server", "-dev", "-dev-root-token-id=root", "-dev-no-store-token", `-dev-listen-address=127.0.0.1:${port}`];
  const url = `http://127.0.0.1:${port}`;
  const server = await serverOf(spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] }), url, () => answer(`${url}/v1/sys/health`));
  const write = async (path: string, body: object) => {
    const { ok, status } = await fetch(`${url}/v1/${path}`, {
      method: "POST",
      headers: { "X-Vault-Token": "root" },
      body: JSON.stringify(body),
    });
    if (!ok) throw new Error(`OpenBao refuses ${path}: ${status}`);
  };
  await write("sys/mounts/transit", { type: "transit" });
  await write("transit/keys/kpaas", {});
  return server;
}

/** `moto_server`: what KPAAS_TEST_MOTO names, or one on PATH. Where there is none the tests are skipped and say so; called in a `before` hook. */
export function motoForTests(this: Mocha.Context): string {
  const named = process.env.KPAAS_TEST_MOTO;
  const found = [...(named ? [named] : []), ...(process.env.PATH ?? "").split(delimiter).map((each) => join(each, "moto_server"))].find(
    existsSync,
  );
  if (found !== undefined) return found;
  console.warn(
    `SKIPPED ${this.test?.parent?.fullTitle()}\nno moto_server: \`pip install 'moto[server]'\` in a virtual environment, and KPAAS_TEST_MOTO`,
  );
  return this.skip();
}
