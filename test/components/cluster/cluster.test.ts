import assert from "node:assert/strict";
import { output, secret } from "@pulumi/pulumi";
import { parse } from "yaml";
import { Cluster } from "../../../components/cluster/cluster";
import { InvalidInputError } from "../../../model/problems";
import { graph } from "../../../testing/graph";
import { isSecretEnvelope, secretEnvelope, unwrapSecret } from "../../../testing/mocks";
import { cluster } from "../../model/cluster/fixtures";

const spec = cluster();
const machines = Object.fromEntries(
  Object.entries(spec.nodes).map(([name, node]) => [name, { id: output(`id-of-${name}`), dialAddress: output(node.address) }]),
);
const key = "canary-private-key";
const build = (changes = {}) => {
  const ssh = { user: "ubuntu", privateKey: secret(key), bastion: { address: output("203.0.113.9"), user: "ubuntu" } };
  return new Cluster("demo-cluster", { spec, networkCidr: "10.20.0.0/16", machines, ssh, ...changes });
};
const outputs = {
  "kpaas:kubespray:Cluster": () => ({
    kubeconfig: secretEnvelope("canary-kubeconfig"),
    endpoint: "https://10.20.0.10:6443",
    versions: {},
    nodeTable: {},
  }),
};

describe("The cluster component", () => {
  it("registers one kubespray cluster and one Kubernetes provider under itself", async () => {
    const registered = await graph(() => build(), { outputs });
    assert.deepEqual(registered.lines(), [
      "kpaas:index:Cluster demo-cluster",
      "  kpaas:kubespray:Cluster demo-cluster-kubespray",
      "  pulumi:providers:kubernetes demo-cluster-kubernetes",
    ]);
  });

  it("hands every node its machine, and protects and ignores nothing", async () => {
    const { inputs, options } = (await graph(() => build(), { outputs })).get("demo-cluster-kubespray");
    const nodes = inputs.nodes as Record<string, Record<string, unknown>>;
    assert.deepEqual(nodes["worker-1"], { ...spec.nodes["worker-1"], machineId: "id-of-worker-1", dialAddress: "10.20.1.1" });
    assert.equal(inputs.networkCidr, "10.20.0.0/16");
    assert.deepEqual(inputs.controlPlane, ["cp-1"]);
    assert.deepEqual([options.protect ?? false, options.ignoreChanges, options.additionalSecretOutputs], [false, [], ["kubeconfig"]]);
  });

  it("keeps the private key and the kubeconfig secret everywhere", async () => {
    const registered = await graph(() => build(), { outputs });
    assert.deepEqual(registered.leaks(key), []);
    assert.deepEqual(registered.leaks("canary-kubeconfig"), []);
    assert.ok(isSecretEnvelope(registered.get("demo-cluster-kubernetes").inputs.kubeconfig));
    assert.equal(registered.get("demo-cluster").outputs?.kubeconfig, undefined);
  });

  it("names the cluster to the Kubernetes provider, so that a new endpoint replaces nothing", async () => {
    const { inputs } = (await graph(() => build(), { outputs })).get("demo-cluster-kubernetes");
    assert.equal(inputs.clusterIdentifier, "demo");
    assert.equal(String(inputs.enableServerSideApply), "true");
  });

  it("reaches a private cluster through the proxy, its address and names unchanged and no object touched", async () => {
    const issued = "# issued by kubeadm\nclusters:\n  - cluster: { server: https://10.20.0.10:6443 }\n    name: cluster.local\n";
    const issuedOutputs = {
      "kpaas:kubespray:Cluster": () => ({ ...outputs["kpaas:kubespray:Cluster"](), kubeconfig: secretEnvelope(issued) }),
    };
    const registered = await graph(() => build({ proxyUrl: "http://127.0.0.1:18000" }), { outputs: issuedOutputs });
    const { kubeconfig, clusterIdentifier } = registered.get("demo-cluster-kubernetes").inputs;
    assert.ok(isSecretEnvelope(kubeconfig));
    assert.deepEqual(parse(String(unwrapSecret(kubeconfig))).clusters, [
      { cluster: { server: "https://10.20.0.10:6443", "proxy-url": "http://127.0.0.1:18000" }, name: "cluster.local" },
    ]);
    assert.equal(clusterIdentifier, "demo");
  });

  it("leads to the public address, and checks the certificate against the name that nodes use", async () => {
    const issued = (server: string) => `clusters:\n  - cluster: { server: "${server}" }\n    name: cluster.local\n`;
    const { host, port } = spec.apiEndpoint;
    const led = async (server: string) => {
      const from = {
        "kpaas:kubespray:Cluster": () => ({ ...outputs["kpaas:kubespray:Cluster"](), kubeconfig: secretEnvelope(issued(server)) }),
      };
      const g = await graph(() => build({ publicAddress: output("203.0.113.10") }), { outputs: from });
      assert.equal(g.get("demo-cluster").outputs?.endpoint, `https://203.0.113.10:${port}`);
      const { kubeconfig } = g.get("demo-cluster-kubernetes").inputs;
      assert.ok(isSecretEnvelope(kubeconfig));
      return parse(String(unwrapSecret(kubeconfig))).clusters[0].cluster;
    };
    assert.deepEqual(await led(`https://${host}:${port}`), { server: `https://203.0.113.10:${port}`, "tls-server-name": host });
    assert.deepEqual(await led("https://127.0.0.1:16443"), { server: "https://127.0.0.1:16443" }, "another server is left alone");
  });

  it("registers the same when nothing is known yet", async () => {
    const [known, unknown] = [await graph(() => build(), { outputs }), await graph(() => build(), { unknowns: true })];
    assert.deepEqual(unknown.urns(), known.urns());
  });

  it("refuses a node without a machine, by name", async () => {
    await assert.rejects(
      graph(() => build({ machines: {} })),
      (error) =>
        error instanceof InvalidInputError &&
        error.problems.map((problem) => problem.path).join() === "machines.cp-1,machines.worker-1,machines.worker-2",
    );
  });
});
