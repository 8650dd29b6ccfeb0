import assert from "node:assert/strict";
import { PartialFailure, SECRET_SIGNATURE, SIGNATURE_KEY } from "../../../plugin/rpc/provider";
import { ProviderClient } from "../../support/provider-client";
import { DEPLOYMENT, deployment, type Fields, kubeconfig, World } from "./world";

describe("sandbox/kubernetes over the plugin protocol", () => {
  let world: World;
  let client: ProviderClient;
  beforeEach(async () => {
    world = new World();
    client = await ProviderClient.serve(world.provider);
    await client.configure({ kubeconfig: kubeconfig() });
  });
  afterEach(() => {
    client.close();
    world.dispose();
  });

  it("creates, finds no change, updates, reads and deletes", async () => {
    const ref = { type: DEPLOYMENT, name: "web" };
    const { inputs, failures } = await client.check(ref, deployment("web"));
    assert.deepEqual(failures, []);
    const { id, properties } = await client.create(ref, inputs);
    const state = { oldInputs: inputs, olds: properties };
    assert.equal((await client.diff({ ...ref, id }, { ...state, news: inputs })).changed, false);
    const scaled = (await client.check(ref, deployment("web", { spec: { replicas: 2 } }), inputs)).inputs;
    assert.deepEqual(Object.keys((await client.diff({ ...ref, id }, { ...state, news: scaled })).detailed), ["spec.replicas"]);
    const updated = await client.update({ ...ref, id }, { ...state, news: scaled });
    assert.equal((updated.properties.status as Fields).readyReplicas, 2);
    assert.equal((await client.read({ ...ref, id }, scaled, updated.properties)).id, id);
    await client.delete({ ...ref, id }, updated.properties, scaled);
    assert.equal((await client.read({ ...ref, id }, scaled, updated.properties)).id, "");
  });

  it("hands over the state of an object that did not get ready", async () => {
    const ref = { type: DEPLOYMENT, name: "web" };
    const { inputs } = await client.check(ref, deployment("web", { pod: { nodeSelector: { gpu: "true" } } }));
    await assert.rejects(client.create(ref, inputs), (error: unknown) => error instanceof PartialFailure && error.id === "default/web");
  });

  it("sends a Secret's data as a secret", async () => {
    const ref = { type: "kubernetes:core/v1:Secret", name: "db" };
    const { inputs } = await client.check(ref, { metadata: { name: "db" }, stringData: { password: "canary" } });
    const { properties } = await client.create(ref, inputs);
    assert.equal((properties.data as Fields)[SIGNATURE_KEY], SECRET_SIGNATURE);
  });
});
