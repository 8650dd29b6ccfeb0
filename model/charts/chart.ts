import catalogue from "../../catalog/charts.json";
import { type Fields, fields, list } from "../data";

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

/** What is known of the chart of that name; undefined where the catalogue has none. */
export function chartValues(name: string): ChartValues | undefined {
  if (!Object.hasOwn(CHARTS, name)) return undefined;
  const entry = fields(CHARTS[name]);
  return {
    name,
    version: String(entry.version),
    values: fields(entry.values),
    optionalValues: list(entry.optionalValues).map(String),
  };
}
