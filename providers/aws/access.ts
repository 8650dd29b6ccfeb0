import { KeyPair } from "@pulumi/aws/ec2/keyPair";
import { Provider } from "@pulumi/aws/provider";
import type { ComponentResource } from "@pulumi/pulumi";
import type { InfrastructureSecrets } from "../../components/infrastructure";
import { credentialArguments } from "../credentials";
import { keyDigest, type LoginKey, loginKeyOf } from "../machines/login-key";
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
  const given = credentialArguments("AWS", usual, CREDENTIALS, credentials);
  const account = plan.account === undefined ? {} : { allowedAccountIds: [plan.account] };
  return new Provider(`${name}-provider`, { ...given, ...account, region: plan.region }, { parent });
}

/** The key of the file, or a generated one, as a key pair; one that is there already is only used. */
export function createLoginKey(scope: Scope, secrets: InfrastructureSecrets): LoginKey {
  const { ssh } = scope.plan.access;
  const { privateKey, publicKey } = loginKeyOf(scope.parent, scope.name, ssh, secrets);
  if (ssh.keyPair !== undefined) return { keyPair: ssh.keyPair, privateKey };
  // EC2 cannot change a key pair: another key is another pair, under another name, before the old one goes.
  const keyName = publicKey.apply((text) => awsName(scope.plan, awsLimits.keyPair, keyDigest(text)));
  const pair = new KeyPair(`${scope.name}-keypair`, { keyName, publicKey, tags: tags(scope, "login") }, child(scope));
  return { keyPair: pair.keyName, privateKey };
}
