import catalogue from "../../catalog/charts.json";
import { type Fields, fields, list, merge } from "../data";

/** What the catalogue knows of a chart's values. */
export interface ChartValues {
  readonly name: string;
  readonly version: string;
  /** The chart's defaults. */
  readonly values: Fields;
  /** Dotted paths of values the chart reads but gives no default. */
  readonly optionalValues: readonly string[];
}

const CHARTS: Fields = catalogue.charts;

/** Whether two versions are the same one: charts write theirs with a leading v or without. */
export function sameVersion(a: string, b: string): boolean {
  return a.replace(/^v/, "") === b.replace(/^v/, "");
}

/** The catalogue's keys: `NAME` of the version that the newest release has, `NAME@VERSION` of others. */
export const chartKeys: readonly string[] = Object.keys(CHARTS);

/** The key of a chart in that version, else of the chart; undefined where the catalogue has none. */
export function chartKey(name: string, version?: string): string | undefined {
  const other = version === undefined ? undefined : chartKeys.find((key) => sameVersion(key, `${name}@${version.replace(/^v/, "")}`));
  return other ?? (Object.hasOwn(CHARTS, name) ? name : undefined);
}

/** The chart's entry, one of another version as the first one's with what differs laid over it (null takes a key out). */
export function chartEntry(key: string): Fields {
  const own = fields(CHARTS[key]);
  const name = key.replace(/@.*/, "");
  return name === key ? own : fields(merge(CHARTS[name], own));
}

/**
 * What is known of the chart of that name; undefined where the catalogue has none.
 * @param version default that of the newest release; where the catalogue lacks it, what it has of the chart
 */
export function chartValues(name: string, version?: string): ChartValues | undefined {
  const key = chartKey(name, version);
  if (key === undefined) return undefined;
  const entry = chartEntry(key);
  return {
    name,
    version: String(entry.version),
    values: fields(entry.values),
    optionalValues: list(entry.optionalValues).map(String),
  };
}
