import { resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { bytesOf } from "../model/backup";
import type { StoredBackup } from "../operate/backup/folder";
import type { RestorePlan } from "../operate/backup/restore-plan";
import type { DataChoice } from "../operate/backup/scope";
import type { Context } from "./context";

/** The options of the commands that work with what services keep. */
export interface DataFlags {
  readonly sandbox?: boolean;
  readonly service?: readonly string[];
  readonly to?: string;
  readonly json?: boolean;
}

/** Adds the argument and the options that they share. */
export function ofData(command: Command): Command {
  return command
    .argument("ENV", "name in environments/ or path of a file")
    .option("--service <S>", "this service only; repeatable", several)
    .option("--to <FOLDER>", "the folder of all environments' backups; default: backups/ in the project")
    .option("--sandbox", "refused: simulated pods keep nothing")
    .option("--json", "print the result as JSON");
}

/** Which services' data the flags choose, and where their backups are. */
export function dataChoice({ cwd }: Context, { service, to }: DataFlags): DataChoice {
  return { ...(service ? { services: service } : {}), ...(to === undefined ? {} : { to: resolve(cwd, to) }) };
}

/** Reads an option that can be given more than once. */
export function several(value: string, before: readonly string[] = []): readonly string[] {
  if (value === "") throw new InvalidArgumentError("It must be the name of a service.");
  return [...before, value];
}

/** A number of bytes for people. */
export function size(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** What a restore would do, before it is asked for. */
export function describeRestore({ backup, made, services, ended, stopped }: RestorePlan): string[] {
  return [
    `overwritten by the backup ${backup}, made at ${made}; what was written since is lost:`,
    ...services.map(({ name, holds, without, bytes }) => {
      const missing = without === undefined ? "" : `; not in it: ${without}`;
      return `  ${name}: ${holds} (${size(bytes)}${missing})`;
    }),
    ...(ended.length === 0 ? [] : [`let in no more, where it knows them: ${ended.join("; ")}`]),
    ...(stopped.length === 0 ? [] : [`stopped meanwhile: ${stopped.join(", ")}`]),
  ];
}

/** The backups there are. */
export function describeStored(environment: string, backups: readonly StoredBackup[]): string[] {
  if (backups.length === 0) return [`${environment} has no backups here`];
  return backups.map(({ name, manifest: { release, services } }) => {
    const held = Object.entries(services).map(([service, files]) => `${service} ${files.version} (${size(bytesOf(files))})`);
    return `${name}  release ${release}: ${held.join(", ")}`;
  });
}
