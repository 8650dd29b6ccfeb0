import assert from "node:assert/strict";
import { ComponentResource, ProviderResource } from "@pulumi/pulumi";
import { child } from "../../providers/asking/admitted";
import { graph } from "../../testing/graph";

class OwnProvider extends ProviderResource {
  constructor() {
    super("test", "provider");
  }
}

/** Why a child of some cloud's waits, and what ends the look at that cloud. */
async function waiting(): Promise<{ readonly dependsOn: Promise<unknown>; pass(): void; fail(reason: Error): void; provider: unknown }> {
  let [pass, fail] = [(): void => undefined, (_: Error): void => undefined];
  const passed = new Promise<void>((resolve, reject) => ([pass, fail] = [resolve, reject]));
  let provider: OwnProvider | undefined;
  let options: ReturnType<typeof child> = {};
  await graph(() => {
    const parent = new ComponentResource("test:index:Cloud", "cloud");
    provider = new OwnProvider();
    options = child({ parent, provider, survey: { passed } }, { dependsOn: [provider] });
    return parent;
  });
  return { dependsOn: Promise.resolve(options.dependsOn), pass, fail, provider };
}

describe("a resource of any cloud", () => {
  it("is made once the cloud is known to have what the plan names, and after what it depends on", async () => {
    const { dependsOn, pass, provider } = await waiting();
    const first = await Promise.race([dependsOn, new Promise((resolve) => setImmediate(resolve, "still waits"))]);
    assert.equal(first, "still waits");
    pass();
    assert.deepEqual(await dependsOn, [provider]);
  });

  it("is not made where the cloud lacks something, and fails by its reason", async () => {
    const { dependsOn, fail } = await waiting();
    fail(new Error("there is no image ubuntu-22.04"));
    await assert.rejects(dependsOn, /there is no image ubuntu-22\.04/);
  });
});
