import catalogue from "../../catalog/chart-values.json";

/** What the platform knows of a chart's values beside the chart's own defaults: catalog/chart-values.json. Paths are dotted. */
export interface ChartRules {
  /** Where the chart takes the service's images from, by the role they play. */
  readonly images: Readonly<Record<string, string>>;
  /** Images that only come with a switch; `image` is where the chart has them. */
  readonly addedImages: readonly { readonly role: string; readonly when: string; readonly image: string }[];
  /** Lists that we fill, which a list of the user's replaces, and what is in them. */
  readonly ownLists: Readonly<Record<string, string>>;
  /** Values that an option of the service has too, with the option's name. */
  readonly fields: Readonly<Record<string, string>>;
  /** Parts whose pods do their work on the node they are on, and so run on every one. @default none */
  readonly everyNode?: readonly string[];
  /** Switches that make objects of an API no platform of ours serves. */
  readonly api: Readonly<Record<string, string>>;
  /** What would break the service: a value that must not be one, or must be nothing but one. */
  readonly refused: readonly {
    readonly path: string;
    readonly is?: unknown;
    readonly unless?: unknown;
    readonly reason: string;
  }[];
  /** The pods of a namespace held to the level `restricted`, by where the chart keeps their security: empty where it is not. */
  readonly workloads: readonly { readonly name: string; readonly at: string; readonly hostNetwork?: string }[];
}

const RULES: Readonly<Record<string, ChartRules>> = catalogue;

/** The rules for the values of the chart of that name; undefined where nothing is known of it. */
export function chartRules(chart: string): ChartRules | undefined {
  return Object.hasOwn(RULES, chart) ? RULES[chart] : undefined;
}
