import { resolve } from "node:path";
import type { Command } from "commander";
import type { Flags } from "../../server/server";
import { type Context, writeJson, writeLines } from "../context";
import { EXIT } from "../exit";
import { Exit } from "../report";
import { interruptible } from "../signals";

/** `kpaas server`: the service in Terraman's place. */
export function registerServer(program: Command, context: Context): void {
  const server = program
    .command("server")
    .summary("serve clusters by HTTP, as K-PaaS's Terraman does")
    .description(
      "Runs the service that stands in Terraman's place, until it is interrupted. What is its own lies in a folder; its database is embedded, or a PostgreSQL server's, whose URL comes by the variable KPAAS_DATABASE_URL where it holds a password.",
    )
    .option("--listen <address>", "address and port; others than this machine's own take TLS", "127.0.0.1:8091")
    .option("--data <folder>", "the folder of what is its own", ".kpaas/server")
    .option("--database <url>", "URL of a PostgreSQL server, without a password")
    .option("--tls-cert <file>", "certificate; a renewed one is taken up within a minute")
    .option("--tls-key <file>", "its key")
    .option("--insecure-http", "listen without TLS, where a proxy before it speaks it")
    .option("--issuer <url>", "the realm whose tokens are taken")
    .option("--audience <name>", "what tokens have to be meant for")
    .option("--client <name...>", "clients whose tokens are taken without that, such as cp-client")
    .option("--page-client <name>", "the public client of the issuer by which the page logs people in")
    .option(
      "--basic-auth <file>",
      "take K-PaaS's own account too, for K-PaaS's own calls; the file holds its password, and is made where there is none",
    )
    .option("--repository <url>", "the git repository of environments, in place of a bare one in the folder")
    .option(
      "--vault <url>",
      "keep secrets in a vault, logged in to by KPAAS_VAULT_ROLE_ID and KPAAS_VAULT_SECRET_ID, in place of the database",
    )
    .option("--vault-role <name>", "log in there by the role of a cluster's account in place of these")
    .option("--vault-token <file>", "the file of that account's token, which Kubernetes writes anew")
    .option("--git-login <file>", "by what the repository is logged in to by https: the lines username=… and password=…")
    .option("--git-key <file>", "the private key by which the repository is logged in to by SSH")
    .option("--git-hosts <file>", "the host keys that are trusted there, as known_hosts has them")
    .option("--git-ca <file>", "who is trusted there by https, in place of the public authorities")
    .option("--secrets-key <file>", "the key that secrets in the database are encrypted by; made where there is none")
    .option(
      "--webhook-network <cidr...>",
      "networks of this machine or its link that webhooks may lead to all the same, such as 127.0.0.0/8",
    )
    .option("--sandbox", "rehearse operations against simulated clouds")
    .option("--replicated", "be one of several that share a database: one of them carries operations out")
    .option("--state-backend <url>", "where operations keep their states; a URL with a password comes by KPAAS_STATE_BACKEND")
    .option("--metrics <address>", "address and port where metrics are told to whoever asks, without TLS")
    .addHelpText("after", "\nExample:\n  $ kpaas server --issuer https://login.example.org/realms/cp-realm --audience kpaas")
    .action((flags: Flags) => serve(context, flags));
  server
    .command("audit")
    .summary("look at the audit trail")
    .description("Looks at the audit trail of the service in the folder that --data names.")
    .command("verify")
    .summary("tell whether the audit trail is whole")
    .description(
      "Goes through the whole audit trail, and holds it against the heads that were committed to git. Takes --data, --database and --repository as the service does, which does not run meanwhile where its database is the embedded one.",
    )
    .option("--json", "print what was found as JSON")
    .addHelpText("after", "\nExample:\n  $ kpaas server audit verify --data .kpaas/server")
    .action((_options: object, command: Command) => verify(context, command.optsWithGlobals()));
  registerCopies(server, context);
}

