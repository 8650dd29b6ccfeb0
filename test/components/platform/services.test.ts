import assert from "node:assert/strict";
import { output } from "@pulumi/pulumi";
import type { ServiceArgs } from "../../../components/platform/args";
import type { DatabaseAccess } from "../../../components/platform/grants";
import { Keycloak } from "../../../components/platform/keycloak/keycloak";
import { PlatformTls } from "../../../components/platform/platform-tls/platform-tls";
import { golden } from "../../support/golden";
import {
  type Build,
  certManager,
  chartmuseum,
  harbor,
  ingress,
  keycloak,
  kpaasServer,
  mariadb,
  metallb,
  metrics,
  nats,
  portal,
  postgresql,
  rookCeph,
  route,
  run,
  storage,
  tls,
} from "./builds";
import { at, CANARY, everyServicePlan, platformGraph, servicePlan } from "./fixtures";

const services: Readonly<Record<string, Build>> = {
  metallb,
  "ingress-nginx": ingress("metallb"),
  "nfs-storage": storage,
  "rook-ceph": rookCeph,
  "metrics-server": metrics("selfSigned"),
  "cert-manager": certManager,
  "platform-tls": tls,
  mariadb: mariadb(),
  "mariadb-replicated": mariadb(undefined, { replicas: 3 }),
  postgresql: postgresql(),
  "postgresql-replicated": postgresql(undefined, { replicas: 3 }),
  keycloak: keycloak({ replicas: 2 }),
  harbor: harbor({ replicas: 2 }),
  chartmuseum,
  nats: nats({ replicas: 3 }),
  portal: portal(),
  "kpaas-server": kpaasServer(2),
};

for (const [name, build] of Object.entries(services)) {
  describe(`the component of ${name}`, () => {
    it("registers its resources", async () => golden(`components/${name}`, (await run(build)).lines()));

    it("registers the same when nothing exists yet, and shows no secret", async () => {
      const known = await run(build);
      assert.deepEqual((await run(build, { unknowns: true })).urns(), known.urns());
      for (const canary of [CANARY, "generated-", "PRIVATE KEY"]) assert.deepEqual(known.leaks(canary), []);
    });
  });
}

describe("a service alone", () => {
  const mysql: DatabaseAccess = { host: output("db.example.org"), port: output(3307), database: "login", user: "login", password: CANARY };
  const alone = (plan: ServiceArgs["plan"], release?: string): Build =>
    function build(_common, opts) {
      const managedAt = "https://127.0.0.1:20000";
      return new Keycloak(
        "login",
        { database: mysql, ingress: route, managedAt, ...(plan ? { plan } : {}), ...(release ? { release } : {}) },
        opts,
      );
    };

  it("is its catalogue entry, but for what its program says, with a database of the program's own", async () => {
    const g = await run(alone({ host: "login.example.org", replicas: 2 }));
    const { spec } = g.get("login-server").inputs as { spec: { replicas: number; template: object } };
    assert.equal(spec.replicas, 2);
    assert.equal(at(spec.template, "spec", "containers", 0, "image"), servicePlan("keycloak").images.server);
    const env = at(spec.template, "spec", "containers", 0, "env") as { name: string; value?: string }[];
    const of = (name: string) => env.find((each) => each.name === name)?.value;
    assert.deepEqual([of("KC_DB_URL_HOST"), of("KC_DB_URL_PORT"), of("KC_DB_URL_DATABASE")], ["db.example.org", "3307", "login"]);
    assert.deepEqual(g.leaks(CANARY), []);
  });

  it("is refused without its host, and of a release that is not known", async () => {
    await assert.rejects(run(alone(undefined)), /no host/);
    await assert.rejects(run(alone({ host: "login.example.org" }, "0.9.0")), /0\.9\.0 is no release/);
  });
});

