import { createHash } from "node:crypto";
import { Keypair } from "@pulumi/openstack/compute/keypair";
import { Provider } from "@pulumi/openstack/provider";
import { type ComponentResource, type Input, InputPropertyError, type Output, output, secret, unsecret } from "@pulumi/pulumi";
import { PrivateKey } from "@pulumi/tls/privateKey";
import type { InfrastructureSecrets } from "../../components/infrastructure";
import { wrongCredentials } from "../../model/cloud";
import { publicHalf } from "../ssh-key";
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

/**
 * The key of the file, or a generated one. A key pair that is there already is only used; where nothing is real and so no secret is resolved,
 * a generated key stands in for its private half.
 *
 * @throws InputPropertyError where the file gives a public key whose private half is nowhere: the machines could not be reached.
 */
export function createLoginKey(scope: Scope, secrets: InfrastructureSecrets): LoginKey {
  const { publicKey: written, keyPair } = scope.plan.access.ssh;
  const given = secrets.sshPrivateKey;
  if (written !== undefined && given === undefined) {
    const reason =
      "an SSH key needs both halves here; give access.ssh.privateKey as a reference, or no key at all to have a pair generated";
    throw new InputPropertyError({ propertyPath: "secrets.sshPrivateKey", reason });
  }
  const { privateKey, publicKey } =
    given === undefined
      ? generatedKey(scope)
      : { privateKey: given, publicKey: written === undefined ? unsecret(given.apply(publicHalf)) : output(written) };
  if (keyPair !== undefined) return { keyPair, privateKey: secret(privateKey) };
  const key = publicKey.apply((text) => text.trim());
  // Nova cannot change a key pair: another key is another pair, under another name, before the old one goes.
  const name = key.apply((text) => cloudName(scope, createHash("sha256").update(text).digest("hex").slice(0, 8)));
  return { keyPair: new Keypair(`${scope.name}-keypair`, { name, publicKey: key }, child(scope)).name, privateKey: secret(privateKey) };
}

function generatedKey({ name, parent }: Scope): { privateKey: Output<string>; publicKey: Output<string> } {
  const generated = new PrivateKey(`${name}-ssh-key`, { algorithm: "ED25519" }, { parent });
  return { privateKey: generated.privateKeyOpenssh, publicKey: generated.publicKeyOpenssh };
}
