import { dirname } from "node:path";
import type { Command } from "commander";
import { type Context, writeLines } from "../../context";
import { fleetRequest } from "../../fleet-run";
import { findKubeconfigs, type KubeconfigFlags, putKubeconfigs, ttlOption } from "../../kubeconfig-file";
import { onlyOption } from "./change";
import { named } from "./run";

interface FleetKubeconfigFlags extends KubeconfigFlags {
  readonly only?: readonly string[];
}

/** `kpaas fleet kubeconfig`: one file for all clusters of a fleet. */
export function registerKubeconfig(fleet: Command, context: Context): void {
  named(
    fleet
      .command("kubeconfig")
      .summary("print one kubeconfig for all clusters, registered ones too")
      .description(
        "Prints a kubeconfig in which cluster, user and context bear the cluster's name. In a file that is there already the fleet's own entries are replaced; others stay, and one of the same name is never overwritten. It is a secret.",
      ),
  )
    .addOption(ttlOption())
    .addOption(onlyOption())
    .option("--output <FILE>", "put it there, readable by its owner only, instead of standard output")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  $ kpaas fleet kubeconfig --ttl 8h --output ~/.kube/config")
    .action((file: string | undefined, flags: FleetKubeconfigFlags) => run(context, file, flags));
}

async function run(context: Context, file: string | undefined, { only, ...flags }: FleetKubeconfigFlags): Promise<void> {
  const [{ readClusters }, { registeredKubeconfig }] = await Promise.all([
    import("../../../fleet/request.js"),
    import("../../../operate/kubeconfigs.js"),
  ]);
  const {
    fleet,
    file: path,
    clusters,
    registered,
  } = readClusters({ ...(await fleetRequest(context, file, flags)), ...(only && { only }) });
  const found = await findKubeconfigs(context, clusters, flags);
  // In the sandbox registered clusters are not met.
  for (const [name, { kubeconfig }] of flags.sandbox === true ? [] : Object.entries(registered)) {
    found.push(await registeredKubeconfig(name, kubeconfig, dirname(path)));
    if (flags.ttl !== undefined) writeLines(context.stderr, [`${name} is registered: it keeps the credentials of its own kubeconfig`]);
  }
  await putKubeconfigs(context, found, flags, fleet);
}
