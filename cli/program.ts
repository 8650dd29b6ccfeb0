import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { registerCheck } from "./commands/check";
import { registerCompletion } from "./commands/completion";
import { registerDestroy } from "./commands/destroy";
import { registerDoctor } from "./commands/doctor";
import { registerInit } from "./commands/init";
import { registerKubeconfig } from "./commands/kubeconfig";
import { registerLock } from "./commands/lock";
import { registerOutputs } from "./commands/outputs";
import { registerPlan } from "./commands/plan";
import { registerPreview } from "./commands/preview";
import { registerRefresh } from "./commands/refresh";
import { registerSchema } from "./commands/schema";
import { registerServers } from "./commands/servers";
import { registerSsh } from "./commands/ssh";
import { registerUp } from "./commands/up";
import type { Context } from "./context";
import { EXIT } from "./exit";
import { reportFailure } from "./report";
import { Typed } from "./typed";

/** The whole command line; nothing runs until it is parsed. */
function createProgram(context: Context): Command {
  const program = new Command("kpaas")
    .description("K-PaaS container platforms from one reviewed file per environment.")
    .version(packageVersion(), "--version", "print the version")
    .helpOption("-h, --help", "explain the command")
    .helpCommand(false)
    .showSuggestionAfterError()
    .addHelpText("after", "\nExample:\n  $ kpaas up demo --sandbox    bring up environments/demo.yaml against a simulated cloud");
  for (const register of [
    registerInit,
    registerCheck,
    registerPlan,
    registerLock,
    registerPreview,
    registerUp,
    registerRefresh,
    registerDestroy,
    registerOutputs,
    registerKubeconfig,
    registerSsh,
    registerSchema,
    registerServers,
    registerDoctor,
    registerCompletion,
  ]) {
    register(program, context);
  }
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
      getOutHelpWidth: () => context.stdout.columns ?? 100,
      getErrHelpWidth: () => context.stderr.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  }
  return program;
}

/** Runs one command line (without the program's own name) and gives the exit code. */
export async function run(argv: readonly string[], context: Context): Promise<number> {
  let environment = "";
  let approvals: readonly string[] = [];
  const typed = new Typed(argv);
  const own: Context = {
    ...context,
    stderr: typed.sink(context.stderr),
    modules: typed.modules(context.modules),
    typed,
    remember: (known) => ({ approvals } = known),
  };
  const program = createProgram(own);
  program.hook("preAction", async (_program, command) => {
    if (command.name() !== "completion" && command.name() !== "schema") await clearUp(context);
    if (command.registeredArguments[0]?.name() === "ENV") environment = command.args[0] ?? "";
  });
  try {
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync([...argv], { from: "user" });
    return EXIT.done;
  } catch (error) {
    return reportFailure(own, error, { argv, environment, approvals, typed });
  }
}

/** What earlier commands left that were killed: keys of `kpaas ssh`, halves of files. */
async function clearUp(context: Context): Promise<void> {
  const [{ clearLeftovers }, { findRoot }] = await Promise.all([import("../host/temporary.js"), context.modules.environments()]);
  const root = findRoot(context.cwd);
  const own = ["", "pending", "known_hosts", "project", "sandbox", "states", "warned", "working"].map((folder) =>
    join(root, ".kpaas", folder),
  );
  clearLeftovers([...own, join(root, "environments")]);
}

function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(__dirname, "..", "..", "package.json"), "utf8"));
  if (typeof manifest === "object" && manifest !== null && "version" in manifest) return String(manifest.version);
  throw new Error("package.json names no version");
}
