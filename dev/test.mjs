// `npm test`: builds, makes sure the engine is there, runs every test file in a process of its own, one more at once than there are cores.
// Own processes, because Pulumi's mocks and settings are global to one; but for folders where loading costs more than the tests.
// The last line reads `N passed, N failed, N skipped`.
// Arguments choose files: `npm test -- cli/ model/plan`.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { prepare, root } from "./prepare.mjs";

const tests = join(root, "dist", "test");
const mocha = join(root, "node_modules", "mocha", "bin", "mocha.js");
/** A file that leaves something open would keep its process, and the whole run, for ever. */
const FILE_LIMIT_MS = 10 * 60_000;
/** Folders whose files share one process: most of their time went into loading the same modules once more. */
const TOGETHER = ["components", "model", "providers/aws", "providers/gcp", "providers/nhn", "providers/openstack"];
/** MiB of young objects before they are looked through. A graph's outputs live for long: with Node's 16, tests of large ones collect for half of their time. */
const YOUNG_MIB = 128;
// The sandboxes of most tests do with the small simulation, whatever is in this machine's cache.
process.env.KPAAS_SANDBOX_SERVER ??= "simulated";
// Writing the state at each step is most of what the engine does; what is about kills asks for it.
process.env.KPAAS_SANDBOX_STATE ??= "at-end";
const total = { passed: 0, failed: 0, skipped: 0 };
const started = Date.now();

if (!(await prepare())) end("The tree does not compile.");

const files = readdirSync(tests, { recursive: true })
  .filter((file) => file.endsWith(".test.js"))
  .filter((file) => process.argv.length === 2 || process.argv.slice(2).some((part) => file.includes(part)))
  .sort((a, b) => Number(drivesEngine(b)) - Number(drivesEngine(a)) || (a < b ? -1 : 1));
if (files.length === 0) end("There is no such test file.");

const groups = Object.values(Object.groupBy(files, (file) => TOGETHER.find((folder) => file.startsWith(join(folder, "/"))) ?? file));
const reports = mkdtempSync(join(tmpdir(), "kpaas-test-"));
// What one file makes and others take over.
process.env.KPAAS_TEST_SHARED = reports;
const failures = [];
const queue = groups.sort((a, b) => Number(b.length > 1) - Number(a.length > 1));
// One more than cores: those that drive the engine wait for it for a third of their time.
await Promise.all(Array.from({ length: Math.min(5, availableParallelism() + 1) }, worker));
rmSync(reports, { recursive: true, force: true });

failures.forEach(({ file, title, text }, index) => {
  console.log(`\n${index + 1}) ${file}: ${title}\n${text.replace(/^/gm, "   ")}`);
});
console.log(`\n${files.length} files in ${Math.round((Date.now() - started) / 1000)} s`);
end();

// Those that take longest begin first, so that no core waits for them at the end.
function drivesEngine(file) {
  return /require\("[./]*\/support\/(engine|one-life|upgrade)"\)/.test(readFileSync(join(tests, file), "utf8"));
}

async function worker() {
  for (let group = queue.shift(); group !== undefined; group = queue.shift()) await runFiles(group);
}

async function runFiles(group) {
  const [first] = group;
  const report = join(reports, `${first.replaceAll(/[\\/]/g, "-")}.json`);
  const args = [
    `--max-semi-space-size=${YOUNG_MIB}`,
    mocha,
    "--reporter",
    "json",
    "--reporter-option",
    `output=${report}`,
    ...group.map((file) => join(tests, file)),
  ];
  const before = Date.now();
  const { code, output } = await run(process.execPath, args);
  const result = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : undefined;
  const source = (file) => join("test", file.replace(/\.js$/, ".ts"));
  const name = group.length === 1 ? source(first) : `${group.length} files of ${dirname(source(first))}`;
  const broken =
    result?.failures.map(({ file, fullTitle, err }) => ({
      file: file === undefined ? name : source(relative(tests, file)),
      title: fullTitle,
      text: err.stack ?? err.message ?? "",
    })) ?? [];
  // A process that died, or failed outside any test, is a failure too.
  if (result === undefined || (code !== 0 && broken.length === 0)) broken.push({ file: name, title: `ended with ${code}`, text: output });
  failures.push(...broken);
  total.passed += result?.stats.passes ?? 0;
  total.failed += broken.length;
  const skipped = result?.stats.pending ?? 0;
  total.skipped += skipped;
  const counts = `${result?.stats.passes ?? 0} passed${skipped > 0 ? `, ${skipped} SKIPPED` : ""}${broken.length > 0 ? `, ${broken.length} FAILED` : ""}`;
  console.log(`${broken.length > 0 ? "✗" : "✓"} ${name}  ${counts}  ${((Date.now() - before) / 1000).toFixed(1)} s`);
}

function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], timeout: FILE_LIMIT_MS });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code: code ?? signal, output }));
  });
}

// Ends the run: a reason means that it could not even begin.
function end(reason) {
  if (reason !== undefined) {
    console.error(reason);
    total.failed++;
  }
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  process.exit(total.failed > 0 ? 1 : 0);
}
