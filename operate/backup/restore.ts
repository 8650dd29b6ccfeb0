import { basename, join, resolve } from "node:path";
import { PassThrough } from "node:stream";
import { asOnlyOne } from "../../engine/only-one";
import { readIfThere } from "../../host/files";
import { bytesOf, partsOf } from "../../model/backup";
import { type BackedUp, consumersOf } from "../../model/backup-scope";
import { compareVersions } from "../../model/cluster/releases";
import type { ServicePlan } from "../../model/plan/types";
import { InvalidInputError, type Problem, RefusedError } from "../../model/problems";
import { secretField, startWorkloads, stopWorkloads, type ToStop } from "../../reach/workloads";
import { DOORS } from "../doors";
import { type Operator, requireAgreement } from "../operator";
import type { Request } from "../ready";
import { damagesOf, keyOf, readBackup, type StoredBackup, sealedName, storedBackups } from "./folder";
import type { RestorePlan } from "./restore-plan";
import { type DataChoice, type PodAccess, runFor, type Scoped, saying, scopeOf, shownAs, told } from "./scope";
import { readSealed } from "./sealed";

/** What is restored, and with what. */
export interface RestoreChoice extends DataChoice {
  /** A name among the backups, `latest`, or the path of a backup's folder. */
  readonly from: string;
  /** Path of the private key that belongs to the certificate that it is encrypted to. */
  readonly key?: string;
  /** The environment that it was made of, where that is another one. */
  readonly of?: string;
}

/** Data that were restored. */
export interface RestoredData extends Scoped {
  readonly plan: RestorePlan;
  readonly seconds: number;
}

/** The backups of an environment. @throws as {@link restore} does */
export async function listBackups(
  request: Request,
  choice: DataChoice,
  operator: Operator,
  doors = DOORS,
): Promise<Scoped & { backups: StoredBackup[] }> {
  const scoped = await scopeOf(request, choice, operator, doors);
  return { ...scoped, backups: storedBackups(scoped.folder) };
}

/**
 * Brings what services keep back to a backup: stops who uses them, restores, looks whether it is whole, starts them again. Broken off at any
 * point, the same command comes to the same end; until then who uses them stays stopped.
 * @throws InvalidInputError, RefusedError, DeclinedError, OperationFailedError, StackBusyError
 */
export async function restore(request: Request, choice: RestoreChoice, operator: Operator, doors = DOORS): Promise<RestoredData> {
  const scoped = await scopeOf(request, choice, operator, doors);
  const { target } = scoped;
  const { environment, services } = target.plan;
  const { stored, key, wanted } = await checked(scoped, choice);
  const stopping = stoppedFor(wanted, services);
  const plan: RestorePlan = {
    backup: stored.name,
    made: stored.manifest.made,
    services: wanted.map(({ service: { name }, how: { holds, without } }) => ({
      ...{ name, holds, bytes: bytesOf(stored.manifest.services[name]!) },
      ...(without === undefined ? {} : { without }),
    })),
    ended: wanted.flatMap(({ after }) => after.flatMap(({ ends }) => ends ?? [])),
    stopped: stopping.map(({ name }) => name),
  };
  await requireAgreement(operator.asker("restore"), { kind: "restore", environment, plan });
  const started = Date.now();
  const engine = await doors.engine();
  await operator.run({ kind: "restore", environment, sandbox: false }, (control) =>
    asOnlyOne(target, () =>
      engine.withCluster(target, control, async (api) => {
        const { signal, onProgress } = control;
        for (const each of wanted) await requireSameKey(each, stored, key, api, environment);
        try {
          for (const { name, ...what } of stopping) {
            saying(onProgress, `stopping ${name}`);
            await stopWorkloads(api, what, signal);
          }
          for (const each of wanted) {
            const shown = shownAs(each.service.name, onProgress);
            await restoreOne(each, stored, key, { api, signal });
            shown.done();
          }
        } catch (error) {
          const hint = `${plan.stopped.join(", ")} stay stopped until a restore has ended: run the same command again`;
          throw told(error, signal, stopping.length === 0 ? "" : hint);
        }
        for (const { name, namespace } of stopping) {
          saying(onProgress, `starting ${name}`);
          await startWorkloads(api, namespace, signal).catch((error: unknown) => {
            throw told(error, signal, "everything is restored; what did not start yet does so with the same command again");
          });
        }
      }),
    ),
  );
  return { ...scoped, plan, seconds: (Date.now() - started) / 1000 };
}

async function restoreOne(
  { service, how, after }: BackedUp,
  { folder, manifest }: StoredBackup,
  key: string,
  access: PodAccess,
): Promise<void> {
  const files = manifest.services[service.name]?.data ?? [];
  const nowhere = () => new PassThrough().resume();
  for (const part of partsOf(how)) {
    const file = files.find((each) => each.name === sealedName(part.file));
    if (file === undefined) continue;
    const input = readSealed(join(folder, file.name), key);
    await runFor(service, part, part.restore, access, { input, size: file.bytes, output: nowhere() });
    await runFor(service, part, part.verify, access, { output: nowhere() });
  }
  for (const place of after) await runFor(service, place, place.command, access, { output: nowhere() });
}

