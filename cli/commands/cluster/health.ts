import type { Command } from "commander";
import type { HealthCheck } from "../../../model/cluster/health";
import { type Context, colorsFor, widthOf, writeJson, writeLines } from "../../context";
import { several } from "../../data";
import { EXIT } from "../../exit";
import { requestOf } from "../../operation";
import { operatorOf } from "../../operator";
import { Exit } from "../../report";
import { table } from "../../table";
import { type ClusterFlags, ofCluster } from "./options";

/** `kpaas cluster health`: how the cluster is. */
export function registerHealth(cluster: Command, context: Context): void {
  ofCluster(
    cluster
      .command("health")
      .summary("how the cluster is: hosts, API, nodes, etcd, versions, certificates, backups")
      .description(
        "Looks at the hosts, the API, nodes, etcd's members and quorum, versions and their skew, the end of certificates and the last backup. Ends with 1 where something is bad; a warning is none.",
      ),
  )
    .option("--deployments <NAMESPACE/NAME>", "a Deployment that has to be available too; * stands for any; repeatable", several)
    .addHelpText("after", "\nExample:\n  $ kpaas cluster health seoul --json")
    .action((reference: string, flags: HealthFlags) => run(context, reference, flags));
}

interface HealthFlags extends ClusterFlags {
  readonly deployments?: readonly string[];
}

async function run(context: Context, reference: string, flags: HealthFlags): Promise<void> {
  const { health } = await import("../../../operate/cluster/health.js");
  const request = await requestOf(context, reference, flags);
  const { loaded, healthy, checks, live, release } = await health(request, flags.deployments ?? [], operatorOf(context), context.modules);
  const { name: environment } = loaded;
  if (flags.json === true) {
    const { kubernetes, nodes, etcd, certificates } = live ?? {};
    writeJson(context, { environment, healthy, checks, release, kubernetes, nodes, etcd, certificates });
  } else {
    const colors = colorsFor(context.stdout, context.env);
    const bad = checks.filter(({ status }) => status === "bad").length;
    const warnings = checks.filter(({ status }) => status === "warning").length;
    const verdict = healthy ? colors.green(`${environment} is healthy`) : colors.red(`${environment} is not healthy`);
    writeLines(context.stdout, [
      ...table(COLUMNS, checks, widthOf(context.stdout), colors),
      "",
      `${verdict}${bad + warnings === 0 ? "" : `: ${[...(bad > 0 ? [`${bad} bad`] : []), ...(warnings > 0 ? [`${warnings} to be seen to`] : [])].join(", ")}`}`,
    ]);
  }
  if (!healthy) throw new Exit(EXIT.failed);
}

const COLUMNS = [
  { title: "WHAT", value: ({ name }: HealthCheck) => name },
  { title: "HOW", value: ({ status }: HealthCheck) => status },
  { title: "DETAIL", value: ({ detail, remedy }: HealthCheck) => (remedy === undefined ? detail : `${detail}. ${remedy}`) },
];
