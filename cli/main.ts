#!/usr/bin/env node
import { keepCompiled } from "../host/cache";
import { runtimeIsSupported, runWithBundledRuntime } from "./runtime";

async function main(): Promise<number> {
  if (!runtimeIsSupported(process.versions.node)) return runWithBundledRuntime(process.argv.slice(1));
  keepCompiled();
  const [{ processContext }, { run }, { Streams }] = await Promise.all([
    import("./context.js"),
    import("./program.js"),
    import("./streams.js"),
  ]);
  const streams = new Streams(process.stdout, process.stderr);
  if (!isSomewhere()) {
    streams.stderr.write("error the folder you are in is not there any more: go to another one\n");
    return streams.end(1);
  }
  return streams.end(await run(process.argv.slice(2), processContext(streams)));
}

function isSomewhere(): boolean {
  try {
    process.cwd();
    return true;
  } catch {
    return false;
  }
}

main().then(
  // What is still open, such as connections to providers, would keep the process.
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`, () => process.exit(1));
  },
);
