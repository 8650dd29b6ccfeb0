import { createHash } from "node:crypto";
import { KeyPair } from "@pulumi/aws/ec2/keyPair";
import { Provider } from "@pulumi/aws/provider";
import { type ComponentResource, type Input, InputPropertyError, type Output, secret } from "@pulumi/pulumi";
import type { InfrastructureSecrets } from "../../components/infrastructure";
import { wrongCredentials } from "../../model/cloud";
import { loginKeyOf } from "../machines/login-key";
import { CREDENTIALS, credentials as usual } from "./credentials";
import { awsLimits, awsName } from "./names";
import type { AwsPlan } from "./plan";
import { child, type Scope, tags } from "./scope";

/**
 * The environment's own provider: with its credentials where the file refers to some, else with AWS's usual ways; bound to the file's account.
 *
 * @throws InputPropertyError, once they are known, for credentials under names the provider does not take.
 */
export function createProvider(
  parent: ComponentResource,
  name: string,
  plan: AwsPlan,
  credentials: InfrastructureSecrets["credentials"],
): Provider {
  const given: Partial<Record<(typeof CREDENTIALS)[number], Output<string>>> = {};
  if (credentials !== undefined) {
    const checked = secret(credentials).apply(checkNames);
    // An argument that the credentials lack stays undefined inside its output, which the provider reads as not given.
    for (const key of CREDENTIALS) given[key] = checked.apply((all) => all[key] as string);
  }
  const account = plan.account === undefined ? {} : { allowedAccountIds: [plan.account] };
  return new Provider(`${name}-provider`, { ...given, ...account, region: plan.region }, { parent });
}

/** Only a program of a user's own comes here with a wrong name: `stacks/secrets.ts` refuses it before anything is registered. */
function checkNames(credentials: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const reason = wrongCredentials({ title: "AWS", credentials: usual }, credentials);
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
  // EC2 cannot change a key pair: another key is another pair, under another name, before the old one goes.
  const keyName = publicKey.apply((text) =>
    awsName(scope.plan, awsLimits.keyPair, createHash("sha256").update(text).digest("hex").slice(0, 8)),
  );
  const pair = new KeyPair(`${scope.name}-keypair`, { keyName, publicKey, tags: tags(scope, "login") }, child(scope));
  return { keyPair: pair.keyName, privateKey };
}
