import { type ComponentResource, type Output, secret } from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";

/**
 * A password that is made once and never changes, of letters and digits only: some programs read theirs out of a URL. Secret.
 * @param name logical name of the resource
 */
export function generatedPassword(name: string, parent: ComponentResource, length = 32): Output<string> {
  return secret(new RandomPassword(name, { length, special: false }, { parent }).result);
}
