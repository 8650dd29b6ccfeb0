import { Provider } from "@pulumi/gcp/provider";
import type { ComponentResource } from "@pulumi/pulumi";
import type { InfrastructureSecrets } from "../../components/infrastructure";
import { credentialArguments } from "../credentials";
import { CREDENTIALS, credentials as usual } from "./credentials";
import type { GcpPlan } from "./plan";

/**
 * The environment's own provider: with its credentials where the file refers to some, else with Google's usual ways; bound to the file's project.
 *
 * @throws InputPropertyError, once they are known, for credentials under names the provider does not take.
 */
export function createProvider(
  parent: ComponentResource,
  name: string,
  { project, region }: GcpPlan,
  credentials: InfrastructureSecrets["credentials"],
): Provider {
  const given = credentialArguments("GCP", usual, CREDENTIALS, credentials);
  return new Provider(`${name}-provider`, { ...given, project, region, addPulumiAttributionLabel: false }, { parent });
}
