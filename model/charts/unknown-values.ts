import { type Fields, isFields } from "../data";
import { nearest } from "../problems";
import type { ChartValues } from "./chart";

/** A value that a chart does not take: its dotted path below the values, and why. The value itself may be secret and is never named. */
export interface ValueProblem {
  readonly path: string;
  readonly reason: string;
}

// Parts that charts hand on whole, to Kubernetes or as a file of that name, whatever their default holds.
const HANDED_ON =
  /^(nodeSelector|resources|lifecycle|tmpVolume|.*\.ini|.*(Selector|[sS]ecurityContext|[aA]nnotations|[lL]abels|Probe|[sS]trategy))$/;

/** Values that the chart does not know, or that are of another kind than its default. Where that is an empty map or nothing, anything goes. */
export function unknownValues(chart: ChartValues, values: Fields): ValueProblem[] {
  const optional = chart.optionalValues.map((path) => path.split("."));
  const walk = (given: Fields, known: Fields, path: readonly string[]): ValueProblem[] =>
    Object.entries(given).flatMap(([key, value]) => {
      const here = [...path, key];
      if (optional.some((one) => one.length <= here.length && one.every((part, index) => part === here[index]))) return [];
      if (!(key in known)) {
        const longer = optional.some((one) => here.every((part, index) => part === one[index]));
        return longer ? [] : [{ path: here.join("."), reason: unknownReason(chart, key, known, optional, path) }];
      }
      const inner = known[key];
      const kind = otherKind(value, inner);
      if (kind !== undefined) return [{ path: here.join("."), reason: `the chart ${chart.name} ${chart.version} takes ${kind} here` }];
      const open = !isFields(inner) || Object.keys(inner).length === 0 || HANDED_ON.test(key);
      return open || !isFields(value) ? [] : walk(value, inner, here);
    });
  return walk(values, chart.values, []);
}

/** What the default says the value must be, where it is something else; null takes the default out, which Helm allows anywhere. */
function otherKind(value: unknown, byDefault: unknown): string | undefined {
  if (value === null || byDefault === null) return undefined;
  // Any text but the empty one is true to a template.
  if (typeof byDefault === "boolean") return typeof value === "boolean" ? undefined : "true or false";
  if (typeof byDefault === "number") return typeof value === "number" || isAmount(value) ? undefined : "a number";
  if (Array.isArray(byDefault)) return Array.isArray(value) ? undefined : "a list";
  if (isFields(byDefault)) return isFields(value) ? undefined : "a map";
  return isFields(value) || Array.isArray(value) ? "a text" : undefined;
}

/** A number or percentage written as a text, which templates take for one. */
function isAmount(value: unknown): boolean {
  return typeof value === "string" && /^\d+%?$/.test(value);
}

function unknownReason(
  chart: ChartValues,
  key: string,
  known: Fields,
  optional: readonly (readonly string[])[],
  path: readonly string[],
): string {
  const others = optional.filter((one) => path.every((part, index) => part === one[index])).map((one) => one[path.length] ?? "");
  const near = nearest(key, [...Object.keys(known), ...others]);
  return `the chart ${chart.name} ${chart.version} has no such value${near === undefined ? "" : `; did you mean "${near}"?`}`;
}
