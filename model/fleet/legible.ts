import { isFields } from "../data";
import { ILLEGIBLE } from "../glob";
import { type FleetFile, selectorSchema, type WaveField, waveSchema } from "./schema";

/* What can be read of a section that holds a problem, so that what else is wrong with it is told at once too. */

const isLegible = (each: unknown): each is string => typeof each === "string" && each !== "";

/** The names and globs of a list of environments; each once. */
export function legibleEnvironments(value: unknown): string[] {
  return Array.isArray(value) ? [...new Set(value.filter(isLegible))] : [];
}

/** Whether all that a list names can be read. */
export function isWhole(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isLegible);
}

/** Each wave with those of its fields that can be read, at its place; undefined where there is no list of waves. */
export function legibleWaves(value: unknown): FleetFile["waves"] {
  return Array.isArray(value) ? value.map(legibleWave) : undefined;
}

function legibleWave(value: unknown, index: number): WaveField {
  const { name, select, ...others } = isFields(value) ? value : {};
  const selectors = Array.isArray(select) && select.length > 0 ? select : [undefined];
  const kept = Object.entries(others).filter(([field, content]) => {
    const schema = waveSchema.shape[field as keyof WaveField];
    return schema?.safeParse(content).success === true;
  });
  return {
    ...Object.fromEntries(kept),
    name: typeof name === "string" ? name : `#${index + 1}`,
    select: selectors.map((each) => selectorSchema.safeParse(each).data ?? ILLEGIBLE),
  };
}
