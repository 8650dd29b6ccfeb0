import { dirname } from "node:path";
import { all, getRootDirectory, getStack, log, type Output, output, RunError, runtime } from "@pulumi/pulumi";
import type { SshAccess } from "../components/infrastructure";
import { fromFolder } from "../files/from-folder";
import { loadEnvironment } from "../files/load";
import { describeLockChanges, lockProblems } from "../files/lock-problems";
import { type Applied, appliedState, parseApplied } from "../model/guard/applied";
import type { Verdict } from "../model/guard/verdict";
import { LAYERS, type Layer, parseStackName, stackName } from "../model/layers";
import { doorsOf } from "../model/plan/tunnel";
import type { EnvironmentPlan } from "../model/plan/types";
import { describeProblem, InvalidInputError, RefusedError } from "../model/problems";
import type { Forwards } from "../reach/forward";
import { bastionNames } from "../reach/login";
import { openTunnel, type Tunnel } from "../reach/tunnel";
import { readCluster, readInfrastructure, readOutputs } from "./contract";
import { Environment } from "./environment";
import { leadTo } from "./forward-to";
import { refuseDangers, standingCluster, tellLater, tellVerdict } from "./guard";
import { layerPrograms, takenOver } from "./layers";
import { type EnvironmentSecrets, resolveSecrets, standInSecrets, withStandIns } from "./secrets";
import { readStanding } from "./standing";
import { withoutPositions, withoutPromiseStacks } from "./traces";

export interface ProgramOptions {
  /**
   * Approvals, `KEY:ACTION@FINGERPRINT`; those of the configuration `kpaas:approve` are added. Undefined where only the configuration can let
   * something through.
   */
  readonly approvals?: readonly string[];
  /** What relative paths of secrets go by: the environment file's folder. Default the current one. */
  readonly folder?: string;
  /** True: secrets are not resolved. */
  readonly sandbox: boolean;
  /** The layer to bring up, where three stacks hold the environment; undefined: all of it in one. */
  readonly layer?: Layer;
  /** True: show the infrastructure as it will be once the cluster has let go of every machine that left the file. Default false. */
  readonly settled?: boolean;
  /** The file with the inputs of a cluster that was made by hand: it is taken over, with the hosts alone, and nothing is put into it. */
  readonly importFile?: string;
  /** The way into a private cluster, opened by whoever ends it. Where the API is reached directly, it is not used. */
  readonly tunnel?: Tunnel;
  /** The ways to where services are administered, opened by whoever ends them. @default the program opens them, but in the sandbox */
  readonly forwards?: Forwards;
  /** Told what the approvals let through. */
  readonly onJudged?: (verdict: Verdict) => void | Promise<void>;
  /** Called once nothing stands against the plan any more, before anything is made: the moment to fix its lock file. */
  readonly onAccepted?: () => void;
}

/** The Pulumi program of one environment: guards, then registers everything, and gives the stack's outputs. */
export function environmentProgram(plan: EnvironmentPlan, options: ProgramOptions): () => Promise<Record<string, unknown>> {
  return async () => {
    withoutPositions();
    withoutPromiseStacks();
    await requireOneForm(plan, options.layer);
    const { applied, verdict } = await guard(plan, options);
    await options.onJudged?.(verdict);
    if ((options.layer ?? "infrastructure") === "infrastructure") await tellLater(applied, plan);
    const wanted = fromHere(options.sandbox ? withStandIns(plan) : plan, options.folder);
    const secrets = options.sandbox ? standInSecrets(plan) : await resolveSecrets(plan, options.folder);
    const lead = (ssh: SshAccess): void => {
      // Until a preview's end no machine is built anew.
      const building = applied !== undefined && runtime.isDryRun() ? undefined : plan;
      if (options.tunnel !== undefined) leadThrough(options.tunnel, ssh, bastionNames(applied, building));
    };
    return { ...(await register(wanted, secrets, verdict.lost, options, lead)), applied: appliedState(plan, applied) };
  };
}

/** The plan with its paths as they read from anywhere. */
function fromHere(plan: EnvironmentPlan, folder = process.cwd()): EnvironmentPlan {
  return plan.kubesprayFrom === undefined ? plan : { ...plan, kubesprayFrom: fromFolder(folder, plan.kubesprayFrom) };
}

/** What `pulumi up` runs in this project: the stack's name selects the environment. */
export async function pulumiProgram(): Promise<Record<string, unknown>> {
  try {
    const { environment, layer } = parseStackName(getStack());
    const loaded = loadEnvironment(environment, getRootDirectory());
    if (!loaded.planned) throw new InvalidInputError(loaded.problems);
    const { plan, lockState } = loaded.planned;
    requireLayer(plan, layer);
    const [stale] = lockProblems(loaded);
    if (stale !== undefined) {
      // One problem, however many lines differ: what to do about them is the same. A missing file lacks everything.
      const changes = lockState === "missing" ? [] : describeLockChanges(loaded.planned.lockChanges);
      throw new RefusedError([{ ...stale, reason: [stale.reason, ...changes].join("\n    ") }]);
    }
    for (const warning of loaded.problems) await log.warn(describeProblem(warning));
    // It lives until this process ends, which is once the engine has carried out everything.
    const tunnel =
      plan.access.api === "bastion" ? await openTunnel({ plan, root: getRootDirectory(), tell: (text) => void log.warn(text) }) : undefined;
    const options = {
      sandbox: false,
      onJudged: tellVerdict,
      folder: dirname(loaded.file),
      ...(layer ? { layer } : {}),
      ...(tunnel ? { tunnel } : {}),
    };
    return await environmentProgram(plan, options)();
  } catch (error) {
    // The reader must act, not we: no stack trace.
    if (error instanceof InvalidInputError || error instanceof RefusedError) throw new RunError(error.message);
    throw error;
  }
}

