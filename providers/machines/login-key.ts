import { createHash } from "node:crypto";
import { type ComponentResource, type Input, InputPropertyError, type Output, output, secret, unsecret } from "@pulumi/pulumi";
import { PrivateKey } from "@pulumi/tls/privateKey";
import type { InfrastructureSecrets } from "../../components/infrastructure";
import type { EnvironmentPlan } from "../../model/plan/types";
import { publicHalf } from "../ssh-key";

/** The key that machines are made with. */
export interface LoginKeyHalves {
  /** Secret. */
  readonly privateKey: Output<string>;
  /** In OpenSSH's format. */
  readonly publicKey: Output<string>;
}

/** The key pair the machines are made with, and its private half. */
export interface LoginKey {
  /** The key pair's name in the cloud. */
  readonly keyPair: Input<string>;
  /** Secret. */
  readonly privateKey: Output<string>;
}

/** Tells one public key from another in the name of its pair. */
export function keyDigest(publicKey: string): string {
  return createHash("sha256").update(publicKey).digest("hex").slice(0, 8);
}

/**
 * The key of the file, or a generated one. Where nothing is real and so no secret is resolved, a generated key stands in for the private half
 * of a key pair that is there already.
 *
 * @param name the infrastructure's
 * @throws InputPropertyError where the file gives a public key whose private half is nowhere: the machines could not be reached.
 */
export function loginKeyOf(
  parent: ComponentResource,
  name: string,
  { publicKey: written }: EnvironmentPlan["access"]["ssh"],
  { sshPrivateKey: given }: InfrastructureSecrets,
): LoginKeyHalves {
  if (written !== undefined && given === undefined) {
    const reason =
      "an SSH key needs both halves here; give access.ssh.privateKey as a reference, or no key at all to have a pair generated";
    throw new InputPropertyError({ propertyPath: "secrets.sshPrivateKey", reason });
  }
  const { privateKey, publicKey } =
    given === undefined
      ? generatedKey(parent, name)
      : { privateKey: given, publicKey: written === undefined ? unsecret(given.apply(publicHalf)) : output(written) };
  return { privateKey: secret(privateKey), publicKey: publicKey.apply((text) => text.trim()) };
}

function generatedKey(parent: ComponentResource, name: string): LoginKeyHalves {
  const generated = new PrivateKey(`${name}-ssh-key`, { algorithm: "ED25519" }, { parent });
  return { privateKey: generated.privateKeyOpenssh, publicKey: generated.publicKeyOpenssh };
}
