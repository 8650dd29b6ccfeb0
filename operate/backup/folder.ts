import { createHash, createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import { statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { namesIn, PRIVATE, readIfThere, removeFolder, writeWhole } from "../../host/files";
import { checksumOf } from "./sealed";

/** The file that makes a folder a backup. It is written last: a folder without it is half of one. */
const MANIFEST = "manifest.json";

const fileSchema = z.strictObject({
  /** In the folder. */
  name: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/),
  bytes: z.number(),
  size: z.number(),
  sha256: z.string(),
});

const manifestSchema = z.object({
  format: z.literal(1),
  environment: z.string(),
  release: z.string(),
  /** When it was begun and when it was whole, ISO 8601. */
  begun: z.string(),
  made: z.string(),
  /** SHA-256 of the public key that it is encrypted to. */
  encryptedTo: z.string(),
  /** By service. The first backups had one file of each. */
  services: z.record(
    z.string(),
    z.object({
      version: z.string(),
      holds: z.string(),
      data: z.union([z.array(fileSchema), fileSchema.transform((file) => [file])]),
      key: fileSchema.optional(),
    }),
  ),
});

/** What a backup says of itself, in clear: nothing in it is secret. */
export type Manifest = z.infer<typeof manifestSchema>;

/** What one service has in a backup. */
export type ServiceFiles = Manifest["services"][string];

/** A backup on this machine. */
export interface StoredBackup {
  /** The name of its folder. */
  readonly name: string;
  readonly folder: string;
  readonly manifest: Manifest;
}

/** How old the half of a backup is that is cleared away, in milliseconds: another host may be writing a younger one. */
const GIVEN_UP = 86_400_000;

/** The whole backups of a folder, oldest first. */
export function storedBackups(folder: string): StoredBackup[] {
  return namesIn(folder).flatMap((name) => readBackup(join(folder, name), name) ?? []);
}

/** Reads one backup; undefined where the folder is none, or half of one. */
export function readBackup(folder: string, name = folder): StoredBackup | undefined {
  let text: string | undefined;
  try {
    text = readIfThere(join(folder, MANIFEST));
  } catch {
    return undefined; // a file among the folders
  }
  if (text === undefined) return undefined;
  const parsed = manifestSchema.safeParse(jsonOf(text));
  return parsed.success ? { name, folder, manifest: parsed.data } : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Makes a backup of what is in the folder. */
export function writeManifest(folder: string, manifest: Manifest): void {
  writeWhole(join(folder, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`, { mode: PRIVATE });
}

/** Removes the halves of backups that were broken off a day ago or earlier. */
export function clearHalves(folder: string, now: number): void {
  for (const name of namesIn(folder)) {
    const path = join(folder, name);
    const { mtimeMs } = statSync(path);
    if (isName(name) && !namesIn(path).includes(MANIFEST) && now - mtimeMs > GIVEN_UP) removeFolder(path);
  }
}

/** The name of a backup that is begun now: names sort by time. A second in which another was begun is that one's. */
export function freeName(folder: string, begun: Date): string {
  const taken = namesIn(folder);
  for (let time = begun.getTime(); ; time += 1_000) {
    const name = nameAt(new Date(time));
    if (!taken.includes(name)) return name;
  }
}

function nameAt(time: Date): string {
  return time
    .toISOString()
    .replace(/:/g, "-")
    .replace(/\.\d+Z$/, "Z");
}

const isName = (name: string): boolean => /^\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}Z$/.test(name);

/** The name of a file of a backup, once it is encrypted. */
export const sealedName = (file: string): string => `${file}.cms`;

/** What is wrong with the files of these services, a sentence each. */
export async function damagesOf({ folder }: StoredBackup, files: readonly ServiceFiles[]): Promise<string[]> {
  const damages: string[] = [];
  for (const { name, size, sha256 } of files.flatMap(({ data, key }) => [...data, ...(key ? [key] : [])])) {
    const path = join(folder, name);
    const there = statSync(path, { throwIfNoEntry: false });
    if (there === undefined) damages.push(`${path} is missing`);
    else if (there.size !== size) damages.push(`${path} has ${there.size} bytes and had ${size} when it was written`);
    else if ((await checksumOf(path)) !== sha256) damages.push(`${path} is not what was written: its checksum is another`);
  }
  return damages;
}

/** Fingerprint of the key that is in a certificate. */
export function certifiedKey(certificate: string): string {
  return fingerprint(new X509Certificate(certificate).publicKey);
}

/** Fingerprint of the key that belongs to a private one; undefined for a text that is none, or one that a passphrase keeps. */
export function keyOf(privateKey: string): string | undefined {
  try {
    return fingerprint(createPublicKey(createPrivateKey(privateKey)));
  } catch {
    return undefined;
  }
}

const fingerprint = (key: KeyObject): string =>
  createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("hex");
