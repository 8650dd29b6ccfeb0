import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** Which process of a running operation is killed. */
const VICTIMS = ["cli", "engine", "openstack", "kubernetes", "kpaas", "random", "tls"] as const;

/** One kill, decided by its seed alone. */
export interface Kill {
  readonly seed: number;
  readonly phase: "up" | "destroy";
  readonly victim: (typeof VICTIMS)[number];
  /** Milliseconds after the start, or how many more (in `destroy` fewer) objects there are. */
  readonly at: { readonly after: number } | { readonly objects: number };
}

const MAIN = join(__dirname, "..", "..", "cli", "main.js");
const ENVIRONMENT = "k";

/** How long what was started by a killed process may go on, and how long a command may take, in milliseconds. */
const LIMIT = 120_000;

/** The kill of a seed. */
export function killOf(seed: number): Kill {
  const random = generator(seed);
  const phase = random() < 0.65 ? "up" : "destroy";
  const victim = VICTIMS[Math.min(VICTIMS.length - 1, Math.floor(random() * random() * VICTIMS.length * 1.4))] ?? "engine";
  const at = random() < 0.4 ? { after: Math.floor(random() * 6_000) } : { objects: 1 + Math.floor(random() * 150) };
  return { seed, phase, victim, at };
}

/** The same numbers in [0, 1) for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = (seed * 0x9e3779b9) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** An environment that came up undisturbed: what the disturbed ones are compared with. */
export class Undisturbed {
  private constructor(
    readonly root: string,
    readonly objects: readonly string[],
  ) {}

  static async make(): Promise<Undisturbed> {
    const root = newProject();
    const { code, output } = await ended(kpaas(root, "up", "--yes"));
    assert.equal(code, 0, output);
    return new Undisturbed(root, objectsOf(root));
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/**
 * Kills one process of an `up` or a `destroy`, runs the command again and checks what must be true then.
 * @returns whether the kill hit before the operation had ended
 */
export async function interrupted(kill: Kill, undisturbed: Undisturbed): Promise<boolean> {
  const root = newProject();
  const told: string[] = [JSON.stringify(kill)];
  try {
    if (kill.phase === "destroy") cpSync(undisturbed.root, root, { recursive: true });
    const operation = kpaas(root, kill.phase, "--yes");
    const finished = ended(operation);
    const hit = await strike(kill, root, operation.pid ?? 0);
    const first = await finished;
    told.push(`hit: ${hit}`, first.output);
    await again(root, kill.phase, told);
    if (kill.phase === "up") {
      assert.deepEqual(objectsOf(root), undisturbed.objects, "the same objects as undisturbed");
      assert.deepEqual(idsInWorld(root), idsInState(root), "what is in the cloud is in the state");
      const { code, stdout, output } = await ended(kpaas(root, "up", "--yes", "--json"));
      assert.equal(code, 0, output);
      const { create, update, replace, delete: deleted } = JSON.parse(stdout).changes;
      assert.deepEqual({ create, update, replace, deleted }, { create: 0, update: 0, replace: 0, deleted: 0 }, output);
    } else {
      assert.deepEqual(filesIn(join(root, ".kpaas/sandbox/world")), [], "nothing is left");
    }
    const locks = filesIn(join(root, ".kpaas/sandbox/backend/.pulumi/locks")).filter((file) => file.endsWith(".json"));
    assert.deepEqual(locks, [], "no lock is left");
    return hit;
  } catch (error) {
    if (process.env.KPAAS_KEEP !== undefined) console.error(`kept ${root}`);
    throw new Error(`seed ${kill.seed}: ${error instanceof Error ? error.message : String(error)}\n${told.join("\n---\n")}`, {
      cause: error,
    });
  } finally {
    if (process.env.KPAAS_KEEP === undefined) rmSync(root, { recursive: true, force: true });
  }
}

/** Runs the command again, at most three times, as a person would who does what it says. */
async function again(root: string, phase: Kill["phase"], told: string[]): Promise<void> {
  const approvals: string[] = [];
  for (let attempt = 1; ; attempt++) {
    const { code, output } = await ended(kpaas(root, phase, "--yes", ...approvals.flatMap((what) => ["--approve", what])));
    told.push(output);
    if (code === 0) return;
    // Destroyed already: the kill came after the last step.
    if (phase === "destroy" && /has no stack here/.test(output)) return;
    assert.ok(attempt < 3, `${phase} does not come to an end`);
    if (code === 3) approvals.push(...lookedUp(root, output));
    else assert.equal(attempt, 1, `${phase} ended with ${code} although nothing disturbed it`);
  }
}

/** Deletes in the cloud what a refusal could not find out about, and gives the approvals that say so. */
function lookedUp(root: string, output: string): string[] {
  return [...output.matchAll(/--approve (\S+:absent)/g)].map(([, approval = ""]) => {
    const [name = ""] = approval.split(":");
    const role = name.split("-").at(-1) ?? "";
    for (const file of filesIn(join(root, world, "openstack/serverGroup"))) {
      const { name: group } = readJson(file);
      if (typeof group === "string" && group.endsWith(role)) rmSync(file);
    }
    return approval;
  });
}

/** Waits for the moment and kills the process; false where the operation had ended before. */
async function strike({ phase, victim, at }: Kill, root: string, cli: number): Promise<boolean> {
  const started = Date.now();
  const before = filesIn(join(root, world)).length;
  const ripe = () => {
    if ("after" in at) return Date.now() - started >= at.after;
    const now = filesIn(join(root, world)).length;
    return (phase === "up" ? now - before : before - now) >= at.objects;
  };
  while (Date.now() - started < LIMIT) {
    const processes = treeOf(cli);
    if (processes.length === 0 && Date.now() - started > 300) return false;
    if (ripe()) {
      const found = processes.find((one) => one.kind === victim);
      if (found !== undefined) {
        process.kill(found.pid, "SIGKILL");
        await gone(processes);
        return true;
      }
    }
    await pause(5);
  }
  throw new Error("the operation does not end");
}

async function gone(processes: readonly Started[]): Promise<void> {
  const until = Date.now() + LIMIT;
  for (const { pid, kind } of processes) {
    while (existsSync(`/proc/${pid}`) && !isZombie(pid)) {
      if (Date.now() > until) throw new Error(`${kind} (process ${pid}) goes on`);
      await pause(20);
    }
  }
}

interface Started {
  readonly pid: number;
  readonly kind: string;
}

/** An operation's processes: the command itself, the engine it started and the providers that one did. */
function treeOf(cli: number): Started[] {
  const parents = new Map<number, number[]>();
  for (const name of readdirSync("/proc").filter((one) => /^\d+$/.test(one))) {
    const parent = parentOf(Number(name));
    if (parent !== undefined) parents.set(parent, [...(parents.get(parent) ?? []), Number(name)]);
  }
  if (!existsSync(`/proc/${cli}`) || isZombie(cli)) return [];
  const tree: Started[] = [{ pid: cli, kind: "cli" }];
  for (const { pid } of tree) for (const child of parents.get(pid) ?? []) tree.push({ pid: child, kind: kindOf(child) });
  return tree;
}

function kindOf(pid: number): string {
  const words = readOrEmpty(`/proc/${pid}/cmdline`).split("\0");
  if (basename(words[0] ?? "") === "pulumi") return "engine";
  const script = words.findIndex((word) => /(sandbox|plugin)\/main\.js$/.test(word));
  if (script < 0) return "other";
  return words[script]?.endsWith("plugin/main.js") ? "kpaas" : (words[script + 1] ?? "other");
}

function parentOf(pid: number): number | undefined {
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  return stat === "" ? undefined : Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}

function isZombie(pid: number): boolean {
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

const world = join(".kpaas/sandbox/world", ENVIRONMENT);

function newProject(): string {
  const root = mkdtempSync(join(tmpdir(), "kpaas-kill-"));
  mkdirSync(join(root, "environments"));
  writeFileSync(join(root, "environments", `${ENVIRONMENT}.yaml`), `name: ${ENVIRONMENT}\ninfrastructure:\n  provider: openstack\n`);
  return root;
}

function kpaas(root: string, phase: Kill["phase"], ...rest: readonly string[]) {
  return spawn(process.execPath, [MAIN, phase, ENVIRONMENT, "--sandbox", ...rest], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
}

function ended(child: ReturnType<typeof kpaas>): Promise<{ code: number | null; stdout: string; output: string }> {
  let [stdout, output] = ["", ""];
  child.stdout.on("data", (text) => {
    stdout += text;
    output += text;
  });
  child.stderr.on("data", (text) => (output += text));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, output }));
  });
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch {
    return filesIn(folder); // changed while it was read
  }
}

