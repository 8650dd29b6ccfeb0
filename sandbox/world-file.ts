import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseFile } from "../host/files";
import { isMap, text } from "./values";

/** That of these clouds which the world in a folder is of; the first where its file names none, or is not there yet. */
export function cloudIn<C>(worldDir: string, clouds: Readonly<Record<string, C>>): C {
  const named = namedIn(join(worldDir, "world.json"));
  const found = Object.hasOwn(clouds, named) ? clouds[named] : Object.values(clouds)[0];
  if (found === undefined) throw new Error("there is no cloud to choose from");
  return found;
}

function namedIn(path: string): string {
  let content: string;
  try {
    content = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
  const world = parseFile(path, content, "mend it or delete it; the next operation writes it anew");
  return isMap(world) ? text(world, "cloud") : "";
}
