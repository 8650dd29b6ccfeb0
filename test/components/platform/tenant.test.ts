import assert from "node:assert/strict";
import { appliedState } from "../../../model/guard/applied";
import { findDangers } from "../../../model/guard/dangers";
import type { EnvironmentPlan } from "../../../model/plan/types";
import type { Graph } from "../../../testing/graph";
import type { Bag } from "../../../testing/mocks";
import { environmentFile, plannedFile } from "../../support/environment";
import { at, platformGraph } from "./fixtures";

const planOf = (tenants: Bag, more: Bag = {}): EnvironmentPlan =>
  plannedFile(environmentFile({ name: "seoul", platform: { tenants }, ...more })).plan;
const inputs = (g: Graph, role: string): Bag => g.get(`seoul-tenant-shop-${role}`).inputs as Bag;
const resourcesIn = (g: Graph) => g.resources.filter(({ name }) => name.startsWith("seoul-tenant-shop-"));

describe("a tenant", () => {
  let g: Graph;
  before(async () => {
    g = await platformGraph(planOf({ shop: { quota: "medium", administrators: [{ group: "shop-admins" }], users: [{ user: "kim" }] } }));
  });

  it("is a namespace held to the strictest standard, of which Chaos Mesh keeps off", () => {
    const metadata = inputs(g, "namespace").metadata;
    assert.equal(at(metadata, "name"), "shop");
    assert.equal(at(metadata, "labels", "pod-security.kubernetes.io/enforce"), "restricted");
    assert.equal(at(metadata, "labels", "kpaas.io/tenant"), "shop");
    assert.equal(at(metadata, "annotations"), undefined);
  });

  it("has the portal's quota and limits by the portal's names, the smallest where the file says nothing", () => {
    assert.deepEqual(
      [at(inputs(g, "quota"), "metadata", "name"), at(inputs(g, "quota"), "spec", "hard")],
      ["cp-medium-resourcequota", { "limits.cpu": "4", "limits.memory": "6Gi" }],
    );
    assert.deepEqual(
      [at(inputs(g, "limits"), "metadata", "name"), at(inputs(g, "limits"), "spec", "limits")],
      ["cp-low-limitrange", [{ type: "Container", default: { cpu: "100m", memory: "500Mi" } }]],
    );
  });

  it("takes amounts of its own, storage and pods too", async () => {
    const own = await platformGraph(
      planOf({ shop: { quota: { cpu: 3, memory: "4Gi", storage: "50Gi", pods: 20 }, limits: { cpu: "200m", memory: "1Gi" } } }),
    );
    assert.deepEqual(at(inputs(own, "quota"), "spec", "hard"), {
      "limits.cpu": "3",
      "limits.memory": "4Gi",
      "requests.storage": "50Gi",
      pods: "20",
    });
    assert.deepEqual(at(inputs(own, "limits"), "spec", "limits", 0, "default"), { cpu: "200m", memory: "1Gi" });
  });

  it("reaches, and is reached by, its own pods, names and the ingress", () => {
    const ingress = { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "ingress-nginx" } } };
    assert.deepEqual(inputs(g, "isolation").spec, {
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ from: [{ podSelector: {} }, ingress] }],
      egress: [
        { to: [{ podSelector: {} }] },
        {
          ports: [
            { protocol: "UDP", port: 53 },
            { protocol: "TCP", port: 53 },
          ],
        },
        { to: [ingress] },
      ],
    });
  });

  it("gives the portal's two roles to who is named, and neither the walls nor other people's Secrets", async () => {
    const may = (role: string, group: string, kind: string, verb: string, of = g): boolean =>
      (inputs(of, role).rules as { apiGroups: string[]; resources: string[]; verbs: string[] }[]).some(
        ({ apiGroups, resources, verbs }) => apiGroups.includes(group) && resources.includes(kind) && verbs.includes(verb),
      );
    assert.equal(at(inputs(g, "administrators"), "metadata", "name"), "cp-admin-role");
    assert.equal(at(inputs(g, "users"), "metadata", "name"), "cp-init-role");
    assert.deepEqual(at(inputs(g, "administrators-binding"), "subjects", 0), {
      apiGroup: "rbac.authorization.k8s.io",
      kind: "Group",
      name: "shop-admins",
    });
    assert.equal(at(inputs(g, "users-binding"), "subjects", 0, "kind"), "User");
    assert.deepEqual(
      [
        may("administrators", "apps", "deployments", "create"),
        may("administrators", "", "secrets", "get"),
        may("users", "", "pods", "get"),
      ],
      [true, true, true],
    );
    assert.deepEqual(
      [
        may("users", "", "secrets", "get"),
        may("users", "", "pods", "create"),
        may("administrators", "networking.k8s.io", "networkpolicies", "update"),
      ],
      [false, false, false],
    );
    assert.doesNotMatch(JSON.stringify([inputs(g, "administrators"), inputs(g, "users")]), /"\*"/);
    const open = await platformGraph(planOf({ shop: { isolate: false, chaos: false } }));
    assert.equal(may("administrators", "networking.k8s.io", "networkpolicies", "update", open), true);
    assert.deepEqual(
      resourcesIn(open).flatMap(({ name }) => (/isolation|binding/.test(name) ? [name] : [])),
      [],
    );
  });

  it("opens to Chaos Mesh, and to a weaker standard, where the file says so", async () => {
    const more = await platformGraph(
      planOf(
        { shop: { chaos: true, podSecurity: "baseline" } },
        { platform: { tenants: { shop: { chaos: true, podSecurity: "baseline" } }, services: { chaosMesh: true } } },
      ),
    );
    assert.deepEqual(at(inputs(more, "namespace"), "metadata", "annotations"), { "chaos-mesh.org/inject": "enabled" });
    assert.equal(at(inputs(more, "namespace"), "metadata", "labels", "pod-security.kubernetes.io/enforce"), "baseline");
  });

  it("is deleted before its cluster and everything else of it with that, and is protected", () => {
    for (const { name, options } of resourcesIn(g)) {
      const whole = name.endsWith("-namespace");
      assert.equal(options.deletedWith, whole ? undefined : "cluster", name);
      assert.equal(options.protect ?? false, whole, name);
      assert.equal(options.retainOnDelete ?? false, false, name);
    }
  });

  it("stays whole, walls and all, where volumes are retained", async () => {
    const kept = resourcesIn(await platformGraph(planOf({ shop: { users: [{ user: "kim" }] } }, { retain: ["volumes"] })));
    assert.ok(kept.length >= 7);
    for (const { name, options } of kept) assert.deepEqual([options.retainOnDelete, options.protect ?? false], [true, false], name);
  });

  it("leaves the file with an approval only, unless its namespace stays", () => {
    const first = plannedFile(environmentFile({ platform: { tenants: { shop: {}, bank: {} } } }));
    const { plan } = plannedFile(environmentFile({ platform: { tenants: { bank: {} } } }), first.lock);
    const [danger, ...others] = findDangers(appliedState(first.plan), plan);
    assert.deepEqual([danger?.action, danger?.path, others], ["drop-tenant", "platform.tenants.shop", []]);
    assert.match(danger?.reason ?? "", /everything in it/);
    const kept = plannedFile(environmentFile({ retain: ["volumes"], platform: { tenants: { shop: {}, bank: {} } } }));
    assert.deepEqual(findDangers(appliedState(kept.plan), plan), []);
  });
});
