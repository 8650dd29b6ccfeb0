import { type Command, InvalidArgumentError } from "commander";
import type { Context } from "../../context";
import { requestOf } from "../../operation";
import { operatorOf } from "../../operator";
import { asking, type ClusterFlags, ofCluster } from "./options";
import { printRun } from "./run-result";

interface RenewFlags extends ClusterFlags {
  readonly within?: number;
}

/** `kpaas cluster renew-certificates`: what kubeadm signed is made anew. */
export function registerRenewCertificates(cluster: Command, context: Context): void {
  asking(
    ofCluster(
      cluster
        .command("renew-certificates")
        .summary("renew the cluster's certificates now")
        .description(
          "Renews what kubeadm signed, one control plane after another; the API of one answers before the next is begun. `kpaas up` does so by itself within 30 days of their end.",
        ),
    ).option("--within <DAYS>", "only where a certificate ends within so many days; default: all", days),
  )
    .addHelpText("after", "\nExample:\n  $ kpaas cluster renew-certificates seoul")
    .action((reference: string, flags: RenewFlags) => run(context, reference, flags));
}

function days(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > 36_500) throw new InvalidArgumentError("It must be a whole number of days.");
  return number;
}

async function run(context: Context, reference: string, flags: RenewFlags): Promise<void> {
  const { renewCertificates } = await import("../../../operate/cluster/renew-certificates.js");
  const request = await requestOf(context, reference, flags);
  const done = await renewCertificates(request, flags.within, operatorOf(context, flags.yes), context.modules);
  const { name } = done.loaded;
  const text = `the certificates of ${name} are renewed; the recorded kubeconfig is the old one until a refresh`;
  printRun(context, done, flags.json === true, text, {}, `kpaas refresh ${name}`);
}
