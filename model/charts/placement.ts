import { type Fields, fields, isFields, merge } from "../data";
import { podPlacement } from "../placement";
import type { PlacementPlan } from "../plan/types";
import { chartValues } from "./chart";
import { chartRules } from "./rules";

/** Where a chart's values say on which nodes its pods run: every map of them that has both fields, but for parts that run on every node. */
export function placedParts(chart: { readonly name: string; readonly version: string }): string[] {
  const known = chartValues(chart.name, chart.version);
  const find = (values: Fields, path: readonly string[]): string[] => [
    ...("nodeSelector" in values && "tolerations" in values ? [path.join(".")] : []),
    ...Object.entries(values).flatMap(([key, value]) => (isFields(value) ? find(value, [...path, key]) : [])),
  ];
  const everywhere = chartRules(chart.name)?.everyNode ?? [];
  return known === undefined ? [] : find(known.values, []).filter((path) => !everywhere.includes(path));
}

/** The values by which all pods of a chart run on certain nodes; undefined where any will do. */
export function placementValues(chart: { readonly name: string; readonly version: string }, placement: PlacementPlan): Fields | undefined {
  const placed = podPlacement(placement);
  if (Object.keys(placed).length === 0) return undefined;
  const nested = (path: readonly string[]): Fields => {
    const [key, ...rest] = path;
    return key === undefined ? { ...placed } : { [key]: nested(rest) };
  };
  return placedParts(chart).reduce<Fields>((all, path) => fields(merge(all, nested(path === "" ? [] : path.split(".")))), {});
}
