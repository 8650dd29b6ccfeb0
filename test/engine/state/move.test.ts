import assert from "node:assert/strict";
import { StackBusyError } from "../../../engine/errors";
import { holdsAnything, type MovableStack, moveToLayers, splitResources } from "../../../engine/state/move";
import type { PendingOperation, StateResource } from "../../../engine/state/state";
import { LAYERS, type Layer } from "../../../model/layers";
import { RefusedError } from "../../../model/problems";
import { KUBESPRAY_CLUSTER } from "../../../model/type-tokens";
import { environmentFile, plannedFile } from "../../support/environment";

const { plan } = plannedFile(environmentFile({ cluster: { pools: { worker: { nodes: { a: {} } } } } }));

const STACK = "pulumi:pulumi:Stack";
const OPENSTACK = "pulumi:providers:openstack";
const KPAAS = "pulumi:providers:kpaas";
const RANDOM = "pulumi:providers:random";
const KUBERNETES = "pulumi:providers:kubernetes";
const INSTANCE = "openstack:compute/instance:Instance";
const NAMESPACE = "kubernetes:core/v1:Namespace";
const PASSWORD = "random:index/randomPassword:RandomPassword";

/** A type with those of its parents. */
const infrastructure = (type: string) => `kpaas:index:Environment$kpaas:openstack:Infrastructure$${type}`;
const cluster = (type: string) => `kpaas:index:Environment$kpaas:index:Cluster$${type}`;
const platform = (type: string) => `kpaas:index:Environment$kpaas:index:Platform$${type}`;

/** A URN in the one stack, or in a layer's. */
const urn = (chain: string, name: string, layer?: Layer): string =>
  `urn:pulumi:demo${layer === undefined ? "" : `.${layer}`}::kpaas::${chain}::${name}`;
const ENVIRONMENT = urn("kpaas:index:Environment", "demo");
const MACHINE = urn(infrastructure(INSTANCE), "demo-a");
const CLUSTER_URN = urn(cluster(KUBESPRAY_CLUSTER), "demo-cluster");
const ACCESS = urn(cluster(KUBERNETES), "demo-cluster-kubernetes");
const RANDOMS = urn(RANDOM, "default");

const nodes = { a: { machineId: "i-1", dialAddress: "10.0.0.1" }, "cp-1": { machineId: "i-2", dialAddress: "10.0.0.2" } };
const ssh = { user: "ubuntu", privateKey: { ciphertext: "v1:x" } };

/** The smallest state that has one of everything. */
function state(outputs: Record<string, unknown> = {}): StateResource[] {
  const instance = { type: INSTANCE, id: "i-1", parent: ENVIRONMENT, provider: `${urn(OPENSTACK, "default")}::os` };
  return [
    { urn: urn(STACK, "kpaas-demo"), type: STACK, outputs },
    { urn: ENVIRONMENT, type: "kpaas:index:Environment", parent: urn(STACK, "kpaas-demo") },
    { urn: urn(OPENSTACK, "default"), type: OPENSTACK, id: "os" },
    { urn: urn(KPAAS, "default"), type: KPAAS, id: "kp" },
    { urn: RANDOMS, type: RANDOM, id: "rnd" },
    { urn: MACHINE, ...instance },
    {
      urn: CLUSTER_URN,
      ...{ type: KUBESPRAY_CLUSTER, id: "demo", inputs: { nodes, ssh }, parent: ENVIRONMENT, provider: `${urn(KPAAS, "default")}::kp` },
      ...{ dependencies: [MACHINE], propertyDependencies: { nodes: [MACHINE], name: null }, outputs: { kubeconfig: "recorded" } },
    },
    { urn: ACCESS, type: KUBERNETES, id: "k8s", parent: ENVIRONMENT, dependencies: [CLUSTER_URN] },
    {
      urn: urn(platform(NAMESPACE), "portal"),
      ...{ type: NAMESPACE, id: "portal", provider: `${ACCESS}::k8s`, deletedWith: CLUSTER_URN },
      dependencies: [ACCESS, CLUSTER_URN, urn(platform(PASSWORD), "password")],
    },
    { urn: urn(platform(PASSWORD), "password"), type: PASSWORD, id: "none", provider: `${RANDOMS}::rnd` },
  ];
}

const outputs = {
  applied: { version: 1 },
  kubeconfig: "secret",
  apiEndpoint: "https://x",
  nodes: {},
  urls: {},
  versions: {},
  credentials: {},
};
const layers = splitResources(plan, state(outputs));
const typesOf = (layer: Layer) => layers[layer].resources.map(({ type }) => type);
const find = (layer: Layer, type: string) => layers[layer].resources.find((resource) => resource.type === type);
const outputsOf = (layer: Layer) => find(layer, STACK)?.outputs ?? {};

