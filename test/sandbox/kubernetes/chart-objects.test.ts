import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { chartKeys } from "../../../model/charts/chart";
import { findChart, render } from "../../../sandbox/kubernetes/charts";
import { at, type Fields, fields, list } from "../../../sandbox/kubernetes/values";
import { digestOf, namesOf, ourValues, RENDERINGS } from "./chart-renderings";

type Rendering = { readonly digest: string; readonly objects: readonly string[] } | null;
const recorded = JSON.parse(readFileSync(RENDERINGS, "utf8")) as Record<string, Record<string, Rendering>>;

describe("A simulated release", () => {
  let variants: Map<string, Readonly<Record<string, Fields>>>;
  before(async function () {
    // Every service, of several kinds of environments.
    this.timeout(180_000);
    variants = await ourValues();
  });

  const rendered = (key: string, values: Fields) => {
    const [name = "", version] = key.split("@");
    const chart = findChart(name, version);
    assert.ok(chart !== undefined, key);
    return render(chart, { release: name, namespace: "here", values }).objects;
  };

  for (const name of chartKeys) {
    it(`of ${name} has the objects that Helm made of the chart with our values`, () => {
      for (const [variant, values] of Object.entries({ defaults: {}, ...variants.get(name) })) {
        const expected = recorded[name]?.[variant];
        if (expected === null) continue; // the chart refuses it
        if (variant === "defaults" && expected === undefined) continue; // more than single changes from ours show
        if (name.includes("@") && expected === undefined) continue; // played by the newest version's facts, which differ in detail
        const objects = rendered(name, values);
        assert.deepEqual(namesOf(objects), expected?.objects, `${variant}: run dev/chart-facts.ts again where our values changed`);
        assert.equal(digestOf(objects, "here"), expected?.digest, `${variant}: run dev/chart-facts.ts again where our values changed`);
      }
    });
  }

  const CHANGES: readonly (readonly [chart: string, values: Fields, kind: string, path: string, expected: unknown])[] = [
    ["metallb", { speaker: { tolerateMaster: false } }, "DaemonSet", "spec.template.spec.tolerations", undefined],
    [
      "metallb",
      { controller: { nodeSelector: { a: "b" } } },
      "Deployment",
      "spec.template.spec.nodeSelector",
      { a: "b", "kubernetes.io/os": "linux" },
    ],
    ["metallb", { rbac: { create: false } }, "ClusterRole", "kind", undefined],
    ["metrics-server", { replicas: 4 }, "Deployment", "spec.replicas", 4],
    [
      "metrics-server",
      { image: { tag: "" } },
      "Deployment",
      "spec.template.spec.containers.0.image",
      "registry.k8s.io/metrics-server/metrics-server:v0.8.1",
    ],
    ["metrics-server", { podDisruptionBudget: { enabled: true, maxUnavailable: 1 } }, "PodDisruptionBudget", "spec.maxUnavailable", 1],
    ["nfs-subdir-external-provisioner", {}, "StorageClass", "provisioner", "cluster.local/nfs-subdir-external-provisioner"],
    ["nfs-subdir-external-provisioner", { storageClass: { provisionerName: "mine" } }, "StorageClass", "provisioner", "mine"],
    ["ingress-nginx", { controller: { service: { loadBalancerIP: "10.0.0.9" } } }, "Service", "spec.loadBalancerIP", "10.0.0.9"],
    ["ingress-nginx", { controller: { replicaCount: 2 } }, "PodDisruptionBudget", "spec.minAvailable", 1],
    ["ingress-nginx", {}, "PodDisruptionBudget", "kind", undefined],
    ["ingress-nginx", { controller: { config: { "use-http2": "true" } } }, "ConfigMap", "data.use-http2", "true"],
    [
      "cert-manager",
      { webhook: { resources: { requests: { cpu: "7m" } } } },
      "Deployment",
      "spec.template.spec.containers.0.resources",
      { requests: { cpu: "7m" } },
    ],
  ];
  for (const [chart, values, kind, path, expected] of CHANGES) {
    it(`of ${chart} follows ${JSON.stringify(values)}: ${kind} ${path}`, () => {
      const found = rendered(chart, values).filter((one) => one.kind === kind);
      const seen = found.map((one) =>
        path.split(".").reduce<unknown>((inner, key) => (Array.isArray(inner) ? inner[Number(key)] : fields(inner)[key]), one),
      );
      if (expected === undefined)
        assert.deepEqual(
          seen.filter((one) => one !== undefined),
          [],
        );
      else
        assert.ok(
          seen.some((one) => JSON.stringify(one) === JSON.stringify(expected)),
          JSON.stringify(seen),
        );
    });
  }

  it("has pods that are confined, with named ports", () => {
    for (const name of chartKeys) {
      for (const object of rendered(name, variants.get(name)?.replicated ?? {})) {
        const pod = at(object, "spec.template.spec.securityContext");
        for (const container of list(at(object, "spec.template.spec.containers")).map(fields))
          assert.notEqual(container.securityContext ?? pod, undefined, `${name} ${String(object.kind)} ${String(container.name)}`);
      }
    }
  });
});