/** Registers the environment, or its layer, and leads the tunnel to the bastion as the infrastructure gives it. */
async function register(
  plan: EnvironmentPlan,
  secrets: EnvironmentSecrets,
  lost: readonly string[],
  { layer, settled = false, tunnel, forwards, sandbox, onAccepted, importFile }: ProgramOptions,
  lead: (ssh: SshAccess) => void,
): Promise<Readonly<Record<string, unknown>>> {
  // The ways into the cluster are told how it is reached, as soon as that is known; where nobody has opened them, they live as long as this process.
  const doors = sandbox ? [] : doorsOf(plan);
  const leadThere = (kubeconfig: Output<string>): void =>
    forwards === undefined ? leadTo(doors, kubeconfig) : void kubeconfig.apply((text) => forwards.use(text));
  if (importFile !== undefined) return await takenOver(plan, secrets, importFile);
  if (layer === undefined) {
    const environment = new Environment(plan.environment, { plan, secrets, lost, ...(onAccepted ? { onChecked: onAccepted } : {}) });
    lead(environment.infrastructure.ssh);
    leadThere(environment.cluster.kubeconfig);
    await environment.infrastructure.checked;
    return environment.outputs;
  }
  if (tunnel !== undefined && layer !== "infrastructure") lead((await readInfrastructure(plan)).ssh);
  if (doors.length > 0 && layer === "platform") leadThere((await readCluster(plan)).kubeconfig);
  return await layerPrograms[layer](plan, secrets, { settled, lost, onAccepted });
}

/** Tells the tunnel where the bastion is, as soon as that is known. */
function leadThrough(tunnel: Tunnel, { bastion, privateKey, agent, firstHostKeys }: SshAccess, names: readonly string[]): void {
  if (bastion === undefined) return;
  const port = bastion.port === undefined ? {} : { port: bastion.port };
  const keys = agent === undefined ? {} : { agent };
  all([
    bastion.address,
    privateKey ?? output<string | undefined>(undefined),
    firstHostKeys ?? output<Readonly<Record<string, string>>>({}),
  ]).apply(([host, key, firstKeys]) =>
    tunnel.use({
      ...port,
      ...keys,
      ...(key === undefined ? {} : { privateKey: key }),
      host,
      user: bastion.user,
      names,
      firstHostKeys: firstKeys,
    }),
  );
}

/** Refuses a stack whose name does not fit the file's `layers`. */
function requireLayer(plan: EnvironmentPlan, layer: Layer | undefined): void {
  if ((plan.layers === "three") === (layer !== undefined)) return;
  const names = plan.layers === "three" ? LAYERS.map((each) => stackName(plan.environment, each)).join(", ") : plan.environment;
  throw new RefusedError([
    {
      environment: plan.environment,
      path: "layers",
      value: plan.layers,
      reason: `the stack ${getStack()} does not fit: with layers: ${plan.layers} the environment is held by ${names}`,
      remedy: "select such a stack, or change layers",
      severity: "error",
    },
  ]);
}

/** Refuses to build an environment a second time because `layers` changed: what the other form's stack holds would stay beside it. */
async function requireOneForm(plan: EnvironmentPlan, layer: Layer | undefined): Promise<void> {
  const other = layer === undefined ? ("infrastructure" as const) : undefined;
  const held = await readOutputs(plan.environment, other);
  if (held === undefined || Object.keys(held).length === 0) return;
  throw new RefusedError([
    {
      environment: plan.environment,
      path: "layers",
      value: plan.layers,
      reason: `the environment is held by the stack ${stackName(plan.environment, other)}`,
      remedy:
        layer === undefined
          ? "set layers back to three: moving an environment back into one stack is not supported"
          : `\`kpaas up ${plan.environment}\` moves its state into the stacks of its layers first; it touches nothing else by that`,
      severity: "error",
    },
  ]);
}

/** Compares the plan with what the stacks say is there, before anything is registered; gives what is there. */
async function guard(
  plan: EnvironmentPlan,
  { layer, approvals }: ProgramOptions,
): Promise<{ readonly applied: Applied | undefined; readonly verdict: Verdict }> {
  const applied = parseApplied((await readOutputs(plan.environment, layer))?.applied, plan.environment);
  // Every layer asks the cluster's own stack: what the cluster refuses must not be half done below it.
  const resources = await readStanding(stackName(plan.environment, layer === undefined ? undefined : "cluster"));
  const cluster = standingCluster(resources, plan.environment);
  return { applied, verdict: refuseDangers({ applied, cluster }, plan, approvals) };
}
