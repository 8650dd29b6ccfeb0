import { all, type ComponentResource, type Input, type Output, secret, unsecret } from "@pulumi/pulumi";
import { PrivateKey } from "@pulumi/tls/privateKey";
import { bastionUserData } from "../../model/plan/user-data";
import { cloudConfig } from "./cloud-init";

/** The host key a machine is first met by. */
export interface FirstHostKey {
  /** User data that gives it to the machine. Secret. */
  readonly userData: Output<string>;
  /** Its public half in OpenSSH's format. */
  readonly publicKey: Output<string>;
}

/**
 * Makes the host key a machine starts with, so that whoever meets it first knows it. Anybody on the machine can read it in the user data:
 * it serves the first contact only, and the machine makes its own then.
 * @param name the infrastructure's
 */
export function firstHostKey(parent: ComponentResource, name: string, machine: string): FirstHostKey {
  const key = new PrivateKey(`${name}-host-key-${machine}`, { algorithm: "ED25519" }, { parent });
  const publicKey = key.publicKeyOpenssh.apply((text) => text.trim());
  const userData = secret(
    all([key.privateKeyOpenssh, publicKey]).apply(([privateKey, half]) => cloudConfig(bastionUserData({ privateKey, publicKey: half }))),
  );
  return { userData, publicKey: unsecret(publicKey) };
}

/** The first host keys of machines that were made with one, by machine name; a machine of an earlier version has no user data. */
export function madeWith(
  machines: Readonly<Record<string, { readonly userData: Input<string | undefined>; readonly publicKey: Output<string> }>>,
): Output<Record<string, string>> {
  const known = Object.entries(machines).map(([name, { userData, publicKey }]) =>
    unsecret(all([userData, publicKey])).apply(([data, key]) => (data === undefined || data === "" ? [] : [[name, key] as const])),
  );
  return all(known).apply((entries) => Object.fromEntries(entries.flat()));
}
