import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Kysely } from "kysely";
import { capacityOf } from "../fleet/request";
import { createWhole, makeFolder, PRIVATE, PRIVATE_FOLDER, readIfThere, removeIfStill } from "../host/files";
import { take } from "../host/mutex";
import { isAlive, thisProcess } from "../host/processes";
import { InvalidInputError } from "../model/problems";
import { Accounts } from "./accounts/accounts";
import { Trail } from "./audit/trail";
import { Database } from "./data/database";
import type { Tables } from "./data/tables";
import { Catalog } from "./environments/catalog";
import { Files } from "./environments/change";
import { SERVICE } from "./git/git";
import { Repository } from "./git/repository";
import { type Log, whatFailed } from "./http/log";
import { Requests } from "./http/requests";
import { keyIn, SealedSecrets } from "./secrets/sealed";
import type { SecretStore } from "./secrets/store";
import { VaultSecrets } from "./secrets/vault";
import type { Settings } from "./settings";
import { ClusterTokens } from "./terraman/cluster-tokens";
import { credentialsFor } from "./terraman/credentials";
import { followOperation } from "./terraman/progress";
import { NO_TRACES } from "./trace/traces";
import { Addresses } from "./webhooks/address";
import { Deliverer } from "./webhooks/deliver";
import { type CommandEnd, commandOf } from "./work/command";
import { Decisions } from "./work/decisions";
import { environmentOf, stateVariables } from "./work/environment-variables";
import { tellOf } from "./work/events";
import { Leadership } from "./work/leadership";
import { masking, secretsIn } from "./work/masking";
import { Steps } from "./work/steps";
import type { Operation, Runner, WorkParts } from "./work/types";
import { commandsIn, Work } from "./work/work";

/** The compiled command line, which does each step. */
const MAIN = join(__dirname, "..", "cli", "main.js");

/** Raised where another process of this host works with the folder: the embedded database has one user. */
export class FolderBusyError extends Error {
  override readonly name = "FolderBusyError";
}

/** What the service keeps and does, without the way in. */
export interface Parts {
  readonly database: Database;
  readonly repository: Repository;
  readonly trail: Trail;
  readonly secrets: SecretStore;
  readonly accounts: Accounts;
  readonly work: Work;
  readonly catalog: Catalog;
  readonly files: Files;
  readonly decisions: Decisions;
  readonly requests: Requests;
  readonly addresses: Addresses;
  readonly deliverer: Deliverer;
  /** Runs a command with what an environment's operations log in by. */
  readonly command: (words: readonly string[], environment: string) => Promise<CommandEnd>;
  readonly leadership: Leadership;
  readonly steps: Steps;
  readonly tokens: ClusterTokens;
  /** Ends it. */
  close(): Promise<void>;
}

/**
 * Opens all of it.
 * @param runner in place of commands, for tests
 * @param capacity how many operations run at once, in place of what the machine has room for
 * @throws FolderBusyError
 */
