import assert from "node:assert/strict";
import type { ClusterSpec } from "../../../model/cluster/types";
import { PartialFailure, type Properties } from "../../../plugin/rpc/provider";
import { changes, clusterOf } from "../../model/cluster/shapes";
import { commands, inputsOf, known, servedCluster } from "./fixtures";

const shape = (controlPlanes: number, etcd = 0) => clusterOf({ controlPlanes, etcd, workers: 1 });
const changed = (spec: ClusterSpec, name: string): ClusterSpec => {
  const to = changes.find((each) => each.name === name)?.of(spec);
  assert.ok(to, name);
  return to;
};

describe("The life of a cluster by its resource", () => {
  const served = servedCluster();
  let at: { spec: ClusterSpec; outputs: Properties };
  const create = async (spec: ClusterSpec) => {
    at = { spec, outputs: (await served.create(spec)).properties };
  };
  const become = async (spec: ClusterSpec): Promise<string[]> => {
    const states = { oldInputs: inputsOf(at.spec), olds: at.outputs, news: inputsOf(spec) };
    const { properties: seen } = await served.client.update(known, { ...states, preview: true });
    const { properties } = await served.client.update(known, states);
    assert.deepEqual(commands(seen), commands(properties), "the preview shows other steps");
    at = { spec, outputs: properties };
    const left = await served.client.diff(known, { oldInputs: inputsOf(spec), olds: properties, news: inputsOf(spec) });
    assert.deepEqual(left.detailed, {}, "something is left to do");
    return commands(properties);
  };
  const names = () => Object.keys(served.file().nodes).sort();

  it("goes from one control plane to three and back", async () => {
    await create(shape(1));
    await become(changed(at.spec, "add 2 controlPlane"));
    assert.deepEqual(served.file().etcd, ["cp-1", "cp-2-new", "cp-3-new"]);
    await become(changed(at.spec, "remove controlPlane 1,2"));
    assert.deepEqual(names(), ["cp-1", "worker-1"]);
  });

  it("replaces the first control plane, and the kubeconfig names its successor", async () => {
    await create(shape(3));
    const before = at.outputs.endpoint;
    await become(changed(at.spec, "rebuild controlPlane 0"));
    assert.deepEqual(served.file().controlPlane, ["cp-1-g2", "cp-2", "cp-3"]);
    assert.notEqual(at.outputs.endpoint, before);
    assert.ok(JSON.stringify(at.outputs.kubeconfig).includes("10.20.9.11"));
  });

  it("is upgraded by a minor, and knows its versions in the preview", async () => {
    await create(shape(3));
    await become(changed(at.spec, "upgrade one minor"));
    assert.equal((at.outputs.versions as Properties).kubernetes, "1.32.8");
    assert.ok(Object.values(served.file().nodes as Record<string, { kubelet: string }>).every(({ kubelet }) => kubelet === "1.32.8"));
  });

  it("goes on where an upgrade was broken off between control planes and workers", async () => {
    await create(shape(1));
    const to = changed(at.spec, "upgrade one minor");
    served.fault({ failStep: "3-upgrade-cluster", times: 1 });
    const states = { oldInputs: inputsOf(at.spec), olds: at.outputs, news: inputsOf(to) };
    const failure = await served.client.update(known, states).then(
      () => undefined,
      (error: unknown) => error,
    );
    assert.ok(failure instanceof PartialFailure);
    served.fault({});
    assert.deepEqual((failure.properties.nodes as Record<string, Properties>)["worker-1"]?.installed, {
      kubespray: "v2.28.0",
      kubernetes: "1.31.8",
    });
    at = { spec: at.spec, outputs: failure.properties };
    const left = await served.client.diff(known, { oldInputs: inputsOf(to), olds: at.outputs, news: inputsOf(to) });
    assert.notDeepEqual(left.detailed, {});
    await become(to);
    assert.equal((served.file().nodes as Record<string, { kubelet: string }>)["worker-1"]?.kubelet, "1.32.8");
  });

  it("has external etcd from the start, and its members are no nodes", async () => {
    await create(shape(1, 3));
    assert.deepEqual(Object.keys(at.outputs.nodeTable as Properties).sort(), ["cp-1", "worker-1"]);
    await become(changed(at.spec, "rebuild etcd 0"));
    assert.deepEqual(served.file().etcd, ["etcd-1-g2", "etcd-2", "etcd-3"]);
  });
});
