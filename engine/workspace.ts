import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join, relative, resolve } from "node:path";
import type { LocalWorkspace, PulumiFn } from "@pulumi/pulumi/automation";
import { SemVer } from "semver";
import { parse, stringify } from "yaml";
import { keepFile } from "../host/files";
import { makeOwnFolder } from "../host/own-folder";
import { type Layer, stackName } from "../model/layers";
import type { EnvironmentPlan } from "../model/plan/types";
import { EngineCommand, type EngineCommandOptions } from "./command";
import type { Engine } from "./locate";
import { noteEngine } from "./own-locks";
import { packageRoot } from "./paths";
import { PROJECT, prepareSandbox, sandboxEnvironment } from "./sandbox";

/** Where and with what the engine runs for one environment. */
export interface EngineSetting {
  /** The folder with Pulumi.yaml. */
  readonly workDir: string;
  readonly project: string;
  readonly stack: string;
  /** The whole environment of the engine and its providers. */
  readonly env: NodeJS.ProcessEnv;
  /** The backend's folder, when it is a `file://` one that can be told without asking the engine. */
  readonly backendFolder?: string;
  /** Where engines are written down that take locks in a backend that others use too; undefined for a `file://` one. */
  readonly engines?: string;
  /** The backend's URL where environment or project name it; undefined: where `pulumi login` was. */
  readonly backend?: string;
  /** The simulated cloud's folder; undefined for a real cloud. */
  readonly world?: string;
}

/** The part of a user's Pulumi.yaml that matters here. */
interface ProjectFile {
  readonly name?: string;
  readonly backend?: { readonly url?: string };
  readonly plugins?: { readonly providers?: readonly { readonly name?: string }[] };
}

/** The setting of an environment's sandbox, made on disk: nothing of it can reach a real stack or account. */
export function sandboxSetting(root: string, plan: Pick<EnvironmentPlan, "environment">, layer?: Layer): EngineSetting {
  const folders = prepareSandbox(root, plan.environment);
  return {
    workDir: folders.project,
    project: PROJECT,
    stack: stackName(plan.environment, layer),
    env: sandboxEnvironment(folders),
    backendFolder: folders.backend,
    world: folders.world,
  };
}

/** The setting for real clouds: the user's own project, backend and credentials; a project made for it where there is none. */
export function realSetting(root: string, plan: Pick<EnvironmentPlan, "environment">, layer?: Layer): EngineSetting {
  const own = join(root, "Pulumi.yaml");
  const workDir = existsSync(own) ? root : makeProject(root);
  const project: ProjectFile = parse(readFileSync(join(workDir, "Pulumi.yaml"), "utf8")) ?? {};
  const named = project.plugins?.providers?.some((provider) => provider.name === "kpaas") ?? false;
  const backend = process.env.PULUMI_BACKEND_URL ?? project.backend?.url;
  const backendFolder = fileBackend(backend, workDir);
  const stack = stackName(plan.environment, layer);
  return {
    workDir,
    project: project.name ?? PROJECT,
    stack,
    env: {
      ...process.env,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // What the file says of an object counts, whoever has changed it since: else a number that an autoscaler had given could never be set again.
      PULUMI_K8S_ENABLE_PATCH_FORCE: "true",
      // The engine reads ten stacks at once to list them, each by two connections, and opens two for each core: from four stacks on it waits for ever.
      ...(backend === undefined || /^postgres/.test(backend)
        ? { PULUMI_DIY_BACKEND_PARALLEL: process.env.PULUMI_DIY_BACKEND_PARALLEL ?? "1" }
        : {}),
      // Where the cluster's plugin keeps logs and host keys: it is started in another folder.
      KPAAS_ROOT: root,
      // A project that does not name our plugin finds it on PATH.
      ...(named ? {} : { PATH: [pluginFolder(), process.env.PATH].filter(Boolean).join(delimiter) }),
    },
    ...(backend === undefined ? {} : { backend }),
    ...(backendFolder === undefined ? { engines: join(root, ".kpaas", "working", `${stack}.engines`) } : { backendFolder }),
  };
}

/** The Automation API's workspace, and the command it runs the engine with. */
export interface OpenWorkspace {
  readonly workspace: LocalWorkspace;
  readonly command: EngineCommand;
}

/**
 * The Automation API's workspace for a setting. Loads the Automation API, so it is called only when an operation runs.
 * @param program the inline program; undefined for operations that run none
 */
export async function openWorkspace(
  engine: Engine,
  setting: EngineSetting,
  program: PulumiFn | undefined,
  control: Omit<EngineCommandOptions, "env" | "secret">,
): Promise<OpenWorkspace> {
  const { LocalWorkspace } = await import("@pulumi/pulumi/automation/localWorkspace.js");
  const { workDir, engines } = setting;
  const command = new EngineCommand(engine, new SemVer(engine.version), {
    ...control,
    env: setting.env,
    // A backend of the user's own may be a team's.
    secret: setting.world !== undefined,
    ...(engines === undefined ? {} : { onStart: (pid: number) => noteEngine(engines, pid) }),
  });
  return { command, workspace: await LocalWorkspace.create({ workDir, pulumiCommand: command, ...(program ? { program } : {}) }) };
}

/** The static folder with the launcher of our resource plugin. */
function pluginFolder(): string {
  return join(packageRoot(), "plugin", "resource");
}

/** A project file under `.kpaas/`; the stacks' configuration stays where the user commits it. */
function makeProject(root: string): string {
  makeOwnFolder(root);
  const workDir = join(root, ".kpaas", "project");
  const configuration = existsSync(join(root, "environments")) ? join(root, "environments") : root;
  const project = {
    name: PROJECT,
    runtime: "nodejs",
    description: "Made by kpaas where the project has no Pulumi.yaml.",
    stackConfigDir: relative(workDir, configuration),
    plugins: { providers: [{ name: "kpaas", path: pluginFolder() }] },
  };
  keepFile(join(workDir, "Pulumi.yaml"), stringify(project));
  return workDir;
}

/** The folder of a `file://` backend, as the engine reads the URL; undefined for any other. */
function fileBackend(url: string | undefined, workDir: string): string | undefined {
  if (!url?.startsWith("file://")) return undefined;
  const [path = ""] = url.slice("file://".length).split("?");
  return path.startsWith("~") ? join(homedir(), path.slice(1)) : resolve(workDir, path);
}
