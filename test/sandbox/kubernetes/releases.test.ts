import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { PartialFailure, type Properties, secret, UNKNOWN } from "../../../plugin/rpc/provider";
import { type Fields, METALLB, NAMESPACE, POOL, pool, RELEASE, SERVICE, World } from "./world";

const INGRESS_NGINX: Properties = {
  name: "ingress-nginx",
  chart: "ingress-nginx",
  version: "4.13.3",
  repositoryOpts: { repo: "https://kubernetes.github.io/ingress-nginx" },
  namespace: "ingress-nginx",
  createNamespace: true,
};
const NFS: Properties = {
  name: "nfs",
  chart: "nfs-subdir-external-provisioner",
  version: "4.0.18",
  repositoryOpts: { repo: "https://kubernetes-sigs.github.io/nfs-subdir-external-provisioner" },
  namespace: "kube-system",
  values: { nfs: { server: "10.20.0.9", path: "/srv/nfs" }, storageClass: { name: "nfs", defaultClass: true } },
};
const CERT_MANAGER: Properties = {
  name: "cert-manager",
  chart: "cert-manager",
  version: "1.19.6",
  repositoryOpts: { repo: "https://charts.jetstack.io" },
  namespace: "cert-manager",
  createNamespace: true,
  values: { crds: { enabled: true } },
};
const METRICS: Properties = {
  name: "metrics-server",
  chart: "metrics-server",
  version: "3.13.1",
  repositoryOpts: { repo: "https://kubernetes-sigs.github.io/metrics-server" },
  namespace: "kube-system",
  values: { replicas: 2, args: ["--kubelet-insecure-tls"] },
};

let world: World;
beforeEach(async () => {
  world = await new World().configure();
});
afterEach(() => world.dispose());

const at = (value: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((inner, key) => (inner as Fields | undefined)?.[key], value);
const stored = (file: string): Fields => JSON.parse(readFileSync(world.path(file), "utf8"));

async function partial(work: Promise<unknown>): Promise<PartialFailure> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof PartialFailure, String(error));
  return error;
}

