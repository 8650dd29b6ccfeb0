// `npm run e2e`: builds and runs the long tests, test/e2e/**/*.e2e.ts, one after the other. The last line reads `N passed, N failed, N skipped`.
// Arguments choose files: `npm run e2e -- kill`.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import Mocha from "mocha";
import { prepare, root } from "./prepare.mjs";

const tests = join(root, "dist", "test", "e2e");
// Those about a real API server bring their own, or choose it.
process.env.KPAAS_SANDBOX_SERVER ??= "simulated";
// Many of them kill somebody.
process.env.KPAAS_SANDBOX_STATE ??= "each-step";

if (!(await prepare())) end({ passes: 0, failures: 1, pending: 0 });

const files = readdirSync(tests, { recursive: true })
  .filter((file) => file.endsWith(".e2e.js"))
  .filter((file) => process.argv.length === 2 || process.argv.slice(2).some((part) => file.includes(part)))
  .sort();
const mocha = new Mocha({ reporter: "spec", timeout: 300_000 });
for (const file of files) mocha.addFile(join(tests, file));
const runner = mocha.run(() => end(runner.stats));

function end({ passes, failures, pending }) {
  const failed = passes + failures + pending === 0 ? 1 : failures; // no such file
  console.log(`${passes} passed, ${failed} failed, ${pending} skipped`);
  process.exit(failed > 0 ? 1 : 0);
}
