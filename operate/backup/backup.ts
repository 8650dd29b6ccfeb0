import { join } from "node:path";
import type { Writable } from "node:stream";
import { asOnlyOne } from "../../engine/only-one";
import { makeFolder, PRIVATE_FOLDER, readIfThere, removeFolder } from "../../host/files";
import { partsOf } from "../../model/backup";
import type { BackedUp, BackupScope } from "../../model/backup-scope";
import { certificateProblem } from "../../model/environment/backup-fields";
import { backupVariable } from "../../model/plan/backups";
import type { EnvironmentPlan } from "../../model/plan/types";
import { InvalidInputError, RefusedError } from "../../model/problems";
import { secretField } from "../../reach/workloads";
import { DOORS } from "../doors";
import type { Operator } from "../operator";
import type { Request } from "../ready";
import {
  certifiedKey,
  clearHalves,
  freeName,
  type Manifest,
  type ServiceFiles,
  type StoredBackup,
  sealedName,
  writeManifest,
} from "./folder";
import { whileHeld } from "./hold";
import { type DataChoice, type PodAccess, runFor, type Scoped, scopeOf, shownAs, told } from "./scope";
import { writeSealed } from "./sealed";

/** What is backed up, and to which key. */
export interface BackupChoice extends DataChoice {
  /** Path of the certificate that it is encrypted to. @default that of `cluster.backups.etcd.encryptTo` */
  readonly encryptTo?: string;
}

/** A backup that was made. */
export interface BackedUpData extends Scoped {
  readonly backup: StoredBackup;
  readonly left: BackupScope["left"];
  readonly seconds: number;
}

/**
 * Makes a backup of what an environment's services keep, in a folder of its own on this machine, encrypted.
 * @throws InvalidInputError, RefusedError where a key is missing without which nobody could read it, OperationFailedError, StackBusyError
 */
export async function backup(request: Request, choice: BackupChoice, operator: Operator, doors = DOORS): Promise<BackedUpData> {
  const scoped = await scopeOf(request, choice, operator, doors);
  const { target, scope, folder } = scoped;
  const { environment, release } = target.plan;
  const certificate = certificateOf(target.plan, choice.encryptTo);
  const begun = new Date();
  const engine = await doors.engine();
  const job = { kind: "backup", environment, sandbox: false } as const;
  const backup = await operator.run(job, (control) =>
    asOnlyOne(target, () =>
      engine.withCluster(target, control, async (api) => {
        makeFolder(folder, PRIVATE_FOLDER);
        clearHalves(folder, begun.getTime());
        const name = freeName(folder, begun);
        const place = join(folder, name);
        makeFolder(place, PRIVATE_FOLDER);
        try {
          const services: Record<string, ServiceFiles> = {};
          for (const each of scope.services) {
            const shown = shownAs(each.service.name, control.onProgress);
            services[each.service.name] = await backUp(each, place, certificate, { api, signal: control.signal }, shown.say, environment);
            shown.done();
          }
          const written: Manifest = {
            format: 1,
            environment,
            release,
            begun: begun.toISOString(),
            made: new Date().toISOString(),
            encryptedTo: certifiedKey(certificate),
            services,
          };
          writeManifest(place, written);
          return { name, folder: place, manifest: written };
        } catch (error) {
          removeFolder(place);
          throw told(error, control.signal);
        }
      }),
    ),
  );
  const seconds = (Date.now() - begun.getTime()) / 1000;
  return { ...scoped, backup, left: scope.left, seconds };
}

/** How often is told how far it is, in milliseconds. */
const TELL = 2_000;

async function backUp(
  each: BackedUp,
  folder: string,
  certificate: string,
  access: PodAccess,
  say: (text: string) => void,
  environment: string,
): Promise<ServiceFiles> {
  const { service, how } = each;
  const { holds, key } = how;
  // First: a backup that nobody can read is none.
  const secret = key && (await secretField(access.api, service.namespace, key.secret, key.field));
  if (key !== undefined && secret === undefined)
    throw new RefusedError([
      {
        environment,
        path: `platform.services.${service.name}`,
        reason: `the Secret ${service.namespace}/${key.secret} with the key that its data are sealed with is not there, so nobody could read a backup of them`,
        remedy: `run \`kpaas refresh ${environment}\` and \`kpaas up ${environment}\`, which make the Secret anew from the key that is recorded`,
        severity: "error",
      },
    ]);
  const sealed = async (file: string, fill: (to: Writable) => Promise<void>, onBytes?: (bytes: number) => void) => {
    const name = sealedName(file);
    return { name, ...(await writeSealed(join(folder, name), certificate, fill, onBytes)) };
  };
  const data = await whileHeld(service, how.kind === "pods" ? how.hold : undefined, access, async (held) => {
    const files = [];
    for (const part of partsOf(how))
      files.push(await sealed(part.file, (to) => runFor(service, part, part.dump, held, { output: to }), nowAndThen(say)));
    return files;
  });
  if (secret === undefined) return { version: service.version, holds, data };
  const kept = await sealed(`${service.name}-key`, async (to) => {
    to.end(secret);
  });
  return { version: service.version, holds, data, key: kept };
}

/** Says now and then how far it is. */
function nowAndThen(say: (text: string) => void): (bytes: number) => void {
  let told = Date.now();
  return (bytes) => {
    if (Date.now() - told < TELL) return;
    told = Date.now();
    say(`${(bytes / 1e6).toFixed(1)} MB`);
  };
}

/** @throws InvalidInputError where nothing can be encrypted to what is given, or nothing is */
function certificateOf({ environment, cluster }: EnvironmentPlan, file: string | undefined): string {
  const settings = cluster.variables[backupVariable];
  const planned = typeof settings === "object" && settings !== null && "encrypt_to" in settings ? String(settings.encrypt_to) : undefined;
  const text = file === undefined ? planned : readIfThere(file);
  const remedy =
    "make a pair with `openssl req -x509 -newkey rsa:4096 -nodes -days 36500 -subj /CN=backup -keyout backup.key -out backup.crt`, keep backup.key apart, and give backup.crt by --encrypt-to or in cluster.backups.etcd.encryptTo";
  const reason =
    text === undefined
      ? file === undefined
        ? "nothing says to which key it is encrypted"
        : "there is no such file"
      : certificateProblem(text);
  if (text !== undefined && reason === undefined) return text;
  const value = file === undefined ? {} : { value: file };
  throw new InvalidInputError([{ environment, path: "--encrypt-to", ...value, reason: reason ?? "", remedy, severity: "error" }]);
}
