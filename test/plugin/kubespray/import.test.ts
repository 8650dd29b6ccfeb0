import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { reveal } from "../../../plugin/kubespray/values";
import type { Properties } from "../../../plugin/rpc/provider";
import { CANARY, changed, inputsOf, known, servedCluster } from "./fixtures";

describe("Importing a cluster", () => {
  const served = servedCluster();
  const read = (path: string) => served.client.read({ ...known, id: path });

  it("takes over what the file of its inputs says, as the cluster is, with nothing left to change", async () => {
    await served.create();
    const path = join(served.world, "inputs.json");
    writeFileSync(path, JSON.stringify(inputsOf()));
    const { id, inputs, properties } = await read(path);
    assert.equal(id, "demo");
    assert.deepEqual(reveal(inputs), inputsOf());
    assert.ok(!JSON.stringify((inputs.ssh as Properties).privateKey).startsWith(`"${CANARY}`), "the key is a secret");
    assert.deepEqual(Object.keys(properties.nodeTable as Properties).sort(), ["cp-1", "worker-1", "worker-2"]);
    assert.deepEqual(changed(await served.client.diff(known, { oldInputs: inputs, olds: properties, news: inputsOf() })), []);
  });

  it("says what the id must be, and what is wrong with its file", async () => {
    await assert.rejects(
      read("demo"),
      /imported by the path of a file with its inputs, and "demo" is none: `kpaas cluster import` writes one/,
    );
    const path = join(served.world, "inputs.json");
    writeFileSync(path, "{}");
    await assert.rejects(read(path), /must hold the inputs of a cluster/);
    writeFileSync(path, JSON.stringify({ ...inputsOf(), kubespray: 7 }));
    await assert.rejects(read(path), /kubespray: /);
  });

  it("tells at a refresh of a version that somebody brought the whole cluster to, and of none that only a part has", async () => {
    const { properties } = await served.create();
    const file = served.file();
    const at = (kubernetes: string, kubelet: string) => {
      const nodes = Object.entries(file.nodes as Properties).map(([name, node]) => [name, { ...(node as Properties), kubelet }]);
      writeFileSync(join(served.world, "cluster.json"), JSON.stringify({ ...file, kubernetes, nodes: Object.fromEntries(nodes) }));
    };
    const seen = async () => (await served.client.read(known, inputsOf(), properties)).properties.kubernetes;
    assert.equal(await seen(), "1.33.5");
    at("1.34.1", "1.33.5");
    assert.equal(await seen(), "1.33.5");
    at("1.34.1", "1.34.1");
    assert.equal(await seen(), "1.34.1");
  });
});
