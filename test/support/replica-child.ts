import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { wroteAndRuns } from "../../host/processes";

/** By whom a replica's folder, database and the rest are told to it. */
interface Told {
  readonly data: string;
  readonly url: string;
  readonly port: number;
  readonly repository: string;
  /** Where steps write down what they do. */
  readonly ledger: string;
  readonly shared: string;
  /** Whose tokens are taken. */
  readonly issuer?: string;
}

const NOTHING = { impacts: [], versions: [], moves: [], later: [], approved: [], steps: [], resources: [], groups: [] };
const STEP_MS = 400;
const LINES = 8;

/**
 * A service of several, as a process that a test kills or stops: TOLD as JSON. With the words of `kpaas preview` or `kpaas up` it plays a step, which
 * takes a lock as the engine does, and writes down that it began and that it ended.
 */
async function main([first = "", ...words]: readonly string[]): Promise<void> {
  if (first === "preview" || first === "up") await step(first, words[0] ?? "");
  else await serve(JSON.parse(first));
}

async function step(name: string, environment: string): Promise<void> {
  const ledger = process.env.KPAAS_TEST_LEDGER ?? "";
  const note = (text: string) => appendFileSync(join(ledger, "ledger"), `${text} ${name} ${environment}\n`);
  const lock = join(ledger, `${environment}.lock`);
  if (existsSync(lock)) {
    const { pid, at } = JSON.parse(readFileSync(lock, "utf8"));
    if (wroteAndRuns(pid, at)) note("overlap");
    rmSync(lock, { force: true });
  }
  writeFileSync(lock, JSON.stringify({ pid: process.pid, at: Date.now() }), { flag: "wx" });
  note("begin");
  for (let line = 0; line < LINES; line++) {
    process.stderr.write(`line ${line}\n`);
    await new Promise((later) => setTimeout(later, STEP_MS / LINES));
  }
  note("end");
  rmSync(lock);
  process.stdout.write(JSON.stringify({ changes: { create: 1, update: 0, replace: 0, delete: 0, same: 0 }, ...NOTHING }));
}

async function serve({ data, url, port, repository, ledger, shared, issuer }: Told): Promise<void> {
  const { startServer, settingsOf }: typeof import("../../server/server") = require("../../server/server");
  const { commandsIn }: typeof import("../../server/work/work") = require("../../server/work/work");
  const flags = {
    ...{ listen: `127.0.0.1:${port}`, data, database: url, repository, replicated: true },
    ...{ secretsKey: join(shared, "key"), basicAuth: join(shared, "password"), stateBackend: "s3://played" },
    ...(issuer === undefined ? {} : { issuer, audience: "kpaas" }),
  };
  const env = { ...process.env, KPAAS_TEST_LEDGER: ledger };
  const runner = commandsIn({ main: __filename, root: data, results: data, sandbox: false, work: { operation: "up" }, approvals: {}, env });
  const running = await startServer(settingsOf(flags, {}), process.stderr, runner);
  process.once("SIGTERM", () => void running.stop().then(() => process.exit(0)));
}

if (require.main === module) void main(process.argv.slice(2));
