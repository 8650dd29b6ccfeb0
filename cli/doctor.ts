import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { EngineDiagnosis } from "../engine/locate";
import { configuredSecrets, projectBackend } from "../engine/stack-config";
import { fromFolder } from "../files/from-folder";
import { registry } from "../files/registry";
import { surroundings } from "../files/surroundings";
import { isFields } from "../model/data";
import { stackName } from "../model/layers";
import { saysEndOfLife } from "../model/plan/end-of-life";
import type { SecretReference } from "../model/plan/infrastructure-types";
import type { EnvironmentPlan } from "../model/plan/types";
import { InvalidInputError, type Problem } from "../model/problems";
import { cloudOf } from "../model/registry";
import { isShared, secretsFindings, sharedBackendAnswer, sharedBackendFinding } from "./backend";
import type { Context } from "./context";
import { ansibleFindings } from "./doctor-ansible";
import type { Finding } from "./finding";
import { artifactHosts, backendReachFinding, bastionFinding, reachabilityFinding } from "./reach";
import { OLDEST_NODE, runtimeIsSupported } from "./runtime";

/** How long a stack's outputs may take to be read, in milliseconds: an engine is started for it. */
const READ_MS = 20_000;

/** What `kpaas doctor` found. */
export interface Diagnosis {
  /** Whether environments can be brought up in the sandbox. */
  readonly sandbox: boolean;
  readonly checks: readonly Finding[];
  readonly engine: EngineDiagnosis;
}

/** Looks at the machine and, unless `offline`, at what must answer over the network; changes nothing outside `.kpaas/` and shows no secret. */
export async function diagnose(context: Context, offline: boolean): Promise<Diagnosis> {
  const locator = await context.modules.locator();
  const engine = await locator.diagnoseEngine({ env: context.env });
  const environments = await context.modules.environments();
  const root = environments.findRoot(context.cwd);
  const needed = [runtimeFinding(), engineFinding(engine)];
  const plans: EnvironmentPlan[] = [];
  const credentials = environments.listEnvironments(root).flatMap((name) => {
    try {
      const { planned, file, problems } = environments.loadEnvironment(name, root);
      const plan = planned?.plan;
      if (plan === undefined) return [brokenFinding(name)];
      plans.push(plan);
      return [credentialsFinding(plan, context.env, root, dirname(file)), ...endOfLifeFindings(name, problems)];
    } catch (error) {
      if (error instanceof InvalidInputError) return [brokenFinding(name)];
      throw error;
    }
  });
  const reached = offline ? [] : await reachFindings(plans, context.env, root);
  const backend = backendUrl(context.env, root);
  const bastions = offline || backend === undefined || engine.engine === undefined ? [] : await bastionFindings(context, plans, root);
  const checks = [
    ...needed,
    await serversFinding(context, root),
    ...(await ansibleFindings(plans)),
    await backendFinding(context, backend, root, !offline && engine.engine !== undefined),
    ...secretsFindings(plans, (plan) => configuredProvider(plan, root), context.env),
    ...credentials,
    ...reached,
    ...bastions,
  ];
  return { sandbox: needed.every((finding) => finding.status === "ok"), checks, engine };
}

function runtimeFinding(): Finding {
  const version = process.versions.node;
  if (runtimeIsSupported(version)) return { name: "runtime", status: "ok", detail: `Node ${version}` };
  return { name: "runtime", status: "missing", detail: `Node ${version}`, remedy: `install Node ${OLDEST_NODE} or newer` };
}

function engineFinding(diagnosis: EngineDiagnosis): Finding {
  const { engine, candidates, wanted } = diagnosis;
  if (engine !== undefined) return { name: "engine", status: "ok", detail: `Pulumi ${engine.version} at ${engine.command}` };
  const build = candidates.find((candidate) => candidate.source === "build");
  const looked = candidates.map((candidate) => candidate.reason).join("; ");
  if (build?.usable === true)
    return { name: "engine", status: "ok", detail: `Pulumi ${wanted} is fetched at the first use: ${build.reason}` };
  return {
    name: "engine",
    status: "missing",
    detail: looked,
    remedy: `put Pulumi ${diagnosis.tested} on PATH (https://www.pulumi.com/docs/install/), or install Go to have it built`,
  };
}

