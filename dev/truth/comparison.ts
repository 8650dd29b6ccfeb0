/** The packages that are held against: where they lie, and which versions. */
export interface Definitions {
  /** The folder `site-packages`. */
  readonly packages: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** What was held against a cloud's own definitions, and what differs. */
export class Comparison {
  compared = 0;
  readonly #wrong = new Set<string>();

  /** @param against what it was held against, with its version */
  constructor(readonly against: string) {}

  /** Counts one comparison. @param problem what differs; undefined where nothing does */
  hold(what: string, problem: string | undefined): void {
    this.compared += 1;
    if (problem !== undefined) this.#wrong.add(`${what} ${problem}`);
  }

  /** Adds what another program compared, and what it found to differ. */
  add(compared: number, wrong: readonly string[]): void {
    this.compared += compared;
    for (const each of wrong) this.#wrong.add(each);
  }

  /** Everything that differs, each once. */
  get wrong(): readonly string[] {
    return [...this.#wrong];
  }
}
