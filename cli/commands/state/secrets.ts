import { resolve } from "node:path";
import type { Command } from "commander";
import { type Context, writeJson, writeLines } from "../../context";
import { requestOf } from "../../operation";
import { operatorOf } from "../../operator";

interface SecretsFlags {
  readonly provider: string;
  readonly newPassphraseFile?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `kpaas state secrets`: another secrets provider. */
export function registerStateSecrets(state: Command, context: Context): void {
  state
    .command("secrets")
    .summary("encrypt an environment's secrets by another provider")
    .description(
      "Encrypts the secrets in states and stack configurations of all layers by another provider, as `pulumi stack change-secrets-provider` does of one stack. The states are kept as they were. Broken off, the same command goes on.",
    )
    .argument("ENV", "name in environments/ or path of a file")
    .requiredOption("--provider <P>", "passphrase, or the URL of a key: awskms://, gcpkms://, azurekeyvault://, hashivault://")
    .option("--new-passphrase-file <FILE>", "the new passphrase, where one takes another's place")
    .option("--yes", "do not ask")
    .option("--json", "print the result as JSON")
    .addHelpText("after", "\nExample:\n  $ kpaas state secrets seoul --provider 'awskms://alias/kpaas?region=ap-northeast-2'")
    .action((reference: string, flags: SecretsFlags) => run(context, reference, flags));
}

async function run(context: Context, reference: string, flags: SecretsFlags): Promise<void> {
  const { changeSecretsProvider } = await import("../../../operate/state/secrets.js");
  const request = await requestOf(context, reference, {});
  const { provider, newPassphraseFile: file } = flags;
  const choice = { provider, ...(file === undefined ? {} : { newPassphraseFile: resolve(context.cwd, file) }) };
  const done = await changeSecretsProvider(request, choice, operatorOf(context, flags.yes), context.modules);
  const { environment, change, kept } = done;
  if (flags.json === true) {
    writeJson(context, { environment, provider, changed: Object.keys(change?.stacks ?? {}), kept: kept?.folder ?? null });
    return;
  }
  const line = `kpaas preview ${environment}`;
  const after =
    file === undefined
      ? "commit the stacks' configurations"
      : "commit the stacks' configurations, and set PULUMI_CONFIG_PASSPHRASE or its file to the new passphrase";
  writeLines(
    context.stdout,
    change === undefined
      ? [`the secrets of ${environment} are encrypted by ${provider} already`]
      : [
          `the secrets of ${environment} are encrypted by ${provider}${kept === undefined ? "" : `; the states as they were are kept: ${kept.folder}`}`,
          `next: ${after}, then ${context.typed?.command(line) ?? line}`,
        ],
  );
}
