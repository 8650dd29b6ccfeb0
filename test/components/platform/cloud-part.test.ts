import assert from "node:assert/strict";
import { type Output, output, secret } from "@pulumi/pulumi";
import { CloudStorage, type CloudStorageArgs } from "../../../components/platform/cloud-storage/cloud-storage";
import { registry } from "../../../files/registry";
import type { CloudVolumes, PartObject, Told } from "../../../model/cloud-parts";
import { fields } from "../../../model/data";
import type { EnvironmentPlan } from "../../../model/plan/types";
import type { Graph, RecordedResource } from "../../../testing/graph";
import type { Bag } from "../../../testing/mocks";
import { waitsFor } from "../../support/waits";
import { at, CANARY, cloudPlans, environmentPlan, ofKind, platformGraph, serviceGraph, workloads } from "./fixtures";

const PODS = { spec: { containers: [{ name: "one", image: "registry.example/one:1" }] } };
const OBJECTS: readonly PartObject[] = [
  { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "driver" }, spec: { replicas: 1, template: PODS } },
  { apiVersion: "apps/v1", kind: "DaemonSet", metadata: { name: "nodes" }, spec: { template: PODS } },
  { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "driver", annotations: { for: "driver" } } },
  { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", clusterWide: true, metadata: { name: "driver" }, rules: [] },
];

/** A cloud's driver of nobody's, as objects. */
function driver(part: Partial<CloudVolumes> = {}): CloudVolumes {
  const bare = { objects: () => OBJECTS, flows: () => [], provisioner: "disks.example", parameters: () => ({}) };
  return { ...bare, ...part } as CloudVolumes;
}

/** The graph of the storage that has such a driver. */
function built(volumes: CloudVolumes, plan: CloudStorageArgs["plan"] = {}): Promise<Graph> {
  const environment = environmentPlan({ provider: "gcp" });
  const told = (values: Record<string, string>): Output<Told> => output(values);
  return serviceGraph(
    (common, provider) =>
      new CloudStorage(
        "seoul-cloud-storage",
        {
          ...common,
          plan,
          cloud: { parts: { volumes }, told: told({}), secrets: secret(told({ login: CANARY })) },
          environment,
          classes: [{ name: "fast", reclaim: "delete" }],
        },
        { providers: [provider] },
      ),
  );
}

const made = (g: Graph, name: string): RecordedResource => g.get(`seoul-cloud-storage-${name}`);

describe("a cloud's part without a chart", () => {
  it("is its objects, under the types that Kubernetes' provider takes, in the service's namespace or the whole cluster", async () => {
    const g = await built(driver());
    const types = ["deployment-driver", "daemonset-nodes", "serviceaccount-driver", "clusterrole-driver"].map((name) => made(g, name).type);
    assert.deepEqual(types, [
      "kubernetes:apps/v1:Deployment",
      "kubernetes:apps/v1:DaemonSet",
      // The provider refuses a type whose apiVersion has no group.
      "kubernetes:core/v1:ServiceAccount",
      "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
    ]);
    const account = made(g, "serviceaccount-driver").inputs as Bag;
    assert.equal(account.apiVersion, "v1");
    assert.equal(at(account, "metadata", "namespace"), "cloud-storage");
    assert.deepEqual(at(account, "metadata", "annotations"), { for: "driver" });
    const role = made(g, "clusterrole-driver").inputs as Bag;
    assert.equal(at(role, "metadata", "namespace"), undefined);
    assert.ok(!("clusterWide" in role), "is no field of the API's");
  });

  it("has its pods known by labels that nobody has to write twice", async () => {
    const { inputs } = made(await built(driver()), "deployment-driver");
    const selector = at(inputs, "spec", "selector", "matchLabels");
    assert.deepEqual(selector, { "app.kubernetes.io/name": "driver", "app.kubernetes.io/part-of": "k-paas" });
    assert.deepEqual(at(inputs, "spec", "template", "metadata", "labels"), { team: "platform", ...(selector as object) });
    assert.equal(at(inputs, "spec", "template", "metadata", "annotations"), undefined);
  });

  it("takes no values, which nothing would read", async () => {
    await assert.rejects(built(driver(), { values: { replicas: 2 } }), /cloudStorage is not installed from a chart, so it takes no values/);
  });

  it("makes accounts and rights before the pods that run by them, whatever their order", async () => {
    const g = await built(driver());
    for (const workload of ["deployment-driver", "daemonset-nodes"])
      for (const before of ["serviceaccount-driver", "clusterrole-driver"])
        assert.ok(waitsFor(g, `seoul-cloud-storage-${workload}`).has(`seoul-cloud-storage-${before}`), `${workload}: ${before}`);
    const [made] = ofKind(g, "storage.k8s.io/v1:StorageClass");
    assert.ok(waitsFor(g, made?.name ?? "").has("seoul-cloud-storage-daemonset-nodes"), "a class that nobody serves keeps claims pending");
  });

  it("has those pods made anew that read a login which has changed, and nothing else of the same name", async () => {
    const login = { name: "login", data: (_plan: unknown, { login }: Readonly<Record<string, string>>) => ({ key: login ?? "" }) };
    const g = await built(driver({ secret: { ...login, readBy: ["driver"] } }));
    const said = (name: string) => at(made(g, name).inputs, "spec", "template", "metadata", "annotations") as Bag | undefined;
    assert.match(String(said("deployment-driver")?.["kpaas/login"]), /^[0-9a-f]+$/);
    assert.equal(said("daemonset-nodes"), undefined);
    assert.equal(made(g, "serviceaccount-driver").inputs.spec, undefined);
    assert.ok(waitsFor(g, "seoul-cloud-storage-deployment-driver").has("seoul-cloud-storage-login"));
    assert.deepEqual(g.leaks(CANARY), []);
    const nobody = built(driver({ secret: { ...login, readBy: ["other"] } }));
    await assert.rejects(nobody, /no object other with pods that would read its Secret/);
  });
});

