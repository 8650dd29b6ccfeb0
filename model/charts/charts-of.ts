/** A pinned Helm chart. */
export interface ChartRef {
  readonly name: string;
  readonly version: string;
  /** Repository URL, or an `oci://` address. */
  readonly repository: string;
}

/** What may have charts: its own, and more beside that one. */
export interface Charted {
  readonly chart?: ChartRef;
  readonly charts?: Readonly<Record<string, ChartRef>>;
}

/** The charts of what has any, its own first. */
export function chartsOf({ chart, charts = {} }: Charted): ChartRef[] {
  return [...(chart ? [chart] : []), ...Object.values(charts)];
}
