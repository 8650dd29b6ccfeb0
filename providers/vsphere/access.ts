import type { ComponentResource } from "@pulumi/pulumi";
import type { InfrastructureSecrets } from "../../components/infrastructure";
import { credentialArguments } from "../credentials";
import { CREDENTIALS, credentials as usual } from "./credentials";
import type { VSpherePlan } from "./plan";
import { Provider } from "./sdk/provider";

/**
 * The environment's own provider: with its credentials where the file refers to some, else with the usual environment variables.
 *
 * @throws InputPropertyError, once they are known, for credentials under names the provider does not take.
 */
export function createProvider(
  parent: ComponentResource,
  name: string,
  { server, allowUnverifiedSsl }: VSpherePlan,
  credentials: InfrastructureSecrets["credentials"],
): Provider {
  const given = credentialArguments("vSphere", usual, CREDENTIALS, credentials);
  // What the credentials lack, the file may say.
  const unverified = allowUnverifiedSsl ? true : undefined;
  return new Provider(
    `${name}-provider`,
    {
      ...given,
      vsphereServer: given.vsphereServer?.apply((own: string | undefined) => own ?? server) ?? server,
      allowUnverifiedSsl:
        given.allowUnverifiedSsl?.apply((own: string | undefined) => (own === undefined ? unverified : own === "true")) ?? unverified,
    },
    { parent },
  );
}
