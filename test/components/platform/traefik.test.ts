import assert from "node:assert/strict";
import { fields, list } from "../../../model/data";
import { catalogService } from "../../../model/plan/service";
import { run, traefik } from "./builds";
import { at, ofKind, platformGraph, traefikPlan } from "./fixtures";

/** The values of a release, by its name. */
const valuesOf = (g: Awaited<ReturnType<typeof run>>, name: string) => fields(at(g.get(name).inputs, "values"));

describe("Traefik", () => {
  it("takes the planned address, keeps callers' addresses and shows nothing of itself", async () => {
    const values = valuesOf(await run(traefik()), "web-release");
    assert.deepEqual(values.service, {
      annotations: { "metallb.io/loadBalancerIPs": "10.20.0.200" },
      spec: {
        type: "LoadBalancer",
        loadBalancerSourceRanges: ["198.51.100.0/24", "10.233.64.0/18"],
        externalTrafficPolicy: "Local",
        allocateLoadBalancerNodePorts: false,
      },
    });
    assert.deepEqual([values.api, values.accessLog], [{ dashboard: false }, { enabled: false }]);
    assert.equal(at(values, "providers", "file", "content", "tls", "options", "default", "minVersion"), "VersionTLS12");
    assert.equal(at(values, "tlsStore", "default", "defaultCertificate", "secretName"), "platform-tls");
    assert.deepEqual(at(values, "ports", "websecure", "http", "middlewares"), ["hsts@file"]);
  });

  it("reads Ingresses of the class as ingress-nginx does, and the Gateway API where that is there", async () => {
    const values = valuesOf(await run(traefik()), "web-release");
    const nginx = fields(at(values, "providers", "kubernetesIngressNGINX"));
    assert.deepEqual([nginx.ingressClass, nginx.ingressClassByName, nginx.allowSnippetAnnotations], ["nginx", true, false]);
    assert.equal(at(values, "providers", "kubernetesGateway", "enabled"), false);
    const both = valuesOf(await run(traefik({ gateways: true })), "web-release");
    assert.equal(at(both, "providers", "kubernetesGateway", "enabled"), true);
    assert.deepEqual(Object.keys(fields(at(both, "gateway", "listeners"))), ["web", "websecure"]);
  });

  it("takes the nodes' ports where a balancer of the infrastructure leads to them", async () => {
    const values = valuesOf(await run(traefik({ nodePorts: { http: 30080, https: 30443 } })), "web-release");
    assert.deepEqual(at(values, "service", "spec"), {
      type: "NodePort",
      externalIPs: ["10.20.0.200"],
      externalTrafficPolicy: "Local",
      allocateLoadBalancerNodePorts: false,
    });
    assert.deepEqual([at(values, "ports", "web", "nodePort"), at(values, "ports", "websecure", "nodePort")], [30080, 30443]);
  });

  it("asks for nothing that there is one of where another one has it", async () => {
    const g = await run(traefik({ beside: true, outside: { a: "b" } }));
    const values = valuesOf(g, "web-release");
    assert.deepEqual(values.service, { spec: { type: "ClusterIP" } });
    assert.deepEqual(values.ingressClass, { enabled: false });
    assert.deepEqual(at(g.get("web-outside").inputs, "spec", "type"), "ClusterIP");
  });

  it("keeps a digest beside the tag, by which the chart knows the version", async () => {
    const plan = catalogService("traefik", { images: { server: "registry.intra/library/traefik:v3.7.11@sha256:ab" } });
    const values = valuesOf(await run(traefik({ plan })), "web-release");
    assert.deepEqual(values.image, { registry: "registry.intra", repository: "library/traefik", tag: "v3.7.11@sha256:ab" });
  });
});

describe("an ingress controller that takes another one's place", () => {
  it("waits for it, gets class and address from it, and services let both in as long as both are there", async () => {
    const before = traefikPlan("1.7.0", { kind: "nginx", beside: "traefik" });
    const after = traefikPlan("1.7.0", { beside: "nginx" });
    assert.ok(before.services.find(({ name }) => name === "ingress")?.dependsOn.includes("traefik"));
    assert.ok(after.services.find(({ name }) => name === "traefik")?.dependsOn.includes("ingress"));
    const [first, second] = [await platformGraph(before), await platformGraph(after)];
    const nginx = (g: typeof first) => fields(at(valuesOf(g, "seoul-ingress-release"), "controller"));
    assert.equal(at(nginx(first), "service", "type"), "LoadBalancer");
    assert.deepEqual(nginx(second).service, { type: "ClusterIP" });
    assert.deepEqual(nginx(second).ingressClassResource, { name: "nginx", enabled: false });
    const peers = (g: typeof first) =>
      list(at(g.get("seoul-keycloak-allow-ingress").inputs, "spec", "ingress", 0, "from"))
        .map((peer) => at(peer, "namespaceSelector", "matchLabels", "kubernetes.io/metadata.name"))
        .sort();
    assert.deepEqual(
      [peers(first), peers(second)],
      [
        ["ingress-nginx", "traefik"],
        ["ingress-nginx", "traefik"],
      ],
    );
    assert.deepEqual(peers(await platformGraph(traefikPlan())), ["traefik"]);
    const ingresses = (g: typeof first) => ofKind(g, "networking.k8s.io/v1:Ingress").map(({ name, inputs }) => [name, inputs]);
    assert.deepEqual(ingresses(second), ingresses(first));
  });
});
