#!/usr/bin/env node
import { runtimeIsSupported, runWithBundledRuntime } from "./runtime";

async function main(): Promise<number> {
  if (!runtimeIsSupported(process.versions.node)) return runWithBundledRuntime(process.argv.slice(1));
  const [{ processContext }, { run }, { Streams }] = await Promise.all([
    import("./context.js"),
    import("./program.js"),
    import("./streams.js"),
  ]);
  const streams = new Streams(process.stdout, process.stderr);
  return streams.end(await run(process.argv.slice(2), processContext(streams)));
}

main().then(
  // What is still open, such as connections to providers, would keep the process.
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`, () => process.exit(1));
  },
);
