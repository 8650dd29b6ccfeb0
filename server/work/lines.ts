import type { Kysely } from "kysely";
import type { Said } from "../../fleet/children";
import type { Step } from "../../model/fleet/work";
import type { Tables } from "../data/tables";

/** How often it is looked what a step has said. */
const LOOK_MS = 1_000;
/** Lines of an attempt, and characters of a line, that are kept. */
const MOST = 100_000;
const LONGEST = 4_000;
/** Lines that are written down together. */
const TOGETHER = 200;
/** Numbers of an attempt's lines: more than it may have. */
const ATTEMPT = 1_000_000;

/** Keeps what an attempt at a step says, line by line, while it runs. A line that is written down twice is there once. */
export class Lines {
  private kept = 0;
  /** How much of what it says was read: of a long log that is not read anew each time. */
  private read = 0;

  constructor(
    private readonly database: Kysely<Tables>,
    private readonly operation: string,
    private readonly step: Step,
    private readonly attempt: number,
    private readonly lookMs = LOOK_MS,
  ) {}

  /** @param said what it has said beyond a place, up to now */
  async during<T>(work: () => Promise<T>, said: (from: number) => Said): Promise<T> {
    let over = false;
    let wake: () => void = () => undefined;
    const following = (async () => {
      while (!over) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          setTimeout(resolve, this.lookMs).unref();
        });
        if (!over) await this.keep(said(this.read), false).catch(() => undefined);
      }
    })();
    try {
      return await work();
    } finally {
      over = true;
      wake();
      await following;
      // What it says last may be why it failed; where the database is away, whoever goes on looks again.
      await this.keep(said(this.read), true).catch(() => undefined);
    }
  }

  private async keep({ lines: text, to, rest }: Said, whole: boolean): Promise<void> {
    const lines = text.split("\n").slice(0, -1);
    if (whole && rest !== "") lines.push(rest);
    const first = this.kept;
    for (let from = 0; from < lines.length && first + from < MOST; from += TOGETHER) {
      const rows = lines.slice(from, Math.min(from + TOGETHER, MOST - first)).map((line, index) => ({
        ...{ operation: this.operation, step: this.step, number: this.attempt * ATTEMPT + first + from + index },
        text: cleaned(line),
      }));
      await this.database
        .insertInto("operationLines")
        .values(rows)
        .onConflict((same) => same.doNothing())
        .execute();
    }
    // Where the database is away in between, all of it is written down again.
    [this.kept, this.read] = [first + lines.length, to];
  }
}

/** As a database keeps it, and without what colours terminals. */
function cleaned(line: string): string {
  const escaped = `${String.fromCharCode(27)}[`;
  const [first = "", ...rest] = line.replaceAll("\0", "").replaceAll("\r", "").split(escaped);
  const plain = [first, ...rest.map((part) => part.replace(/^[0-9;?]*[A-Za-z]/, ""))].join("");
  return plain.replace(/\p{Surrogate}/gu, "\ufffd").slice(0, LONGEST);
}