export async function openParts(settings: Settings, log: Log, runner?: Runner, traces = NO_TRACES, capacity?: number): Promise<Parts> {
  const { folder, sandbox, replicated } = settings;
  const shared = [settings.basicAuth, settings.vault === undefined ? settings.secretsKey : undefined];
  const lacking = replicated ? shared.find((file) => file !== undefined && !existsSync(file)) : undefined;
  if (lacking !== undefined)
    throw new Error(`${lacking} is not there: services of one database are all given the same one, made beforehand`);
  makeFolder(folder, PRIVATE_FOLDER);
  const release = takeFolder(folder);
  let database: Database | undefined;
  try {
    const opened = await Database.open(databasePlace(settings), (error) => log.warn("database", { error: error.name }), traces);
    database = opened;
    const repository = await Repository.open(folder, settings.repository, settings.repositoryAccess);
    const trail = new Trail(opened, repository);
    const secrets =
      settings.vault === undefined
        ? new SealedSecrets(opened, keyIn(settings.secretsKey ?? join(folder, "secrets.key")))
        : new VaultSecrets(settings.vault);
    const catalog = new Catalog(repository);
    const files = new Files(repository, catalog);
    const addresses = new Addresses(settings.webhookNetworks);
    const deliverer = new Deliverer({ database: opened, secrets, addresses, log, traces });
    const turned: WorkParts["turned"] = async (operation, turn, within) => {
      await followOperation(operation, turn, within);
      await tellOf(operation, turn, within);
      if (["done", "failed"].includes(turn.kind)) await noteEnd(trail, operation, within);
    };
    const commitOf = async (environment: string) => {
      await repository.refresh();
      return await files.commitOf(environment);
    };
    const place = placeOf(folder);
    const leadership = new Leadership({
      ...{ database: opened, place, alone: settings.databaseUrl === undefined },
      changed: (term) => log.event(term === undefined ? "leads no more" : "leads", term === undefined ? {} : { term }),
    });
    const steps = new Steps({
      ...{ database: opened, place, kept: () => repository.keepStacks() },
      failed: (operation, error) => log.failure(operation, whatFailed(error)),
    });
    const work = new Work({
      ...{ leadership, steps, traces },
      ...{ database: opened, log, folder: join(folder, "operations"), turned, commitOf },
      capacity: () => capacity ?? capacityOf({ file: undefined, root: repository.root, sandbox, main: MAIN }),
      ended: () => repository.keepStacks(),
      removeFile: async ({ environment, askedBy }) => {
        if (catalog.has(environment)) await files.remove(environment, { ...SERVICE, name: askedBy });
        await opened.query.deleteFrom("environments").where("name", "=", environment).execute();
      },
      runner: async (operation, results) => {
        const credentials = await credentialsFor(operation, opened, secrets);
        const approvals = { [operation.environment]: JSON.parse(operation.approvals) as string[] };
        const env = environmentOf(process.env, { ...stateVariables(settings.stateBackend), ...credentials });
        const operated = { operation: operation.kind === "destroy" ? "destroy" : "up" } as const;
        const variables = () => withTrace(traces.current());
        const own =
          runner ?? commandsIn({ main: MAIN, root: repository.root, results, sandbox, work: operated, approvals, env, variables });
        return masking(own, secretsIn(credentials));
      },
    });
    const run = commandOf({ main: MAIN, root: repository.root, sandbox });
    const command: Parts["command"] = async (words, environment) => {
      const bound = await opened.query.selectFrom("clusters").select("id").where("environment", "=", environment).executeTakeFirst();
      return await run(
        words,
        environmentOf(process.env, {
          ...{ ...stateVariables(settings.stateBackend), ...withTrace(traces.current()) },
          ...(await credentialsFor({ environment, cluster: bound?.id ?? null }, opened, secrets)),
        }),
      );
    };
    const decisions = new Decisions({ database: opened, turned, commitOf });
    const close = async () => {
      work.stop();
      await opened.close();
      release();
    };
    return {
      ...{
        database: opened,
        repository,
        trail,
        secrets,
        work,
        catalog,
        files,
        decisions,
        addresses,
        deliverer,
        command,
        leadership,
        steps,
        tokens: new ClusterTokens({ database: opened, secrets, command, log }),
        close,
      },
      requests: new Requests(opened),
      accounts: new Accounts({ database: opened, secrets, trail }),
    };
  } catch (error) {
    await database?.close();
    release();
    throw error;
  }
}

function databasePlace({ folder, databaseUrl }: Settings) {
  return databaseUrl === undefined ? { folder: join(folder, "database") } : { url: databaseUrl };
}

/**
 * Refuses what no service has worked with: looked at, it would be made, and be found empty and whole.
 * @throws InvalidInputError
 */
export async function requireStanding(settings: Settings): Promise<void> {
  if (await Database.stands(databasePlace(settings))) return;
  const [path, where, remedy] =
    settings.databaseUrl === undefined
      ? ["--data", settings.folder, "name the folder that the service is started with"]
      : ["--database", "this database", "name the one that the service is started with"];
  throw new InvalidInputError([{ environment: "", severity: "error", path, reason: `no service has worked with ${where}`, remedy }]);
}

/** How an operation has ended, in the audit trail, with its end. */
async function noteEnd(trail: Trail, { id, environment, kind, state }: Operation, within: Kysely<Tables>): Promise<void> {
  await trail.append({ actor: SERVICE.id, action: "operation.end", target: id, detail: { environment, kind, outcome: state } }, within);
}

/** By it what a command does is a part of its step's trace. */
function withTrace(traceparent: string | undefined): Record<string, string> {
  return traceparent === undefined ? {} : { TRACEPARENT: traceparent };
}

/** What tells this folder from those of other services, whatever their hosts are called. */
function placeOf(folder: string): string {
  const file = join(folder, "place");
  createWhole(file, randomUUID(), { mode: PRIVATE });
  return readIfThere(file) ?? "";
}

/** Takes the folder for this process; gives what lets it go. @throws FolderBusyError */
function takeFolder(folder: string): () => void {
  const path = join(folder, "server.json");
  const own = thisProcess();
  const other = take(path, own, isAlive, { mode: PRIVATE });
  if (other !== undefined)
    throw new FolderBusyError(`${folder} is used by process ${other.pid} on ${other.host}: stop it, or give another --data`);
  return () => removeIfStill(path, JSON.stringify(own));
}
