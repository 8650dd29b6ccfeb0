import { join } from "node:path";
import { readIfThere } from "../../host/files";
import { startBeside } from "../../plugin/rpc/beside";
import { serveAs } from "../../plugin/rpc/server";
import { Notes } from "./notes";
import { adopting } from "./service";
import { KEY } from "./setting";

/** `main.js FOLDER PROGRAM [engine address]`: a provider that makes nothing, around the one that PROGRAM is. */
async function main([folder = "", program = "", ...rest]: readonly string[]): Promise<void> {
  const plugin = await startBeside(program, rest);
  const notes = new Notes(join(folder, "notes"), Buffer.from(process.env[KEY] ?? "", "base64"), String(process.pid));
  const { ids = {}, recalled = {} } = JSON.parse(readIfThere(join(folder, "ids.json")) ?? "{}");
  await serveAs(adopting(plugin, { ids, recalled, notes }));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