async function serversFinding({ env, modules }: Context, root: string): Promise<Finding> {
  const { diagnoseServers, runningServers } = await modules.servers();
  const { programs, reason, version, build } = await diagnoseServers({ env });
  const running = runningServers(root);
  const where = running.length > 0 ? `; running for ${running.join(", ")}` : "";
  if (programs !== undefined) return { name: "api server", status: "ok", detail: `${reason}: the sandbox uses it${where}` };
  return {
    name: "api server",
    status: "warning",
    detail: `no real one for the sandbox, whose simulated Kubernetes checks no objects: ${reason}`,
    remedy: `\`kpaas servers\` gets Kubernetes ${version}, etcd and kwok: downloaded, or else built (${build})`,
  };
}

/** All asked at once: together they take no longer than the slowest. */
function reachFindings(plans: readonly EnvironmentPlan[], env: Context["env"], root: string): Promise<Finding[]> {
  const clouds = [...new Set(plans.map(({ provider }) => cloudOf(provider, registry)))].flatMap(({ title, credentials }) => {
    const url = credentials?.url(surroundings(env, root));
    return url === undefined ? [] : [[title, url]];
  });
  // Behind a proxy nothing else answers.
  const proxy = env.HTTPS_PROXY || env.https_proxy;
  const hosts = proxy === undefined || proxy === "" ? artifactHosts(plans).map((host) => [host, `https://${host}`]) : [["proxy", proxy]];
  const wanted = [...clouds, ...hosts];
  return Promise.all(wanted.map(([what = "", url = ""]) => reachabilityFinding(`reaching ${what}`, url)));
}

/** The bastions of private clusters that are up: nothing else leads to those. All at once, as above. */
async function bastionFindings(context: Context, plans: readonly EnvironmentPlan[], root: string): Promise<Finding[]> {
  const hidden = plans.filter(({ access }) => access.api === "bastion");
  return (await Promise.all(hidden.map((plan) => bastionFindingsOf(context, plan, root)))).flat();
}

async function bastionFindingsOf(context: Context, plan: EnvironmentPlan, root: string): Promise<Finding[]> {
  const [engine, { loginOf }] = await Promise.all([context.modules.engine(), import("../reach/login.js")]);
  // A backend that does not answer has a finding of its own.
  const signal = AbortSignal.timeout(READ_MS);
  try {
    const outputs = await engine.readOutputs({ plan, root, sandbox: false, approvals: [] }, { signal, forceSignal: signal });
    const host = loginOf(outputs, plan.environment)?.bastion;
    return host === undefined ? [] : [await bastionFinding(plan.environment, host)];
  } catch (error) {
    const reason = signal.aborted ? `not within ${READ_MS / 1000} s` : error instanceof Error ? error.message : String(error);
    return [
      {
        name: `bastion of ${plan.environment}`,
        status: "warning",
        detail: `its address cannot be read from the stack's outputs: ${reason.trim().split("\n", 1)[0]}`,
        remedy: `\`kpaas outputs ${plan.environment}\` tells more`,
      },
    ];
  }
}

function backendUrl(env: Context["env"], root: string): string | undefined {
  return env.PULUMI_BACKEND_URL || projectBackend(root) || loggedIn(env);
}

/** @param asks whether it may be asked over the network, and there is an engine that can */
async function backendFinding({ modules }: Context, url: string | undefined, root: string, asks: boolean): Promise<Finding> {
  if (url !== undefined) {
    const shown = withoutSecrets(url);
    const shared = sharedBackendFinding(url, shown);
    if (shared === undefined)
      return asks || url.startsWith("file:") ? backendReachFinding(url, shown, root) : { name: "backend", status: "ok", detail: shown };
    if (!asks || !isShared(url)) return shared;
    const { namesInBackend } = await modules.states();
    return await sharedBackendAnswer(shared, (signal) => namesInBackend(root, { signal, forceSignal: signal }), READ_MS);
  }
  return {
    name: "backend",
    status: "warning",
    detail: "no Pulumi backend is chosen; real stacks need one, the sandbox has its own",
    remedy: "run `pulumi login`, or set PULUMI_BACKEND_URL",
  };
}

