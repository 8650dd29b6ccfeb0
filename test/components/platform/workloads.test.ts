import assert from "node:assert/strict";
import type { ServicePlan } from "../../../model/plan/types";
import type { Graph } from "../../support/graph";
import type { Bag } from "../../support/mocks";
import { at, environmentPlan, ofKind, platformGraph, replicated, type Workload, workloads } from "./fixtures";

const plan = environmentPlan();

/** Every environment the rules below are held against. */
const environments = { "one replica each": plan, "three replicas": replicated(plan) };

for (const [title, environment] of Object.entries(environments)) {
  describe(`every workload of our own, ${title}`, () => {
    let g: Graph;
    let all: Workload[];
    before(async () => {
      g = await platformGraph(environment);
      all = workloads(g);
      assert.equal(all.length, 6);
    });

    it("has probes, unless it is a job", () => {
      for (const { resource, containers } of all.filter(({ resource }) => resource.type !== "kubernetes:batch/v1:Job")) {
        for (const container of containers) {
          for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"])
            assert.ok(container[probe], `${resource.name}: ${probe}`);
        }
      }
    });

    it("requests CPU and memory and limits its memory", () => {
      for (const { resource, containers, initContainers } of all) {
        for (const container of [...containers, ...initContainers]) {
          for (const path of [
            ["requests", "cpu"],
            ["requests", "memory"],
            ["limits", "memory"],
          ]) {
            assert.ok(at(container.resources, ...path), `${resource.name}: ${String(container.name)} ${path.join(".")}`);
          }
        }
      }
    });

    it("runs as a plain user without a way to more, on a read-only image", () => {
      for (const { resource, pod, containers, initContainers } of all) {
        assert.equal(at(pod.securityContext, "runAsNonRoot"), true, resource.name);
        assert.ok(Number(at(pod.securityContext, "runAsUser")) > 0, resource.name);
        assert.deepEqual(at(pod.securityContext, "seccompProfile"), { type: "RuntimeDefault" }, resource.name);
        for (const container of [...containers, ...initContainers]) {
          assert.deepEqual(
            container.securityContext,
            { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
            resource.name,
          );
        }
      }
    });

    it("has an account of its own that gets no token", () => {
      for (const { resource, namespace, pod } of all) {
        const account = ofKind(g, "core/v1:ServiceAccount").find(
          ({ inputs }) => at(inputs, "metadata", "name") === pod.serviceAccountName && at(inputs, "metadata", "namespace") === namespace,
        );
        assert.equal(account?.inputs.automountServiceAccountToken, false, resource.name);
        assert.equal(pod.automountServiceAccountToken, false, resource.name);
      }
    });

    it("lies in a namespace that is closed to other namespaces and held to the strictest standard", () => {
      for (const { resource, namespace } of all) {
        const closed = ofKind(g, "networking.k8s.io/v1:NetworkPolicy").filter(
          ({ inputs }) =>
            at(inputs, "metadata", "namespace") === namespace && Object.keys(at(inputs, "spec", "podSelector") as Bag).length === 0,
        );
        const [ingress, egress] = ["Ingress", "Egress"].map((type) =>
          closed.find(({ inputs }) => (at(inputs, "spec", "policyTypes") as string[]).includes(type)),
        );
        assert.deepEqual(ingress?.inputs.spec, { podSelector: {}, policyTypes: ["Ingress"] }, resource.name);
        const blocks = (at(egress?.inputs, "spec", "egress") as { to?: { ipBlock?: object }[] }[]).flatMap(({ to = [] }) =>
          to.flatMap(({ ipBlock }) => ipBlock ?? []),
        );
        // The database's pods reach no address by its number at all.
        const { storage } = environment.platform;
        const nfs = storage.kind === "nfs" ? storage.server : undefined;
        const open = [{ cidr: "0.0.0.0/0", except: ["169.254.169.254/32", `${nfs}/32`] }];
        assert.deepEqual(blocks, namespace === "mariadb" ? [] : open, resource.name);
        const space = ofKind(g, "core/v1:Namespace").find(({ inputs }) => at(inputs, "metadata", "name") === namespace);
        assert.equal(at(space?.inputs, "metadata", "labels", "pod-security.kubernetes.io/enforce"), "restricted", resource.name);
      }
    });

    it("mounts every volume it names and names every volume it mounts", () => {
      for (const { resource, pod, containers, initContainers } of all) {
        const named = ((pod.volumes ?? []) as Bag[]).map(({ name }) => name);
        const mounted = [...containers, ...initContainers].flatMap(({ volumeMounts }) =>
          ((volumeMounts ?? []) as Bag[]).map(({ name }) => name),
        );
        assert.deepEqual([...new Set(mounted)].sort(), [...named].sort(), resource.name);
      }
    });

    it("is selected by its own labels alone, which never change with a version", () => {
      const selectors = all.flatMap(({ resource, labels }) => {
        const selector = at(resource.inputs, "spec", "selector", "matchLabels") as Bag | undefined;
        if (selector === undefined) return [];
        for (const [key, value] of Object.entries(selector)) assert.equal(labels[key], value, resource.name);
        assert.ok(!("app.kubernetes.io/version" in selector), resource.name);
        return [JSON.stringify(selector)];
      });
      assert.equal(new Set(selectors).size, selectors.length);
    });

    it("reads its settings from objects that exist and have the keys", () => {
      const data = (kind: string, field: string) =>
        new Map(
          ofKind(g, kind).map(({ inputs }) => [
            `${String(at(inputs, "metadata", "namespace"))}/${String(at(inputs, "metadata", "name"))}`,
            inputs[field],
          ]),
        );
      const secrets = data("core/v1:Secret", "stringData");
      const configs = data("core/v1:ConfigMap", "data");
      for (const { resource, namespace, containers } of all) {
        for (const { name, valueFrom } of containers.flatMap(({ env }) => (env ?? []) as Bag[])) {
          for (const [reference, known] of [
            ["secretKeyRef", secrets],
            ["configMapKeyRef", configs],
          ] as const) {
            const wanted = at(valueFrom, reference) as { name: string; key: string } | undefined;
            if (wanted === undefined) continue;
            const found = known.get(`${namespace}/${wanted.name}`) as Bag | undefined;
            const content = (reference === "secretKeyRef" ? found?.value : found) as Bag | undefined;
            assert.ok(
              content !== undefined && wanted.key in content,
              `${resource.name}: ${String(name)} from ${wanted.name}/${wanted.key}`,
            );
          }
        }
      }
    });
  });
}

describe("images", () => {
  it("come from the plan and from nowhere else, in pods and in charts", async () => {
    const mirror = (service: ServicePlan): ServicePlan => ({
      ...service,
      images: Object.fromEntries(Object.entries(service.images).map(([role, image]) => [role, `registry.intra:5000/${image}`])),
    });
    const mirrored = { ...plan, services: plan.services.map(mirror) };
    const wanted = mirrored.services.flatMap(({ images }) => Object.values(images)).sort();
    const g = await platformGraph(mirrored);
    const inPods = workloads(g).flatMap(({ containers, initContainers }) =>
      [...containers, ...initContainers].map(({ image }) => String(image)),
    );
    const inCharts = ofKind(g, "helm.sh/v3:Release").flatMap(({ inputs }) => chartImages(inputs.values));
    assert.deepEqual([...new Set([...inPods, ...inCharts])].sort(), wanted);
  });
});

/** The images that values name, in either of the two ways charts use. */
function chartImages(values: unknown): string[] {
  if (typeof values !== "object" || values === null) return [];
  return Object.entries(values).flatMap(([key, value]) => {
    if (key !== "image") return chartImages(value);
    const { registry, image, repository, tag } = value as Record<string, string>;
    return [repository === undefined ? `${registry}/${image}:${tag}` : `${repository}:${tag}`];
  });
}
