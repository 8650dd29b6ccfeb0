import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CustomResource, type Inputs, ProviderResource, secret } from "@pulumi/pulumi";
import { OperationFailedError } from "../../engine/errors";
import { runOperation } from "../../engine/run-operation";
import type { EngineTarget } from "../../engine/types";
import { RefusedError } from "../../model/problems";
import { emptyPlan } from "../engine/plan";
import { clusterFile, kubeconfig } from "../sandbox/kubernetes/world";
import { engineForTests } from "../support/engine";
import { temporaryFolders } from "../support/temporary";

class Made extends CustomResource {}
class Access extends ProviderResource {}
class Thing extends CustomResource {
  constructor(type: string, inputs: Inputs) {
    super(`openstack:${type}`, String(inputs.name), inputs);
  }
}

const network = (inputs: Inputs = {}) => {
  const made = new Thing("networking/network:Network", { name: "net", ...inputs });
  return { network: made, subnet: new Thing("networking/subnet:Subnet", { name: "subnet", networkId: made.id, cidr: "10.0.0.0/24" }) };
};
const machine = () => {
  const { network: net, subnet } = network();
  const port = new Thing("networking/port:Port", { name: "port", networkId: net.id, fixedIps: [{ subnetId: subnet.id }] });
  new Thing("compute/instance:Instance", { name: "it", imageName: "ubuntu", flavorName: "small", networks: [{ port: port.id }] });
};
const balanced = () => {
  const { subnet } = network();
  const balancer = new Thing("loadbalancer/loadBalancer:LoadBalancer", { name: "lb", vipSubnetId: subnet.id, vipAddress: "10.0.0.9" });
  const listener = new Thing("loadbalancer/listener:Listener", {
    ...{ name: "listener", loadbalancerId: balancer.id, protocol: "TCP", protocolPort: 6443 },
  });
  new Thing("loadbalancer/pool:Pool", { name: "pool", listenerId: listener.id, protocol: "TCP", lbMethod: "ROUND_ROBIN" });
};
const apart = () => void new Thing("compute/serverGroup:ServerGroup", { name: "group", policies: ["soft-anti-affinity"] });

const inCluster = () => {
  const provider = new Access("kubernetes", "cluster", { kubeconfig: kubeconfig() });
  const make = (type: string, name: string, inputs: Inputs) => new Made(`kubernetes:${type}`, name, inputs, { provider });
  make("core/v1:Namespace", "namespace", { apiVersion: "v1", kind: "Namespace", metadata: { name: "portal" } });
  const metadata = { name: "password", namespace: "default" };
  make("core/v1:Secret", "password", { apiVersion: "v1", kind: "Secret", metadata, stringData: { password: secret("swordfish") } });
  const repositoryOpts = { repo: "https://charts.jetstack.io" };
  const chart = { chart: "cert-manager", version: "1.19.6", repositoryOpts, values: { crds: { enabled: true } } };
  make("helm.sh/v3:Release", "certificates", { ...chart, name: "cert-manager", namespace: "cert-manager", createNamespace: true });
};

const KINDS = ["network", "subnet", "port", "instance", "loadBalancer"] as const;

