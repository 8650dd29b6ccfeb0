import type { Command } from "commander";
import { OperationFailedError } from "../../engine/errors";
import { nearest } from "../../model/problems";
import { notUp, outputs } from "../../operate/outputs";
import { makeReady, type Ready } from "../../operate/ready";
import { KnownHosts, knownHostsFile } from "../../reach/known-hosts";
import type { Login } from "../../reach/login";
import { type Context, writeLines } from "../context";
import { requestOf } from "../operation";
import { operatorOf } from "../operator";
import { badUsage, Exit } from "../report";
import { interruptible } from "../signals";
import { runSsh } from "../ssh";

/** `kpaas ssh`: a shell on a machine, or the tunnel to a private cluster. */
export function registerSsh(program: Command, context: Context): void {
  program
    .command("ssh")
    .summary("a shell on a machine, through the bastion where there is one")
    .description(
      "Opens a shell on a machine, or runs a command there and ends with its exit code. Host keys are recorded at first contact under .kpaas/known_hosts/. With --forward it keeps the way to a private cluster open for kubectl and others.",
    )
    .argument("ENV", "name in environments/ or path of a file")
    .argument("[KEY]", "the machine's key, such as cp-1 or bastion")
    .argument("[COMMAND...]", "what to run there; after --")
    .option("--forward", "keep the tunnel open that `kpaas kubeconfig` names, until interrupted")
    .option("--sandbox", "of the sandbox, where there is nothing to log in to")
    .addHelpText("after", "\nExample:\n  $ kpaas ssh seoul cp-1 -- sudo crictl ps\n  $ kpaas ssh seoul --forward")
    .action((reference: string, key: string | undefined, command: string[], options: SshOptions) =>
      ssh(context, reference, key, command, options),
    );
}

interface SshOptions {
  readonly forward?: boolean;
  readonly sandbox?: boolean;
}

async function ssh(
  context: Context,
  reference: string,
  key: string | undefined,
  command: readonly string[],
  options: SshOptions,
): Promise<void> {
  if ((key === undefined) !== (options.forward === true)) {
    throw badUsage("`kpaas ssh` takes either a machine's key or --forward", "name a machine, such as cp-1", reference);
  }
  const ready = await makeReady(await requestOf(context, reference, options), operatorOf(context), context.modules);
  const { name } = ready.loaded;
  if (ready.target.sandbox) {
    throw new OperationFailedError(`the machines of ${name} are simulated in the sandbox: there is nothing to log in to`);
  }
  const login = await readLogin(context, ready);
  if (key === undefined) return await forward(context, ready, login);
  if (login.machines[key] === undefined) throw unknownKey(name, key, Object.keys(login.machines));
  const file = knownHostsFile(ready.target.root, name);
  await meet(context, name, login, file);
  const code = await runSsh(context, login, file, key, command);
  if (code !== 0) throw new Exit(code);
}

/** The first contact is checked before OpenSSH's client records whatever it sees. */
async function meet(context: Context, environment: string, login: Login, file: string): Promise<void> {
  if (login.firstHostKeys === undefined) return;
  const [{ bastionOf }, { meetBastion }] = await Promise.all([import("../../reach/login.js"), import("../../reach/bastion.js")]);
  const bastion = bastionOf(login);
  if (bastion === undefined) return;
  try {
    await meetBastion(environment, bastion, new KnownHosts(file), (text) => writeLines(context.stderr, [text]));
  } catch (error) {
    throw new OperationFailedError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

async function readLogin(context: Context, ready: Ready): Promise<Login> {
  const found = await outputs(ready, operatorOf(context), true, context.modules);
  const { loginOf } = await import("../../reach/login.js");
  const login = loginOf(found, ready.loaded.name);
  if (login === undefined) throw notUp(ready.loaded.name, false);
  return login;
}

function unknownKey(environment: string, key: string, known: readonly string[]): Error {
  const near = nearest(key, known);
  const remedy = near === undefined ? `choose one of ${known.join(", ")}` : `did you mean "${near}"? There are ${known.join(", ")}`;
  return badUsage(`no machine of ${environment} has the key "${key}"`, remedy, environment);
}

async function forward(context: Context, { loaded, target }: Ready, login: Login): Promise<void> {
  const [{ bastionOf }, { openTunnel }] = await Promise.all([import("../../reach/login.js"), import("../../reach/tunnel.js")]);
  const bastion = target.plan.access.api === "bastion" ? bastionOf(login) : undefined;
  if (bastion === undefined) {
    throw badUsage(
      `the API of ${loaded.name} is reached directly: there is nothing to forward`,
      "use `kpaas kubeconfig` as it is, or set infrastructure.access.api to bastion",
      loaded.name,
    );
  }
  const tunnel = await openTunnel({ plan: target.plan, root: target.root, tell: (text) => writeLines(context.stderr, [text]) });
  try {
    tunnel.use(bastion);
    writeLines(context.stderr, [
      `clients of ${loaded.name} reach it by the proxy http://127.0.0.1:${tunnel.port} until you interrupt this`,
    ]);
    await interruptible(context, ({ signal }) => aborted(signal));
  } finally {
    await tunnel.close();
  }
}

/** Waits, however long: what is open keeps no process from ending. */
async function aborted(signal: AbortSignal): Promise<void> {
  const alive = setInterval(() => undefined, 2 ** 30);
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  clearInterval(alive);
}