describe("sandbox/kubernetes releases", () => {
  it("takes a chart of a user's own, of which it knows no objects", async () => {
    const own = { name: "cache", chart: "valkey", version: "1.2.3", repositoryOpts: { repo: "https://charts.example.org" } };
    for (const inputs of [own, { ...own, name: "other", chart: "oci://registry.example.org/charts/valkey", repositoryOpts: undefined }]) {
      const { id, outputs } = await world.create(RELEASE, "own", { ...inputs, namespace: "default", values: { replicas: 2 } });
      assert.deepEqual([id, at(outputs, "status.version"), at(outputs, "status.status")], [`default/${inputs.name}`, "1.2.3", "deployed"]);
    }
  });

  const REFUSED: readonly (readonly [string, Properties, string, RegExp])[] = [
    ["an unknown chart", { ...METALLB, chart: "metalb" }, "chart", /chart "metalb" not found/],
    [
      "an unknown version",
      { ...METALLB, version: "0.15.0" },
      "version",
      /chart "metallb" matching 0.15.0 not found; the sandbox knows 0.14.9/,
    ],
    [
      "another repository",
      { ...METALLB, repositoryOpts: { repo: "https://charts.example.org" } },
      "repositoryOpts.repo",
      /is not a valid chart repository/,
    ],
    ["no repository", { ...METALLB, repositoryOpts: undefined }, "repositoryOpts.repo", /repo metallb not found/],
    ["an unknown value", { ...METALLB, values: { controler: {} } }, "values.controler", /has no such value; did you mean "controller"\?/],
    [
      "an unknown nested value",
      { ...INGRESS_NGINX, values: { controller: { service: { loadBalanceIP: "x" } } } },
      "values.controller.service.loadBalanceIP",
      /did you mean "loadBalancerIP"/,
    ],
    ["an unknown property", { ...METALLB, crds: true }, "crds", /a Release has no property "crds"/],
    ["too long a name", { ...METALLB, name: "a".repeat(54) }, "name", /invalid release name/],
  ];
  for (const [what, inputs, property, reason] of REFUSED) {
    it(`refuse ${what}`, async () => {
      const { failures } = await world.check(RELEASE, "x", inputs);
      const found = failures.find((one) => one.property === property);
      assert.match(found?.reason ?? JSON.stringify(failures), reason);
    });
  }

  it("take a chart from a mirror, and values where the chart's default is open or commented out", async () => {
    const { repositoryOpts: _repository, ...rest } = INGRESS_NGINX;
    const values = {
      controller: { config: { "use-http2": "true" }, image: { registry: "registry.intra:5000" }, nodeSelector: { edge: "true" } },
    };
    const { failures, inputs } = await world.check(RELEASE, "x", {
      ...rest,
      chart: "oci://registry.intra:5000/charts/ingress-nginx",
      values,
    });
    assert.deepEqual(failures, []);
    assert.equal(inputs.version, "4.13.3");
  });

  it("are previewed with status and names unknown", async () => {
    const outputs = await world.preview(RELEASE, "metallb", METALLB);
    assert.equal(outputs.status, UNKNOWN);
    assert.equal(outputs.resourceNames, UNKNOWN);
  });

  it("make the chart's objects, and take them away but for what is kept", async () => {
    const made = await world.create(RELEASE, "cert-manager", CERT_MANAGER);
    assert.equal(made.id, "cert-manager/cert-manager");
    assert.equal(at(made.outputs, "status.status"), "deployed");
    assert.deepEqual((made.outputs.resourceNames as Fields)["Deployment.apps/apps/v1"], [
      "cert-manager/cert-manager-cainjector",
      "cert-manager/cert-manager",
      "cert-manager/cert-manager-webhook",
    ]);
    assert.deepEqual((await world.diff(made, CERT_MANAGER)).changes, {});
    await world.delete(made);
    assert.equal(existsSync(world.path("deployments.apps/cert-manager_cert-manager")), false);
    assert.equal(existsSync(world.path("customresourcedefinitions.apiextensions.k8s.io/certificates.cert-manager.io")), true);
    assert.equal((await world.read(made)).id, "");
  });

  it("are installed again over the definitions that an earlier one left", async () => {
    await world.delete(await world.create(RELEASE, "cert-manager", CERT_MANAGER));
    const again = await world.create(RELEASE, "cert-manager", CERT_MANAGER);
    assert.equal(at(again.outputs, "status.status"), "deployed");
  });

  it("take templated definitions away with their resources", async () => {
    const made = await world.create(RELEASE, "metallb", METALLB);
    const addresses = await world.create(POOL, "main", pool("main", ["10.20.0.200-10.20.0.203"]));
    await world.delete(made);
    assert.equal((await world.read(addresses)).id, "");
  });

  it("are rendered again by an upgrade", async () => {
    const made = await world.create(RELEASE, "metrics-server", METRICS);
    assert.equal(at(stored("deployments.apps/kube-system_metrics-server"), "spec.replicas"), 2);
    const values = { replicas: 1, apiService: { create: false } };
    assert.deepEqual(Object.keys((await world.diff(made, { ...METRICS, values })).changes).sort(), [
      "values.apiService",
      "values.args",
      "values.replicas",
    ]);
    const changed = await world.update(made, { ...METRICS, values });
    assert.equal(at(changed.outputs, "status.revision"), 2);
    assert.equal(at(stored("deployments.apps/kube-system_metrics-server"), "spec.replicas"), 1);
    assert.equal(existsSync(world.path("apiservices.apiregistration.k8s.io/v1beta1.metrics.k8s.io")), false);
  });

  it("of the NFS provisioner make the default StorageClass", async () => {
    await world.create(RELEASE, "nfs", NFS);
    const claim = { metadata: { name: "data" }, spec: { accessModes: ["ReadWriteMany"], resources: { requests: { storage: "1Gi" } } } };
    const made = await world.create("kubernetes:core/v1:PersistentVolumeClaim", "data", claim);
    assert.equal(at(made.outputs, "spec.storageClassName"), "nfs");
  });

  it("whose pods mount NFS wait on a node without its client, and so do the pods of its claims", async () => {
    const machine = (address: string, packages: string[]) => ({ id: address, accessIpV4: address, packages });
    for (const address of ["10.20.1.21", "10.20.1.22"]) world.machine(machine(address, ["nftables", "nfs-common"]));
    await world.create(RELEASE, "nfs", NFS);
    const claim = { metadata: { name: "data" }, spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } } };
    await world.create("kubernetes:core/v1:PersistentVolumeClaim", "data", claim);
    const volumes = [{ name: "data", persistentVolumeClaim: { claimName: "data" } }];
    const pod = (name: string) => ({ metadata: { name }, spec: { containers: [{ name: "a", image: "a" }], volumes } });
    await world.create("kubernetes:core/v1:Pod", "one", pod("one"));
    world.machine(machine("10.20.1.22", ["nftables"]));
    const failed = await partial(world.create("kubernetes:core/v1:Pod", "two", pod("two")));
    assert.match(
      failed.message,
      /\[FailedMount\] MountVolume.SetUp failed for volume "data": mount failed: .* node general-2, which has no NFS client/,
    );
    const release = await partial(
      world.create(RELEASE, "nfs-2", { ...NFS, name: "nfs-2", values: { ...(NFS.values as object), storageClass: { name: "two" } } }),
    );
    assert.match(release.message, /\[FailedMount\]/);
  });

  it("bring the definitions of charts within theirs, and wait for no pods that an operator makes of objects, as Helm does not", async () => {
    const inputs = {
      ...{ name: "kube-prometheus-stack", chart: "kube-prometheus-stack", version: "88.5.3" },
      ...{ namespace: "monitoring", createNamespace: true },
      repositoryOpts: { repo: "https://prometheus-community.github.io/helm-charts" },
    };
    const { outputs } = await world.create(RELEASE, "monitoring", inputs);
    assert.equal(at(outputs, "status.status"), "deployed");
    const monitor = {
      ...{ apiVersion: "monitoring.coreos.com/v1", kind: "PodMonitor", metadata: { name: "own", namespace: "monitoring" } },
      spec: { selector: {}, podMetricsEndpoints: [{ portNumber: 9402 }] },
    };
    await world.create("kubernetes:monitoring.coreos.com/v1:PodMonitor", "own", monitor);
  });

  it("fail when their pods have no node, and say why", async () => {
    const inputs = { ...METRICS, values: { nodeSelector: { gpu: "true" } } };
    const failed = await partial(world.create(RELEASE, "metrics-server", inputs));
    assert.match(failed.message, /Helm release "kube-system\/metrics-server" was created, but failed to initialize completely/);
    assert.match(failed.message, /didn't match Pod's node affinity\/selector/);
    assert.equal(at(failed.properties, "status.status"), "failed");
  });

  it("need their namespace, and do not take what is another's", async () => {
    await assert.rejects(world.create(RELEASE, "metallb", { ...METALLB, createNamespace: false }), /namespaces "metallb-system" not found/);
    await world.create(NAMESPACE, "cert-manager", { metadata: { name: "cert-manager" } });
    await world.create("kubernetes:core/v1:ServiceAccount", "x", { metadata: { name: "cert-manager", namespace: "cert-manager" } });
    await assert.rejects(
      world.create(RELEASE, "cert-manager", CERT_MANAGER),
      /ServiceAccount "cert-manager" in namespace "cert-manager" exists and cannot be imported/,
    );
  });

  it("go with their namespace", async () => {
    const namespace = await world.create(NAMESPACE, "metrics", { metadata: { name: "metrics" } });
    const made = await world.create(RELEASE, "metrics-server", { ...METRICS, namespace: "metrics" });
    await world.delete(namespace);
    assert.equal((await world.read(made)).id, "");
    await world.create(NAMESPACE, "metrics", { metadata: { name: "metrics" } });
    assert.equal((await world.create(RELEASE, "metrics-server", { ...METRICS, namespace: "metrics" })).id, "metrics/metrics-server");
  });

  it("keep secret values out of outputs, texts and files", async () => {
    const values = { ...(METRICS.values as Fields), podAnnotations: { token: secret("canary-password") } };
    const made = await world.create(RELEASE, "metrics-server", { ...METRICS, values });
    const shown = JSON.stringify(made.outputs).replaceAll(JSON.stringify(secret("canary-password")), "***");
    assert.equal(shown.includes("canary"), false);
    assert.equal(readFileSync(world.path("releases.helm.sh/kube-system_metrics-server"), "utf8").includes("canary"), false);
  });
});

