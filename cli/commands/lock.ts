import type { Command } from "commander";
import { describeLockChanges } from "../../files/lock-problems";
import { LATER } from "../../model/guard/first-boot";
import { lock } from "../../operate/lock";
import { type Context, writeJson, writeLines } from "../context";
import { requestOf } from "../operation";
import { operatorOf } from "../operator";

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
    .action((reference: string, options: { json?: boolean }) => run(context, reference, options.json === true));
}

async function run(context: Context, reference: string, json: boolean): Promise<void> {
  const { loaded, planned } = await lock(await requestOf(context, reference, {}), operatorOf(context), context.modules);
  const { lockState, lockChanges } = planned;
  if (json) {
    writeJson(context, { environment: loaded.name, file: loaded.lockFile, was: lockState, changes: lockChanges });
  } else if (lockState === "current") {
    writeLines(context.stdout, [`${loaded.lockFile} is current`]);
  } else {
    const later = lockState === "outdated" && lockChanges.some(({ path }) => path === "image") ? [`infrastructure.image ${LATER}`] : [];
    writeLines(context.stdout, [...describeLockChanges(lockChanges), ...later, `wrote ${loaded.lockFile}`]);
  }
}
