import { randomBytes } from "node:crypto";
import { existsSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { createWhole, keepFile, makeFolder, PRIVATE, PRIVATE_FOLDER, readIfThere, removeFolder } from "../host/files";
import { makeOwnFolder } from "../host/own-folder";
import { PACKAGES } from "../sandbox/packages";
import { packageRoot } from "./paths";

/** The name of the Pulumi project every environment is a stack of. */
export const PROJECT = "kpaas";

/** The packages a sandbox simulates, and the program and arguments that serve each. */
const PROVIDERS: Readonly<Record<string, (world: string) => readonly string[]>> = {
  ...Object.fromEntries(Object.keys(PACKAGES).map((name) => [name, (world: string) => [join("sandbox", "main.js"), name, world]])),
  kpaas: (world) => [join("plugin", "main.js"), "--runner", "sandbox", "--world", world],
};

/** What of the user's environment a sandbox may see: nothing that names a backend, an account or a credential. */
const PASSED_ON = /^(PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|TZ|TERM|NO_COLOR|LANG|LC_[A-Z]+|KPAAS_SANDBOX_[A-Z_]+)$/;

/** The folders of one environment's sandbox, all under the git-ignored `.kpaas/`. */
export interface SandboxFolders {
  /** The `file://` backend of all sandbox stacks. */
  readonly backend: string;
  /** PULUMI_HOME. */
  readonly home: string;
  /** The passphrase file. */
  readonly passphrase: string;
  /** Pulumi.yaml and the launchers of this environment's providers. */
  readonly project: string;
  /** The simulated cloud of this environment. */
  readonly world: string;
}

/** Where an environment's sandbox is. */
export function sandboxFolders(root: string, environment: string): SandboxFolders {
  const sandbox = join(root, ".kpaas", "sandbox");
  return {
    backend: join(sandbox, "backend"),
    home: join(sandbox, "home"),
    passphrase: join(sandbox, "passphrase"),
    project: join(sandbox, "project", environment),
    world: join(sandbox, "world", environment),
  };
}

/**
 * Makes an environment's sandbox, as far as it is not there: folders, passphrase, project file, launchers. But for the passphrase nobody waits
 * for the disk: what a lost host tears is made again.
 */
export function prepareSandbox(root: string, environment: string): SandboxFolders {
  const folders = sandboxFolders(root, environment);
  makeOwnFolder(root);
  for (const folder of [folders.backend, folders.home, folders.project, folders.world]) makeFolder(folder, PRIVATE_FOLDER);
  makePassphrase(folders.passphrase);
  keepNoLogs(join(folders.home, "logs"));
  const providers = Object.entries(PROVIDERS).map(([name, program]) => {
    const path = join(folders.project, "plugins", name);
    keepFile(join(path, `pulumi-resource-${name}`), launcher(program(folders.world)), { mode: 0o755, durable: false });
    return { name, path };
  });
  const project = { name: PROJECT, runtime: "nodejs", description: "Made by kpaas for its sandbox.", plugins: { providers } };
  keepFile(join(folders.project, "Pulumi.yaml"), stringify(project), { mode: 0o644, durable: false });
  return folders;
}

/** The whole environment of a sandbox's engine and providers. */
export function sandboxEnvironment(folders: SandboxFolders, env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => PASSED_ON.test(name))),
    PULUMI_HOME: folders.home,
    // The checksums beside each file are read by nobody, and were a tenth of what the engine does: it writes the state after every step.
    PULUMI_BACKEND_URL: `file://${folders.backend}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE_FILE: folders.passphrase,
    PULUMI_CREDENTIAL_STORE: "plaintext",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
    PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
    PULUMI_OPTION_SKIP_PLUGIN_PRE_INSTALL: "true",
    PULUMI_DISABLE_CI_DETECTION: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // The engine's garbage collection by its own measure is a tenth of its work; beyond a gigabyte it keeps to that measure.
    GOGC: "400",
    GOMEMLIMIT: "1GiB",
    // One copy of each checkpoint is enough for a rehearsal.
    PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
  };
}

/** Removes the configuration of a sandbox stack that a lost host tore: the engine makes it anew, from the state. */
export function mendStackConfig(project: string, stack: string): void {
  const path = join(project, `Pulumi.${stack}.yaml`);
  if (readIfThere(path)?.endsWith("\n") === false) rmSync(path);
}

/** A random passphrase, made once: the sandbox's secrets are as encrypted as real ones. */
function makePassphrase(path: string): void {
  if (existsSync(path)) return;
  // Where another process makes it first, that one counts.
  createWhole(path, randomBytes(32).toString("base64url"), { mode: PRIVATE });
}

/**
 * The engine writes megabytes of log at every operation, for its own makers, and has no switch for it: it goes without where something else has
 * the folder's name.
 */
function keepNoLogs(path: string): void {
  const isFolder = () => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  if (isFolder()) removeFolder(path);
  try {
    keepFile(path, "Not a folder, so that the engine keeps no logs here.\n", { mode: PRIVATE, durable: false });
  } catch (error) {
    // An engine that runs may have made it again: it goes with the next operation.
    if (!isFolder()) throw error;
  }
}

function launcher(program: readonly string[]): string {
  const [script = "", ...args] = program;
  const command = [process.execPath, join(packageRoot(), "dist", script), ...args].map(quote).join(" ");
  return `#!/bin/sh\nexec ${command} "$@"\n`;
}

/** Quotes a word for sh. */
function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
