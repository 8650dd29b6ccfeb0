import { Keypair } from "@pulumi/openstack/compute/keypair";
import { Provider } from "@pulumi/openstack/provider";
import type { ComponentResource } from "@pulumi/pulumi";
import type { InfrastructureSecrets } from "../../components/infrastructure";
import { credentialArguments } from "../credentials";
import { keyDigest, type LoginKey, loginKeyOf } from "../machines/login-key";
import { CREDENTIALS } from "./credentials";
import type { Dialect } from "./dialect";
import type { OpenStackPlan } from "./plan";
import { child, cloudName, type Scope } from "./scope";

/**
 * The environment's own provider: with its credentials where the file refers to some, else with the usual environment variables.
 *
 * @throws InputPropertyError, once they are known, for credentials under names the provider does not take.
 */
export function createProvider(
  parent: ComponentResource,
  name: string,
  plan: OpenStackPlan,
  dialect: Dialect,
  credentials: InfrastructureSecrets["credentials"],
): Provider {
  const given = credentialArguments(dialect.title, dialect.credentials, CREDENTIALS, credentials);
  return new Provider(`${name}-provider`, { ...given, region: plan.region }, { parent });
}

/** The key of the file, or a generated one, as a key pair; one that is there already is only used. */
export function createLoginKey(scope: Scope, secrets: InfrastructureSecrets): LoginKey {
  const { ssh } = scope.plan.access;
  const { privateKey, publicKey } = loginKeyOf(scope.parent, scope.name, ssh, secrets);
  if (ssh.keyPair !== undefined) return { keyPair: ssh.keyPair, privateKey };
  // Nova cannot change a key pair: another key is another pair, under another name, before the old one goes.
  const name = publicKey.apply((text) => cloudName(scope, keyDigest(text)));
  return { keyPair: new Keypair(`${scope.name}-keypair`, { name, publicKey }, child(scope)).name, privateKey };
}
