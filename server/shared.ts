/** Answers that many ask for at the same time: until it is there, and for a while from its beginning, all of them get the same one. */
export class Shared {
  private readonly kept = new Map<string, Promise<unknown>>();

  /** @param ms how old an answer may be, but for the one that is still to come */
  constructor(private readonly ms: number) {}

  /** @param key of what is asked: the same one is always asked in the same way */
  of<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const known = this.kept.get(key);
    if (known !== undefined) return known as Promise<T>;
    const asked = ask();
    this.kept.set(key, asked);
    const forget = () => {
      if (this.kept.get(key) === asked) this.kept.delete(key);
    };
    const over = new Promise((resolve) => setTimeout(resolve, this.ms).unref());
    asked
      .then(
        () => over,
        () => undefined,
      )
      .then(forget);
    return asked;
  }
}
