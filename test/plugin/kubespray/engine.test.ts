import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { output, secret } from "@pulumi/pulumi";
import { LocalWorkspace, PulumiCommand, type Stack } from "@pulumi/pulumi/automation";
import { stringify } from "yaml";
import { KubesprayCluster, type KubesprayClusterArgs } from "../../../components/cluster/kubespray-cluster";
import type { ClusterSpec } from "../../../model/cluster/types";
import { cluster, worker } from "../../model/cluster/fixtures";
import { engineForTests } from "../../support/engine";
import { temporaryFolders } from "../../support/temporary";
import { CANARY } from "./fixtures";

const main = join(__dirname, "..", "..", "..", "plugin", "main.js");

function argsOf({ hosts: _none, ...spec }: ClusterSpec): KubesprayClusterArgs {
  const nodes = Object.entries(spec.nodes).map(([name, node]) => [
    name,
    { ...node, machineId: `machine-of-${name}`, dialAddress: node.address },
  ]);
  const variables = {
    ...spec.variables,
    registry_pass: secret(CANARY),
    crio_registry_auth: [{ registry: "a.example", password: secret(CANARY) }],
  };
  return { ...spec, variables, nodes: Object.fromEntries(nodes), ssh: { user: "ubuntu", privateKey: output(CANARY) } };
}

/** A stack of one cluster in a folder of its own, on the real engine. */
async function stackIn(folder: string, engineRoot: string, spec: () => ClusterSpec): Promise<Stack> {
  for (const name of ["state", "home", "plugin", "project"]) mkdirSync(join(folder, name));
  const launcher = `#!/bin/sh\nexec "${process.execPath}" "${main}" --runner sandbox --world "${join(folder, "world")}" "$@"\n`;
  writeFileSync(join(folder, "plugin", "pulumi-resource-kpaas"), launcher, { mode: 0o755 });
  writeFileSync(join(folder, "passphrase"), "test");
  const backend = `file://${join(folder, "state")}`;
  const project = {
    name: "kpaas-test",
    runtime: "nodejs",
    backend: { url: backend },
    plugins: { providers: [{ name: "kpaas", path: join(folder, "plugin") }] },
  };
  writeFileSync(join(folder, "project", "Pulumi.yaml"), stringify(project));
  const program = async () => {
    const made = new KubesprayCluster("demo", argsOf(spec()));
    return { kubeconfig: made.kubeconfig, steps: made.steps };
  };
  const packed = existsSync(join(engineRoot, "bin", "pulumi"));
  return LocalWorkspace.createOrSelectStack(
    { stackName: "test", projectName: "kpaas-test", program },
    {
      workDir: join(folder, "project"),
      pulumiCommand: await PulumiCommand.get(packed ? { root: engineRoot } : {}),
      envVars: {
        PULUMI_CONFIG_PASSPHRASE_FILE: join(folder, "passphrase"),
        PULUMI_BACKEND_URL: backend,
        PULUMI_HOME: join(folder, "home"),
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        PULUMI_SKIP_UPDATE_CHECK: "true",
      },
    },
  );
}

describe("A kubespray cluster on the real engine", function () {
  this.timeout(120_000);
  const folder = temporaryFolders();

  it("comes up, is changed in place after a failure, is refused what it must be, and goes", async function () {
    const engine = await engineForTests.call(this);
    this.timeout(120_000);
    const home = folder();
    let wanted = cluster();
    const stack = await stackIn(home, engine.root, () => wanted);

    const first = await stack.up();
    assert.equal(first.outputs.kubeconfig?.secret, true);
    assert.equal((await stack.up()).summary.resourceChanges?.same, 2);

    wanted = cluster({ "worker-1": worker("worker-1", 1), "worker-2-g2": worker("worker-2", 22, { generation: 2 }) });
    writeFileSync(join(home, "world", "faults.json"), JSON.stringify({ kubespray: { failStep: "remove-node", times: 1 } }));
    await assert.rejects(stack.up(), /step 3 of 3 .* failed/);
    const resumed = await stack.up();
    assert.deepEqual(
      resumed.outputs.steps?.value.map((step: { playbook: string }) => step.playbook),
      ["remove-node"],
    );
    assert.deepEqual(resumed.summary.resourceChanges, { same: 1, update: 1 });
    await stack.refresh();

    wanted = { ...wanted, variables: { ...wanted.variables, kubelet_max_pods: 120 } };
    const shown = await stack.preview({ diff: true });
    assert.match(shown.stdout, /kubelet_max_pods/);
    assert.ok(!shown.stdout.includes(CANARY));
    wanted = { ...wanted, kubernetes: "1.33.4" };
    await assert.rejects(stack.preview(), /refused:\s+kubernetes: downgrading Kubernetes/);

    const files = ["state", "world"].flatMap((kept) => readdirSync(join(home, kept), { recursive: true, withFileTypes: true }));
    for (const entry of files.filter((each) => each.isFile())) {
      const text = readFileSync(join(entry.parentPath, entry.name), "utf8");
      assert.ok(!text.includes(CANARY) && !text.includes("client-key-data"), entry.name);
    }

    await stack.destroy();
    assert.equal(existsSync(join(home, "world", "cluster.json")), false);
  });
});