describe("sandbox/kubernetes load-balancer addresses", () => {
  const inputs = (name: string, change: { annotations?: Fields; spec?: Fields } = {}): Properties => ({
    metadata: { name, annotations: change.annotations ?? {} },
    spec: { type: "LoadBalancer", ports: [{ port: 80 }], ...change.spec },
  });
  const address = (outputs: Fields): unknown => at((at(outputs, "status.loadBalancer.ingress") as unknown[])[0], "ip");

  beforeEach(async () => {
    await world.create(RELEASE, "metallb", METALLB);
    await world.create(POOL, "main", pool("main", ["10.20.0.200-10.20.0.202"]));
    await world.create(POOL, "reserved", pool("reserved", ["10.20.0.240/30"], { autoAssign: false }));
  });

  it("are the first free ones of a pool that gives them away", async () => {
    const made = [];
    for (const name of ["a", "b", "c"]) made.push(await world.create(SERVICE, name, inputs(name)));
    assert.deepEqual(
      made.map(({ outputs }) => address(outputs)),
      ["10.20.0.200", "10.20.0.201", "10.20.0.202"],
    );
    const full = await partial(world.create(SERVICE, "d", inputs("d")));
    assert.match(full.message, /Service was not allocated an IP address; does your cloud provider support this\?/);
    assert.match(full.message, /Failed to allocate IP for "default\/d": no available IPs/);
    await world.delete({ type: SERVICE, name: "b", id: "default/b", inputs: {}, outputs: {} });
    assert.equal(
      address((await world.read({ type: SERVICE, name: "d", id: "default/d", inputs: full.inputs ?? {}, outputs: {} })).properties),
      "10.20.0.201",
    );
    assert.equal(address((await world.read(made[2]!)).properties), "10.20.0.202");
  });

  const WANTED: readonly (readonly [string, { annotations?: Fields; spec?: Fields }])[] = [
    ["metallb.io/loadBalancerIPs", { annotations: { "metallb.io/loadBalancerIPs": "10.20.0.241" } }],
    ["metallb.universe.tf/loadBalancerIPs", { annotations: { "metallb.universe.tf/loadBalancerIPs": "10.20.0.241" } }],
    ["spec.loadBalancerIP", { spec: { loadBalancerIP: "10.20.0.241" } }],
  ];
  for (const [what, change] of WANTED) {
    it(`are the ones asked for with ${what}, unless outside the pools or taken`, async () => {
      assert.equal(address((await world.create(SERVICE, "a", inputs("a", change))).outputs), "10.20.0.241");
      assert.match((await partial(world.create(SERVICE, "b", inputs("b", change)))).message, /address also in use by default\/a/);
      const outside = JSON.parse(JSON.stringify(change).replaceAll("10.20.0.241", "10.20.9.9"));
      assert.match((await partial(world.create(SERVICE, "c", inputs("c", outside)))).message, /\["10.20.9.9"\] is not allowed in config/);
    });
  }

  it("come from the pool asked for", async () => {
    const made = await world.create(SERVICE, "a", inputs("a", { annotations: { "metallb.io/address-pool": "reserved" } }));
    assert.equal(address(made.outputs), "10.20.0.240");
    assert.match(
      (await partial(world.create(SERVICE, "b", inputs("b", { annotations: { "metallb.io/address-pool": "none" } })))).message,
      /unknown pool "none"/,
    );
  });

  it("come from pools that do not overlap and are well written", async () => {
    await assert.rejects(
      world.create(POOL, "x", pool("x", ["10.20.0.202-10.20.0.210"])),
      /CIDR "10.20.0.202-10.20.0.210" in pool "x" overlaps with already defined CIDR "10.20.0.200-10.20.0.202"/,
    );
    await assert.rejects(world.create(POOL, "y", pool("y", ["10.20.0.300"])), /invalid CIDR "10.20.0.300" in pool "y"/);
  });

  it("of the ingress controller reach the Ingresses of its class", async () => {
    const values = { controller: { service: { annotations: { "metallb.io/loadBalancerIPs": "10.20.0.201" } }, replicaCount: 2 } };
    await world.create(RELEASE, "ingress-nginx", { ...INGRESS_NGINX, values });
    const rule = {
      host: "portal.example.org",
      http: { paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "portal", port: { number: 80 } } } }] },
    };
    const type = "kubernetes:networking.k8s.io/v1:Ingress";
    const wanted = (ingressClassName: string): Properties => ({ metadata: { name: "portal" }, spec: { ingressClassName, rules: [rule] } });
    assert.match(
      (await partial(world.create(type, "portal", wanted("nginx")))).message,
      /No matching service found for ingress rule: "portal.example.org\/" -> "portal"/,
    );
    await world.create(SERVICE, "portal", { metadata: { name: "portal" }, spec: { ports: [{ port: 80 }] } });
    const old = {
      type,
      name: "portal",
      id: "default/portal",
      inputs: (await world.check(type, "portal", wanted("nginx"))).inputs,
      outputs: {},
    };
    assert.equal(address((await world.update(old, wanted("nginx"))).outputs), "10.20.0.201");
    await world.update(old, wanted("traefik"));
    assert.ok(world.lines.includes('warning: IngressClass "traefik" does not exist: no controller serves this Ingress'));
  });
});
