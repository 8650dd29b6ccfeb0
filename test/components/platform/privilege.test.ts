import assert from "node:assert/strict";
import type { EnvironmentPlan } from "../../../model/plan/types";
import type { Graph } from "../../support/graph";
import type { Bag } from "../../support/mocks";
import { at, environmentPlan, ofKind, platformGraph, replicated, type Workload, workloads } from "./fixtures";

const plan = environmentPlan();
const acme = { kind: "acme", email: "a@example.org", server: "https://acme.example.org/directory" } as const;

/** Every environment the rules below are held against. */
const environments: Readonly<Record<string, EnvironmentPlan>> = {
  "one replica each": plan,
  "three replicas": replicated(plan),
  "a certificate for each host": environmentPlan({ platform: { ...plan.platform, tls: acme } }),
};

/** What is open to whoever reaches the pod network: webhooks, which the API server calls, and what is there for the world. */
const OPEN_TO_ALL: readonly string[] = [
  "cert-manager: 10250",
  "ingress-nginx: 80, 443, 8443",
  "kube-system: 10250",
  "metallb-system: 9443",
];

/** Programs that read a secret from their environment and nowhere else. */
const READ_ENVIRONMENT = /^(keycloak|portal-(ui|api|common-api|terraman|metric-api|chaos-api|catalog-api|chaos-collector))$/;

for (const [title, environment] of Object.entries(environments)) {
  describe(`every object of the platform, ${title}`, () => {
    let g: Graph;
    let all: Workload[];
    before(async () => {
      g = await platformGraph(environment);
      all = workloads(g);
    });

    it("gives nobody rights in the Kubernetes API", () => {
      assert.deepEqual(
        g.resources.filter(({ type }) => type.startsWith("kubernetes:rbac")).map(({ name }) => name),
        [],
      );
      for (const { inputs, name } of ofKind(g, "core/v1:ServiceAccount")) assert.equal(inputs.automountServiceAccountToken, false, name);
    });

    it("is on no port, address or folder of the nodes", () => {
      for (const { inputs, name } of ofKind(g, "core/v1:Service")) {
        assert.equal(at(inputs, "spec", "type"), "ClusterIP", name);
        assert.doesNotMatch(JSON.stringify(inputs), /nodePort|externalIPs/, name);
      }
      for (const { resource, pod, containers, initContainers } of all) {
        assert.doesNotMatch(JSON.stringify([pod, containers, initContainers]), /host(Network|PID|IPC|Port|Path)"/, resource.name);
        const kinds = ((pod.volumes ?? []) as Bag[]).flatMap(({ name: _name, ...source }) => Object.keys(source));
        for (const kind of kinds)
          assert.ok(["emptyDir", "secret", "configMap", "persistentVolumeClaim"].includes(kind), `${resource.name}: ${kind}`);
      }
    });

    it("gets ports on the nodes from no load balancer that does without", () => {
      const open = ofKind(g, "helm.sh/v3:Release").flatMap(({ inputs }) => {
        const service = at(inputs, "values", "controller", "service") as Bag | undefined;
        return service?.type === "LoadBalancer" ? [service.allocateLoadBalancerNodePorts] : [];
      });
      assert.deepEqual(open, [false]);
    });

    it("lies in a namespace that is closed but for what is listed", () => {
      const policies = ofKind(g, "networking.k8s.io/v1:NetworkPolicy").map(({ inputs }) => ({
        namespace: String(at(inputs, "metadata", "namespace")),
        spec: inputs.spec as { policyTypes: string[]; podSelector: object; ingress?: { from?: unknown; ports: { port: number }[] }[] },
      }));
      for (const { inputs } of ofKind(g, "core/v1:Namespace")) {
        const namespace = String(at(inputs, "metadata", "name"));
        const closed = policies.some(
          ({ namespace: of, spec }) =>
            of === namespace && spec.policyTypes.includes("Ingress") && Object.keys(spec.podSelector).length === 0 && !spec.ingress,
        );
        assert.ok(closed, namespace);
      }
      const open = policies.flatMap(({ namespace, spec }) =>
        (spec.ingress ?? []).flatMap(({ from, ports }) =>
          from === undefined ? [`${namespace}: ${ports.map(({ port }) => port).join(", ")}`] : [],
        ),
      );
      assert.deepEqual([...new Set(open)].sort(), OPEN_TO_ALL);
    });

    it("reads secrets from files, where its program can", () => {
      const read = all
        .filter(({ containers, initContainers }) => /secretKeyRef/.test(JSON.stringify([containers, initContainers])))
        .map(({ resource }) => resource.name.replace(/^seoul-/, "").replace(/-server$/, ""));
      assert.deepEqual(
        read.filter((name) => !READ_ENVIRONMENT.test(name)),
        [],
      );
    });
  });
}
