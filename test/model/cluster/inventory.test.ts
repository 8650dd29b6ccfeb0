import assert from "node:assert/strict";
import { hostVariables, inventoryVariables } from "../../../model/cluster/inventory";
import { kubesprayRelease, kubesprayTags } from "../../../model/cluster/releases";
import { cluster } from "./fixtures";

describe("An inventory's variables", () => {
  it("write the version as the tag does, in every step of a ladder", () => {
    const written = kubesprayTags.map((kubespray) => {
      const kubernetes = kubesprayRelease(kubespray)?.kubernetes.default ?? "";
      const { kube_version } = inventoryVariables(cluster(undefined, { kubespray, kubernetes }));
      assert.equal(String(kube_version).replace("v", ""), kubernetes);
      return [kubespray.slice(0, 5), String(kube_version).startsWith("v")];
    });
    assert.deepEqual(Object.fromEntries(written), {
      "v2.26": true,
      "v2.27": true,
      "v2.28": false,
      "v2.29": false,
      "v2.30": false,
      "v2.31": false,
    });
  });

  const podSecurity = { kube_pod_security_use_default: true, kube_pod_security_default_enforce: "restricted" };
  const admissionOf = (variables: Record<string, unknown>) => {
    const all = inventoryVariables(cluster(undefined, { variables }));
    return [all.kube_apiserver_admission_control_config_file, all.kube_apiserver_enable_admission_plugins];
  };

  it("have the API server read the Pod Security Standard, beside what kubeadm and the file name", () => {
    assert.deepEqual(admissionOf(podSecurity), [true, ["NodeRestriction", "PodSecurity"]]);
    assert.deepEqual(admissionOf({ ...podSecurity, kube_apiserver_enable_admission_plugins: ["EventRateLimit", "PodSecurity"] }), [
      true,
      ["NodeRestriction", "EventRateLimit", "PodSecurity"],
    ]);
  });

  it("leave admission alone without a standard", () => {
    assert.deepEqual(admissionOf({}), [undefined, undefined]);
  });
});

describe("An inventory's host", () => {
  it("keeps the runtime it has where its switch to the cluster's broke off", () => {
    const [node] = Object.values(cluster().nodes);
    assert.ok(node);
    assert.equal(hostVariables(node).container_manager, undefined);
    assert.equal(hostVariables({ ...node, runtime: "crio" }).container_manager, "crio");
  });
});
