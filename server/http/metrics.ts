type Labels = Readonly<Record<string, string>>;

/** Upper bounds of the seconds that requests take. */
const SECONDS = [0.005, 0.025, 0.1, 0.5, 2, 10];

/** What is known only when somebody asks: by series, its value. */
type Asked = () => Promise<readonly (readonly [Labels, number])[]> | readonly (readonly [Labels, number])[];

/** Counts what the service does, and tells it in Prometheus' text format. No label names an environment or a person. */
export class Metrics {
  private readonly counters = new Map<string, { readonly help: string; readonly series: Map<string, number> }>();
  private readonly requests = new Map<string, { readonly counts: number[]; sum: number; count: number }>();
  private readonly gauges = new Map<string, { readonly help: string; readonly ask: Asked }>();

  /** Adds one to a counter. */
  count(name: string, help: string, labels: Labels = {}): void {
    const counter = this.counters.get(name) ?? { help, series: new Map<string, number>() };
    this.counters.set(name, counter);
    const key = textOf(labels);
    counter.series.set(key, (counter.series.get(key) ?? 0) + 1);
  }

  /** Counts a request that was answered. */
  request(labels: { readonly method: string; readonly route: string; readonly status: string }, seconds: number): void {
    this.count("kpaas_http_requests_total", "Requests that were answered.", labels);
    const key = textOf({ method: labels.method, route: labels.route });
    const times = this.requests.get(key) ?? { counts: SECONDS.map(() => 0), sum: 0, count: 0 };
    this.requests.set(key, times);
    SECONDS.forEach((bound, index) => {
      if (seconds <= bound) times.counts[index] = (times.counts[index] ?? 0) + 1;
    });
    times.sum += seconds;
    times.count += 1;
  }

  /** Adds what is looked at when somebody asks. */
  gauge(name: string, help: string, ask: Asked): void {
    this.gauges.set(name, { help, ask });
  }

  async text(): Promise<string> {
    const lines: string[] = [];
    const head = (name: string, help: string, type: string) => lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
    for (const [name, { help, series }] of this.counters) {
      head(name, help, "counter");
      for (const [labels, value] of series) lines.push(`${name}${braced(labels)} ${value}`);
    }
    const seconds = "kpaas_http_request_seconds";
    if (this.requests.size > 0) head(seconds, "How long requests take.", "histogram");
    for (const [labels, { counts, sum, count }] of this.requests) {
      SECONDS.forEach((bound, index) => {
        lines.push(`${seconds}_bucket{${labels},le="${bound}"} ${counts[index]}`);
      });
      lines.push(
        `${seconds}_bucket{${labels},le="+Inf"} ${count}`,
        `${seconds}_sum{${labels}} ${sum}`,
        `${seconds}_count{${labels}} ${count}`,
      );
    }
    for (const [name, { help, ask }] of this.gauges) {
      head(name, help, "gauge");
      for (const [labels, value] of await ask()) lines.push(`${name}${braced(textOf(labels))} ${value}`);
    }
    return `${lines.join("\n")}\n`;
  }
}

function textOf(labels: Labels): string {
  const escaped = (value: string) => value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(",");
}

function braced(labels: string): string {
  return labels === "" ? "" : `{${labels}}`;
}
