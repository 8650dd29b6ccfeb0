import assert from "node:assert/strict";
import { changedPaths } from "../../../plugin/kubespray/diff";
import { type ClusterInputs, parseInputs } from "../../../plugin/kubespray/inputs";
import type { Properties } from "../../../plugin/rpc/provider";
import { cluster, worker } from "../../model/cluster/fixtures";
import { inputsOf, withNode } from "./fixtures";

function parsed(properties: Properties): ClusterInputs {
  const result = parseInputs(properties);
  assert.ok(result.kind === "inputs");
  return result.inputs;
}

describe("The difference of two clusters", () => {
  it("is told by node name and says what was added, removed and changed", () => {
    const recorded = parsed(inputsOf());
    const spec = cluster(
      { "worker-1": worker("worker-1", 1, { labels: { disk: "ssd" } }), "a.b": worker("a.b", 9) },
      { variables: { kube_pods_subnet: "10.233.64.0/18", helm_enabled: true }, onDelete: "reset" },
    );
    const wanted = parsed(withNode(inputsOf(spec, { ssh: { user: "root", privateKey: "other" } }), "cp-1", { machineId: "m" }));
    assert.deepEqual(changedPaths(recorded, wanted, recorded), {
      onDelete: "update",
      "variables.helm_enabled": "add",
      "variables.kube_service_addresses": "delete",
      "nodes.cp-1.machineId": "update",
      "nodes.worker-1.labels": "update",
      "nodes.worker-2": "delete",
      'nodes["a.b"]': "add",
      "ssh.user": "update",
      "ssh.privateKey": "update",
    });
  });

  it("is nothing between equals, whatever the order of keys and taints", () => {
    const tainted = (taints: string[]) => cluster({ "worker-1": worker("worker-1", 1, { taints }) });
    const [a, b] = [parsed(inputsOf(tainted(["x:NoSchedule", "y:NoExecute"]))), parsed(inputsOf(tainted(["y:NoExecute", "x:NoSchedule"])))];
    assert.deepEqual(changedPaths(a, b, a), {});
  });

  it("names whatever changes of the way in, and where kubespray comes from", () => {
    const recorded = parsed(inputsOf());
    const ssh = { user: "ubuntu", agent: true, becomePassword: "p", bastion: { address: "203.0.113.9", user: "jump", port: 2222 } };
    const wanted = parsed(
      withNode(inputsOf(undefined, { ssh, kubespraySource: "/srv/kubespray" }), "cp-1", { sshUser: "admin", sshPort: 2222 }),
    );
    assert.deepEqual(Object.keys(changedPaths(recorded, wanted, recorded)).sort(), [
      "kubespraySource",
      "nodes.cp-1.sshPort",
      "nodes.cp-1.sshUser",
      "ssh.agent",
      "ssh.bastion",
      "ssh.becomePassword",
      "ssh.privateKey",
    ]);
  });
});
