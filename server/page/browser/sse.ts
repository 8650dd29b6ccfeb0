/** A server-sent event. */
export interface SentEvent {
  /** @default "message" */
  readonly event: string;
  readonly data: string;
  readonly id?: string;
}

/** Reads server-sent events (WHATWG HTML, 9.2) from text that comes in pieces of any size. */
export class EventReader {
  private rest = "";
  private event = "";
  private data: string[] = [];
  /** What a connection that is made again asks to go on after. */
  lastId: string | undefined;
  /** The pause that the service wishes for, in milliseconds. */
  retry: number | undefined;

  /** Takes a piece; gives the events that are whole now. */
  take(piece: string): SentEvent[] {
    const text = this.rest + piece;
    // A CR at the end may be the first half of a CRLF.
    const lines = text.split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? "";
    return lines.flatMap((line) => this.line(line));
  }

  /** What a broken connection has left half told is forgotten. */
  restart(): void {
    [this.rest, this.event, this.data] = ["", "", []];
  }

  private line(line: string): SentEvent[] {
    if (line === "") return this.dispatch();
    const [, field = "", value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === "data") this.data.push(value);
    else if (field === "event") this.event = value;
    else if (field === "id" && !value.includes("\0")) this.lastId = value;
    else if (field === "retry" && /^\d+$/.test(value)) this.retry = Number(value);
    return [];
  }

  private dispatch(): SentEvent[] {
    const { event, data, lastId } = this;
    [this.event, this.data] = ["", []];
    if (data.length === 0) return [];
    return [{ event: event === "" ? "message" : event, data: data.join("\n"), ...(lastId === undefined ? {} : { id: lastId }) }];
  }
}
