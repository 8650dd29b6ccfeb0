import { appendFileSync, readFileSync } from "node:fs";
import type { DiffResult, Provider } from "../../plugin/rpc/provider";
import { serve } from "../../plugin/rpc/server";

/**
 * A provider for tests, run as a plugin: `slowProvider.js JOURNAL`. Creating a resource named `slow-…` lasts until the engine
 * cancels, one named `stuck-…` lasts for ever, one named `bad-…` fails; what begins and ends is written to the file JOURNAL.
 * A line `gone NAME` or `changed NAME` in it plays drift.
 */
const [journal = ""] = process.argv.slice(2);
const note = (line: string) => appendFileSync(journal, `${line}\n`);

const provider: Provider = {
  name: "slow",
  version: "1.0.0",
  check: async ({ news }) => ({ inputs: news, failures: [] }),
  // A refresh counts as drift what the provider calls a difference.
  diff: async ({ oldInputs, news }): Promise<DiffResult> => ({ changes: oldInputs.colour === news.colour ? {} : { colour: "update" } }),
  create: async ({ name, preview, signal, log }) => {
    if (preview) return { id: "", properties: {} };
    note(`begins ${name}`);
    if (name.startsWith("bad-")) throw new Error("quota exceeded");
    if (name.startsWith("stuck-")) {
      await log("info", "at work");
      signal.addEventListener("abort", () => log("info", "cannot stop"), { once: true });
      await new Promise(() => {});
    }
    if (name.startsWith("slow-") && !signal.aborted) {
      const cancelled = new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      await log("info", "at work");
      await cancelled;
      note(`cancelled ${name}`);
      throw new Error("cancelled");
    }
    return { id: name, properties: {} };
  },
  update: async ({ olds }) => ({ properties: olds }),
  read: async ({ id, inputs, properties }) => {
    const lines = readFileSync(journal, "utf8").split("\n");
    if (lines.includes(`gone ${id}`)) return { id: "", inputs: {}, properties: {} };
    const found = lines.includes(`changed ${id}`) ? { colour: "red" } : {};
    return { id, inputs: { ...inputs, ...found }, properties: { ...properties, ...found } };
  },
  delete: async () => {},
};

serve(provider);
