import type { EnvironmentSecrets } from "../../engine/secrets-provider";
import type { Finding } from "../../model/problems";

/** A change of the provider by which an environment's secrets are encrypted. */
export interface SecretsChange {
  readonly to: string;
  /** By stack, what it is now. */
  readonly stacks: Readonly<Record<string, string>>;
  /** Whether it goes on with one that was broken off. */
  readonly goesOn: boolean;
}

/** The kinds of provider, and what is wrong with one that is written otherwise. */
const KINDS: Readonly<Record<string, RegExp>> = {
  passphrase: /^passphrase$/,
  awskms: /^awskms:\/\/[^\s?]+(\?\S+)?$/,
  gcpkms: /^gcpkms:\/\/projects\/[^\s/]+\/locations\/[^\s/]+\/keyRings\/[^\s/]+\/cryptoKeys\/[^\s/]+$/,
  azurekeyvault: /^azurekeyvault:\/\/[^\s/]+\/keys\/[^\s/]+(\/[^\s/]+)?$/,
  hashivault: /^hashivault:\/\/[^\s/?]+(\?\S+)?$/,
};

/** What is wrong with a provider as it is named; undefined where nothing is. */
export function providerMistake(provider: string): Finding | undefined {
  const forms =
    "name passphrase, awskms://KEY?region=REGION, gcpkms://projects/P/locations/L/keyRings/R/cryptoKeys/K, azurekeyvault://VAULT.vault.azure.net/keys/KEY or hashivault://KEY";
  const wrong = (reason: string): Finding => ({ path: "--provider", value: provider, reason, remedy: forms });
  if (provider === "default" || provider === "service") return wrong("it says what the backend chooses, not what it is");
  const kind = KINDS[/^[a-z]+/.exec(provider)?.[0] ?? ""];
  if (kind === undefined) return wrong("the engine has no secrets provider of this kind");
  return kind.test(provider) ? undefined : wrong("it is not written as the provider of this kind has it");
}

/** What a change to a provider would do; undefined where all stacks have it already, and no passphrase is exchanged for another. */
export function planChange({ stacks, begun }: EnvironmentSecrets, to: string, newPassphrase: boolean): SecretsChange | undefined {
  const isThere = stacks.every(({ state, config }) => state?.provider === to && config.provider === to && state.key === config.key);
  if (isThere && begun === undefined && !newPassphrase) return undefined;
  return { to, stacks: Object.fromEntries(stacks.map(({ stack, state }) => [stack, state?.provider ?? "none yet"])), goesOn: begun === to };
}
