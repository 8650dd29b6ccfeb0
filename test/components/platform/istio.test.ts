import assert from "node:assert/strict";
import { appliedState } from "../../../model/guard/applied";
import { findDangers } from "../../../model/guard/dangers";
import type { EnvironmentPlan } from "../../../model/plan/types";
import type { Graph } from "../../../testing/graph";
import type { Bag } from "../../../testing/mocks";
import { environmentFile, plannedFile } from "../../support/environment";
import { waitsFor } from "../../support/waits";
import { findEach, type WrongFile } from "../../support/wrong-files";
import { at, everyServicePlan, ofKind, platformGraph, workloads } from "./fixtures";

const fileOf = (services: Bag, more: Bag = {}): Bag => ({ platform: { services, ...more } });
const planOf = (services: Bag, more: Bag = {}): EnvironmentPlan =>
  plannedFile(environmentFile({ name: "seoul", ...fileOf(services, more) })).plan;
const values = (g: Graph, name = "istio"): unknown => g.get(`seoul-${name}-release`).inputs.values;
const namespaceOf = (g: Graph, name: string): RecordedInputs =>
  ofKind(g, "core/v1:Namespace").find(({ inputs }) => at(inputs, "metadata", "name") === name)?.inputs ?? {};
type RecordedInputs = Readonly<Record<string, unknown>>;
const injected = (g: Graph, name: string): unknown => at(namespaceOf(g, name), "metadata", "labels", "istio-injection");
const policiesIn = (g: Graph, namespace: string): unknown[] =>
  ofKind(g, "networking.k8s.io/v1:NetworkPolicy").flatMap(({ inputs }) =>
    at(inputs, "metadata", "namespace") === namespace ? [inputs.spec] : [],
  );
const authenticated = (g: Graph): string[] =>
  ofKind(g, "security.istio.io/v1:PeerAuthentication")
    .map(({ inputs }) => `${String(at(inputs, "metadata", "namespace"))} ${String(at(inputs, "spec", "mtls", "mode"))}`)
    .sort();