/** The secrets provider that an environment's stack configuration names; undefined where it has none yet. */
function configuredProvider({ environment, layers }: EnvironmentPlan, root: string): string | undefined {
  const workDir = [root, join(root, ".kpaas", "project")].find((folder) => existsSync(join(folder, "Pulumi.yaml")));
  const stack = stackName(environment, layers === "three" ? "cluster" : undefined);
  return workDir === undefined ? undefined : configuredSecrets({ workDir, stack }).provider;
}

function loggedIn(env: Context["env"]): string | undefined {
  const home = env.PULUMI_HOME ?? join(env.HOME ?? "", ".pulumi");
  const file = join(home, "credentials.json");
  if (!existsSync(file)) return undefined;
  const credentials: unknown = JSON.parse(readFileSync(file, "utf8"));
  return isFields(credentials) && typeof credentials.current === "string" ? credentials.current : undefined;
}

/** A backend's URL without the password and the query that some hold. */
function withoutSecrets(url: string): string {
  return url.replace(/\/\/[^@/]*@/, "//").replace(/\?.*$/, "");
}

function endOfLifeFindings(environment: string, problems: readonly Problem[]): Finding[] {
  return problems.filter(saysEndOfLife).map(({ reason, remedy }) => ({ name: environment, status: "warning", detail: reason, remedy }));
}

function brokenFinding(name: string): Finding {
  return { name: `credentials of ${name}`, status: "warning", detail: "the file has problems", remedy: `run \`kpaas check ${name}\`` };
}

function credentialsFinding(plan: EnvironmentPlan, env: Context["env"], root: string, folder: string): Finding {
  // Where nobody makes machines, the key to those that are there is all it takes.
  const { credentials } = cloudOf(plan.provider, registry);
  const name = `${credentials ? "credentials" : "SSH key"} of ${plan.environment}`;
  const reference = credentials ? plan.credentials : plan.access.ssh.privateKey;
  const found = reference === undefined ? credentials?.find(surroundings(env, root)) : findReference(reference, env, folder);
  if (found === undefined && plan.access.ssh.agent === true) {
    const runs = Boolean(env.SSH_AUTH_SOCK);
    return runs
      ? { name, status: "ok", detail: "the keys of the SSH agent" }
      : { name, status: "warning", detail: "no SSH agent runs here", remedy: "start one (ssh-agent), and add the key with ssh-add" };
  }
  if (found === undefined)
    return { name, status: "warning", detail: "none is named", remedy: "name it at infrastructure.access.ssh.privateKey" };
  if (found.there) return { name, status: "ok", detail: found.where };
  return {
    name,
    status: "warning",
    detail: `${found.where}; the sandbox needs none`,
    remedy: "provide them before the first `kpaas up` without --sandbox",
  };
}

function findReference(reference: SecretReference, env: Context["env"], folder: string): { there: boolean; where: string } {
  if ("env" in reference) {
    const there = Boolean(env[reference.env]);
    return { there, where: `environment variable ${reference.env}${there ? "" : " is not set"}` };
  }
  if ("file" in reference) {
    const file = fromFolder(folder, reference.file);
    const there = existsSync(file);
    return { there, where: `file ${file}${there ? "" : " is not there"}` };
  }
  if ("vault" in reference) {
    const there = Boolean(env.VAULT_ADDR ?? env.BAO_ADDR);
    return { there, where: `${reference.vault} in the secret store${there ? "" : ", but VAULT_ADDR is not set"}` };
  }
  return { there: true, where: `Pulumi configuration ${reference.config}, read at \`up\`` };
}
