import { createHash } from "node:crypto";
import { Keypair } from "@pulumi/openstack/compute/keypair";
import { Provider } from "@pulumi/openstack/provider";
import { type ComponentResource, type Input, InputPropertyError, type Output, secret } from "@pulumi/pulumi";
import type { InfrastructureSecrets } from "../../components/infrastructure";
import { wrongCredentials } from "../../model/cloud";
import { loginKeyOf } from "../machines/login-key";
import { CREDENTIALS, credentials as usual } from "./credentials";
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
  credentials: InfrastructureSecrets["credentials"],
): Provider {
  const given: Partial<Record<(typeof CREDENTIALS)[number], Output<string>>> = {};
  if (credentials !== undefined) {
    const checked = secret(credentials).apply(checkNames);
    // An argument that the credentials lack stays undefined inside its output, which the provider reads as not given.
    for (const key of CREDENTIALS) given[key] = checked.apply((all) => all[key] as string);
  }
  return new Provider(`${name}-provider`, { ...given, region: plan.region }, { parent });
}

/** Only a program of a user's own comes here with a wrong name: `stacks/secrets.ts` refuses it before anything is registered. */
function checkNames(credentials: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const reason = wrongCredentials({ title: "OpenStack", credentials: usual }, credentials);
  if (reason !== undefined) throw new InputPropertyError({ propertyPath: "secrets.credentials", reason });
  return credentials;
}

/** The key pair the machines are made with, and its private half. */
export interface LoginKey {
  /** The key pair's name in the cloud. */
  readonly keyPair: Input<string>;
  /** Secret. */
  readonly privateKey: Output<string>;
}

/** The key of the file, or a generated one, as a key pair; one that is there already is only used. */
export function createLoginKey(scope: Scope, secrets: InfrastructureSecrets): LoginKey {
  const { ssh } = scope.plan.access;
  const { privateKey, publicKey } = loginKeyOf(scope.parent, scope.name, ssh, secrets);
  if (ssh.keyPair !== undefined) return { keyPair: ssh.keyPair, privateKey };
  // Nova cannot change a key pair: another key is another pair, under another name, before the old one goes.
  const name = publicKey.apply((text) => cloudName(scope, createHash("sha256").update(text).digest("hex").slice(0, 8)));
  return { keyPair: new Keypair(`${scope.name}-keypair`, { name, publicKey }, child(scope)).name, privateKey };
}
