import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { folderOf, howToGet } from "../../dev/programs/install";

/** A program in one of these folders: those on PATH, or others. Where it is missing, the tests are skipped and say so; called in a `before` hook. */
export function programForTests(
  this: Mocha.Context,
  name: string,
  how: string,
  folders: readonly string[] = (process.env.PATH ?? "").split(delimiter),
): string {
  const found = folders.map((folder) => join(folder, name));
  const program = found.find((path) => existsSync(path));
  if (program === undefined) {
    console.warn(`SKIPPED ${this.test?.parent?.fullTitle()}\nno ${name}: ${how}`);
    this.skip();
  }
  return program ?? "";
}

/** One of those that dev/programs gets, from there or from PATH; else as {@link programForTests}. */
export function gottenProgram(this: Mocha.Context, name: string): string {
  const folders = [folderOf(name), ...(process.env.PATH ?? "").split(delimiter)];
  return programForTests.call(this, name, howToGet(name), folders);
}

/** Makes an authority, and a certificate of it for a name, this machine's by default, in the files that Secrets have: `ca.crt`, `tls.crt`, `tls.key`. */
export function makeCertificates(folder: string, name = "localhost"): void {
  mkdirSync(folder, { recursive: true });
  const openssl = (command: string) => execFileSync("openssl", command.split(" "), { cwd: folder, stdio: "pipe" });
  const key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
  openssl(`req -x509 ${key} -keyout ca.key -out ca.crt -subj /CN=authority -days 2`);
  openssl(`req ${key} -keyout tls.key -out tls.csr -subj /CN=kpaas`);
  writeFileSync(join(folder, "uses"), `subjectAltName=DNS:${name}\nextendedKeyUsage=serverAuth,clientAuth\n`);
  openssl("x509 -req -in tls.csr -CA ca.crt -CAkey ca.key -out tls.crt -days 1 -extfile uses");
}

/** As many ports as asked for that nobody listens at. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((told) => {
          server.listen(0, "127.0.0.1", () => told((server.address() as { port: number }).port));
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}

/** Starts a server, and waits until it says so. */
export async function startServer(program: string, args: readonly string[], ready: string): Promise<ChildProcess> {
  const server = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  for (const stream of [server.stdout, server.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      log += text;
    });
  for (let tries = 0; !log.includes(ready); tries++) {
    if (tries > 300 || server.exitCode !== null) throw new Error(`${program} did not start: ${log}`);
    await pause(100);
  }
  return server;
}

/** Ends a server, and waits until it has ended. */
export async function stopServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((end) => server.once("exit", end));
  server.kill("SIGKILL");
  await ended;
}
