import assert from "node:assert/strict";
import { beginDestroy, type DestroyedStack, recall, recallForgotten } from "../../../engine/state/broken-destroy";
import type { State, StateResource } from "../../../engine/state/state";
import { KUBESPRAY_CLUSTER } from "../../../model/type-tokens";

const urn = (type: string, name: string): string => `urn:pulumi:demo::kpaas::${type}::${name}`;
const resource = (type: string, name: string, more: Partial<StateResource> = {}): StateResource => ({
  urn: urn(type, name),
  type,
  custom: true,
  ...more,
});
const DATABASE = resource("kpaas:platform:MariaDb", "db", { custom: false });
const NETWORK = resource("openstack:networking/network:Network", "net");
const CLUSTERS = resource(KUBESPRAY_CLUSTER, "cluster", { dependencies: [NETWORK.urn] });
const ACCESS = resource("pulumi:providers:kubernetes", "access", { dependencies: [CLUSTERS.urn] });
const PASSWORD = resource("random:index/randomPassword:RandomPassword", "password", { parent: DATABASE.urn });
const NAMESPACE = resource("kubernetes:core/v1:Namespace", "db");
const ACCOUNT = resource("kubernetes:core/v1:ServiceAccount", "db", {
  parent: DATABASE.urn,
  deletedWith: CLUSTERS.urn,
  dependencies: [NAMESPACE.urn, PASSWORD.urn],
});
const BEFORE = [DATABASE, NETWORK, CLUSTERS, ACCESS, PASSWORD, NAMESPACE, ACCOUNT];
const stateOf = (...resources: StateResource[]): State => ({ deployment: { resources } });

/** A stack in memory. */
class FakeStack implements DestroyedStack {
  readonly read: string[][] = [];
  kept: readonly StateResource[] | undefined;
  constructor(public state: State) {}

  exportState = async () => JSON.stringify(this.state);
  importState = async (state: string) => {
    this.state = JSON.parse(state);
  };
  refresh = async (urns: readonly string[]) => {
    this.read.push([...urns]);
  };
  beforeDestroy = () => this.kept;
  keepBeforeDestroy = (resources: readonly StateResource[] | undefined) => {
    this.kept = resources;
  };
  tell = () => undefined;
}

describe("A destroy that was broken off", () => {
  it("has forgotten, as long as the cluster stands, what goes with it, the way to it, components, and what is in the state alone", () => {
    const { recalled, resources } = recall(BEFORE, stateOf(NETWORK, CLUSTERS));
    assert.deepEqual(recalled, [DATABASE, ACCESS, PASSWORD, ACCOUNT]);
    const account = { ...ACCOUNT, dependencies: [PASSWORD.urn] };
    assert.deepEqual(resources, [DATABASE, NETWORK, CLUSTERS, ACCESS, PASSWORD, account], "in their order, without what is deleted");
  });

  it("has deleted what was in a cluster that is gone", () => {
    const { recalled } = recall(BEFORE, stateOf(NETWORK));
    assert.deepEqual(recalled, [DATABASE, PASSWORD]);
  });

  it("has forgotten what goes with something in the cloud as well, as long as that is there", () => {
    const group = resource("openstack:networking/secGroup:SecGroup", "nodes", { id: "g" });
    const rule = resource("openstack:networking/secGroupRule:SecGroupRule", "rule", { id: "r", deletedWith: group.urn });
    assert.deepEqual(recall([group, rule], stateOf(group)).recalled, [rule]);
    assert.deepEqual(recall([group, rule], stateOf(NETWORK)).recalled, []);
  });

  it("is taken back by what comes next: what may be there is read, and nothing is kept any more", async () => {
    const stack = new FakeStack(stateOf(...BEFORE));
    await beginDestroy(stack);
    stack.state = stateOf(NETWORK, CLUSTERS);
    await beginDestroy(stack);
    assert.deepEqual(stack.kept, BEFORE, "a destroy that is repeated keeps what there was before the first");
    await recallForgotten(stack);
    assert.deepEqual(stack.read, [[ACCOUNT.urn]]);
    assert.equal(stack.state.deployment.resources?.length, 6);
    assert.equal(stack.kept, undefined);
  });

  it("is nothing to another stack of the same name", async () => {
    const stack = new FakeStack(stateOf());
    stack.kept = BEFORE;
    await recallForgotten(stack);
    assert.deepEqual([stack.state, stack.kept, stack.read], [stateOf(), undefined, []]);
  });
});
