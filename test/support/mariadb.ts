import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { removeFolder } from "../../host/files";

const PROGRAMS = ["mariadbd", "mariadb-install-db", "mariadb"] as const;

/**
 * The programs of a MariaDB server. Where one is missing, the tests are skipped and say so; called in a `before` hook.
 * @param more programs beside them that the tests run
 */
export function mariaDbForTests(this: Mocha.Context, ...more: readonly string[]): Readonly<Record<(typeof PROGRAMS)[number], string>> {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"];
  const found = [...PROGRAMS, ...more].map(
    (name) => [name, folders.map((folder) => join(folder, name)).find((path) => existsSync(path))] as const,
  );
  const missing = found.filter(([, path]) => path === undefined).map(([name]) => name);
  if (missing.length > 0) {
    console.warn(
      `SKIPPED ${this.test?.parent?.fullTitle()}\nno ${missing.join(", ")}: install mariadb-server-core, mariadb-client-core and mariadb-client`,
    );
    this.skip();
  }
  return Object.fromEntries(found) as Record<(typeof PROGRAMS)[number], string>;
}

/** How a server is met by the network: the port, and the settings that it has then. */
export interface MariaDbNetwork {
  readonly port: number;
  readonly config: string;
}

/** A MariaDB server in a folder of its own, reached by its socket, and by the network where it is told how. */
export class MariaDbServer {
  private process: ChildProcess | undefined;
  readonly socket: string;

  constructor(
    private readonly programs: Readonly<Record<(typeof PROGRAMS)[number], string>>,
    private readonly folder: string,
  ) {
    this.socket = join(folder, "socket");
  }

  private get data(): string {
    return join(this.folder, "data");
  }

  /** Starts the server, on an empty data folder the first time, with the statements as its init file. */
  async start(accounts: string, network?: MariaDbNetwork): Promise<void> {
    const owner = process.getuid?.() === 0 ? ["--user=root"] : [];
    const file = join(this.folder, "accounts.sql");
    writeFileSync(file, accounts, { mode: 0o600 });
    if (!existsSync(this.data)) {
      mkdirSync(this.data);
      chmodSync(this.data, 0o700);
      const options = [`--datadir=${this.data}`, "--auth-root-authentication-method=normal", "--skip-test-db", ...owner];
      const made = spawnSync(this.programs["mariadb-install-db"], ["--no-defaults", ...options], { encoding: "utf8" });
      if (made.status !== 0) throw new Error(`mariadb-install-db: ${made.stdout}${made.stderr}`);
    }
    const settings = join(this.folder, "server.cnf");
    writeFileSync(settings, network?.config ?? "");
    const met = network === undefined ? ["--skip-networking"] : ["--bind-address=127.0.0.1,127.0.0.2", `--port=${network.port}`];
    const options = [`--datadir=${this.data}`, `--socket=${this.socket}`, ...met, `--init-file=${file}`, ...owner];
    const server = spawn(this.programs.mariadbd, [`--defaults-file=${settings}`, ...options], { stdio: ["ignore", "ignore", "pipe"] });
    this.process = server;
    let log = "";
    server.stderr.setEncoding("utf8").on("data", (text: string) => {
      log += text;
    });
    for (let tries = 0; !log.includes("ready for connections"); tries++) {
      if (tries > 600 || server.exitCode !== null) throw new Error(`mariadbd did not start: ${log}`);
      await pause(100);
    }
    const failed = /^ERROR.*$/m.exec(log);
    if (failed) throw new Error(`mariadbd could not run its init file: ${failed[0]}`);
  }

  /** Runs statements as an account (root by default): what they print, or the server's refusal. */
  query(sql: string, account: { readonly user: string; readonly password: string } = { user: "root", password: "" }): string {
    const options = [`--socket=${this.socket}`, `--user=${account.user}`, "--batch", "--skip-column-names", "--execute", sql];
    const { stdout, stderr } = spawnSync(this.programs.mariadb, ["--no-defaults", ...options], {
      encoding: "utf8",
      env: { ...process.env, MYSQL_PWD: account.password },
    });
    return `${stdout}${/ERROR.*/.exec(stderr)?.[0] ?? ""}`.trim();
  }

  /** Runs statements by a client's settings, as the jobs do: what they print, or why not. */
  queryBy(settings: string, sql: string): string {
    const file = join(this.folder, "client.cnf");
    writeFileSync(file, settings, { mode: 0o600 });
    // A client of a newer version speaks TLS unless it is told not to.
    const options = [`--defaults-file=${file}`, ...(settings.includes("ssl-ca=") ? [] : ["--skip-ssl"]), "--batch", "--skip-column-names"];
    const { stdout, stderr } = spawnSync(this.programs.mariadb, [...options, "--execute", sql], { encoding: "utf8" });
    return `${stdout}${/ERROR.*/.exec(stderr)?.[0] ?? ""}`.trim();
  }

  /** Has an account be in the middle of a statement, by default for a minute: what it is told at the end of its connection. */
  hold({ user, password }: { readonly user: string; readonly password: string }, sql = "SELECT SLEEP(60)"): Promise<string> {
    const options = ["--no-defaults", `--socket=${this.socket}`, `--user=${user}`, "--skip-reconnect", "--execute", sql];
    const client = spawn(this.programs.mariadb, options, {
      env: { ...process.env, MYSQL_PWD: password },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    client.stderr.on("data", (text) => (said += text));
    return new Promise((resolve) => client.once("close", () => resolve(said.trim())));
  }

  async stop(): Promise<void> {
    const server = this.process;
    if (server === undefined || server.exitCode !== null) return;
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGTERM");
    await ended;
  }

  /** Ends the server and forgets its data. */
  async dispose(): Promise<void> {
    await this.stop();
    removeFolder(this.folder);
  }
}