/** Copies of what the service's database keeps. */
function registerCopies(server: Command, context: Context): void {
  server
    .command("backup")
    .summary("write what the service's database keeps into a file")
    .description(
      "Writes all that the service's database keeps into one file, whole or not at all, as it is at one moment. Secrets stay encrypted in it, and their key is not in it. Takes --data and --database as the service does, which does not run meanwhile where its database is the embedded one.",
    )
    .requiredOption("--to <file>", "the file that is written")
    .option("--json", "print what was done as JSON")
    .addHelpText("after", "\nExample:\n  $ kpaas server backup --to server.jsonl --data .kpaas/server")
    .action((_options: object, command: Command) => backup(context, command.optsWithGlobals()));
  server
    .command("restore")
    .summary("put a backup in place of what the service's database keeps")
    .description(
      "Puts a backup into the service's database, embedded or a server's, whole or not at all, after it was held against its checksum, the key of secrets, and the heads of the audit trail in git. Takes --data, --database, --repository, --secrets-key and --vault as the service does, which does not run meanwhile.",
    )
    .requiredOption("--from <file>", "the backup")
    .option("--replace <database>", "the name of the database, where it is not empty: what stands there is kept in a file first")
    .option("--json", "print what was done as JSON")
    .addHelpText("after", "\nExample:\n  $ kpaas server restore --from server.jsonl --data .kpaas/server")
    .action((_options: object, command: Command) => restore(context, command.optsWithGlobals()));
}

async function backup(context: Context, flags: Flags & { readonly to: string; readonly json?: boolean }): Promise<void> {
  const { settingsOf, backupService } = await context.modules.server();
  const settings = settingsOf({ ...flags, data: resolve(context.cwd, flags.data) }, context.env);
  const file = resolve(context.cwd, flags.to);
  const rows = await backupService(settings, file, context.stderr);
  if (flags.json) writeJson(context, { file, rows });
  else writeLines(context.stdout, [`${rows} rows are in ${file}: keep the key of secrets elsewhere`]);
}

async function restore(
  context: Context,
  flags: Flags & { readonly from: string; readonly replace?: string; readonly json?: boolean },
): Promise<void> {
  const { settingsOf, restoreService } = await context.modules.server();
  const settings = settingsOf({ ...flags, data: resolve(context.cwd, flags.data) }, context.env);
  const done = await restoreService(settings, resolve(context.cwd, flags.from), flags.replace, context.stderr);
  if (flags.json) return writeJson(context, done);
  const { from, rows, lostEntries, replaced } = done;
  writeLines(context.stdout, [
    `${rows} rows of ${from} are in place`,
    ...(lostEntries > 0 ? [`${lostEntries} later entries of the audit trail are known to git alone`] : []),
    ...(replaced === undefined ? [] : [`what stood before is in ${replaced}`]),
  ]);
}

async function verify(context: Context, flags: Flags & { readonly json?: boolean }): Promise<void> {
  const { settingsOf, verifyAudit } = await context.modules.server();
  const settings = settingsOf({ ...flags, data: resolve(context.cwd, flags.data) }, context.env);
  const found = await verifyAudit(settings, context.stderr);
  if (flags.json) writeJson(context, found);
  else
    writeLines(context.stdout, [
      ...found.faults,
      `${found.entries} entries, held against ${found.heads} heads in git: ${found.faults.length === 0 ? "whole" : "not what was written"}`,
    ]);
  if (found.faults.length > 0) throw new Exit(EXIT.failed);
}

async function serve(context: Context, flags: Flags): Promise<void> {
  const { settingsOf, startServer } = await context.modules.server();
  const settings = settingsOf({ ...flags, data: resolve(context.cwd, flags.data) }, context.env);
  await interruptible(context, async ({ signal }) => {
    const running = await startServer(settings, context.stderr);
    if (!signal.aborted) await new Promise((ended) => signal.addEventListener("abort", ended, { once: true }));
    await running.stop();
  });
}
