import type { Command } from "commander";
import { type Context, writeJson, writeLines } from "../context";
import { interruptible } from "../signals";

/** `kpaas servers`: the real API servers of the sandbox. */
export function registerServers(program: Command, context: Context): void {
  program
    .command("servers")
    .summary("get the programs of a real API server for the sandbox; start or stop servers")
    .description(
      "Gets etcd, Kubernetes' servers and kwok into the cache: from their official releases, or built with Go, which takes some ten minutes, once. An environment that is brought up in the sandbox afterwards has a real API server. Where environments are named, starts theirs too.",
    )
    .argument("[ENV...]", "names in environments/ or paths of files: environments that are up in the sandbox")
    .option("--stop", "end the servers, all of this project's where no environment is named; the next operation starts them again")
    .option("--json", "print what was done as JSON")
    .addHelpText("after", "\nExample:\n  $ kpaas servers")
    .action((names: string[], options: ServersOptions) => servers(context, names, options));
}

interface ServersOptions {
  readonly stop?: boolean;
  readonly json?: boolean;
}

async function servers(context: Context, references: readonly string[], { stop = false, json = false }: ServersOptions): Promise<void> {
  const environments = await context.modules.environments();
  const root = environments.findRoot(context.cwd);
  const names = references.map((reference) => environments.loadEnvironment(reference, root).name);
  const { startSandboxServers, stopSandboxServers, installServers } = await context.modules.servers();
  if (stop) {
    const stopped = await stopSandboxServers(root, names);
    if (json) writeJson(context, { stopped });
    else
      writeLines(
        context.stdout,
        stopped.length === 0 ? ["no servers were running"] : stopped.map((name) => `stopped the servers of ${name}`),
      );
    return;
  }
  await interruptible(context, async ({ signal }) => {
    const onProgress = (text: string): void => writeLines(context.stderr, [text]);
    const programs = await installServers({ signal, onProgress, env: context.env });
    const started: string[] = [];
    for (const name of names) if (await startSandboxServers(root, name, programs, signal)) started.push(name);
    if (json) writeJson(context, { programs, started });
    else writeLines(context.stdout, [...Object.values(programs), ...names.map((name) => `the servers of ${name} are running`)]);
  });
}
