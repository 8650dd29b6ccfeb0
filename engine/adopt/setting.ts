import { existsSync, readFileSync } from "node:fs";
import { delimiter, join, relative, resolve } from "node:path";
import { parse, stringify } from "yaml";
import { keepFile, makeFolder, namesIn, PRIVATE_FOLDER } from "../../host/files";
import { isFields } from "../../model/data";
import { PACKAGES } from "../../sandbox/packages";
import { packageRoot } from "../paths";
import type { EngineSetting } from "../workspace";

/** The variable with the key of what is noted, in base64. */
export const KEY = "KPAAS_RECOVER_KEY";

/** Where resources are looked for instead of being made. */
export interface Adoption {
  /** The folder of all that is kept meanwhile. */
  readonly folder: string;
  /** The project's root folder. */
  readonly root: string;
  /** Of what is noted there. */
  readonly key: Buffer;
}

/**
 * The setting under which an environment's resources are looked for: the same project and stack in a backend of their own, whose every provider
 * makes nothing. No other provider can be found there.
 */
export function adoptingSetting(base: EngineSetting, { folder, key }: Adoption): EngineSetting {
  const [workDir, backend, home] = ["project", "backend", "home"].map((name) => join(folder, name)) as [string, string, string];
  for (const each of [workDir, backend, home]) makeFolder(each, PRIVATE_FOLDER);
  const own: unknown = parse(readFileSync(join(base.workDir, "Pulumi.yaml"), "utf8"));
  const project = isFields(own) ? own : {};
  const { stackConfigDir = "" } = project;
  const named = pluginsOf(project, base.workDir);
  const providers = [...new Set([...Object.keys(named), ...Object.keys(PACKAGES), "kpaas"])].map((name) => {
    const path = join(workDir, "plugins", name);
    const program = join(named[name] ?? installed(name, base.env) ?? join(workDir, "missing"), `pulumi-resource-${name}`);
    keepFile(join(path, `pulumi-resource-${name}`), launcher(folder, name, program), { mode: 0o755, durable: false });
    return { name, path };
  });
  const content = {
    name: base.project,
    runtime: "nodejs",
    description: "Made by kpaas to find what is there.",
    stackConfigDir: relative(workDir, resolve(base.workDir, String(stackConfigDir))),
    plugins: { providers },
  };
  keepFile(join(workDir, "Pulumi.yaml"), stringify(content), { durable: false });
  const { engines: _engines, ...rest } = base;
  return {
    ...rest,
    workDir,
    backendFolder: backend,
    env: {
      ...base.env,
      PULUMI_BACKEND_URL: `file://${backend}`,
      PULUMI_HOME: home,
      PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_OPTION_SKIP_PLUGIN_PRE_INSTALL: "true",
      [KEY]: key.toString("base64"),
    },
  };
}

/** The folders of the plugins that a project file names. */
function pluginsOf(project: Readonly<Record<string, unknown>>, workDir: string): Record<string, string> {
  const providers = isFields(project.plugins) && Array.isArray(project.plugins.providers) ? project.plugins.providers : [];
  return Object.fromEntries(providers.filter(isFields).map(({ name, path }) => [String(name), resolve(workDir, String(path))]));
}

/** The folder of a plugin that is installed here, as the engine finds it. */
function installed(name: string, { PATH = "", PULUMI_HOME, HOME = "" }: NodeJS.ProcessEnv): string | undefined {
  const program = `pulumi-resource-${name}`;
  const onPath = PATH.split(delimiter).find((folder) => existsSync(join(folder, program)));
  if (onPath !== undefined) return onPath;
  const cache = join(PULUMI_HOME ?? join(HOME, ".pulumi"), "plugins");
  const newest = namesIn(cache)
    .filter((each) => each.startsWith(`resource-${name}-v`) && existsSync(join(cache, each, program)))
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
    .at(-1);
  return newest === undefined ? undefined : join(cache, newest);
}

function launcher(folder: string, name: string, program: string): string {
  if (!existsSync(program)) return `#!/bin/sh\necho "the plugin ${name} is not here: pulumi plugin install resource ${name}" >&2\nexit 1\n`;
  const command = [process.execPath, join(packageRoot(), "dist", "engine", "adopt", "main.js"), folder, program].map(quoted).join(" ");
  return `#!/bin/sh\nexec ${command} "$@"\n`;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
