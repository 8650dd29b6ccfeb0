import assert from "node:assert/strict";
import { clusterPolicies } from "../../../components/platform/kyverno/policies";
import type { EnvironmentPlan, ServicePlan } from "../../../model/plan/types";
import type { Graph } from "../../../testing/graph";
import type { Bag } from "../../../testing/mocks";
import { at, everyServicePlan, ofKind, platformGraph } from "./fixtures";

/** An environment with everything, and Kyverno with changes. */
const withKyverno = (changes: Partial<ServicePlan>): EnvironmentPlan => {
  const plan = everyServicePlan();
  return { ...plan, services: plan.services.map((each) => (each.name === "kyverno" ? { ...each, ...changes } : each)) };
};
const withOptions = (options: Bag): EnvironmentPlan => withKyverno({ options });

const policies = (g: Graph): Map<string, Bag> =>
  new Map(ofKind(g, "kyverno.io/v1:ClusterPolicy").map(({ inputs }) => [String(at(inputs, "metadata", "name")), inputs.spec as Bag]));
const rulesOf = (spec: Bag | undefined): Bag[] => (spec?.rules ?? []) as Bag[];
const values = (g: Graph): unknown => g.get("seoul-kyverno-release").inputs.values;
const selector = (g: Graph): unknown => at(values(g), "config", "webhooks", "namespaceSelector", "matchExpressions", 0);
const namespacesOf = (g: Graph): string[] => ofKind(g, "core/v1:Namespace").map(({ inputs }) => String(at(inputs, "metadata", "name")));

