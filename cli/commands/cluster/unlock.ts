import { type Command, InvalidArgumentError } from "commander";
import { type Context, writeJson, writeLines } from "../../context";
import { requestOf } from "../../operation";
import { operatorOf } from "../../operator";
import { type ClusterFlags, ofCluster } from "./options";

interface UnlockFlags extends ClusterFlags {
  readonly run: string;
}

/** `kpaas cluster unlock`: the fence of a run that has died. */
export function registerUnlock(cluster: Command, context: Context): void {
  ofCluster(
    cluster
      .command("unlock")
      .summary("let others at a cluster whose last run has died")
      .description(
        "Takes the lease on the control planes away from a run, before it ends by itself after ten minutes. Be certain that the run is over: two at once harm the cluster.",
      ),
  )
    .requiredOption("--run <RUN>", "the run, as the refusal of another one names it", word)
    .addHelpText("after", "\nExample:\n  $ kpaas cluster unlock seoul --run 0b8b5a2c-6a5e-4d0f-9a53-0c6ad8d1f6a4")
    .action((reference: string, flags: UnlockFlags) => run(context, reference, flags));
}

function word(text: string): string {
  if (!/^\S+$/.test(text)) throw new InvalidArgumentError("It must be the run that the refusal names.");
  return text;
}

async function run(context: Context, reference: string, flags: UnlockFlags): Promise<void> {
  const { unlock } = await import("../../../operate/cluster/unlock.js");
  const { loaded } = await unlock(await requestOf(context, reference, flags), flags.run, operatorOf(context), context.modules);
  if (flags.json === true) writeJson(context, { environment: loaded.name, unlocked: flags.run });
  else writeLines(context.stdout, [`the run ${flags.run} holds the cluster of ${loaded.name} no more`]);
}
