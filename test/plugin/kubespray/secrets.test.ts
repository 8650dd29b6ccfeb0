import assert from "node:assert/strict";
import { sandboxKubespray } from "../../../plugin/kubespray/kubespray";
import type { PlaybookRunner, StepContext } from "../../../plugin/kubespray/runner";
import { PartialFailure, type Properties, secret } from "../../../plugin/rpc/provider";
import { cluster } from "../../model/cluster/fixtures";
import type { ProviderClient } from "../../support/provider-client";
import { temporaryFolders } from "../../support/temporary";
import { inputsOf, known, ref, serveKubespray } from "./fixtures";

describe("Secrets among a cluster's variables", () => {
  const folder = temporaryFolders();
  let client: ProviderClient;
  let ran: StepContext[];
  let failing: string | undefined;

  beforeEach(async () => {
    ran = [];
    failing = undefined;
    const { runner, view, journal } = sandboxKubespray(folder());
    const heard: PlaybookRunner = {
      prepare: (...args) => runner.prepare(...args),
      forget: (...args) => runner.forget(...args),
      run: async (step, context, ...args) => {
        if (step.playbook === failing) throw new Error("it was to fail");
        ran.push(context);
        await runner.run(step, context, ...args);
      },
    };
    client = await serveKubespray({ runner: heard, view, journal });
  });
  afterEach(() => client.close());

  const old = cluster(undefined, { kubespray: "v2.28.1", kubernetes: "1.31.8", onDelete: "reset" });
  const withSecrets = (spec: typeof old, secrets: Properties) => inputsOf(spec, { variables: { ...spec.variables, ...secrets } });
  const before = withSecrets(old, {
    registry_password: secret("canary-first-password"),
    kpaas_backup: { schedule: "0 3 * * *", keep: 2, s3: { secretKey: secret("canary-first-key") } },
  });
  const after = withSecrets({ ...old, kubernetes: "1.32.8" }, { registry_password: secret("canary-second-password") });

  /** Every run knows as secret what is secret of what it is given. */
  function allKnown(): readonly string[] {
    const given = ran.map(({ inventory, secretVariables, secretValues }) => {
      const names = Object.keys(inventory.variables).filter((name) => JSON.stringify(inventory.variables[name]).includes("canary"));
      const texts = names.flatMap((name) => JSON.stringify(inventory.variables[name]).match(/canary-[a-z-]+/g) ?? []);
      for (const name of names) assert.ok(secretVariables.includes(name), `${name} is written apart`);
      for (const text of texts) assert.ok(secretValues.includes(text), `${text} is masked`);
      return texts;
    });
    return [...new Set(given.flat())].sort();
  }

  it("are known as such by every run that has them, also those that the change takes away or exchanges", async () => {
    const { properties: olds } = await client.create(ref, before);
    await client.update(known, { oldInputs: before, olds, news: after });
    assert.deepEqual(allKnown(), ["canary-first-key", "canary-first-password", "canary-second-password"]);
  });

  it("are known as such by a deletion after a change that broke off", async () => {
    const { properties: olds } = await client.create(ref, before);
    failing = "facts";
    const failure: unknown = await client.update(known, { oldInputs: before, olds, news: after }).catch((error: unknown) => error);
    assert.ok(failure instanceof PartialFailure, String(failure));
    ran = [];
    await client.delete(known, failure.properties, after);
    assert.deepEqual(allKnown(), ["canary-first-key", "canary-second-password"]);
  });
});