/** @throws RefusedError where what is restored could not be read: it is sealed with another key than the one that is there */
async function requireSameKey(
  { service, how }: BackedUp,
  { folder, manifest }: StoredBackup,
  key: string,
  api: PodAccess["api"],
  environment: string,
): Promise<void> {
  if (how.key === undefined) return;
  const { secret, field } = how.key;
  const kept = manifest.services[service.name]?.key;
  const there = await secretField(api, service.namespace, secret, field);
  const pieces = [];
  if (kept !== undefined) for await (const piece of readSealed(join(folder, kept.name), key)) pieces.push(piece);
  if (kept !== undefined && there?.equals(Buffer.concat(pieces))) return;
  const [reason, remedy] =
    kept === undefined
      ? ["the backup holds no key for it", "take another backup, or leave the service out with --service"]
      : there === undefined
        ? [
            `the Secret ${service.namespace}/${secret} with the key that it was sealed with is not there`,
            `run \`kpaas refresh ${environment}\` and \`kpaas up ${environment}\`, which make the Secret anew from the key that is recorded`,
          ]
        : [
            `the Secret ${service.namespace}/${secret} holds another key than the one it was sealed with`,
            "restore the stack's own state with the key of that time first, or leave the service out with --service",
          ];
  throw new RefusedError([
    {
      environment,
      path: `platform.services.${service.name}`,
      reason: `${reason}: ${service.name} could never read it again`,
      remedy,
      severity: "error",
    },
  ]);
}

/** The backup, the key and what of it is restored; all that is wrong at once. */
async function checked(
  { target, scope, folder }: Scoped,
  { from, key, of, services }: RestoreChoice,
): Promise<{ stored: StoredBackup; key: string; wanted: readonly BackedUp[] }> {
  const { environment, release } = target.plan;
  const problems: Problem[] = [];
  const problem = (path: string, reason: string, remedy: string, value?: string): Problem => ({
    ...{ environment, path, reason, remedy, severity: "error" },
    ...(value === undefined ? {} : { value }),
  });
  const all = storedBackups(folder);
  const stored = from.includes("/")
    ? readBackup(resolve(from), basename(from))
    : from === "latest"
      ? all.at(-1)
      : all.find(({ name }) => name === from);
  if (stored === undefined) {
    const known = all.slice(-5).map(({ name }) => name);
    const remedy = known.length === 0 ? "give the path of a backup's folder" : `there are ${known.join(", ")}`;
    problems.push(
      problem("--from", "there is no whole backup of this name: a folder without manifest.json is the half of one", remedy, from),
    );
  }
  if (key === undefined) problems.push(problem("--key", "is required: backups are encrypted", "give the path of the private key"));
  else
    problems.push(
      ...keyProblems(key, stored).map((reason) =>
        problem("--key", reason, "give the path of the private key, PEM, without a passphrase", key),
      ),
    );
  const wanted = scope.services.filter(({ service }) => stored?.manifest.services[service.name] !== undefined);
  if (stored !== undefined) {
    const held = Object.keys(stored.manifest.services);
    for (const name of services ?? [])
      if (!held.includes(name))
        problems.push(problem("--service", `the backup does not hold ${name}`, `it holds ${held.join(", ")}`, name));
    const files = wanted.flatMap(({ service: { name } }) => stored.manifest.services[name] ?? []);
    const damages = await damagesOf(stored, files);
    problems.push(...damages.map((damage) => problem("--from", damage, "take another backup, or another copy of this one", from)));
    if (wanted.length === 0) problems.push(problem("--from", `no service of ${environment} is in it`, `it holds ${held.join(", ")}`, from));
  }
  if (stored === undefined || key === undefined || problems.length > 0) throw new InvalidInputError(problems);
  const refused: Problem[] = [];
  const { manifest } = stored;
  if (manifest.environment !== (of ?? environment))
    refused.push(
      problem(
        "--from",
        `it was made of ${manifest.environment}`,
        `where ${environment} is to have its data, say so with \`--of ${manifest.environment}\``,
      ),
    );
  for (const { service } of wanted) {
    const version = manifest.services[service.name]?.version ?? "";
    if (compareVersions(version, service.version) > 0)
      refused.push(
        problem(
          `platform.services.${service.name}`,
          `the backup is of ${service.name} ${version} (release ${manifest.release}), and ${environment} has ${service.version} (release ${release}), which may not read it`,
          `bring ${environment} to that release first, or restore an older backup`,
        ),
      );
  }
  if (refused.length > 0) throw new RefusedError(refused);
  return { stored, key, wanted };
}

/** Why a key does not open a backup. With another one openssl would print noise before it says so. */
function keyProblems(path: string, stored: StoredBackup | undefined): string[] {
  const text = readIfThere(path);
  if (text === undefined) return ["there is no such file"];
  const key = keyOf(text);
  if (key === undefined) return ["is no private key that can be read"];
  return stored === undefined || key === stored.manifest.encryptedTo ? [] : ["is not the key that the backup is encrypted to"];
}

/** Who is stopped meanwhile: those who use what is restored, a namespace each, and what of itself each service names. */
function stoppedFor(wanted: readonly BackedUp[], services: readonly ServicePlan[]): (ToStop & { readonly name: string })[] {
  const users = wanted.flatMap(({ service, how }) => (how.clientsGoOn ? [] : consumersOf(service, services)));
  const unique = new Map(users.map(({ name, namespace }) => [namespace, { name, namespace }]));
  const own = wanted.flatMap(({ service: { namespace }, how }) => {
    const names = (how.kind === "pods" && how.stops) || [];
    return names.length === 0 ? [] : [{ name: names.join(", "), namespace, names }];
  });
  return [...unique.values(), ...own];
}
