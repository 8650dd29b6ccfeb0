import { EXIT } from "./exit";
import type { Sink } from "./sink";

type Name = "output" | "error";

/**
 * Standard output and error of the process. A stream that takes no more, because its reader has gone or a disk is full, ends the command in
 * order: {@link lost} is aborted, and nothing more is written to it.
 */
export class Streams {
  readonly stdout: Sink;
  readonly stderr: Sink;
  private readonly losing = new AbortController();
  private failed: { readonly name: Name; readonly error: NodeJS.ErrnoException } | undefined;
  private readonly broken = new Set<NodeJS.WriteStream>();

  constructor(
    private readonly out: NodeJS.WriteStream,
    private readonly err: NodeJS.WriteStream,
  ) {
    this.stdout = this.sink(out, "output");
    this.stderr = this.sink(err, "error");
  }

  /** Aborted as soon as something could not be written. */
  get lost(): AbortSignal {
    return this.losing.signal;
  }

  /** Waits until everything is written, however slowly it is read, and gives the code to exit with: `code`, where all could be written. */
  async end(code: number): Promise<number> {
    await this.flush();
    if (this.failed === undefined) return code;
    if (this.hasGone) return EXIT.readerGone;
    const { name, error } = this.failed;
    this.stderr.write(
      `error standard ${name} could not be written: ${error.message}\nnext: make room there, and run the same command again\n`,
    );
    await this.flush();
    return EXIT.failed;
  }

  private get hasGone(): boolean {
    const { code } = this.failed?.error ?? {};
    // A terminal that was closed says EIO.
    return code === "EPIPE" || code === "ECONNRESET" || (code === "EIO" && this.err.isTTY === true);
  }

  private async flush(): Promise<void> {
    for (const stream of [this.out, this.err])
      if (!this.broken.has(stream)) await new Promise<void>((resolve) => stream.write("", () => resolve()));
  }

  private sink(stream: NodeJS.WriteStream, name: Name): Sink {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      this.broken.add(stream);
      this.failed ??= { name, error };
      this.losing.abort();
    });
    const { broken } = this;
    return {
      write: (text) => broken.has(stream) || stream.write(text),
      get isTTY() {
        return stream.isTTY;
      },
      get columns() {
        return stream.columns;
      },
      get rows() {
        return stream.rows;
      },
    };
  }
}
