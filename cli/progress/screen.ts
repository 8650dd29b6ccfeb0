import type { Context } from "../context";

/** The lines at the end of a terminal that are redrawn. */
export interface Screen {
  /** Replaces the lines drawn before. */
  draw(lines: readonly string[]): void;
  /** Writes a line that stays, above the drawn ones. */
  leave(line: string): void;
  /** Takes the drawn lines away. */
  close(): void;
}

/** The screen of whoever watches; undefined where nothing can be redrawn: no terminal, a dumb one, or one of no height, as some serial lines and containers say. */
export async function openScreen({ stderr, env }: Pick<Context, "stderr" | "env">): Promise<Screen | undefined> {
  if (stderr.isTTY !== true || stderr.rows === 0 || env.TERM === "dumb") return undefined;
  const { logUpdateStderr } = await import("log-update");
  return {
    draw: (lines) => logUpdateStderr(lines.join("\n")),
    leave: (line) => logUpdateStderr.persist(line),
    close: () => {
      logUpdateStderr.clear();
      logUpdateStderr.done();
    },
  };
}
