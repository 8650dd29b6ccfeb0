#!/usr/bin/env node
import { runtimeIsSupported, runWithBundledRuntime } from "./runtime";

async function main(): Promise<number> {
  if (!runtimeIsSupported(process.versions.node)) return runWithBundledRuntime(process.argv.slice(1));
  const [{ processContext }, { run }] = await Promise.all([import("./context.js"), import("./program.js")]);
  return run(process.argv.slice(2), processContext());
}

// A reader that has seen enough (`kpaas plan seoul | head`) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
