import { existsSync } from "node:fs";
import { join } from "node:path";
import { namesIn } from "../host/files";

/** The kind of objects that a simulated cloud, whichever it is, has for its machines: one file for each. */
export const MACHINES = "instance";

/** The file's name of an object, whatever its id holds. */
export function objectFile(id: string): string {
  return `${encodeURIComponent(id).replaceAll(".", "%2E")}.json`;
}

/** The folder of a sandbox's world that its cloud is in; undefined where no cloud has made machines, as with hosts of one's own. */
export function cloudFolder(world: string): string | undefined {
  return namesIn(world)
    .map((name) => join(world, name))
    .find((folder) => existsSync(join(folder, MACHINES)));
}
