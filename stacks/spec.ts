import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { getStack, log, RunError, runtime } from "@pulumi/pulumi";
import type { OwnServices } from "../components/platform/typed-services";
import { describeLockChanges } from "../files/lock-problems";
import { planContent } from "../files/plan-content";
import { registry } from "../files/registry";
import { writeWhole } from "../host/files";
import type { EnvironmentFields, PlatformFields } from "../model/environment/environment-fields";
import { type Applied, appliedState, parseApplied } from "../model/guard/applied";
import type { Verdict } from "../model/guard/verdict";
import { diffLocks, type Lock, parseLock } from "../model/lock";
import type { PlannedEnvironment } from "../model/plan/plan";
import { describeProblem, Findings, formatProblem, type Problem, RefusedError } from "../model/problems";
import type { Rotations } from "../model/rotation";
import { ENVIRONMENT } from "../model/type-tokens";
import { withoutStack } from "./fail-run";
import { refuseDangers, standingCluster, tellLater, tellVerdict } from "./guard";
import { type InfrastructureInputs, type PlainFields, plainFields, type TlsInputs } from "./inputs";
import { rotationProblems, tellRotations } from "./rotations";
import { readStanding, type StandingResource, standingResource } from "./standing";

/** An environment written in a program: the fields of the environment file; the component's name is the environment's. */
export interface EnvironmentSpec extends Omit<EnvironmentFields, "name" | "extends" | "layers" | "infrastructure" | "platform"> {
  /** Where the machines come from, and how they are reached. */
  readonly infrastructure: InfrastructureInputs;
  /** What runs in the cluster. */
  readonly platform?: Omit<PlatformFields, "tls"> & { readonly tls?: TlsInputs };
  /**
   * What earlier plans chose (zones, addresses, order, versions): the path of a lock file, which `pulumi up` writes where it is missing or
   * outdated, or such a file's content. Commit it.
   * @default none: every plan chooses anew, and one that would choose otherwise than what is there is refused
   */
  readonly lock?: string | Lock;
  /**
   * How many times the generated secrets of services were made, by service: one more exchanges them (docs/rotation.md). It is never lowered, nor
   * left out again, unless `lock` names a file, which keeps it.
   * @default as the lock has it, or 1: nothing is exchanged
   */
  readonly rotations?: Rotations;
}

/** What is wrong with an environment's fields, all at once. Pulumi shows the message without a stack trace. */
export class InvalidEnvironmentError extends RunError {
  /** One for every problem, the errors first. */
  readonly errors: readonly { readonly propertyPath: string; readonly reason: string }[];

  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(formatProblem).join("\n"));
    this.name = "InvalidEnvironmentError";
    this.errors = problems.map(({ path, reason }) => ({ propertyPath: path, reason }));
  }
}

/** What the component keeps of itself in the stack, beside what it shows: the next run is measured by it. */
export interface EnvironmentRecord {
  readonly applied: Applied;
  readonly lock: Lock;
}

/** A plan that may be carried out. */
export interface Admitted extends Verdict {
  readonly record: EnvironmentRecord;
}

/** A planned environment of a program, and what must hold before any of it is registered. */
export interface PlannedSpec extends PlannedEnvironment, Pick<PlainFields<unknown>, "secrets" | "ids"> {
  /** Rejects where the plan must not be carried out on what is there; in an update writes the lock file that `lock` names. */
  readonly admit: () => Promise<Admitted>;
}

/**
 * Checks and plans an environment given as fields.
 * @param own services of the program's own, by name
 * @throws InvalidEnvironmentError with every problem
 */
export function planSpec(name: string, { lock, rotations = {}, ...fields }: EnvironmentSpec, own: OwnServices = {}): PlannedSpec {
  const file = typeof lock === "string" ? resolve(lock) : undefined;
  const findings = new Findings();
  if ("layers" in fields && fields.layers === "three")
    findings.error(
      "layers",
      "one component is one stack",
      "leave it out here; an environment file can have its layers in three stacks",
      "three",
    );
  checkOwn(own, findings);
  const plain = plainFields(fields, findings);
  const late = new Set(findings.errorPaths);
  const together = { ...registry, services: { ...registry.services, ...own } };
  const given = file === undefined ? lock : existsSync(file) ? readLockFile(file, findings) : undefined;
  const plan = (content: unknown, into: Findings) =>
    planContent(
      {
        registry: together,
        content: { ...plain.fields, name },
        whole: true,
        fallbackName: name,
        rotations,
        readLock: () => (content === undefined ? undefined : parseLock(content, name, into)),
      },
      into,
      new Date().toISOString().slice(0, 10),
    );
  const { planned, problems } = plan(given, findings);
  const numbers = rotationProblems(name, rotations, planned?.plan, together);
  if (!planned || numbers.length > 0) {
    // What else is said of a field that was taken out follows from that.
    const first = ({ path }: Problem) => problems.find((problem) => problem.path === path);
    throw new InvalidEnvironmentError([...numbers, ...problems.filter((problem) => !late.has(problem.path) || first(problem) === problem)]);
  }
  const admit = async (): Promise<Admitted> => {
    for (const warning of problems) await log.warn(describeProblem(warning));
    const resources = await readStanding(getStack());
    const recorded = recordIn(resources, name);
    if (given === undefined && recorded !== undefined) {
      const kept = plan(recorded.lock, new Findings()).planned;
      refuseOtherChoice(name, planned, kept?.lock ?? recorded.lock, recorded.lock, file);
    }
    const verdict = refuseDangers({ applied: recorded?.applied, cluster: standingCluster(resources, name) }, planned.plan, undefined);
    await tellVerdict(verdict);
    await tellLater(recorded?.applied, planned.plan);
    await tellRotations(recorded?.applied, planned.plan, together);
    await fixLock(name, planned, file, given !== undefined);
    return { ...verdict, record: recordOf(planned, recorded?.applied) };
  };
  const { secrets, ids } = plain;
  return { ...planned, secrets, ids, admit: () => admit().catch(withoutStack) };
}

