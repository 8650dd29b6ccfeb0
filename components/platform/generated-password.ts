import { type ComponentResource, type Output, secret } from "@pulumi/pulumi";
import { RandomPassword, type RandomPasswordArgs } from "@pulumi/random/randomPassword";

/**
 * A password of letters and digits only: some programs read theirs out of a URL. Secret.
 * @param name logical name of the resource
 * @param rotation another number makes another one. @default 1: it never changes
 */
export function generatedPassword(name: string, parent: ComponentResource, length = 32, rotation = 1): Output<string> {
  return secret(new RandomPassword(name, { length, special: false, ...madeAnew(rotation) }, { parent }).result);
}

/** What makes a generated value anew with each rotation. Of the first nothing is said: what stands keeps its own. */
export function madeAnew(rotation = 1): Pick<RandomPasswordArgs, "keepers"> {
  return rotation > 1 ? { keepers: { rotation: String(rotation) } } : {};
}