describe("The state of one stack, split into those of three layers,", () => {
  it("has each resource in its layer, with what it hangs under and the providers it uses", () => {
    const common = [STACK, "kpaas:index:Environment"];
    assert.deepEqual(typesOf("infrastructure"), [...common, OPENSTACK, INSTANCE]);
    assert.deepEqual(typesOf("cluster"), [...common, KPAAS, KUBESPRAY_CLUSTER, KUBERNETES]);
    assert.deepEqual(typesOf("platform"), [...common, RANDOM, KUBERNETES, NAMESPACE, PASSWORD]);
  });

  it("names the layer's stack in every URN, and no other", () => {
    for (const layer of LAYERS) {
      const text = JSON.stringify(layers[layer].resources);
      for (const [, found] of text.matchAll(/urn:pulumi:([^:]+)::/g)) assert.equal(found, `demo.${layer}`, text);
      assert.equal(find(layer, STACK)?.urn, urn(STACK, `kpaas-demo.${layer}`, layer));
      assert.equal(find(layer, "kpaas:index:Environment")?.parent, urn(STACK, `kpaas-demo.${layer}`, layer));
    }
    assert.equal(find("infrastructure", INSTANCE)?.provider, `${urn(OPENSTACK, "default", "infrastructure")}::os`);
  });

  it("gives the platform a provider of its own, under the environment, because the cluster is another stack's", () => {
    const own = urn(`kpaas:index:Environment$${KUBERNETES}`, "demo-kubernetes", "platform");
    assert.equal(find("platform", KUBERNETES)?.urn, own);
    assert.equal(find("platform", KUBERNETES)?.parent, urn("kpaas:index:Environment", "demo", "platform"));
    assert.equal(find("platform", NAMESPACE)?.provider, `${own}::k8s`);
    assert.deepEqual(find("platform", NAMESPACE)?.dependencies, [own, urn(platform(PASSWORD), "password", "platform")]);
  });

  it("drops what one layer's resources depend on in another", () => {
    assert.deepEqual(find("cluster", KUBESPRAY_CLUSTER)?.dependencies, []);
    assert.deepEqual(find("cluster", KUBESPRAY_CLUSTER)?.propertyDependencies, { nodes: [], name: [] });
    assert.equal(find("platform", NAMESPACE)?.deletedWith, undefined);
    assert.deepEqual(find("cluster", KUBERNETES)?.dependencies, [urn(cluster(KUBESPRAY_CLUSTER), "demo-cluster", "cluster")]);
  });

  it("writes the contract of each layer for the one above, and divides the outputs", () => {
    const machines = { a: { id: "i-1", dialAddress: "10.0.0.1" }, "cp-1": { id: "i-2", dialAddress: "10.0.0.2" } };
    assert.deepEqual(outputsOf("infrastructure").contract, {
      ...{ version: 1, layer: "infrastructure", machines, ssh, standing: plan.machines },
    });
    assert.deepEqual(outputsOf("cluster").contract, { version: 1, layer: "cluster", kubeconfig: "secret", nodes: ["a", "cp-1"] });
    for (const layer of LAYERS) assert.deepEqual(outputsOf(layer).applied, { version: 1 });
    assert.deepEqual(Object.keys(outputsOf("platform")).sort(), ["applied", "credentials", "predicted", "urls"]);
  });

  it("is split as well where the first up did not come to its end", () => {
    const broken = splitResources(plan, state());
    const stack = broken.cluster.resources.find(({ type }) => type === STACK);
    assert.deepEqual(Object.keys(stack?.outputs ?? {}).sort(), ["contract", "kubeconfig", "predicted"]);
    const withoutCluster = splitResources(
      plan,
      state().filter(({ type }) => type !== KUBESPRAY_CLUSTER && type !== KUBERNETES && type !== NAMESPACE),
    );
    for (const layer of LAYERS) assert.deepEqual(withoutCluster[layer].resources[0]?.outputs, {});
    assert.equal(withoutCluster.infrastructure.resources.length, 4);
  });

  it("hands on what is still open to the layer it belongs to, under the names of there", () => {
    const rule = urn(infrastructure("openstack:networking/secGroupRule:SecGroupRule"), "rule");
    const open: PendingOperation = {
      type: "creating",
      resource: { urn: rule, type: "openstack:networking/secGroupRule:SecGroupRule", provider: `${RANDOMS}::rnd`, dependencies: [MACHINE] },
    };
    const split = splitResources(plan, state(), [open]);
    assert.deepEqual(
      LAYERS.map((layer) => split[layer].open.length),
      [1, 0, 0],
    );
    const { resource } = split.infrastructure.open[0] ?? open;
    assert.equal(resource.urn, rule.replace(":demo::", ":demo.infrastructure::"));
    assert.deepEqual(resource.dependencies, [urn(infrastructure(INSTANCE), "demo-a", "infrastructure")]);
    assert.equal(resource.provider, `${urn(RANDOM, "default", "infrastructure")}::rnd`, "and its provider is there");
  });
});