describe("MetalLB's pools", () => {
  it("keep the ingress address apart from what other Services are given", async () => {
    const g = await run(metallb);
    assert.deepEqual(g.get("lb-pool-primary").inputs.spec, {
      addresses: ["10.20.0.200-10.20.0.209", "10.20.0.211-10.20.0.230"],
      autoAssign: true,
    });
    assert.deepEqual(g.get("lb-pool-ingress").inputs.spec, { addresses: ["10.20.0.210/32"], autoAssign: false });
    assert.deepEqual(g.get("lb-advertisement").inputs.spec, { ipAddressPools: ["primary", "ingress"] });
    assert.ok(g.get("lb-pool-primary").options.dependsOn.includes("lb-release"));
  });
});

describe("the ingress controller's Service", () => {
  it("is pinned to its address and open to the named addresses and the pods only", async () => {
    const service = at((await run(ingress("metallb"))).get("web-release").inputs.values, "controller", "service");
    assert.equal(at(service, "annotations", "metallb.io/loadBalancerIPs"), "10.20.0.200");
    assert.deepEqual(at(service, "loadBalancerSourceRanges"), ["198.51.100.0/24", "10.233.64.0/18"]);
    const cloud = at((await run(ingress("cloud"))).get("web-release").inputs.values, "controller", "service");
    assert.equal(at(cloud, "loadBalancerIP"), "10.20.0.200");
    assert.equal(at(cloud, "annotations"), undefined);
  });
});

describe("metrics-server", () => {
  it("verifies the kubelets where the cluster signed their certificates, and only there", async () => {
    const args = async (kind: "clusterSigned" | "selfSigned") =>
      at((await run(metrics(kind))).get("metrics-release").inputs.values, "args");
    assert.deepEqual(await args("clusterSigned"), ["--kubelet-certificate-authority=/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"]);
    assert.deepEqual(await args("selfSigned"), ["--kubelet-insecure-tls"]);
  });
});

describe("the platform's certificate", () => {
  it("covers the domain and everything under it, for at most a year, and is renewed before it ends", async () => {
    const g = await run(tls);
    assert.deepEqual(g.get("tls-server-request").inputs.dnsNames, ["seoul.example.org", "*.seoul.example.org"]);
    const { validityPeriodHours, earlyRenewalHours } = g.get("tls-server").inputs;
    assert.ok(Number(validityPeriodHours) <= 366 * 24 && Number(earlyRenewalHours) >= 14 * 24);
    assert.equal(g.get("tls-ca").inputs.isCaCertificate, true);
  });

  it("has a common name that fits, however long the domain", async () => {
    const domain = `${"a".repeat(60)}.${"b".repeat(60)}.example.org`;
    const g = await run((_common, opts) => new PlatformTls("tls", { kind: "selfSigned", domain }, opts));
    for (const name of ["tls-ca", "tls-server-request"]) assert.ok(String(at(g.get(name).inputs, "subject", "commonName")).length <= 64);
  });
});

describe("Chaos Mesh", () => {
  it("reaches containers by what runs them, hurts only who says so, and is met inside by whoever brings a token", async () => {
    const plan = everyServicePlan();
    const valuesOn = async (container_manager: string) =>
      (await platformGraph({ ...plan, cluster: { ...plan.cluster, variables: { container_manager } } })).get("seoul-chaos-mesh-release")
        .inputs.values;
    const [crio, containerd] = [await valuesOn("crio"), await valuesOn("containerd")];
    const daemon = (values: unknown) => [at(values, "chaosDaemon", "runtime"), at(values, "chaosDaemon", "socketPath")];
    assert.deepEqual(daemon(crio), ["crio", "/var/run/crio/crio.sock"]);
    assert.deepEqual(daemon(containerd), ["containerd", "/run/containerd/containerd.sock"]);
    assert.equal(at(crio, "controllerManager", "enableFilterNamespace"), true);
    assert.match(String(at(crio, "controllerManager", "podChaos", "podFailure", "pauseImage")), /\/pause:\d/);
    assert.deepEqual([at(crio, "dashboard", "securityMode"), at(crio, "dashboard", "service", "type")], [true, "ClusterIP"]);
    assert.equal(at(crio, "enableProfiling"), false);
  });
});
