import { readFileSync } from "node:fs";
import { fromFolder } from "../files/from-folder";
import { registry } from "../files/registry";
import { surroundings } from "../files/surroundings";
import type { EnvironmentPlan } from "../model/plan/types";
import { cloudOf } from "../model/registry";
import { hasCloudParts } from "./cloud-access";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Reads an authority's certificates as PEM, by what the credentials hold; empty where nobody names one. */
export type ReadAuthority = (credentials: Readonly<Record<string, string>>) => string;

/**
 * How the authority is read that the cloud's provider is told to trust: its certificates, and nothing else that its file holds. It throws an Error
 * saying why they could not be read. Undefined where none of the cloud's parts runs in the cluster, or the cloud has no authority of its own.
 */
export function authorityReader(plan: EnvironmentPlan): ReadAuthority | undefined {
  const find = hasCloudParts(plan) ? cloudOf(plan.provider, registry).credentials?.authority : undefined;
  if (find === undefined) return undefined;
  // The provider's process runs in this folder too, and takes paths by it.
  const folder = process.cwd();
  return (credentials) => {
    const named = find(surroundings(process.env, folder), credentials);
    if (named === undefined) return "";
    const found = textOf(named, folder).match(CERTIFICATE);
    if (found === null) throw new Error("the authority that the provider is told to trust has no certificate (BEGIN CERTIFICATE)");
    return `${found.join("\n")}\n`;
  };
}

/** It may be named by its file, or stand there itself. */
function textOf(named: string, folder: string): string {
  if (named.includes("-----BEGIN")) return named;
  const file = fromFolder(folder, named);
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Error(`the file ${file} with the authority that the provider is told to trust cannot be read`, { cause: error });
  }
}
