import { Provider } from "@pulumi/azure-native/provider";
import type { ComponentResource } from "@pulumi/pulumi";
import type { InfrastructureSecrets } from "../../components/infrastructure";
import { credentialArguments } from "../credentials";
import { CREDENTIALS, credentials as usual } from "./credentials";
import type { AzurePlan } from "./plan";

/**
 * The environment's own provider: with its credentials where the file refers to some, else with Azure's usual ways; bound to the file's subscription.
 *
 * @throws InputPropertyError, once they are known, for credentials under names the provider does not take.
 */
export function createProvider(
  parent: ComponentResource,
  name: string,
  plan: AzurePlan,
  credentials: InfrastructureSecrets["credentials"],
): Provider {
  const given = credentialArguments("Azure", usual, CREDENTIALS, credentials);
  const place = {
    ...(plan.subscription === undefined ? {} : { subscriptionId: plan.subscription }),
    ...(plan.region === undefined ? {} : { location: plan.region }),
  };
  return new Provider(`${name}-provider`, { ...given, ...place }, { parent });
}