describe("Istio", () => {
  let g: Graph;
  before(async () => {
    g = await platformGraph(
      planOf({ istio: { inject: ["portal"] }, istioGateway: true, tracing: true }, { tenants: { shop: { mesh: "strict" } } }),
    );
  });

  it("comes up after its definitions and the plugin on the nodes, and is waited for by whoever is in the mesh", () => {
    const waited = (name: string, other: string) => assert.ok(waitsFor(g, name).has(other), `${name}: ${other}`);
    waited("seoul-istio-cni-release", "seoul-istio-base-release");
    waited("seoul-istio-release", "seoul-istio-cni-release");
    for (const name of ["seoul-istio-gateway-release", "seoul-portal-namespace", "seoul-tracing-namespace", "seoul-tenant-shop-namespace"])
      waited(name, "seoul-istio-release");
  });

  it("gives no pod rights on the network, has jobs end, and leaves out nobody's filter of system calls", () => {
    assert.equal(at(values(g), "cni", "enabled"), true);
    assert.equal(at(values(g), "env", "ENABLE_NATIVE_SIDECARS"), "true");
    assert.deepEqual(at(values(g), "sidecarInjectorWebhook", "defaultTemplates"), ["sidecar", "seccomp"]);
    assert.match(String(at(values(g), "sidecarInjectorWebhook", "templates", "seccomp")), /RuntimeDefault/);
    assert.equal(at(values(g), "sidecarInjectorWebhook", "templates", "plain"), undefined);
    assert.equal(at(namespaceOf(g, "istio-cni"), "metadata", "labels", "pod-security.kubernetes.io/enforce"), "privileged");
  });

  it("has a proxy of the plan's image for every pod, which asks for little", () => {
    const proxy = "docker.io/istio/proxyv2:1.27.3";
    assert.deepEqual([at(values(g), "global", "proxy", "image"), at(values(g), "global", "proxy_init", "image")], [proxy, proxy]);
    assert.deepEqual(at(values(g), "global", "proxy", "resources", "limits"), { cpu: "500m", memory: "256Mi" });
  });

  it("leaves to istiod what istiod writes into its webhook", () => {
    const { inputs, options } = g.get("seoul-istio-validator");
    assert.equal(at(inputs, "metadata", "labels", "istio.io/rev"), "default");
    assert.deepEqual(options.ignoreChanges, ["webhooks[0].failurePolicy", "webhooks[0].clientConfig.caBundle"]);
  });

  it("is met by namespaces of the mesh where proxies ask, by the API server, and by nobody else", () => {
    const spoken = policiesIn(g, "istio-system").flatMap((spec) => (at(spec, "ingress") as Bag[] | undefined) ?? []);
    const mesh = [{ namespaceSelector: { matchLabels: { "istio-injection": "enabled" } } }];
    assert.deepEqual(
      spoken.map(({ ports, from }) => [at(ports, 0, "port"), from]).sort(([one], [other]) => Number(one) - Number(other)),
      [
        [15012, mesh],
        [15017, undefined],
      ],
    );
  });

  it("has in the mesh whom the file names, and the platform's other pods outside of it", async () => {
    assert.deepEqual(authenticated(g), ["cp-portal PERMISSIVE", "istio-ingress STRICT", "shop STRICT", "tracing STRICT"]);
    assert.deepEqual(
      ["cp-portal", "shop", "mariadb", "keycloak"].map((name) => injected(g, name)),
      ["enabled", "enabled", undefined, undefined],
    );
    const labels = (each: Graph, namespace: string) =>
      workloads(each)
        .filter((one) => one.namespace === namespace)
        .map((one) => one.labels["sidecar.istio.io/inject"]);
    assert.deepEqual([...new Set(labels(g, "cp-portal"))], ["true"]);
    assert.deepEqual([...new Set(labels(g, "mariadb"))], [undefined]);
    const without = await platformGraph(planOf({ istio: true }));
    assert.equal(injected(without, "cp-portal"), undefined);
    assert.deepEqual(authenticated(without), []);
    // Pods come into the mesh, and leave it, when their template changes.
    assert.deepEqual([...new Set(labels(without, "cp-portal"))], [undefined]);
  });

  it("opens the way to itself, and to whom proxies tell of requests, for the pods in the mesh", () => {
    const reached = (namespace: string) =>
      policiesIn(g, namespace).flatMap((spec) =>
        ((at(spec, "egress") ?? []) as Bag[]).flatMap(({ to }) =>
          ((to ?? []) as Bag[]).flatMap((peer) => at(peer, "namespaceSelector", "matchLabels", "kubernetes.io/metadata.name") ?? []),
        ),
      );
    for (const namespace of ["cp-portal", "shop"])
      for (const other of ["istio-system", "tracing"]) assert.ok(reached(namespace).includes(other), `${namespace}: ${other}`);
    assert.ok(!reached("keycloak").includes("istio-system"));
    const from = policiesIn(g, "shop").flatMap((spec) => (at(spec, "ingress", 0, "from") ?? []) as Bag[]);
    assert.ok(JSON.stringify(from).includes("istio-ingress"));
  });

  it("tells Jaeger of one request in a hundred", () => {
    assert.deepEqual(at(values(g), "meshConfig", "extensionProviders"), [
      { name: "platform-traces", opentelemetry: { service: "jaeger.tracing.svc.cluster.local", port: 4317 } },
    ]);
    const { metadata, spec } = g.get("seoul-tracing-telemetry").inputs;
    assert.equal(at(metadata, "namespace"), "istio-system");
    assert.equal(at(spec, "tracing", 0, "randomSamplingPercentage"), 1);
  });
});

