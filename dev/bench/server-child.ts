// The service that the benchmark asks, as a process of its own, on a folder and a database that another one has filled. Most of its steps are played:
// they speak for a while and wait; some are real commands with the real engine, in the sandbox.
// server-child.js fill|serve DATA CLUSTERS OPERATIONS REAL
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { saidIn } from "../../fleet/children";
import { Database } from "../../server/data/database";
import { settingsOf, startServer } from "../../server/server";
import type { Runner } from "../../server/work/types";
import { commandsIn } from "../../server/work/work";
import { startRealm } from "../../test/support/realm";

/** What a played step does: so many lines, one after another. */
const [LINES, LINE_MS] = [60, 200];
const MAIN = join(__dirname, "..", "..", "cli", "main.js");
const file = (name: string) => `name: ${name}
labels: { team: platform }
infrastructure: { provider: openstack, image: ubuntu-22.04 }
platform: { services: { keycloak: false, mariadb: false, portal: false } }
`;

interface Begun {
  readonly id: string;
  readonly environment: string;
}

async function main([job, data = "", clusters = "0", operations = "0", real = "0"]: readonly string[]): Promise<void> {
  const names = Array.from({ length: Number(clusters) }, (_, index) => `e${index}`);
  const list = join(data, "begun.json");
  if (job === "fill") {
    pushFiles(join(data, "environments.git"), join(data, "first"), names);
    const begun = names.slice(0, Number(operations)).map((environment): Begun => ({ id: randomUUID(), environment }));
    await fill(join(data, "database"), names, begun);
    writeFileSync(list, JSON.stringify(begun));
    return;
  }
  const begun: readonly Begun[] = JSON.parse(readFileSync(list, "utf8"));
  const commands = commandsIn({
    ...{ main: MAIN, root: join(data, "project"), results: data, sandbox: true, work: { operation: "up" }, approvals: {} },
    env: { ...process.env, PULUMI_CONFIG_PASSPHRASE: "bench", KPAAS_SANDBOX_SERVER: "simulated" },
  });
  const isReal = new Set(names.slice(0, Number(real)));
  const spoken = new Map<string, string>();
  const runner: Runner = {
    launch: async (step) => {
      if (isReal.has(step.cluster)) return await commands.launch(step);
      const key = `${step.cluster} ${step.attempt}`;
      for (let line = 0; line < LINES; line++) {
        spoken.set(key, `${spoken.get(key) ?? ""}line ${line} of ${key}\n`);
        await pause(LINE_MS);
      }
      return { outcome: "done" };
    },
    look: (step) => (isReal.has(step.cluster) ? commands.look(step) : Promise.resolve({ outcome: "unknown" })),
    printed: (step) => (isReal.has(step.cluster) ? commands.printed(step) : ""),
    said: (step, from = 0) =>
      isReal.has(step.cluster)
        ? commands.said(step, from)
        : saidIn(Buffer.from(spoken.get(`${step.cluster} ${step.attempt}`) ?? "").subarray(from), from),
  };
  const realm = await startRealm();
  const settings = settingsOf({ listen: "127.0.0.1:0", data, issuer: realm.issuer, audience: "kpaas" }, {});
  const { url, work } = await startServer(settings, { write: () => undefined }, runner, begun.length);
  // Of one caller there are only so many streams.
  const tokens = await Promise.all(Array.from({ length: 20 }, (_, index) => realm.token(`reader-${index}`, ["kpaas-viewer"])));
  process.send?.({ url, tokens, operations: begun.map(({ id }) => id) });
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ processorSeconds: (user + system) / 1e6, peakMiB: process.resourceUsage().maxRSS / 1_024 });
  });
  await work.idle();
}

/** Environments in the repository, as somebody has pushed them. */
function pushFiles(repository: string, folder: string, names: readonly string[]): void {
  mkdirSync(join(folder, "environments"), { recursive: true });
  for (const name of names) writeFileSync(join(folder, "environments", `${name}.yaml`), file(name));
  const git = (cwd: string, ...words: readonly string[]) =>
    execFileSync("git", ["-c", "user.name=bench", "-c", "user.email=bench@example.org", ...words], { cwd, stdio: "ignore" });
  mkdirSync(repository, { recursive: true });
  git(repository, "init", "--bare", "--initial-branch=main");
  git(folder, "init", "--initial-branch=main");
  git(folder, "add", "--all");
  git(folder, "commit", "--message", "Add environments");
  git(folder, "push", repository, "HEAD:refs/heads/main");
}

async function fill(folder: string, names: readonly string[], begun: readonly Begun[]): Promise<void> {
  const database = await Database.open({ folder });
  const cluster = { type: "sub", provider: "AWS", description: "", status: "A", sshKey: "", account: null } as const;
  const rows = names.map((name, index) => ({ id: randomUUID(), name: `cluster-${index}`, environment: name, apiUrl: null, ...cluster }));
  for (let from = 0; from < rows.length; from += 200)
    await database.query
      .insertInto("clusters")
      .values(rows.slice(from, from + 200))
      .execute();
  // Each has had an operation before.
  const ended = {
    kind: "up",
    state: "done",
    step: "up",
    reason: null,
    askedBy: "bench",
    created: new Date(0),
    ended: new Date(0),
  } as const;
  const before = names.map((environment) => ({ id: randomUUID(), environment, cluster: null, ...ended }));
  for (let from = 0; from < before.length; from += 200)
    await database.query
      .insertInto("operations")
      .values(before.slice(from, from + 200))
      .execute();
  const waiting = { kind: "up", state: "waiting", step: null, reason: null, askedBy: "bench", cluster: null } as const;
  await database.query
    .insertInto("operations")
    .values(begun.map((each) => ({ ...each, ...waiting })))
    .execute();
  await database.close();
}

void main(process.argv.slice(2));
