import assert from "node:assert/strict";
import { compileRenewal } from "../../../model/cluster/steps/now";
import { type Change, execute } from "../../../plugin/kubespray/execute";
import { parseInputs } from "../../../plugin/kubespray/inputs";
import { type Kubespray, sandboxKubespray } from "../../../plugin/kubespray/kubespray";
import type { PlaybookRunner } from "../../../plugin/kubespray/runner";
import { cluster } from "../../model/cluster/fixtures";
import type { ProviderClient } from "../../support/provider-client";
import { temporaryFolders } from "../../support/temporary";
import { inputsOf, ref, serveKubespray } from "./fixtures";

describe("How a run ends", () => {
  const folder = temporaryFolders();
  let client: ProviderClient;
  let sandbox: Kubespray;
  let change: Change;
  let warned: string[];

  beforeEach(async () => {
    warned = [];
    sandbox = sandboxKubespray(folder());
    client = await serveKubespray(sandbox);
    await client.create(ref, inputsOf());
    const parsed = parseInputs(inputsOf());
    assert.ok(parsed.kind === "inputs");
    const { machines, ssh } = parsed.inputs;
    const spec = cluster();
    const access = { machines, ssh, lostNodes: [], secretVariables: [], secretValues: [] };
    change = { ...access, recorded: spec, wanted: spec, steps: compileRenewal(spec) };
  });
  afterEach(() => client.close());

  const progress = { status: () => {}, warn: (text: string) => warned.push(text), shown: async () => {} };
  const running = (run: PlaybookRunner["run"]): Kubespray => ({
    ...{ view: sandbox.view, journal: (place) => sandbox.journal(place) },
    runner: { prepare: async () => {}, forget: async () => {}, run },
  });

  it("cancelled: says too why a step failed that was brought to its end first", async () => {
    const asked = new AbortController();
    const kubespray = running(async () => {
      asked.abort();
      throw new Error('"Renew" on cp-1: no space left\nThe whole log: renew.log');
    });
    const { failure } = await execute(kubespray, change, progress, asked.signal);
    assert.match(failure?.reason ?? "", /^the operation was cancelled; .*"Renew" on cp-1: no space left\nThe whole log: renew\.log$/);
  });

  it("cancelled: says no more where nothing else went wrong", async () => {
    const asked = new AbortController();
    const kubespray = running(async (_step, _context, _tell, signal) => {
      asked.abort();
      signal.throwIfAborted();
    });
    assert.equal((await execute(kubespray, change, progress, asked.signal)).failure?.reason, "the operation was cancelled");
  });

  it("tells what it has reached also where it cannot give the fence back", async () => {
    const journal: Kubespray["journal"] = (place) => {
      const own = sandbox.journal(place);
      const acquire = async () => {
        const fence = await own.acquire();
        const release = async () => {
          await fence.release();
          throw new Error("EROFS: read-only file system");
        };
        return { ...fence, release };
      };
      return { acquire, append: (entry) => own.append(entry), begun: () => own.begun(), breakFence: (run) => own.breakFence(run) };
    };
    const outcome = await execute({ ...running(async () => {}), journal }, change, progress, new AbortController().signal);
    assert.equal(outcome.failure, undefined);
    assert.equal(outcome.done.length, 1);
    assert.match(warned.join(), /EROFS/);
  });
});
