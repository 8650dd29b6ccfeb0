import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { destroyEnvironment, upEnvironment } from "../../engine/operations";
import { registry } from "../../files/registry";
import type { Lock } from "../../model/lock";
import { switchedServices } from "../../model/registry";
import type { RealApi } from "../../sandbox/kubernetes/real/api";
import { reasonsOf } from "../../sandbox/kubernetes/real/status";
import { at, nameOf, namespaceOf } from "../../sandbox/kubernetes/values";
import { engineForTests } from "../support/engine";
import { plannedFile } from "../support/environment";
import { RealCluster } from "../support/real-cluster";
import { EVERY_ROW, ROWS_TENANTS } from "../support/rows";
import { serversForTests } from "../support/servers";

const WORKLOADS = ["apps/v1/Deployment", "apps/v1/StatefulSet", "apps/v1/DaemonSet", "batch/v1/Job"];

/**
 * The profile with everything twice or thrice, every row switched on, both ingress controllers and tenants: on the real engine, against a real
 * API server. Its charts are simulated, and nobody works on what their operators would. The tests are one story, in order.
 */
describe("every row at once on a real API server", function () {
  this.timeout(900_000);
  const root = mkdtempSync(join(tmpdir(), "kpaas-e2e-"));
  const world = join(root, ".kpaas", "sandbox", "world", "rows");
  let lock: Lock | undefined;
  let cluster: RealCluster | undefined;
  let api: RealApi;

  const services = Object.fromEntries(switchedServices(registry).map(({ name }) => [name, EVERY_ROW[name] ?? true]));
  const target = () => {
    const planned = plannedFile(
      {
        name: "rows",
        profile: "highAvailability",
        infrastructure: { provider: "openstack" },
        platform: {
          storage: { kind: "nfs", sizeGiB: 400 },
          ingress: { kind: "traefik", beside: "nginx" },
          services,
          tenants: { ...ROWS_TENANTS, lab: { isolate: false, podSecurity: "baseline" } },
        },
      },
      lock,
    );
    lock = planned.lock;
    return { plan: planned.plan, root, sandbox: true, approvals: [] };
  };

  before(async function () {
    await engineForTests.call(this);
    cluster = await RealCluster.start(join(root, "servers"), world, await serversForTests.call(this));
    api = cluster.api;
  });
  after(async () => {
    await cluster?.stop();
    rmSync(root, { recursive: true, force: true });
  });

  it("comes up: the server takes every object, and every workload is as its controllers want it", async () => {
    const up = await upEnvironment(target());
    assert.equal(up.changes.update + up.changes.replace + up.changes.delete, 0);
    const asked = target().plan.services.map(({ name }) => name);
    assert.deepEqual(
      Object.keys(services).filter((name) => !asked.includes(name)),
      [],
    );
    for (const kind of WORKLOADS) {
      const objects = await api.list(kind);
      assert.ok(objects.length > 0, kind);
      for (const object of objects) assert.deepEqual(await reasonsOf(object, api), [], `${kind} ${namespaceOf(object)}/${nameOf(object)}`);
    }
  });

  it("has the portal's federation, with its rights where the Karmada of somebody else is, and the kubeconfig in a Secret", async () => {
    const names = (await api.list("apps/v1/Deployment")).map(nameOf).filter((name) => name.includes("federation"));
    assert.deepEqual(
      names.sort(),
      ["api", "collector", "ui"].map((part) => `cp-portal-federation-${part}-deployment`),
    );
    const roles = (await api.list("rbac.authorization.k8s.io/v1/Role")).filter((role) => namespaceOf(role) === "karmada-system");
    assert.deepEqual(roles.map(nameOf), ["cp-portal-federation-api"]);
    const holders = async (kind: string) =>
      (await api.list(kind))
        .filter((object) => Object.keys((at(object, "data") ?? {}) as object).includes("KARMADA_KUBECONFIG"))
        .map(namespaceOf);
    assert.deepEqual([await holders("v1/Secret"), await holders("v1/ConfigMap")], [["cp-portal"], []]);
  });

  it("has no pod that its namespace's Pod Security had to be bent for, and none without a limit", async () => {
    const pods = await api.list("v1/Pod");
    assert.ok(pods.length > 60, String(pods.length));
    const bare = pods.filter((pod) =>
      (at(pod, "spec.containers") as object[]).some((container) => at(container, "resources.requests.memory") === undefined),
    );
    assert.deepEqual(
      bare.map((pod) => `${namespaceOf(pod)}/${nameOf(pod)}`),
      [],
    );
  });

  it("lets users of Pipelines do in their profile what they are there, and nothing in another's, by what its API server asks", async () => {
    const may = async (user: string, verb: string, namespace: string | undefined, group: string, resource: string): Promise<boolean> => {
      const [of, subresource] = resource.split("/");
      const resourceAttributes = { verb, group, resource: of, ...(subresource && { subresource }), ...(namespace && { namespace }) };
      assert.ok(cluster);
      return cluster.may(user, resourceAttributes);
    };
    const OWN = "pipelines.kubeflow.org";
    const account = (namespace: string, name: string) => `system:serviceaccount:${namespace}:${name}`;
    const asked: readonly (readonly [string, string, string | undefined, string, string, boolean])[] = [
      ...["kim", "lee"].map((user) => [user, "create", "shop", OWN, "runs", true] as const),
      ...["kim", "lee", "park"].map((user) => [user, "list", "shop", OWN, "runs", true] as const),
      ...["kim", "lee", "park"].map((user) => [user, "get", "shop", "kubeflow.org", "viewers", true] as const),
      ...["create", "delete", "terminate"].map((verb) => ["park", verb, "shop", OWN, "runs", false] as const),
      ["ann", "create", "bank", OWN, "runs", true],
      ...["list", "get", "readArtifact"].map((verb) => ["ann", verb, "shop", OWN, "runs", false] as const),
      ["ann", "get", "shop", "kubeflow.org", "viewers", false],
      ["kim", "list", "bank", OWN, "experiments", false],
      // Pipelines that are nobody's are written by no user, and no user reports what came of a run or writes a workflow past the API server.
      ["kim", "create", "kubeflow", OWN, "pipelines", false],
      ["kim", "report", undefined, OWN, "workflows", false],
      ["kim", "create", "shop", "argoproj.io", "workflows", false],
      ["kim", "get", "shop", "", "secrets", false],
      [account("kubeflow", "ml-pipeline"), "create", undefined, "authorization.k8s.io", "subjectaccessreviews", true],
      [account("kubeflow", "ml-pipeline"), "create", undefined, "authentication.k8s.io", "tokenreviews", true],
      [account("kubeflow", "ml-pipeline"), "create", "shop", "argoproj.io", "workflows", true],
      [account("kubeflow", "ml-pipeline"), "create", "lab", "argoproj.io", "workflows", false],
      [account("kubeflow", "ml-pipeline-persistenceagent"), "report", undefined, OWN, "workflows", true],
      [account("kubeflow", "ml-pipeline-scheduledworkflow"), "create", "bank", OWN, "runs", true],
      [account("kubeflow", "workflow-controller"), "watch", undefined, "argoproj.io", "workflows", true],
      [account("kubeflow", "workflow-controller"), "create", "bank", "", "pods", true],
      [account("kubeflow", "workflow-controller"), "create", "lab", "", "pods", false],
      [account("kubeflow", "workflow-controller"), "get", "shop", "", "secrets", false],
      [account("kubeflow", "ml-pipeline-ui"), "get", "shop", "", "pods/log", true],
      [account("kubeflow", "ml-pipeline-ui"), "get", "shop", "", "secrets", false],
      // A notebook is its profile's editor in pipelines, and nobody in the Kubernetes API.
      [account("shop", "default-editor"), "create", "shop", OWN, "runs", true],
      [account("shop", "default-editor"), "list", "bank", OWN, "runs", false],
      [account("shop", "default-editor"), "list", "shop", "", "pods", false],
      [account("shop", "default-editor"), "get", "shop", "", "secrets", false],
      [account("shop", "pipelines-models"), "get", "shop", "", "secrets", false],
      [account("shop", "pipeline-runner"), "get", "shop", "", "pods", true],
      [account("shop", "pipeline-runner"), "get", "bank", "", "pods", false],
      [account("shop", "pipeline-runner"), "create", "shop", OWN, "runs", false],
    ];
    for (const [user, verb, namespace, group, resource, expected] of asked)
      assert.equal(await may(user, verb, namespace, group, resource), expected, `${user} ${verb} ${resource} in ${namespace ?? "all"}`);
  });

  it("has nothing to do the second time", async () => {
    const again = await upEnvironment(target());
    assert.deepEqual(
      again.resources.filter(({ op }) => op !== "same").map(({ op, name }) => `${op} ${name}`),
      [],
    );
  });

  it("goes, and leaves no namespace, load balancer and claim", async () => {
    await destroyEnvironment(target());
    const namespaces = (await api.list("v1/Namespace")).map(nameOf).filter((name) => !name.startsWith("kube-") && name !== "default");
    const claims = (await api.list("v1/PersistentVolumeClaim")).map(nameOf);
    const balancers = (await api.list("v1/Service")).filter((service) => at(service, "spec.type") === "LoadBalancer").map(nameOf);
    // Karmada is somebody else's.
    assert.deepEqual([namespaces, claims, balancers], [["karmada-system"], [], []]);
  });
});
