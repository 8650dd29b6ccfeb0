import { type ChildProcess, type SpawnSyncOptions, spawn, spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { removeFolder } from "../../host/files";
import { makeCertificates } from "./real-server";

/** Clients come from PATH too. */
const PROGRAMS = ["initdb", "pg_ctl", "postgres"];

/** Somebody who is not root, as whom alone a server starts. */
const OWNER = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

/**
 * The folder of a PostgreSQL server's programs: KPAAS_TEST_POSTGRESQL, one on PATH, or Debian's newest. Where there is none, the tests are
 * skipped and say so; called in a `before` hook.
 */
export function postgreSqlForTests(this: Mocha.Context): string {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const named = process.env.KPAAS_TEST_POSTGRESQL;
  const folders = named ? [named] : [...(process.env.PATH ?? "").split(delimiter), ...versions.map((each) => join(debian, each, "bin"))];
  const found = folders.find((folder) => PROGRAMS.every((program) => existsSync(join(folder, program))));
  if (found === undefined) {
    console.warn(`SKIPPED ${this.test?.parent?.fullTitle()}\nno ${PROGRAMS.join(", ")}: install postgresql`);
    this.skip();
  }
  return found ?? "";
}

/** An account that connects. */
export interface Login {
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** A PostgreSQL server in a folder of its own. */
export class PostgreSqlServer {
  private process: ChildProcess | undefined;
  readonly folders: Readonly<Record<"config" | "tls" | "run", string>>;

  constructor(
    private readonly programs: string,
    private readonly folder: string,
    readonly port: number,
  ) {
    this.folders = { config: join(folder, "config"), tls: join(folder, "tls"), run: join(folder, "run") };
    makeCertificates(this.folders.tls);
    for (const each of [this.folders.config, this.folders.run, join(folder, "volume")]) mkdirSync(each);
    this.give(folder, this.folders.run, this.folders.config, this.folders.tls, join(folder, "volume"), join(this.folders.tls, "tls.key"));
    chmodSync(join(this.folders.tls, "tls.key"), 0o400);
  }

  get ca(): string {
    return join(this.folders.tls, "ca.crt");
  }

  private get options(): SpawnSyncOptions {
    const env = { PATH: `${this.programs}${delimiter}${process.env.PATH}`, TMPDIR: this.folder, LC_ALL: "C.UTF-8" };
    const own = { PGDATA: join(this.folder, "volume", "pgdata"), CONFIG: this.folders.config, ACCOUNTS: join(this.folder, "accounts.sql") };
    return { env: { ...env, ...own }, cwd: this.folder, ...OWNER };
  }

  private give(...paths: readonly string[]): void {
    if (OWNER.uid !== undefined) for (const path of paths) chownSync(path, OWNER.uid, OWNER.gid);
  }

  /** Gives a folder and its files to the server's owner. */
  own(folder: string): void {
    this.give(folder, ...readdirSync(folder).map((name) => join(folder, name)));
  }

  private write(path: string, text: string): void {
    writeFileSync(path, text, { mode: 0o600 });
    this.give(path);
  }

  /** Runs a script as the server's owner: how it ended, and all that it said. */
  run(script: string, environment: Readonly<Record<string, string>> = {}): { readonly status: number | null; readonly said: string } {
    const options = { ...this.options, env: { ...this.options.env, ...environment }, encoding: "utf8" as const };
    const { status, stdout, stderr } = spawnSync("sh", ["-ec", script], options);
    return { status, said: `${stdout}${stderr}` };
  }

  /** Writes what the first start reads. */
  prepare(files: Readonly<Record<string, string>>, accounts: string): void {
    for (const [name, text] of Object.entries(files)) this.write(join(this.folders.config, name), text);
    this.write(join(this.folder, "accounts.sql"), accounts);
  }

  /** Runs the pod's first script and then its server. */
  async start(firstStart: string): Promise<void> {
    const { status, said } = this.run(firstStart);
    if (status !== 0) throw new Error(`the first start failed: ${said}`);
    const arguments_ = ["-c", `config_file=${this.folders.config}/postgresql.conf`];
    const server = spawn("postgres", arguments_, { ...this.options, stdio: ["ignore", "ignore", "pipe"] } as object) as ChildProcess;
    this.process = server;
    let log = "";
    server.stderr?.setEncoding("utf8").on("data", (text: string) => {
      log += text;
    });
    for (let tries = 0; !log.includes("ready to accept connections"); tries++) {
      if (tries > 300 || server.exitCode !== null) throw new Error(`postgres did not start: ${log}`);
      await pause(100);
    }
  }

  /** Runs a statement as an account that comes by the network: what it prints, or the server's refusal. */
  query(sql: string, { user, password, database }: Login, sslmode = "verify-full", { host = "localhost", ca = this.ca } = {}): string {
    const address = `host=${host} hostaddr=127.0.0.1 port=${this.port} dbname=${database} user=${user} sslmode=${sslmode} sslrootcert=${ca}`;
    return this.ask(address, password, sql);
  }

  /** The same as the superuser, at the server's socket. */
  administer(sql: string, password: string, database = "postgres"): string {
    return this.ask(`host=${this.folders.run} port=${this.port} dbname=${database} user=postgres`, password, sql);
  }

  /** Has an account be in the middle of a statement for a minute: what it is told at the end of its connection. */
  hold({ user, password, database }: Login): Promise<string> {
    const address = `host=localhost hostaddr=127.0.0.1 port=${this.port} dbname=${database} user=${user} sslmode=verify-full sslrootcert=${this.ca}`;
    const env = { ...this.options.env, PGPASSWORD: password };
    const client = spawn("psql", ["-X", "-q", "-d", address, "-c", "SELECT pg_sleep(60)"], {
      ...this.options,
      env,
      stdio: ["ignore", "ignore", "pipe"],
    } as object) as ChildProcess;
    let said = "";
    client.stderr?.on("data", (text) => (said += text));
    return new Promise((resolve) => client.once("close", () => resolve(said.trim())));
  }

  private ask(connection: string, password: string, sql: string): string {
    const options = { ...this.options, env: { ...this.options.env, PGPASSWORD: password }, encoding: "utf8" as const };
    const { stdout, stderr } = spawnSync("psql", ["-X", "-q", "-A", "-t", "-d", connection, "-c", sql], options);
    return `${stdout}${stderr}`.trim();
  }

  /** Ends it: as Kubernetes does, or as a lost node. */
  async stop(signal: "SIGINT" | "SIGKILL" = "SIGINT"): Promise<void> {
    const server = this.process;
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill(signal);
    await ended;
  }

  /** Ends the server and forgets its data. */
  async dispose(): Promise<void> {
    await this.stop();
    removeFolder(this.folder);
  }
}
