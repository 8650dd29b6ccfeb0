import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Making } from "../../plugin/kubespray/ansible/cached";
import { pinned, pythonEnvironment } from "../../plugin/kubespray/ansible/python";
import type { Definitions } from "./comparison";
import { python as range, requirements } from "./definitions.json";
import table from "./python-packages.json";

/** The pinned packages with the definitions of AWS, GCP and Azure, and the Python that has them. */
export interface Pinned extends Definitions {
  readonly python: string;
}

/** Gets the packages by their hashes, once, into the user's cache. @throws Error where no registry or no Python can be had */
export async function pinnedDefinitions(making: Making): Promise<Pinned> {
  const lines = pinned(table, requirements);
  if (lines === undefined) throw new Error("dev/truth/python-packages.json is of other packages: `node dev/python-packages.mjs UV truth`");
  const python = await pythonEnvironment(lines, range, making, { what: "the clouds' definitions", once: "once; some 350 MB" });
  const libraries = join(python, "..", "..", "lib");
  const [version = ""] = readdirSync(libraries);
  return { python, ...definitionsIn(join(libraries, version, "site-packages")) };
}

/** The packages of a folder site-packages. */
export function definitionsIn(packages: string): Definitions {
  const installed = readdirSync(packages).map((folder) => /^(.+)-([^-]+)\.dist-info$/.exec(folder) ?? []);
  return { packages, versions: Object.fromEntries(installed.map(([, name = "", version = ""]) => [name.replaceAll("_", "-"), version])) };
}
