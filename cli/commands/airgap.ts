import { resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { describeBundled, describeFailed, describePushed, describeVerified } from "../airgap";
import { type Context, writeJson, writeLines } from "../context";
import { EXIT } from "../exit";
import { operatorOf } from "../operator";
import { Exit } from "../report";
import { commandLine } from "../typed";

/** `kpaas airgap`: environments without the internet. */
export function registerAirGap(program: Command, context: Context): void {
  const airgap = program
    .command("airgap")
    .summary("environments without the internet: fetch, verify and push all that they pull")
    .description(
      "Fetches all that environments pull into a folder, where there is internet, and puts it into a registry and onto a web server where there is none. `kpaas plan ENV --show airgap` lists it.",
    )
    .helpCommand(false)
    .addHelpText("after", "\nExample:\n  $ kpaas airgap bundle seoul --to bundle");
  airgap
    .command("bundle")
    .summary("fetch all that environments pull into a folder")
    .description(
      "Fetches images, charts, kubespray and its files, Python packages, the Pulumi engine and its plugins, and verifies each. What is there is not fetched again: the same command goes on where it was broken off.",
    )
    .argument("<ENV...>", "names in environments/ or paths of files")
    .requiredOption("--to <FOLDER>", "the bundle's folder, made where there is none")
    .option("--parallel <N>", "how many things are fetched at once", count, 4)
    .option("--json", "print the result as JSON")
    .addHelpText("after", "\nExample:\n  $ kpaas airgap bundle seoul busan --to /media/disk/bundle")
    .action((references: string[], flags: BundleFlags) => runBundle(context, references, flags));
  airgap
    .command("verify")
    .summary("read every byte of a bundle, and say what it lacks")
    .description(
      "Compares every digest of a bundle, and names what environments pull and it has not: those that are named, else those that it was made for. Ends with 1 where something is damaged or missing.",
    )
    .argument("[ENV...]", "names in environments/ or paths of files")
    .requiredOption("--from <FOLDER>", "the bundle's folder")
    .option("--digest <DIGEST>", "the digest that was told where it was made")
    .option("--json", "print the result as JSON")
    .addHelpText("after", "\nExample:\n  $ kpaas airgap verify seoul --from /media/disk/bundle")
    .action((references: string[], flags: VerifyFlags) => runVerify(context, references, flags));
  airgap
    .command("push")
    .summary("put a bundle's images and charts into a registry, and lay its files out")
    .description(
      "Puts images and charts into the registry, lays files out in a folder for a web server, and says what the environments' files are to name. What is there is left alone. Log-ins are those of `docker login`.",
    )
    .argument("<ENV...>", "names in environments/ or paths of files")
    .requiredOption("--from <FOLDER>", "the bundle's folder")
    .option("--registry <HOST>", "the registry; default: cluster.airGap.registry")
    .option("--files <FOLDER>", "where files are laid out: what the web server of cluster.airGap.files shows")
    .option("--parallel <N>", "how many things are put at once", count, 4)
    .option("--json", "print the result as JSON")
    .addHelpText("after", "\nExample:\n  $ kpaas airgap push seoul --from /media/disk/bundle --files /srv/files")
    .action((references: string[], flags: PushFlags) => runPush(context, references, flags));
}

interface BundleFlags {
  readonly to: string;
  readonly parallel: number;
  readonly json?: boolean;
}

interface VerifyFlags {
  readonly from: string;
  readonly digest?: string;
  readonly json?: boolean;
}

interface PushFlags {
  readonly from: string;
  readonly registry?: string;
  readonly files?: string;
  readonly parallel: number;
  readonly json?: boolean;
}

async function runBundle(context: Context, references: readonly string[], { to, parallel, json }: BundleFlags): Promise<void> {
  const { bundle } = await import("../../operate/airgap/bundle.js");
  const request = await requestOf(context, references);
  const made = await bundle(request, { to: resolve(context.cwd, to), parallel }, operatorOf(context), context.modules);
  const again = commandLine(["airgap", "bundle", ...references, "--to", to]);
  finish(context, json, made, describeBundled(made), {
    failed: made.failed.map(({ entry: { kind, name, version }, reason }) => ({ what: `${kind} ${name} ${version}`, reason })),
    done: "fetched",
    again,
  });
}

async function runVerify(context: Context, references: readonly string[], { from, digest, json }: VerifyFlags): Promise<void> {
  const { verify } = await import("../../operate/airgap/verify.js");
  const where = { folder: resolve(context.cwd, from), expected: digest };
  const found = await verify(where, await requestOf(context, references), operatorOf(context), context.modules);
  if (json) writeJson(context, found);
  else writeLines(context.stdout, describeVerified(found));
  const lacking = Object.values(found.missing).some((entries) => entries.length > 0);
  if (found.damaged.length === 0 && !lacking) return;
  const names = references.length > 0 ? references : Object.keys(found.missing);
  throw new Exit(EXIT.failed, commandLine(["airgap", "bundle", ...names, "--to", from]));
}

async function runPush(context: Context, references: readonly string[], flags: PushFlags): Promise<void> {
  const { push } = await import("../../operate/airgap/push.js");
  const choice = {
    from: resolve(context.cwd, flags.from),
    registry: flags.registry,
    files: flags.files === undefined ? undefined : resolve(context.cwd, flags.files),
    parallel: flags.parallel,
  };
  const made = await push(await requestOf(context, references), choice, operatorOf(context), context.modules);
  const options = Object.entries({ "--from": flags.from, "--registry": flags.registry, "--files": flags.files });
  const given = options.flatMap(([name, value]) => (value === undefined ? [] : [name, value]));
  finish(context, flags.json, made, describePushed(made), {
    failed: made.failed.map(({ artefact: { kind, name, version }, reason }) => ({ what: `${kind} ${name} ${version}`, reason })),
    done: "put there",
    again: commandLine(["airgap", "push", ...references, ...given]),
  });
}

/** Prints what came of it, and ends with 1 where something failed. */
function finish(
  context: Context,
  json: boolean | undefined,
  result: object,
  lines: readonly string[],
  { failed, done, again }: { readonly failed: readonly { what: string; reason: string }[]; readonly done: string; readonly again: string },
): void {
  if (json) writeJson(context, result);
  else writeLines(context.stdout, lines);
  if (failed.length === 0) return;
  if (!json) writeLines(context.stderr, [`${failed.length} could not be ${done}:`, ...describeFailed(failed)]);
  throw new Exit(EXIT.failed, again);
}

async function requestOf(context: Context, references: readonly string[]): Promise<{ references: readonly string[]; root: string }> {
  const { findRoot } = await context.modules.environments();
  return { references, root: findRoot(context.cwd) };
}

function count(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError("It must be a number from 1 to 99.");
  return Number(text);
}
