import { hasCode } from "../../host/files";

/** What could not be done, and why. */
export interface Failure<T> {
  readonly item: T;
  readonly error: Error;
}

/**
 * Does something with each of many, several at a time. What fails hinders no other, but for a full disk, on which nothing more would succeed.
 * @returns those that failed
 * @throws the reason of `signal`, or the error of the full disk
 */
export async function inParallel<T>(
  items: readonly T[],
  atOnce: number,
  signal: AbortSignal | undefined,
  work: (item: T) => Promise<void>,
): Promise<Failure<T>[]> {
  const failures: Failure<T>[] = [];
  const waiting = [...items];
  let full: unknown;
  const run = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      if (signal?.aborted || full !== undefined) return;
      try {
        await work(item);
      } catch (error) {
        if (signal?.aborted) return;
        if (hasCode(error, "ENOSPC", "EDQUOT", "EROFS")) full = error;
        else failures.push({ item, error: error instanceof Error ? error : new Error(String(error)) });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(atOnce, items.length)) }, run));
  signal?.throwIfAborted();
  if (full !== undefined) throw full;
  return failures;
}
