import { type Output, output, secret } from "@pulumi/pulumi";
import type { ToldOutputs } from "../../components/infrastructure";
import type { CloudPartName } from "../../model/cloud-parts";
import type { CloudCredential } from "./credential";
import type { Endpoints } from "./endpoints";
import { TOLD } from "./in-cluster";
import type { NodeNetwork } from "./network";
import type { Scope } from "./scope";

/** What the controller and the driver of volumes are told: where the cloud is, what was made there, and their logins. */
export function toldBy(
  { survey }: Scope,
  network: NodeNetwork,
  { ingressPort, ingressBalancer }: Pick<Endpoints, "ingressPort" | "ingressBalancer">,
  logins: Readonly<Partial<Record<CloudPartName, Output<CloudCredential>>>>,
  authority: Output<string> | undefined,
): ToldOutputs {
  const parts = Object.entries(logins) as [CloudPartName, Output<CloudCredential>][];
  return {
    ids: {
      [TOLD.identity]: survey.login.identity,
      [TOLD.region]: survey.login.region,
      [TOLD.subnet]: output(network.subnetId),
      ...(authority && { [TOLD.authority]: authority }),
      ...(ingressPort && { [TOLD.ingressPort]: ingressPort }),
      ...(ingressBalancer && { [TOLD.ingressBalancer]: ingressBalancer }),
    },
    secrets: Object.fromEntries(
      parts.flatMap(([part, login]) => [
        [TOLD.login[part], secret(login.apply(({ id }) => id))],
        [TOLD.secret[part], secret(login.apply((made) => made.secret))],
      ]),
    ),
  };
}
