import { readSecret } from "../../files/read-secret";
import { deploymentChecks, deploymentsIn } from "../../model/cluster/deployments";
import { at, list } from "../../model/data";
import { type Answers, answersIn } from "../../model/fleet/status";
import type { SecretReference } from "../../model/plan/infrastructure-types";
import { ClusterApi } from "../../reach/cluster-api";

/**
 * Asks a cluster that was made elsewhere how it is, by its kubeconfig: version, nodes, and when the certificates end that are met on the way.
 * @param folder what the relative paths of files go by
 * @param deployments those that have to be available: `NAMESPACE/NAME`, `*` stands for any
 * @returns why it could not be asked, where it could not; never anything of the kubeconfig
 */
export async function askRegistered(
  kubeconfig: SecretReference,
  folder: string,
  deployments: readonly string[] = [],
): Promise<Answers | string> {
  let text: string;
  try {
    text = await readSecret(kubeconfig, folder);
  } catch (error) {
    return messageOf(error);
  }
  let api: ClusterApi;
  try {
    api = new ClusterApi(text);
    const end = api.ownEnd;
    // A server that does not let it in says so in no words of its own.
    if (end !== undefined && Date.parse(end) < Date.now())
      return `its kubeconfig's certificate has ended on ${end.slice(0, 10)}: put another there`;
  } catch {
    return "its kubeconfig cannot be read, or logs in neither by a client certificate nor by a token that it holds";
  }
  try {
    const [version, nodes, ends] = await Promise.all([api.call("/version"), api.call("/api/v1/nodes"), api.certificateEnds()]);
    const answers = answersIn(version, nodes, ends);
    return deployments.length === 0 ? answers : { ...answers, deployments: deploymentChecks(deployments, await deploymentsOf(api)) };
  } catch (error) {
    return messageOf(error);
  }
}

/** The Deployments of a cluster; a text where it does not tell of them, or may not. */
async function deploymentsOf(api: ClusterApi) {
  return await api.call("/apis/apps/v1/deployments").then((answer) => deploymentsIn(list(at(answer, "items"))), messageOf);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
