import type { Command } from "commander";
import type { HostFinding } from "../../../model/cluster/host-checks";
import { type Context, colorsFor, widthOf, writeJson, writeLines } from "../../context";
import { EXIT } from "../../exit";
import { requestOf } from "../../operation";
import { operatorOf } from "../../operator";
import { Exit } from "../../report";
import { table } from "../../table";
import { type ClusterFlags, ofCluster } from "./options";

/** `kpaas cluster check`: whether the hosts are fit. */
export function registerCheckHosts(cluster: Command, context: Context): void {
  ofCluster(
    cluster
      .command("check")
      .summary("whether the hosts are fit for what a run wants of them")
      .description(
        "Looks at every host as a run does before it begins: SSH, sudo, Python, memory, disk, time, names, ports between hosts, swap, modules, registries. Changes nothing; ends with 1 where a host is not fit.",
      ),
  )
    .addHelpText("after", "\nExample:\n  $ kpaas cluster check seoul")
    .action((reference: string, flags: ClusterFlags) => run(context, reference, flags));
}

async function run(context: Context, reference: string, flags: ClusterFlags): Promise<void> {
  const { checkHosts } = await import("../../../operate/cluster/check.js");
  const { loaded, hosts, findings } = await checkHosts(await requestOf(context, reference, flags), operatorOf(context), context.modules);
  const fit = findings.every(({ severity }) => severity !== "error");
  if (flags.json === true) {
    writeJson(context, { environment: loaded.name, fit, findings });
  } else {
    const colors = colorsFor(context.stdout, context.env);
    const found = findings.length === 0 ? [] : [...table(COLUMNS, findings, widthOf(context.stdout), colors), ""];
    const verdict = fit
      ? colors.green(`all ${hosts} hosts of ${loaded.name} are fit`)
      : colors.red(`not all hosts of ${loaded.name} are fit`);
    writeLines(context.stdout, [...found, verdict]);
  }
  if (!fit) throw new Exit(EXIT.failed);
}

const COLUMNS = [
  { title: "HOST", value: ({ node }: HostFinding) => node },
  { title: "CHECK", value: ({ check }: HostFinding) => check },
  { title: "HOW", value: ({ severity }: HostFinding) => severity },
  { title: "DETAIL", value: ({ reason, remedy }: HostFinding) => `${reason}. ${remedy}` },
];
