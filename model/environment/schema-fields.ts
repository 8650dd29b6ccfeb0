import type { Registry } from "../registry";
import { environmentFileSchema } from "./schema";
import { fieldsIn } from "./schema-kinds";

/** The fields a map at this path of an environment file's content may have; empty where any are allowed. */
export function fieldsAt(path: readonly (string | number)[], registry: Registry, content: unknown): string[] {
  return fieldsIn(environmentFileSchema(registry), path, content);
}
