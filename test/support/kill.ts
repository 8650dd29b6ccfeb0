import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { INFRASTRUCTURES, packageOf } from "./cloud-files";
import { hostsFile } from "./existing";
import { BARE } from "./layers";
import { merge } from "./plan";
import { gone, treeOf } from "./processes";
import { Project } from "./project";

/** Which process of a running operation is killed; `cloud` is the provider of its cloud. */
const VICTIMS = ["cli", "engine", "cloud", "kubernetes", "kpaas", "random", "tls"] as const;

/**
 * What is being done:
 *
 * - `up`: the first one; `destroy`: of what is up; `return`: that too, but what follows on it is an `up`;
 * - `change`: of what is up, one worker is added, one in the middle removed and one rebuilt;
 * - `move`: what is up in one stack goes into three; `switch`: the first `up`, in one stack, is killed, and goes on in three.
 */
type Phase = "up" | "destroy" | "return" | "change" | "move" | "switch";

/** One kill, decided by its seed alone. */
export interface Kill {
  readonly seed: number;
  readonly phase: Phase;
  readonly victim: (typeof VICTIMS)[number];
  /** Milliseconds after the start, how many more (in `destroy` fewer) objects there are, or the share of the time that it takes undisturbed. */
  readonly at: { readonly after: number } | { readonly objects: number } | { readonly share: number };
  /** The environment: the smallest one, with its services or without, or three workers by their keys, in one stack or three. */
  readonly form: "smallest" | "bare" | "one" | "three";
  /** @default OpenStack */
  readonly cloud?: string;
}

/** From this seed on kills are of every sort; those before it are of the first `up` and the `destroy` of the smallest environment. */
export const WIDE = 5_000;

/** How long what was started by a killed process may go on, and how long a command may take, in milliseconds. */
const LIMIT = 120_000;

/** The kill of a seed. */
export function killOf(seed: number): Kill {
  const random = generator(seed);
  if (seed >= WIDE) return wideKill(seed, random);
  const phase = random() < 0.65 ? "up" : "destroy";
  const victim = VICTIMS[Math.min(VICTIMS.length - 1, Math.floor(random() * random() * VICTIMS.length * 1.4))] ?? "engine";
  const at = random() < 0.4 ? { after: Math.floor(random() * 6_000) } : { objects: 1 + Math.floor(random() * 150) };
  return { seed, phase, victim, at, form: "smallest" };
}

function wideKill(seed: number, random: () => number): Kill {
  const phases = ["move", "change", "switch", "change", "up", "move", "return", "destroy", "change", "return"] as const;
  const phase = phases[seed % phases.length] ?? "change";
  const form = phase === "move" || phase === "switch" || random() < 0.4 ? "one" : "three";
  // Moving is the work of the command and of engines that last for a moment each.
  const victims = phase === "move" ? (["cli", "engine"] as const) : VICTIMS;
  const victim = victims[Math.floor(random() * random() * victims.length * 1.4) % victims.length] ?? "engine";
  // A move comes first, and most of the rest is looking at what stays as it is.
  return { seed, phase, victim, at: { share: random() * (phase === "move" ? 0.5 : 0.95) }, form };
}

/** The kill of a seed, while an environment without services comes up on a cloud; every fourth while it goes. */
export function cloudKill(cloud: string, seed: number): Kill {
  const random = generator(seed);
  const phase = seed % 4 === 3 ? "destroy" : "up";
  const making = packageOf(cloud) === "" ? "kpaas" : "cloud";
  const victim = ([making, "engine", "cli"] as const)[Math.floor(random() * 3)] ?? making;
  return { seed, phase, victim, at: { objects: 1 + Math.floor(random() * (phase === "up" ? 50 : 25)) }, form: "bare", cloud };
}

