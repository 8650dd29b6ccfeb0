import fs from "node:fs";

/** What touches the content of a file or the names in a folder. */
const CALLS = ["readFileSync", "readdirSync", "openSync"] as const;

/** How often `work` reads or opens a file or lists a folder in this process: the same on a busy machine as on a quiet one. */
export async function fileCalls(work: () => unknown): Promise<number> {
  let calls = 0;
  const originals = CALLS.map((name) => [name, fs[name]] as const);
  const counted = (original: (...args: never[]) => unknown) =>
    function (this: unknown, ...args: never[]): unknown {
      calls += 1;
      return original.apply(this, args);
    };
  for (const [name, original] of originals) Object.assign(fs, { [name]: counted(original) });
  try {
    await work();
  } finally {
    for (const [name, original] of originals) Object.assign(fs, { [name]: original });
  }
  return calls;
}