describe("Istio's gateway", () => {
  it("leads a host in by the platform's ingress, over verified TLS, for one namespace alone", async () => {
    const g = await platformGraph(everyServicePlan());
    const { spec } = g.get("seoul-istio-gateway-shop-seoul-example-org-gateway").inputs;
    assert.deepEqual(at(spec, "servers", 0, "hosts"), ["shop/shop.seoul.example.org"]);
    assert.deepEqual(at(spec, "servers", 0, "tls"), { mode: "SIMPLE", credentialName: "shop-seoul-example-org-tls" });
    const { metadata } = g.get("seoul-istio-gateway-shop-seoul-example-org-ingress").inputs;
    const said = (name: string) => at(metadata, "annotations", `nginx.ingress.kubernetes.io/proxy-ssl-${name}`);
    // By the name asked for in TLS it finds the Gateway.
    assert.deepEqual([said("name"), said("server-name"), said("verify")], ["shop.seoul.example.org", "on", "on"]);
    assert.equal(at(values(g, "istio-gateway"), "service", "type"), "ClusterIP");
  });

  it("leads a service's host to the namespaces that it claims it for, and has its word on requests asked as it says", async () => {
    const g = await platformGraph(everyServicePlan());
    const { spec } = g.get("seoul-istio-gateway-kubeflow-gateway").inputs;
    assert.deepEqual(at(spec, "servers", 0, "hosts"), ["kubeflow/kubeflow.seoul.example.org", "shop/kubeflow.seoul.example.org"]);
    const { metadata } = g.get("seoul-istio-gateway-kubeflow-ingress").inputs;
    assert.equal(at(metadata, "annotations", "nginx.ingress.kubernetes.io/proxy-body-size"), "32m");
    const providers = at(values(g), "meshConfig", "extensionProviders") as { name: string; envoyExtAuthzHttp?: object }[];
    assert.deepEqual(providers.find(({ name }) => name === "kubeflow-login")?.envoyExtAuthzHttp, {
      ...{ service: "kubeflow-login.kubeflow.svc.cluster.local", port: 8443, pathPrefix: "/kubeflow-gate" },
      ...{ includeRequestHeadersInCheck: ["cookie", "accept"], headersToUpstreamOnAllow: ["x-auth-request-email"] },
      ...{ headersToDownstreamOnDeny: ["set-cookie", "content-type"], headersToDownstreamOnAllow: ["set-cookie"] },
      includeAdditionalHeadersInCheck: { "x-auth-request-redirect": "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%" },
    });
  });
});

const wrong: readonly WrongFile[] = [
  ["a database in the mesh", fileOf({ istio: { inject: ["mariadb"] } }), "platform.services.istio.inject.0", /was made to go with/],
  ["a service in it that is off", fileOf({ istio: { inject: ["pipeline"] } }), "platform.services.istio.inject.0", /switched off/],
  ["one in it twice", fileOf({ istio: { inject: ["portal", "portal"] } }), "platform.services.istio.inject.1", /in the list already/],
  ["a gateway without Istio", fileOf({ istioGateway: true }), "platform.services.istio", /istioGateway needs istio/],
  [
    "a tenant in no mesh",
    fileOf({}, { tenants: { shop: { mesh: "strict" } } }),
    "platform.tenants.shop.mesh",
    /Istio, which is switched off/,
  ],
  [
    "Cilium alone on the nodes",
    { ...fileOf({ istio: true }), cluster: { network: { plugin: "cilium" } } },
    "cluster.variables.cilium_cni_exclusive",
    /Istio's leads the traffic/,
  ],
  [
    "every namespace in the mesh",
    fileOf({ istio: { values: { sidecarInjectorWebhook: { enableNamespacesByDefault: true } } } }),
    "platform.services.istio.values.sidecarInjectorWebhook.enableNamespacesByDefault",
    /databases and operators/,
  ],
  [
    "two hosts whose Gateways would have one name",
    fileOf({ istio: true, istioGateway: { hosts: { "shop.a-b.org": "shop", "shop.a.b-org.org": "shop", "shop-a.b.org": "shop" } } }),
    "platform.services.istioGateway.hosts.shop-a.b.org",
    /Gateway shop-a-b-org, which is that of shop\.a-b\.org/,
  ],
  [
    "a host of the mesh that is one of the platform's own",
    fileOf({ istio: true, istioGateway: { hosts: { "keycloak.seoul.example.org": "shop" } } }, { domain: "seoul.example.org" }),
    "platform.services.istioGateway.hosts.keycloak.seoul.example.org",
    /Istio's gateway would be met at keycloak\.seoul\.example\.org, which is the host of Keycloak/,
  ],
];

describe("a mesh that cannot be", () => {
  findEach(wrong);
});

describe("a release that leaves minor versions of Istio out", () => {
  it("is refused while it is on, with the way out", () => {
    const stood = appliedState(planOf({ istio: true }));
    const move = (services: Bag) =>
      findDangers(stood, plannedFile(environmentFile({ name: "seoul", release: "1.7.0+maintained", ...fileOf(services) })).plan).filter(
        ({ path, remedy }) => path === "release" && /go to release: "1\.7\.0\+step-1" first/.test(remedy),
      );
    assert.equal(move({ istio: true }).length, 1);
    assert.equal(move({}).length, 0);
  });
});
