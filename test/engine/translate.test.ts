import assert from "node:assert/strict";
import { CommandError } from "@pulumi/pulumi/automation/errors";
import { EventCollector } from "../../engine/events";
import { translateErrors } from "../../engine/translate";
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
  it("is the program's own error", async () => {
    assert.match(await told("the file is gone"), /the file is gone/);
  });

  it("is the engine's where the engine broke the program's calls off for it", async () => {
    assert.match(await told("the cloud could not be asked: context canceled"), /no resource plugin 'pulumi-resource-tls'/);
    assert.doesNotMatch(await told("the cloud could not be asked: context canceled"), /canceled/);
  });
});