describe("Kyverno", () => {
  let g: Graph;
  let plan: EnvironmentPlan;
  before(async () => {
    plan = everyServicePlan();
    g = await platformGraph({ ...plan, tenants: [] });
  });

  it("is never asked about the platform, nor about Kubernetes itself: they start and heal without it", () => {
    const { key, operator, values: excluded } = selector(g) as { key: string; operator: string; values: string[] };
    assert.deepEqual([key, operator], ["kubernetes.io/metadata.name", "NotIn"]);
    // Rights in somebody else's namespace are no part of the platform that starts there.
    const all = g.resources.filter(({ type }) => type.startsWith("kubernetes:") && !/:Role(Binding)?$/.test(type));
    const lived = all.flatMap(({ inputs }) => (at(inputs, "metadata", "namespace") ?? at(inputs, "namespace") ?? []) as string);
    for (const name of [...namespacesOf(g), ...lived, "kube-system", "kube-public", "kube-node-lease"])
      assert.ok(excluded.includes(name), name);
    // What the whole cluster has is no object that a policy of ours is about.
    const kinds = [...policies(g).values()].flatMap((spec) =>
      rulesOf(spec).flatMap((rule) => at(rule, "match", "any", 0, "resources", "kinds") as string[]),
    );
    assert.deepEqual([...new Set(kinds)].sort(), ["Namespace", "Pod", "RoleBinding"]);
  });

  it("excludes services that are switched off too, since they may come later", async () => {
    const few = { ...plan, services: plan.services.filter(({ name }) => ["metallb", "ingress", "kyverno"].includes(name)) };
    const { values: excluded } = selector(await platformGraph(few)) as { values: string[] };
    for (const name of ["keycloak", "mariadb", "cp-portal", "chaos-mesh", "cert-manager"]) assert.ok(excluded.includes(name), name);
  });

  it("passes the platform by in every policy, whose reports would else be full of it", () => {
    const { values: excluded } = selector(g) as { values: string[] };
    for (const [name, spec] of policies(g))
      for (const rule of rulesOf(spec))
        assert.deepEqual([...(at(rule, "exclude", "any", 0, "resources", "namespaces") as string[])].sort(), [...excluded].sort(), name);
  });

  it("has K-PaaS's policies, of which one refuses and the others report", () => {
    const modes = [...policies(g)].map(([name, spec]) => [
      name,
      at(spec, "webhookConfiguration", "failurePolicy"),
      at(rulesOf(spec)[0], "validate", "failureAction") ??
        Object.keys(rulesOf(spec)[0] ?? {}).find((key) => /^(mutate|generate)$/.test(key)),
    ]);
    assert.deepEqual(modes.sort(), [
      ["cp-add-rolebinding-policy", "Ignore", "mutate"],
      ["cp-always-pull-images-policy", "Fail", "mutate"],
      ["cp-cleanup-network-policy", "Ignore", "mutate"],
      ["cp-default-namespace-policy", "Fail", "generate"],
      ["pod-security-baseline", "Ignore", "Audit"],
      ["pod-security-restricted", "Ignore", "Audit"],
      ["restrict-apparmor-profiles", "Fail", "Enforce"],
    ]);
  });

  it("refuses, or does not look, where the file says so, and then fails closed", async () => {
    const found = policies(
      await platformGraph(withOptions({ baseline: "enforce", restricted: "off", appArmor: "audit", alwaysPull: false })),
    );
    assert.deepEqual([...found.keys()].includes("pod-security-restricted"), false);
    assert.deepEqual([...found.keys()].includes("cp-always-pull-images-policy"), false);
    const mode = (name: string) => [
      at(found.get(name), "webhookConfiguration", "failurePolicy"),
      at(rulesOf(found.get(name))[0], "validate", "failureAction"),
    ];
    assert.deepEqual(mode("pod-security-baseline"), ["Fail", "Enforce"]);
    assert.deepEqual(mode("restrict-apparmor-profiles"), ["Ignore", "Audit"]);
  });

  it("closes a new namespace to other pods, the ingress and kube-system excepted, and pods that are shared to nobody", () => {
    const spec = policies(g).get("cp-default-namespace-policy");
    const [wall, gate] = rulesOf(spec).map((rule) => at(rule, "generate", "data", "spec"));
    const from = at(wall, "ingress", 0, "from") as Bag[];
    assert.deepEqual(
      from.map((peer) => at(peer, "namespaceSelector", "matchLabels", "kubernetes.io/metadata.name") ?? at(peer, "ipBlock")),
      ["{{ request.object.metadata.name }}", "kube-system", "ingress-nginx", { cidr: "0.0.0.0/0", except: ["10.233.64.0/18"] }],
    );
    assert.deepEqual([at(wall, "podSelector"), at(gate, "podSelector", "matchLabels")], [{}, { "cp-role": "shared" }]);
  });

  it("joins namespaces by RoleBindings of cluster administrators alone, and reads of one that goes what it was", () => {
    const joining = rulesOf(policies(g).get("cp-add-rolebinding-policy"));
    for (const rule of joining) assert.deepEqual(at(rule, "match", "any", 0, "clusterRoles"), ["cluster-admin"]);
    assert.match(JSON.stringify(policies(g).get("cp-cleanup-network-policy")), /request\.oldObject\.metadata\.name/);
    assert.doesNotMatch(JSON.stringify(policies(g).get("cp-cleanup-network-policy")), /request\.object/);
  });

  it("makes nothing in a tenant's namespace, which has walls of its own, and judges its pods all the same", () => {
    const where = { excluded: ["kube-system"], walled: ["shop"], podCidr: "10.233.64.0/18", reaching: [] };
    for (const { name, spec } of clusterPolicies({}, where))
      for (const rule of rulesOf(spec)) {
        const pods = (at(rule, "match", "any", 0, "resources", "kinds") as string[]).includes("Pod");
        assert.deepEqual(at(rule, "exclude", "any", 0, "resources", "namespaces"), pods ? ["kube-system"] : ["kube-system", "shop"], name);
      }
  });

  it("may write no more than the policies that are on need", async () => {
    const rights = async (options: Bag) => {
      const rules = at(
        values(await platformGraph(withOptions(options))),
        "backgroundController",
        "rbac",
        "coreClusterRole",
        "extraResources",
      );
      const writing = (rules as { resources: string[]; verbs: string[] }[]).filter(({ verbs }) => verbs.includes("update"));
      return writing.flatMap(({ resources }) => resources);
    };
    assert.deepEqual(await rights({}), ["networkpolicies", "namespaces"]);
    assert.deepEqual(await rights({ joinNamespaces: false }), ["networkpolicies"]);
    assert.deepEqual(await rights({ joinNamespaces: false, isolateNamespaces: false }), []);
  });

  it("answers admissions threefold where services have replicas, each part with a budget", async () => {
    const alone = values(g);
    const several = values(await platformGraph(withKyverno({ replicas: 2 })));
    const parts = ["admissionController", "backgroundController", "cleanupController", "reportsController"];
    assert.deepEqual(
      parts.map((part) => at(alone, part, "replicas")),
      [1, 1, 1, 1],
    );
    assert.deepEqual(
      parts.map((part) => at(several, part, "replicas")),
      [3, 2, 2, 2],
    );
    for (const part of parts) assert.equal(at(alone, part, "podDisruptionBudget", "enabled"), false);
    assert.deepEqual(
      parts.map((part) => at(several, part, "podDisruptionBudget", "minAvailable")),
      [2, 1, 1, 1],
    );
  });
});
