import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { reveal } from "../../../plugin/kubespray/values";
import { type Properties, UNKNOWN } from "../../../plugin/rpc/provider";
import { changed, commands, inputsOf, known, servedCluster, three } from "./fixtures";

describe("A cluster's certificates", () => {
  const served = servedCluster();

  it("shows no renewal 31 days before its certificates end, and one 30 days before, which makes the kubeconfig anew", async () => {
    const { properties: olds } = await served.create();
    assert.deepEqual(olds.certificates, {
      "admin.conf": "2028-01-01T00:00:00.000Z",
      apiserver: "2028-01-01T00:00:00.000Z",
      ca: "2036-12-29T00:00:00.000Z",
    });
    const states = { oldInputs: inputsOf(), olds, news: inputsOf() };
    served.pass(334);
    assert.deepEqual(changed(await served.client.diff(known, states)), []);
    served.pass(1);
    const diff = await served.client.diff(known, states);
    assert.deepEqual([changed(diff), diff.replaces], [["certificates", "kubeconfig"], []]);
    const preview = (await served.client.update(known, { ...states, preview: true })).properties;
    assert.deepEqual(commands(preview), ["renew-certificates.yml --limit cp-1 -e renew_within_days=30"]);
    assert.deepEqual([preview.certificates, preview.endpoint], [UNKNOWN, olds.endpoint]);
    const authority = (properties: Properties) => /certificate-authority-data: \S+/.exec(JSON.stringify(properties.kubeconfig))?.[0];
    const { properties } = await served.client.update(known, states);
    assert.notDeepEqual(properties.kubeconfig, olds.kubeconfig);
    assert.equal(authority(properties), authority(olds));
    assert.equal((properties.certificates as Properties).apiserver, "2028-12-01T00:00:00.000Z");
    assert.deepEqual(changed(await served.client.diff(known, { ...states, olds: properties })), []);
  });

  it("previews a renewal with the kubeconfig that still opens the cluster, marked as one that changes, and without one once it has ended", async () => {
    const { properties: olds } = await served.create();
    const old = String(reveal(olds.kubeconfig));
    const preview = async () =>
      (await served.client.update(known, { oldInputs: inputsOf(), olds, news: inputsOf(), preview: true })).properties.kubeconfig;
    served.pass(335);
    const shown = await preview();
    assert.notEqual(reveal(shown), shown, "a secret");
    assert.notEqual(reveal(shown), old);
    assert.deepEqual(parse(String(reveal(shown))), parse(old));
    served.pass(31);
    assert.equal(await preview(), UNKNOWN);
  });

  it("keeps the recorded kubeconfig through a change, though the hosts have renewed theirs, until it ends or is read", async () => {
    const { properties: olds } = await served.create();
    rmSync(join(served.world, "cluster-pki.json"));
    const news = inputsOf(three());
    const { properties } = await served.client.update(known, { oldInputs: inputsOf(), olds, news });
    assert.deepEqual(properties.kubeconfig, olds.kubeconfig);
    const read = await served.client.read(known, news, properties);
    assert.notDeepEqual(read.properties.kubeconfig, olds.kubeconfig);
  });

  it("warns of an authority that ends, which no run renews", async () => {
    const { properties: olds } = await served.create();
    const fresh = { ...olds, certificates: { ca: "2027-01-20T00:00:00.000Z" } };
    assert.deepEqual(changed(await served.client.diff(known, { oldInputs: inputsOf(), olds: fresh, news: inputsOf() })), []);
    assert.match(served.client.logs.map((line) => line.message).join("\n"), /certificates: ca \(2027-01-20\) ends soon/);
  });
});
