import type { Command } from "commander";
import { describeLockChanges } from "../../files/lock-problems";
import { LATER } from "../../model/guard/first-boot";
import { InvalidInputError } from "../../model/problems";
import { type Context, writeJson, writeLines } from "../context";
import { describeProblems } from "../report";
import { warningsToShow } from "../warnings";

/** `kpaas lock`: writes what the plan chose beside the file. */
export function registerLock(program: Command, context: Context): void {
  program
    .command("lock")
    .summary("write the lock file and show what it fixed")
    .description(
      "Writes NAME.lock.yaml beside the environment file: the zones, addresses, order and versions the file does not say. Commit it.",
    )
    .argument("ENV", "name in environments/ or path of a file")
    .option("--json", "print what changed as JSON")
    .addHelpText("after", "\nExample:\n  $ kpaas lock seoul && git add environments/seoul.lock.yaml")
    .action((reference: string, options: { json?: boolean }) => lock(context, reference, options.json === true));
}

async function lock(context: Context, reference: string, json: boolean): Promise<void> {
  const environments = await context.modules.environments();
  const root = environments.findRoot(context.cwd);
  const loaded = environments.loadEnvironment(reference, root);
  if (loaded.planned === undefined) throw new InvalidInputError(loaded.problems);
  writeLines(context.stderr, describeProblems(context, warningsToShow(root, loaded)));
  const { lockState, lockChanges } = loaded.planned;
  if (lockState !== "current") environments.writeLock(loaded);
  if (json) {
    writeJson(context, { environment: loaded.name, file: loaded.lockFile, was: lockState, changes: lockChanges });
  } else if (lockState === "current") {
    writeLines(context.stdout, [`${loaded.lockFile} is current`]);
  } else {
    const later = lockState === "outdated" && lockChanges.some(({ path }) => path === "image") ? [`infrastructure.image ${LATER}`] : [];
    writeLines(context.stdout, [...describeLockChanges(lockChanges), ...later, `wrote ${loaded.lockFile}`]);
  }
}