function readJson(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path, "utf8"));
}

/** Every object of the simulated cloud and cluster by kind and name, without what differs from one run to the next. */
function objectsOf(root: string): string[] {
  return filesIn(join(root, world))
    .map((file) => {
      const path = relative(join(root, world), file);
      if (!path.startsWith("openstack")) return path.replace(/[0-9a-f]{8,10}\.json$/, "HASH.json");
      const { name, direction, protocol, portRangeMin, portRangeMax, ethertype, remoteIpPrefix, description } = readJson(file);
      const what =
        direction === undefined ? [name] : [direction, protocol, portRangeMin, portRangeMax, ethertype, remoteIpPrefix, description];
      return `${dirname(path)} ${what.join(" ").replace(/[0-9a-f]{8}$/, "KEY")}`;
    })
    .sort();
}

/** The ids of the simulated cloud's objects, without those the cloud made of its own accord. */
function idsInWorld(root: string): string[] {
  const files = filesIn(join(root, world, "openstack")).map((file) => ({ kind: basename(dirname(file)), object: readJson(file) }));
  const boot = files.flatMap(({ object }) => (Array.isArray(object.bootVolumes) ? object.bootVolumes : []));
  return files
    .filter(({ kind, object }) => !(kind === "port" && String(object.deviceOwner).startsWith("network:")) && !boot.includes(object.id))
    .map(({ kind, object }) => `${kind} ${String(object.id)}`)
    .sort();
}

function idsInState(root: string): string[] {
  const state = readJson(join(root, ".kpaas/sandbox/backend/.pulumi/stacks/kpaas", `${ENVIRONMENT}.json`));
  const { latest } = state.checkpoint as { latest: { resources: readonly { type: string; id?: string }[] } };
  return latest.resources
    .filter(({ type }) => type.startsWith("openstack:"))
    .map(({ type, id }) => `${type.split(/[/:]/)[2]} ${String(id)}`)
    .sort();
}
