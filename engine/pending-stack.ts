import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineCommand, EngineCommandOptions } from "./command";
import { OperationFailedError } from "./errors";
import { EventCollector } from "./events";
import type { Engine } from "./locate";
import type { PendingStack } from "./pending";
import { ignoreByGit } from "./sandbox";
import { parseOperations } from "./state";
import { type EngineSetting, openWorkspace } from "./workspace";

/** The stack of a setting as {@link PendingStack} has it. What is kept beside the state is under `.kpaas/pending/`; no secret in clear gets there. */
export function pendingStack(
  root: string,
  { engine, setting, command }: { readonly engine: Engine; readonly setting: EngineSetting; readonly command: EngineCommand },
  control: Omit<EngineCommandOptions, "env">,
  tell: (text: string) => void,
): PendingStack {
  const { workDir, stack } = setting;
  const folder = join(root, ".kpaas", "pending");
  const memory = join(folder, `${setting.world === undefined ? "" : "sandbox-"}${stack}.json`);
  const write = (path: string, content: string) => {
    ignoreByGit(root);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, content, { mode: 0o600 });
  };
  const select = async (program?: () => Promise<void>) => {
    const { workspace } = await openWorkspace(engine, setting, program, control);
    const { Stack } = await import("@pulumi/pulumi/automation/stack.js");
    return await Stack.select(stack, workspace);
  };
  return {
    async exportState(showSecrets) {
      const args = ["stack", "export", "--stack", stack, ...(showSecrets ? ["--show-secrets"] : [])];
      return (await command.run(args, workDir, {})).stdout;
    },
    async importState(state) {
      const file = join(folder, `${stack}.${process.pid}.import`);
      write(file, state);
      try {
        await command.run(["stack", "import", "--stack", stack, "--file", file], workDir, {});
      } finally {
        rmSync(file, { force: true });
      }
    },
    remembered: () => (existsSync(memory) ? parseOperations(readFileSync(memory, "utf8")) : []),
    remember(operations) {
      if (operations.length > 0) write(memory, JSON.stringify(operations));
      else rmSync(memory, { force: true });
    },
    async refresh(urns) {
      const collector = new EventCollector();
      try {
        await (await select()).refresh({ target: [...urns], suppressProgress: true, onEvent: (event) => collector.take(event) });
      } catch (error) {
        if (collector.failure === undefined) throw error;
        throw new OperationFailedError(`what was broken off could not be read from the cloud:\n${collector.failure}`, { cause: error });
      }
    },
    async ask(program) {
      await (await select(program)).preview({ suppressProgress: true });
    },
    tell,
  };
}
