/** Where lines go. */
export interface LogSink {
  write(text: string): unknown;
}

/** What is told of a request: never its body, its headers or what stands in its address. */
export interface RequestLine {
  readonly id: string;
  readonly method: string;
  /** The route's path, with the names of its parameters. */
  readonly route: string;
  readonly status: number;
  readonly milliseconds: number;
}

/** Writes what happens, one JSON object a line. */
export class Log {
  constructor(
    private readonly sink: LogSink,
    private readonly clock: () => Date = () => new Date(),
  ) {}

  request(line: RequestLine, who?: string): void {
    this.line("info", "request", { ...line, ...(who ? { who } : {}) });
  }

  failure(id: string, what: Readonly<Record<string, unknown>>): void {
    this.line("error", "failure", { id, ...what });
  }

  /** @param fields no secrets, and nothing that somebody has sent */
  event(event: string, fields: Readonly<Record<string, string | number | boolean>> = {}): void {
    this.line("info", event, fields);
  }

  warn(event: string, fields: Readonly<Record<string, string | number | boolean>> = {}): void {
    this.line("warning", event, fields);
  }

  private line(level: string, event: string, fields: Readonly<Record<string, unknown>>): void {
    this.sink.write(`${JSON.stringify({ at: this.clock().toISOString(), level, event, ...fields })}\n`);
  }
}

/** What of an error may be written down: databases put the values at hand into other fields of theirs. */
export function whatFailed(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { error: typeof error };
  const { name, message, stack = "" } = error;
  const code = "code" in error ? { code: String(error.code) } : {};
  const where = stack.split("\n").filter((line) => /^\s+at /.test(line));
  return { error: name, ...code, message, where: where.slice(0, 8).map((line) => line.trim()) };
}
