import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { packageRoot } from "../../engine/paths";
import { at } from "../../sandbox/kubernetes/values";
import type { RecordedResource } from "../../testing/graph";
import { everyServicePlan, platformGraph } from "../components/platform/fixtures";
import { type Fields, type Recorded, World } from "../sandbox/kubernetes/world";
import { environmentFile, plannedFile } from "../support/environment";
import { RealCluster } from "../support/real-cluster";
import { serversForTests } from "../support/servers";

/** Definitions of the charts, kept beside the checkout; they are not part of it. */
const DEFINITIONS = join(packageRoot(), "..", "shared", "charts", "kyverno", "crds");
const NAMESPACE = "kubernetes:core/v1:Namespace";
const WEBHOOKS = "kubernetes:admissionregistration.k8s.io/v1:ValidatingWebhookConfiguration";

/** Tenants and Kyverno's policies on a real API server. Kyverno itself does not run: what is shown is what the API server makes of what it is told. */
describe("tenants and policies on a real API server", function () {
  this.timeout(240_000);
  const folder = mkdtempSync(join(tmpdir(), "kpaas-e2e-"));
  const world = new World();
  let cluster: RealCluster | undefined;

  const create = ({ type, name, inputs }: Pick<RecordedResource, "type" | "name" | "inputs">): Promise<Recorded> =>
    world.create(type, name, inputs as Fields);
  const pod = (namespace: string, name: string, container: Fields = {}) =>
    create({
      type: "kubernetes:core/v1:Pod",
      name: `${namespace}-${name}`,
      inputs: {
        metadata: { name, namespace, annotations: { "pulumi.com/skipAwait": "true" } },
        spec: {
          securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
          containers: [
            {
              name: "main",
              image: "web:1",
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
              ...container,
            },
          ],
        },
      },
    });

  before(async function () {
    cluster = await RealCluster.start(folder, world.folder, await serversForTests.call(this));
    await world.configure({ enableSecretMutable: true });
  });
  after(async () => {
    await cluster?.stop();
    world.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it("take a tenant's objects, give its containers their limits, and refuse what is over its quota or too bold", async () => {
    const shop = { administrators: [{ group: "shop-admins" }], users: [{ user: "kim" }] };
    const { plan } = plannedFile(environmentFile({ name: "seoul", platform: { tenants: { shop } } }));
    const g = await platformGraph(plan);
    const objects = g.resources.filter(({ name, type }) => name.startsWith("seoul-tenant-shop-") && type.startsWith("kubernetes:"));
    assert.equal(objects.length, 8);
    for (const each of objects) await create(each);
    const made = await pod("shop", "web");
    assert.deepEqual(at((at(made.outputs, "spec.containers") as Fields[])[0], "resources.limits"), { cpu: "100m", memory: "500Mi" });
    await assert.rejects(
      pod("shop", "large", { resources: { limits: { cpu: "3", memory: "1Gi" } } }),
      /exceeded quota: cp-low-resourcequota/,
    );
    await assert.rejects(pod("shop", "bold", { securityContext: { privileged: true } }), /violates PodSecurity "restricted/);
  });

  it("ask a Kyverno that does not answer about everybody's namespaces, and not about the platform's", async () => {
    const g = await platformGraph(everyServicePlan());
    const namespaceSelector = at(g.get("seoul-kyverno-release").inputs, "values.config.webhooks.namespaceSelector") as Fields;
    const rule = (apiGroups: string[], resources: string[]) => ({
      apiGroups,
      apiVersions: ["*"],
      operations: ["CREATE", "DELETE"],
      resources,
    });
    for (const name of ["keycloak", "theirs"]) await create({ type: NAMESPACE, name, inputs: { metadata: { name } } });
    const webhook = await create({
      type: WEBHOOKS,
      name: "kyverno",
      inputs: {
        metadata: { name: "kyverno-resource-validating-webhook-cfg" },
        webhooks: [
          {
            name: "validate.kyverno.svc-fail",
            clientConfig: { service: { namespace: "kyverno", name: "kyverno-svc", path: "/validate/fail" } },
            rules: [rule([""], ["pods", "namespaces"]), rule(["rbac.authorization.k8s.io"], ["rolebindings"])],
            failurePolicy: "Fail",
            sideEffects: "NoneOnDryRun",
            admissionReviewVersions: ["v1"],
            namespaceSelector,
          },
        ],
      },
    });
    try {
      await pod("keycloak", "web");
      await pod("kube-system", "web");
      await create({ type: NAMESPACE, name: "cp-portal", inputs: { metadata: { name: "cp-portal" } } });
      await assert.rejects(pod("theirs", "web"), /failed calling webhook "validate\.kyverno\.svc-fail"/);
      await assert.rejects(create({ type: NAMESPACE, name: "more", inputs: { metadata: { name: "more" } } }), /failed calling webhook/);
    } finally {
      await world.delete(webhook);
    }
  });

  it("take every policy by Kyverno's own definitions", async function () {
    if (!existsSync(DEFINITIONS)) {
      console.error("      The charts' data are not there (shared/charts beside the checkout), so policies are not sent to the server.");
      this.skip();
    }
    const file = readdirSync(DEFINITIONS).find((name) => name.includes("clusterpolicies")) ?? "";
    for (const document of parseAllDocuments(readFileSync(join(DEFINITIONS, file), "utf8"))) {
      const { apiVersion: _version, kind: _kind, status: _status, ...inputs } = document.toJS() as Fields;
      await create({ type: "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition", name: file, inputs });
    }
    const g = await platformGraph(everyServicePlan());
    const policies = g.resources.filter(({ type }) => type === "kubernetes:kyverno.io/v1:ClusterPolicy");
    assert.equal(policies.length, 7);
    for (const policy of policies) {
      const made = await create(policy);
      assert.deepEqual(await world.diff(made, policy.inputs as Fields), { changes: {} }, policy.name);
    }
  });
});
