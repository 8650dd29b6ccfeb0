import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CommandError } from "@pulumi/pulumi/automation/errors";
import { SemVer } from "semver";
import { EngineCommand } from "../../engine/command";
import { OperationFailedError } from "../../engine/errors";
import { EventCollector } from "../../engine/events";
import { translateErrors } from "../../engine/translate";
import { temporaryFolders } from "../support/temporary";
import { emptyPlan } from "./plan";

const target = { plan: emptyPlan("seoul"), root: ".", sandbox: false, approvals: [] };

/** What an operation's failure says whose program threw, and whose engine ended with an error of its own. */
async function told(thrown: string): Promise<string> {
  const collector = new EventCollector(undefined);
  const program = { program: async () => ({}), thrown: () => new Error(thrown) };
  const failed = new CommandError("error: no resource plugin 'pulumi-resource-tls' found\n");
  const work = () => Promise.reject(failed);
  const error: unknown = await translateErrors("up", target, {}, { collector: () => collector, watched: program }, work).catch(
    (each) => each,
  );
  return error instanceof Error ? error.message : String(error);
}

describe("The failure of an operation", () => {
  const folder = temporaryFolders();

  /** What is said where an engine ends so. A script stands in for it. */
  async function ended(script: string): Promise<string> {
    const engine = join(folder(), "pulumi");
    writeFileSync(engine, `#!/bin/sh\n${script}\n`);
    chmodSync(engine, 0o755);
    const command = new EngineCommand({ command: engine, version: "3.0.0" } as never, new SemVer("3.0.0"), { env: process.env });
    const work = () => command.run(["up", "--stack", "seoul"], folder(), {});
    const error: unknown = await translateErrors("up", target, {}, undefined, work).catch((each) => each);
    assert.ok(error instanceof OperationFailedError, String(error));
    return error.message;
  }

  it("is told as such where the engine was killed or has crashed, without where it was", async () => {
    const again = "\nRun the same command again: it first finds out what was done, and names what nobody but you can tell.";
    assert.equal(
      await ended("kill -9 $$"),
      `up of seoul failed:\n  the engine was killed (SIGKILL) before it had ended: by somebody, or by the system for want of memory${again}`,
    );
    // As Pulumi 3.259.0 has ended where an Azure Blob Storage refused it in the middle of a write.
    const panic = [
      "panic: runtime error: invalid memory address or nil pointer dereference",
      "[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x1d24b96]",
      "",
      "goroutine 60 [running]:",
      "io.(*PipeReader).CloseWithError(...)",
    ];
    assert.equal(
      await ended(`cat >&2 <<'END'\n${panic.join("\n")}\nEND\nexit 2`),
      `up of seoul failed:\n  the engine crashed (runtime error: invalid memory address or nil pointer dereference) before it had ended: a defect of its own, met where the backend refuses it in the middle of a write, say${again}`,
    );
    assert.match(await ended("echo 'error: panic: of a provider' >&2; exit 2"), /^up of seoul failed:\n {2}panic: of a provider/);
  });

  it("is the program's own error", async () => {
    assert.match(await told("the file is gone"), /the file is gone/);
  });

  it("is the engine's where the engine broke the program's calls off for it", async () => {
    assert.match(await told("the cloud could not be asked: context canceled"), /no resource plugin 'pulumi-resource-tls'/);
    assert.doesNotMatch(await told("the cloud could not be asked: context canceled"), /canceled/);
  });
});
