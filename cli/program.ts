import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import type { Context } from "./context";
import { EXIT } from "./exit";
import { reportFailure } from "./report";
import { Typed } from "./typed";

/** What puts each command into the program, in the order of the help; loaded only where it is needed. */
const COMMANDS: Readonly<Record<string, () => (program: Command, context: Context) => void>> = {
  init: () => (require("./commands/init") as typeof import("./commands/init")).registerInit,
  check: () => (require("./commands/check") as typeof import("./commands/check")).registerCheck,
  plan: () => (require("./commands/plan") as typeof import("./commands/plan")).registerPlan,
  lock: () => (require("./commands/lock") as typeof import("./commands/lock")).registerLock,
  preview: () => (require("./commands/preview") as typeof import("./commands/preview")).registerPreview,
  up: () => (require("./commands/up") as typeof import("./commands/up")).registerUp,
  refresh: () => (require("./commands/refresh") as typeof import("./commands/refresh")).registerRefresh,
  destroy: () => (require("./commands/destroy") as typeof import("./commands/destroy")).registerDestroy,
  outputs: () => (require("./commands/outputs") as typeof import("./commands/outputs")).registerOutputs,
  kubeconfig: () => (require("./commands/kubeconfig") as typeof import("./commands/kubeconfig")).registerKubeconfig,
  ssh: () => (require("./commands/ssh") as typeof import("./commands/ssh")).registerSsh,
  backup: () => (require("./commands/backup") as typeof import("./commands/backup")).registerBackup,
  restore: () => (require("./commands/restore") as typeof import("./commands/restore")).registerRestore,
  airgap: () => (require("./commands/airgap") as typeof import("./commands/airgap")).registerAirGap,
  rotate: () => (require("./commands/rotate") as typeof import("./commands/rotate")).registerRotate,
  cluster: () => (require("./commands/cluster/cluster") as typeof import("./commands/cluster/cluster")).registerCluster,
  fleet: () => (require("./commands/fleet/fleet") as typeof import("./commands/fleet/fleet")).registerFleet,
  state: () => (require("./commands/state/state") as typeof import("./commands/state/state")).registerState,
  schema: () => (require("./commands/schema") as typeof import("./commands/schema")).registerSchema,
  releases: () => (require("./commands/releases") as typeof import("./commands/releases")).registerReleases,
  servers: () => (require("./commands/servers") as typeof import("./commands/servers")).registerServers,
  server: () => (require("./commands/server") as typeof import("./commands/server")).registerServer,
  doctor: () => (require("./commands/doctor") as typeof import("./commands/doctor")).registerDoctor,
  completion: () => (require("./commands/completion") as typeof import("./commands/completion")).registerCompletion,
};

/** The command line, of the named command alone where it is one; nothing runs until it is parsed. */
function createProgram(context: Context, named: string): Command {
  const program = new Command("kpaas")
    .description("K-PaaS container platforms from one reviewed file per environment.")
    .version(packageVersion(), "--version", "print the version")
    .helpOption("-h, --help", "explain the command")
    .helpCommand(false)
    .showSuggestionAfterError()
    .addHelpText("after", "\nExample:\n  $ kpaas up demo --sandbox    bring up environments/demo.yaml against a simulated cloud");
  const one = Object.hasOwn(COMMANDS, named) && named !== "completion" ? COMMANDS[named] : undefined;
  for (const register of one === undefined ? Object.values(COMMANDS) : [one]) register()(program, context);
  for (const command of everyCommand(program)) {
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

/** A command and all that are below it. */
function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
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
  const program = createProgram(own, argv[0] ?? "");
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