describe("what clouds have of their own without a chart", () => {
  const uncharted = Object.values(registry.clouds).flatMap(({ name, inCluster = {} }) =>
    Object.values(inCluster).some(({ objects }) => objects !== undefined) ? [name] : [],
  );
  const plans = cloudPlans();

  it("is looked at", () => assert.ok(uncharted.length > 0));

  for (const name of uncharted)
    describe(name, () => {
      const plan = plans[name] as EnvironmentPlan;
      const services = plan.services.filter((each) => each.needs?.cloud !== undefined && each.chart === undefined);
      let g: Graph;
      before(async () => {
        g = await platformGraph(plan);
      });
      const own = () => workloads(g).filter(({ namespace }) => services.some((each) => each.namespace === namespace));

      it("runs by accounts of its own, with rights that are told one by one", () => {
        const accounts = new Set(ofKind(g, "core/v1:ServiceAccount").map(({ inputs }) => at(inputs, "metadata", "name")));
        for (const { resource, pod } of own()) assert.ok(accounts.has(pod.serviceAccountName), resource.name);
        for (const kind of ["Role", "ClusterRole"])
          for (const { name: role, inputs } of ofKind(g, `rbac.authorization.k8s.io/v1:${kind}`)) {
            assert.doesNotMatch(JSON.stringify(inputs.rules), /"\*"|"secrets"|escalate|impersonate|"bind"/, role);
            assert.ok((inputs.rules as unknown[]).length > 0, role);
          }
      });

      it("has every right on the machine only where it mounts, and makes things on control planes alone", () => {
        for (const { resource, pod, containers } of own()) {
          const privileged = containers.filter(({ securityContext }) => at(securityContext, "privileged") === true);
          const makes = "node-role.kubernetes.io/control-plane" in fields(pod.nodeSelector);
          assert.equal(privileged.length, makes ? 0 : 1, resource.name);
          if (!makes) {
            assert.match(resource.type, /:DaemonSet$/, "volumes are mounted on every node");
            continue;
          }
          assert.equal(at(pod.securityContext, "runAsNonRoot"), true);
          for (const { name: container, securityContext } of containers) {
            assert.equal(at(securityContext, "allowPrivilegeEscalation"), false, String(container));
            assert.deepEqual(at(securityContext, "capabilities", "drop"), ["ALL"], String(container));
            assert.equal(at(securityContext, "readOnlyRootFilesystem"), true, String(container));
          }
        }
      });

      it("names each volume once, mounts all of them, and listens to nobody but its own machine", () => {
        for (const { resource, pod, containers } of own()) {
          const named = ((pod.volumes ?? []) as Bag[]).map((volume) => String(volume.name));
          const mounted = containers.flatMap(({ volumeMounts }) => ((volumeMounts ?? []) as Bag[]).map((mount) => String(mount.name)));
          assert.deepEqual(named.sort(), [...new Set(mounted)].sort(), resource.name);
          const args = JSON.stringify(containers.map((each) => each.args));
          for (const [, address = ""] of args.matchAll(/--(?:http-endpoint|metrics-address)=([^"]*)/g))
            assert.match(address, /^127\.0\.0\.1:\d+$/);
        }
      });
    });
});
