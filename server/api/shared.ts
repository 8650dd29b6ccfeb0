/** Answers that many ask for at the same time: for a while all of them get the same one. */
export class Shared {
  private readonly kept = new Map<string, Promise<unknown>>();

  /** @param ms how old an answer may be */
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
    setTimeout(forget, this.ms).unref();
    asked.catch(forget);
    return asked;
  }
}