/** A program's services have names of their own, in which everything else about them is found. */
function checkOwn(own: OwnServices, findings: Findings): void {
  for (const [key, { name }] of Object.entries(own)) {
    if (key !== name) findings.error(`services.${key}`, `describes a service named ${name}`, `call it ${name} here too`, name);
    if (!/^[a-z][A-Za-z0-9]{0,39}$/.test(name))
      findings.error(
        `services.${key}`,
        "a service's name must be letters and digits, beginning with a small letter",
        "choose another name",
        name,
      );
    if (name in registry.services)
      findings.error(`services.${key}`, "is a service of the platform's own", "choose another name, and switch that one off", name);
  }
}

/** What the component keeps of a plan that follows on `before`. */
export function recordOf(planned: PlannedEnvironment, before?: Applied): EnvironmentRecord {
  return { applied: appliedState(planned.plan, before), lock: planned.lock };
}

/** What the environment of that name recorded in this stack when it was last brought up. */
function recordIn(
  resources: readonly StandingResource[],
  name: string,
): { readonly applied: Applied | undefined; readonly lock: Lock } | undefined {
  const outputs = standingResource(resources, ENVIRONMENT, name)?.outputs;
  if (outputs?.lock === undefined) return undefined;
  const findings = new Findings();
  const lock = parseLock(outputs.lock, name, findings);
  // A record that cannot be read is no reason to plan as if nothing were there.
  if (lock === undefined) throw new RefusedError(findings.toProblems(name));
  return { applied: parseApplied(outputs.applied, name), lock };
}

/** Without a lock the plan is only good as long as it chooses what a plan with the recorded lock would. */
function refuseOtherChoice(name: string, planned: PlannedEnvironment, kept: Lock, recorded: Lock, file: string | undefined): void {
  const changes = diffLocks(kept, planned.lock);
  if (changes.length === 0) return;
  if (file !== undefined) writeLockFile(file, recorded);
  const lines = describeLockChanges(changes);
  throw new RefusedError([
    {
      environment: name,
      path: "lock",
      reason: ["there is no lock, and planning without one chooses otherwise than what is there", ...lines].join("\n    "),
      remedy:
        file === undefined
          ? `give \`lock: "${name}.lock.yaml"\` and run again: what is there is then written to that file`
          : `what is there was written to ${file}: commit it, and run again`,
      severity: "error",
    },
  ]);
}

async function fixLock(name: string, planned: PlannedEnvironment, file: string | undefined, given: boolean): Promise<void> {
  if (planned.lockState === "current") return;
  if (file !== undefined && !runtime.isDryRun()) {
    writeLockFile(file, planned.lock);
    await log.info(`wrote ${basename(file)}: commit it`);
    return;
  }
  const [reason, remedy] =
    file !== undefined
      ? [`${basename(file)} is ${planned.lockState}`, "`pulumi up` writes it: commit it then"]
      : given
        ? [
            ["the lock does not fit:", ...describeLockChanges(planned.lockChanges)].join("\n    "),
            "give its path, and `pulumi up` keeps it",
          ]
        : ["there is no lock: zones, addresses and versions are chosen anew by every plan", `give \`lock: "${name}.lock.yaml"\``];
  await log.warn(describeProblem({ environment: name, path: "lock", reason, remedy, severity: "warning" }));
}

// YAML is loaded by who has a lock file only.

function readLockFile(file: string, findings: Findings): unknown {
  const { readYaml }: typeof import("../files/yaml") = require("../files/yaml");
  return readYaml(file, "lock", findings);
}

function writeLockFile(file: string, lock: Lock): void {
  const { formatLock }: typeof import("../files/load") = require("../files/load");
  writeWhole(file, formatLock(lock));
}