describe("The move from one stack to three", () => {
  const rule = urn(infrastructure("openstack:networking/secGroupRule:SecGroupRule"), "rule");
  const since = "2026-01-01T00:00:00.000Z";
  const open: PendingOperation = {
    since,
    type: "creating",
    resource: { urn: rule, type: "openstack:networking/secGroupRule:SecGroupRule" },
  };

  /** Stacks in memory; each change of one is counted, and the one that is to break off throws in place of it. */
  class Stacks {
    readonly held = new Map([["demo", JSON.stringify({ version: 3, deployment: { resources: state(outputs) } })]]);
    readonly kept = new Map<string, readonly PendingOperation[]>([["demo", [open]]]);
    breakAt = Number.POSITIVE_INFINITY;

    change(work: () => void): void {
      if (this.breakAt-- <= 0) throw new Error("killed");
      work();
    }

    open(name: string): MovableStack {
      return {
        exportState: async () => this.held.get(name) ?? JSON.stringify({ deployment: {} }),
        importState: async (text) => this.change(() => this.held.set(name, text)),
        remembered: () => this.kept.get(name) ?? [],
        remember: (all) => this.change(() => this.kept.set(name, all)),
      };
    }

    async move(wanted = plan): Promise<void> {
      const remove = async () => this.change(() => this.held.delete("demo"));
      await moveToLayers(wanted, this.open("demo"), async (layer) => this.open(`demo.${layer}`), remove);
    }
  }

  it("comes to the same end wherever it was broken off", async () => {
    const undisturbed = new Stacks();
    await undisturbed.move();
    assert.deepEqual([...undisturbed.held.keys()], ["demo.infrastructure", "demo.cluster", "demo.platform"]);
    assert.deepEqual(undisturbed.kept.get("demo"), []);
    assert.equal(undisturbed.kept.get("demo.infrastructure")?.length, 1, "what is open is still remembered");
    let broken = 0;
    for (let at = 0; ; at++) {
      const stacks = new Stacks();
      stacks.breakAt = at;
      const ended = await stacks.move().then(
        () => true,
        (error) => !/killed/.test(String(error)),
      );
      if (ended) break;
      broken++;
      assert.ok(stacks.held.has("demo"), "the one stack goes last");
      stacks.breakAt = Number.POSITIVE_INFINITY;
      await stacks.move();
      assert.deepEqual(stacks.held, undisturbed.held);
      assert.deepEqual(stacks.kept, undisturbed.kept);
    }
    assert.equal(broken, 6, "three imports, two memories and the removal");
  });

  it("starts anew where an engine that was still at work has changed the one stack meanwhile", async () => {
    const stacks = new Stacks();
    const one = stacks.open("demo");
    const remove = async () => void stacks.held.delete("demo");
    let remaining = 1;
    const changing = moveToLayers(
      plan,
      one,
      async (layer) => {
        if (layer === "platform" && remaining-- > 0)
          await one.importState(JSON.stringify({ deployment: { resources: state(outputs).slice(0, -1) } }));
        return stacks.open(`demo.${layer}`);
      },
      remove,
    );
    await assert.rejects(changing, StackBusyError);
    await stacks.move();
    const platform = JSON.parse(stacks.held.get("demo.platform") ?? "").deployment.resources;
    assert.ok(!platform.some(({ type }: StateResource) => type === PASSWORD));
  });

  it("never takes the place of something else that a layer's stack holds", async () => {
    const stacks = new Stacks();
    const urnThere = urn(platform(NAMESPACE), "another", "platform");
    const there = JSON.stringify({ deployment: { resources: [{ urn: urnThere, type: NAMESPACE, id: "another" }] } });
    stacks.held.set("demo.platform", there);
    await assert.rejects(
      stacks.move(),
      (error) => error instanceof RefusedError && /demo and demo.platform both hold resources/.test(error.message),
    );
    assert.equal(stacks.held.get("demo.platform"), there);
    assert.ok(stacks.held.has("demo"));
  });

  it("is not begun for what a refused program leaves in a stack", () => {
    const resources = state();
    assert.ok(holdsAnything(resources));
    assert.ok(!holdsAnything(resources.filter(({ type }) => type === STACK || type.startsWith("pulumi:providers:"))));
  });

  it("is refused while machines leave the cluster with the same up, for nobody knows any more how they were made", async () => {
    const { plan: smaller } = plannedFile(environmentFile({ cluster: { pools: { worker: { nodes: { b: {} } } } } }));
    const stacks = new Stacks();
    await assert.rejects(
      stacks.move(smaller),
      (error) => error instanceof RefusedError && /a would leave the cluster with the same/.test(error.message),
    );
    assert.deepEqual([...stacks.held.keys()], ["demo"]);
  });
});
