import { existsSync, readFileSync } from "node:fs";
import type { Surroundings } from "../model/cloud";

/**
 * What a cloud may look at for credentials.
 * @param root the project's folder
 */
export function surroundings(env: Surroundings["env"], root: string): Surroundings {
  return { env, root, exists: existsSync, read: readYamlFile };
}

/** Undefined for what is no YAML. */
function readYamlFile(file: string): unknown {
  // Loaded where credentials stand in such a file, and only there.
  const { parse } = require("yaml") as typeof import("yaml");
  try {
    return parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