/** The same numbers in [0, 1) for the same seed (mulberry32). */
export function generator(seed: number): () => number {
  let state = (seed * 0x9e3779b9) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const workers = (nodes: Record<string, unknown>) => ({ cluster: { pools: { worker: { nodes } } } });
const FIELDS: Readonly<Record<Kill["form"], Record<string, unknown>>> = {
  smallest: {},
  bare: { platform: BARE },
  one: workers({ a: {}, b: {}, c: {} }),
  three: { layers: "three", ...workers({ a: {}, b: {}, c: {} }) },
};
const CHANGED = workers({ a: {}, c: { generation: 2 }, d: {} });

/** An environment of a form, and where it is. */
type Environment = Pick<Kill, "form" | "cloud">;

function fieldsOf({ form, cloud }: Environment): Record<string, unknown> {
  if (cloud !== "existing") return { ...FIELDS[form], ...(cloud && { infrastructure: INFRASTRUCTURES[cloud] }) };
  const { name: _, ...fields } = hostsFile({ nfs: undefined });
  return merge(fields, FIELDS[form]);
}

/** Something done without a disturbance: what the disturbed is compared with. */
interface Done {
  readonly project: Project;
  readonly objects: readonly string[];
  readonly milliseconds: number;
}

/** What comes of each operation undisturbed, each done once and only when it is asked for. */
export class Undisturbed {
  private readonly done = new Map<string, Promise<Done>>();

  /** What such an operation leaves; of a `destroy`, what it began with. */
  of({ phase, form, cloud }: Environment & Pick<Kill, "phase">): Promise<Done> {
    const what = phase === "change" || phase === "move" ? phase : "up";
    const key = `${what} ${form} ${cloud}`;
    const made = this.done.get(key) ?? this.make(what, { form, ...(cloud && { cloud }) });
    this.done.set(key, made);
    return made;
  }

  private async make(what: "up" | "change" | "move", environment: Environment): Promise<Done> {
    const project = what === "up" ? new Project(fieldsOf(environment)) : (await this.of({ phase: "up", ...environment })).project.copy();
    project.write(fieldsAfter(what, environment));
    const started = Date.now();
    const { code, output } = await project.run("up");
    assert.equal(code, 0, output);
    return { project, objects: project.objects(), milliseconds: Date.now() - started };
  }

  async remove(): Promise<void> {
    for (const done of this.done.values()) (await done).project.remove();
  }
}

/** What the environment's file says while an operation of the phase is repeated. */
function fieldsAfter(phase: Phase, environment: Environment): Record<string, unknown> {
  if (phase === "move" || phase === "switch") return FIELDS.three;
  return phase === "change" ? { ...fieldsOf(environment), ...CHANGED } : fieldsOf(environment);
}

/**
 * Kills one process of an operation, runs the command again and checks what must be true then.
 * @returns whether the kill hit before the operation had ended
 */
export async function interrupted(kill: Kill, undisturbed: Undisturbed): Promise<boolean> {
  const { phase } = kill;
  const wanted = await undisturbed.of(kill);
  const fresh = phase === "up" || phase === "switch";
  const project = fresh ? new Project(fieldsOf(kill)) : (await undisturbed.of({ ...kill, phase: "up" })).project.copy();
  const told: string[] = [JSON.stringify(kill)];
  try {
    if (phase !== "switch") project.write(fieldsAfter(phase, kill));
    const command = phase === "destroy" ? "destroy" : "up";
    const operation = project.start(phase === "return" ? "destroy" : command);
    const hit = await strike(kill, project, operation.pid, wanted.milliseconds);
    told.push(`hit: ${hit}`, (await operation.ended).output);
    project.write(fieldsAfter(phase, kill));
    await again(project, command, told);
    if (command === "up") {
      assert.deepEqual(project.objects(), wanted.objects, "the same objects as undisturbed");
      assert.deepEqual(project.idsInWorld(), project.idsInStates(), "what is in the cloud is in the state");
      const layers = ["cluster", "infrastructure", "platform"].map((layer) => `k.${layer}`);
      assert.deepEqual(project.stacks(), fieldsAfter(phase, kill).layers === "three" ? layers : ["k"]);
      const { code, stdout, output } = await project.run("up", "--json");
      assert.equal(code, 0, output);
      const { create, update, replace, delete: deleted } = JSON.parse(stdout).changes;
      assert.deepEqual({ create, update, replace, deleted }, { create: 0, update: 0, replace: 0, deleted: 0 }, output);
    } else {
      assert.deepEqual(project.world(), [], "nothing is left");
    }
    assert.deepEqual(project.locks(), [], "no lock is left");
    return hit;
  } catch (error) {
    if (process.env.KPAAS_KEEP !== undefined) console.error(`kept ${project.root}`);
    throw new Error(`seed ${kill.seed}: ${error instanceof Error ? error.message : String(error)}\n${told.join("\n---\n")}`, {
      cause: error,
    });
  } finally {
    if (process.env.KPAAS_KEEP === undefined) project.remove();
  }
}

/** Runs the command again, at most three times, as a person would who does what it says. */
export async function again(project: Project, command: "up" | "rotate" | "destroy", told: string[]): Promise<void> {
  const approvals: string[] = [];
  for (let attempt = 1; ; attempt++) {
    const { code, output } = await project.run(command, ...approvals.flatMap((what) => ["--approve", what]));
    told.push(output);
    if (code === 0) return;
    // Destroyed already: the kill came after the last step.
    if (command === "destroy" && /has no stack here/.test(output)) return;
    assert.ok(attempt < 3, `${command} does not come to an end`);
    if (code === 3) approvals.push(...lookedUp(project, output));
    else assert.equal(attempt, 1, `${command} ended with ${code} although nothing disturbed it`);
  }
}

/** Deletes in the cloud what a refusal could not find out about, and gives the approvals that say so. */
export function lookedUp(project: Project, output: string): string[] {
  for (const [, type = ""] of output.matchAll(/broken off while it created this (\w+)/g))
    project.removeStrays(`${type[0]?.toLowerCase()}${type.slice(1)}`);
  return [...output.matchAll(/--approve (\S+:absent@[0-9a-f]{12})/g)].map(([, approval = ""]) => approval);
}

/** Waits for the moment and kills the process; false where the operation had ended before. */
export async function strike(
  { phase, victim, at }: Pick<Kill, "phase" | "victim" | "at">,
  project: Project,
  cli: number,
  milliseconds: number,
): Promise<boolean> {
  const started = Date.now();
  const before = project.world().length;
  const ripe = () => {
    if ("after" in at) return Date.now() - started >= at.after;
    if ("share" in at) return Date.now() - started >= at.share * milliseconds;
    const now = project.world().length;
    return (phase === "destroy" || phase === "return" ? before - now : now - before) >= at.objects;
  };
  while (Date.now() - started < LIMIT) {
    const processes = treeOf(cli);
    if (processes.length === 0 && Date.now() - started > 300) return false;
    if (ripe()) {
      const found = processes.find(({ kind }) => kind === (victim === "cloud" ? project.package : victim));
      if (found !== undefined) {
        process.kill(found.pid, "SIGKILL");
        await gone(processes, LIMIT);
        return true;
      }
    }
    await pause(5);
  }
  throw new Error("the operation does not end");
}
