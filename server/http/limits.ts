/** How many callers are kept in mind; the one who has asked least lately is forgotten. */
const CALLERS = 10_000;

interface Bucket {
  tokens: number;
  at: number;
}

/** Limits how often each caller may ask: a bucket of tokens that fills again by time. */
export class Limits {
  private readonly buckets = new Map<string, Bucket>();

  /**
   * @param rate requests a second in the long run
   * @param burst requests at once
   * @param clock milliseconds that only go forward
   */
  constructor(
    private readonly rate: number,
    private readonly burst: number,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /** Takes one request of a caller's; gives the seconds to wait where there is none left. */
  take(caller: string): number | undefined {
    const now = this.clock();
    const { tokens, at } = this.buckets.get(caller) ?? { tokens: this.burst, at: now };
    const left = Math.min(this.burst, tokens + ((now - at) / 1_000) * this.rate) - 1;
    this.buckets.delete(caller);
    this.buckets.set(caller, { tokens: Math.max(left, 0), at: now });
    if (this.buckets.size > CALLERS) this.buckets.delete(this.buckets.keys().next().value ?? "");
    return left >= 0 ? undefined : Math.max(1, Math.ceil(-left / this.rate));
  }
}