describe("An answer of the cloud that is lost, on the real engine,", function () {
  this.timeout(120_000);
  before(engineForTests);
  const folder = temporaryFolders();

  function sandbox() {
    const root = folder();
    const target: EngineTarget = { plan: emptyPlan("seoul"), root, sandbox: true, approvals: [] };
    const world = join(root, ".kpaas/sandbox/world/seoul");
    mkdirSync(world, { recursive: true });
    writeFileSync(join(world, "world.json"), JSON.stringify({ images: ["ubuntu"], flavors: ["small"] }));
    const objects = (kind: string) => {
      const path = join(world, "openstack", kind);
      return existsSync(path) ? readdirSync(path).filter((name) => name.endsWith(".json")) : [];
    };
    return {
      world,
      faults: (...rules: readonly object[]) =>
        writeFileSync(join(world, "faults.json"), JSON.stringify({ rules: rules.map((rule) => ({ package: "openstack", ...rule })) })),
      up: (program: () => void, approvals: readonly string[] = []) =>
        runOperation("up", { ...target, approvals }, async () => program(), {}),
      refresh: () => runOperation("refresh", target, undefined, {}),
      destroy: () => runOperation("destroy", target, undefined, {}),
      counts: () => KINDS.map((kind) => objects(kind).length),
      only: (kind: string) => join(world, "openstack", kind, objects(kind)[0] ?? ""),
      remembered: () => existsSync(join(root, ".kpaas/pending/sandbox-seoul.json")),
    };
  }

  const lost = (type: string, operation = "create") => ({ type, operation, loseAnswer: { call: 1 } });
  const losing = async (operation: Promise<unknown>) =>
    assert.rejects(operation, (error) => error instanceof OperationFailedError && /connection reset by peer/.test(error.message));
  const nothing = { create: 0, update: 0, replace: 0, delete: 0 };
  const changesOf = async (up: ReturnType<typeof runOperation>) => {
    const { same: _same, ...changes } = (await up).changes;
    return changes;
  };

  it("makes nothing twice, whatever was being created", async () => {
    const seoul = sandbox();
    seoul.faults(lost("Network"), lost("Port"), lost("Instance"));
    for (const made of [1, 3, 4]) {
      await losing(seoul.up(machine));
      assert.deepEqual(
        seoul.counts(),
        [1, 1, 1, 1, 0].map((all, index) => (index < made ? all : 0)),
        "made, and not told",
      );
    }
    assert.deepEqual(await changesOf(seoul.up(machine)), nothing, "the last one was found");
    assert.deepEqual(seoul.counts(), [1, 1, 1, 1, 0]);
    assert.ok(!seoul.remembered());
  });

  it("makes nothing twice in a cluster, and refuses nothing because it is there", async () => {
    const seoul = sandbox();
    writeFileSync(join(seoul.world, "cluster.json"), JSON.stringify(clusterFile()));
    const kinds = ["Namespace", "Secret", "Release"];
    // All three are under way before the first one fails, for after that the engine begins no other.
    const together = { package: "kubernetes", operation: "create", latencyMs: 1_000 };
    seoul.faults(together, ...kinds.map((type) => ({ ...lost(type), package: "kubernetes" })));
    await assert.rejects(seoul.up(inCluster), /unexpected EOF/);
    const { changes, resources } = await seoul.up(inCluster);
    assert.equal(changes.create, 0, "all three were found");
    // What is secret was not told with the failure; its object is filled again, and a Secret cannot be changed in place.
    assert.deepEqual(
      resources.map(({ op, name }) => `${op} ${name}`),
      ["replace password"],
    );
    assert.deepEqual(await changesOf(seoul.up(inCluster)), nothing);
    const stored = join(seoul.world, "kubernetes/secrets/default_password.json");
    assert.match(readFileSync(stored, "utf8"), /"password": "sealed:/);
    await seoul.destroy();
    assert.ok(!existsSync(stored));
  });

  it("is found out about by a refresh and by a destroy as well", async () => {
    const seoul = sandbox();
    seoul.faults(lost("Network"), lost("Instance"));
    await losing(seoul.up(machine));
    await seoul.refresh();
    await losing(seoul.up(machine));
    assert.deepEqual(seoul.counts(), [1, 1, 1, 1, 0]);
    await seoul.destroy();
    assert.deepEqual(seoul.counts(), [0, 0, 0, 0, 0]);
  });

  it("doubles no balancer either, nor its pool: their address and their listener name them", async () => {
    const seoul = sandbox();
    seoul.faults(lost("LoadBalancer"), lost("Pool"));
    for (let times = 0; times < 2; times++) await losing(seoul.up(balanced));
    assert.deepEqual(await changesOf(seoul.up(balanced)), nothing, "both were found");
    assert.deepEqual(seoul.counts(), [1, 1, 1, 0, 1], "its address is a port");
  });

  it("is known of a listener only when the cloud refuses to make it again", async () => {
    const seoul = sandbox();
    seoul.faults(lost("Listener"));
    await losing(seoul.up(balanced));
    await assert.rejects(seoul.up(balanced), /It is there and not in the state.*openstack loadbalancer listener/);
  });

  it("leaves to a person what the provider cannot be asked for", async () => {
    const seoul = sandbox();
    seoul.faults(lost("ServerGroup"));
    let told = "";
    await assert.rejects(seoul.up(apart), (error) => {
      assert.ok(error instanceof OperationFailedError && error.next === "kpaas preview seoul --sandbox");
      assert.doesNotMatch(error.message, /first finds out/);
      told = / --approve (group:absent@[0-9a-f]+)\.$/m.exec(error.message)?.[1] ?? error.message;
      return true;
    });
    let approval = "";
    const refused = (error: unknown) => {
      assert.ok(error instanceof RefusedError);
      assert.match(error.message, /was broken off while it created this ServerGroup "group"/);
      const { remedy } = error.problems[0]!;
      assert.match(remedy, /openstack server group list/);
      approval = / --approve (group:absent@[0-9a-f]+)$/.exec(remedy)?.[1] ?? "";
      return true;
    };
    await assert.rejects(seoul.up(apart), refused);
    assert.equal(approval, told);
    await assert.rejects(seoul.destroy(), refused);
    await seoul.up(apart, [approval]);
  });

  it("of a change is followed by the same change", async () => {
    const seoul = sandbox();
    await seoul.up(() => void network());
    seoul.faults(lost("Network", "update"));
    const changed = () => void network({ description: "changed" });
    await losing(seoul.up(changed));
    assert.match(readFileSync(seoul.only("network"), "utf8"), /"changed"/);
    assert.deepEqual(await changesOf(seoul.up(changed)), { ...nothing, update: 1 });
    assert.deepEqual(await changesOf(seoul.up(changed)), nothing);
  });

  it("of a deletion is followed by another, which finds nothing", async () => {
    const seoul = sandbox();
    await seoul.up(machine);
    seoul.faults(lost("Network", "delete"), lost("Instance", "delete"));
    for (let gone = 0; gone < 2; gone++) await losing(seoul.destroy());
    await seoul.destroy();
    assert.deepEqual(seoul.counts(), [0, 0, 0, 0, 0]);
  });

  it("does not make a refusal any worse: what was refused is simply tried again", async () => {
    const seoul = sandbox();
    seoul.faults({ type: "Network", operation: "create", failAt: { call: 1, message: "409: Quota exceeded for resources: ['network']." } });
    await assert.rejects(
      seoul.up(() => void network()),
      /Quota exceeded/,
    );
    assert.ok(!seoul.remembered());
    seoul.faults({ type: "Network", operation: "create", failAt: { call: 1 } });
    await assert.rejects(
      seoul.up(() => void network()),
      /500/,
    );
    assert.ok(seoul.remembered());
    await seoul.up(() => void network());
    assert.deepEqual(seoul.counts(), [1, 1, 0, 0, 0]);
  });
});
