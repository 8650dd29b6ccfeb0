import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { removeFolder } from "../../host/files";
import { freePorts } from "./real-server";

/** Somebody who is not root, as whom alone a server starts. */
const OWNER = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

/** A PostgreSQL server for the service's own database, on a loopback port, which a test may kill. */
export class DatabaseServer {
  private process: ChildProcess | undefined;

  private constructor(
    private readonly programs: string,
    private readonly folder: string,
    private readonly port: number,
  ) {}

  static async make(programs: string): Promise<DatabaseServer> {
    const folder = mkdtempSync(join(tmpdir(), "kpaas-database-"));
    if (OWNER.uid !== undefined) chownSync(folder, OWNER.uid, OWNER.gid);
    const [port = 0] = await freePorts(1);
    const server = new DatabaseServer(programs, folder, port);
    const initdb = ["-D", server.data, "-U", "kpaas", "--auth=trust", "-E", "UTF8", "--no-sync"];
    execFileSync(join(programs, "initdb"), initdb, {
      ...OWNER,
      cwd: folder,
      stdio: "pipe",
      env: { LC_ALL: "C.UTF-8", PATH: process.env.PATH },
    });
    await server.start();
    return server;
  }

  get url(): string {
    return `postgresql://kpaas@127.0.0.1:${this.port}/postgres`;
  }

  async start(): Promise<void> {
    const words = ["-D", this.data, "-k", this.folder, "-h", "127.0.0.1", "-p", String(this.port)];
    this.process = spawn(join(this.programs, "postgres"), words, { ...OWNER, cwd: this.folder, stdio: "ignore" });
    for (let tries = 0; tries < 300; tries++) {
      if (await this.answers()) return;
      await pause(100);
    }
    throw new Error("PostgreSQL did not start");
  }

  private async answers(): Promise<boolean> {
    const client = new Client({ connectionString: this.url });
    // Its end is no error of the test's.
    client.on("error", () => undefined);
    const answers = await client.connect().then(
      () => true,
      () => false,
    );
    await client.end().catch(() => undefined);
    return answers;
  }

  /** Ends it as a loss of power does. */
  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.process?.once("exit", resolve));
    this.process?.kill("SIGQUIT");
    await ended;
  }

  async remove(): Promise<void> {
    if (this.process?.exitCode === null) await this.kill();
    removeFolder(this.folder);
  }

  private get data(): string {
    return join(this.folder, "data");
  }
}
