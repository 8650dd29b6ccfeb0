import assert from "node:assert/strict";
import { UNKNOWN } from "../../../plugin/rpc/provider";
import { DEPLOYMENT, deployment, type Fields, NAMESPACE, SERVICE, World } from "./world";

const INGRESS = "kubernetes:networking.k8s.io/v1:Ingress";
const pathTo = (path: Fields): Fields => ({
  metadata: { name: "x" },
  spec: { rules: [{ host: "x.example.org", http: { paths: [path] } }] },
});
const backend = { service: { name: "web", port: { number: 80 } } };

// type, inputs, property, beginning of the reason
const CHECKS: readonly (readonly [string, Fields, string, string])[] = [
  [
    DEPLOYMENT,
    { metadata: { name: "Web" }, ...{ spec: deployment("web").spec } },
    "metadata.name",
    'Invalid value: "Web": a lowercase RFC 1123 subdomain',
  ],
  [NAMESPACE, { metadata: { name: "a.b" } }, "metadata.name", 'Invalid value: "a.b": a lowercase RFC 1123 label'],
  [SERVICE, { metadata: { name: "1web" }, spec: { ports: [{ port: 80 }] } }, "metadata.name", 'Invalid value: "1web": a DNS-1035 label'],
  [DEPLOYMENT, { metadata: { name: "web" } }, "spec", "Required value"],
  [
    DEPLOYMENT,
    deployment("web", { spec: { replica: 2 } }),
    "spec.replica",
    'strict decoding error: unknown field "spec.replica"; did you mean "replicas"?',
  ],
  [DEPLOYMENT, deployment("web", { spec: { replicas: "2" } }), "spec.replicas", "must be a number, is a string"],
  [
    DEPLOYMENT,
    deployment("web", { container: { imagePullPolice: "Always" } }),
    "spec.template.spec.containers[0].imagePullPolice",
    'strict decoding error: unknown field "spec.template.spec.containers[0].imagePullPolice"; did you mean "imagePullPolicy"?',
  ],
  [
    DEPLOYMENT,
    deployment("web", { spec: { selector: { matchLabels: { app: "other" } } } }),
    "spec.template.metadata.labels",
    "Invalid value: `selector` does not match",
  ],
  [DEPLOYMENT, deployment("web", { pod: { containers: [] } }), "spec.template.spec.containers", "Required value"],
  [DEPLOYMENT, deployment("web", { pod: { restartPolicy: "Never" } }), "spec.template.spec.restartPolicy", 'Unsupported value: "Never"'],
  [
    DEPLOYMENT,
    deployment("web", { container: { volumeMounts: [{ name: "data", mountPath: "/data" }] } }),
    "spec.template.spec.containers[0].volumeMounts[0].name",
    'Not found: "data"',
  ],
  [
    DEPLOYMENT,
    deployment("web", { container: { resources: { requests: { memory: "2Gi" }, limits: { memory: "1Gi" } } } }),
    "spec.template.spec.containers[0].resources.requests",
    'Invalid value: "2Gi": must be less than or equal to memory limit of 1Gi',
  ],
  [
    DEPLOYMENT,
    deployment("web", { container: { resources: { requests: { cpu: "1 core" } } } }),
    "spec.template.spec.containers[0].resources.requests.cpu",
    'Invalid value: "1 core"',
  ],
  [
    "kubernetes:batch/v1:Job",
    { metadata: { name: "once" }, spec: { template: deployment("x").spec } },
    "spec.template.selector",
    "strict decoding error",
  ],
  [SERVICE, { metadata: { name: "web" }, spec: { selector: { app: "web" } } }, "spec.ports", "Required value"],
  [SERVICE, { metadata: { name: "web" }, spec: { ports: [{ port: 80 }, { port: 443 }] } }, "spec.ports[0].name", "Required value"],
  [
    SERVICE,
    { metadata: { name: "web" }, spec: { type: "NodePort", ports: [{ port: 80, nodePort: 80 }] } },
    "spec.ports[0].nodePort",
    "Invalid value: 80: must be between 30000 and 32767",
  ],
  [SERVICE, { metadata: { name: "web" }, spec: { type: "Balancer", ports: [{ port: 80 }] } }, "spec.type", 'Unsupported value: "Balancer"'],
  [INGRESS, { metadata: { name: "x" }, spec: {} }, "spec", "Invalid value: either `defaultBackend` or `rules` must be specified"],
  [INGRESS, pathTo({ path: "/", backend }), "spec.rules[0].http.paths[0].pathType", "Required value"],
  [INGRESS, pathTo({ path: "x", pathType: "Prefix", backend }), "spec.rules[0].http.paths[0].path", "Invalid value"],
  [
    INGRESS,
    pathTo({ path: "/", pathType: "Prefix", backend: { service: { name: "web" } } }),
    "spec.rules[0].http.paths[0].backend.service.port",
    "Required value",
  ],
  [
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
    {
      metadata: { name: "x" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "x" },
      subjects: [{ kind: "ServiceAccount", name: "x" }],
    },
    "roleRef.kind",
    'Unsupported value: "Role"',
  ],
  [
    "kubernetes:rbac.authorization.k8s.io/v1:Role",
    { metadata: { name: "x" }, rules: [{ verbs: ["get"], apiGroups: [""] }] },
    "rules[0].resources",
    "Required value",
  ],
  [
    "kubernetes:core/v1:PersistentVolumeClaim",
    { metadata: { name: "x" }, spec: { accessModes: ["ReadWriteOnce"] } },
    "spec.resources.requests.storage",
    "Required value",
  ],
  [
    "kubernetes:core/v1:Secret",
    { metadata: { name: "x" }, type: "kubernetes.io/tls", stringData: { "tls.crt": "x" } },
    "data[tls.key]",
    "Required value",
  ],
  [
    "kubernetes:core/v1:ConfigMap",
    { metadata: { name: "x" }, data: { "a b": "x" } },
    "data[a b]",
    'Invalid value: "a b": a valid config key',
  ],
  ["kubernetes:storage.k8s.io/v1:StorageClass", { metadata: { name: "x" } }, "provisioner", "Required value"],
  ["kubernetes:apps/v1:Deploy", { metadata: { name: "x" } }, "kind", 'no matches for kind "Deploy" in version "apps/v1"'],
  [
    "kubernetes:policy/v1:PodDisruptionBudget",
    { metadata: { name: "x" }, spec: { minAvailable: 1, maxUnavailable: 1 } },
    "spec",
    "Invalid value: minAvailable and maxUnavailable",
  ],
];

describe("sandbox/kubernetes refuses at check", () => {
  const world = new World();
  before(() => world.configure());
  after(() => world.dispose());

  for (const [type, inputs, property, reason] of CHECKS) {
    it(`${type.split(":").at(-1)}: ${property}: ${reason}`, async () => {
      const { failures } = await world.check(type, "x", inputs);
      const found = failures.filter((one) => one.property === property);
      assert.ok(
        found.some((one) => one.reason.startsWith(reason)),
        JSON.stringify(failures),
      );
    });
  }

  it("nothing about values that a preview does not know", async () => {
    const inputs = { metadata: { name: UNKNOWN, namespace: UNKNOWN }, spec: UNKNOWN };
    assert.deepEqual((await world.check(DEPLOYMENT, "web", inputs)).failures, []);
    const partly = deployment("web", { spec: { replicas: UNKNOWN }, container: { image: UNKNOWN, env: UNKNOWN } });
    assert.deepEqual((await world.check(DEPLOYMENT, "web", partly)).failures, []);
  });

  it("a Secret whose data is no base64, without showing the value", async () => {
    const { failures } = await world.check("kubernetes:core/v1:Secret", "x", {
      metadata: { name: "x" },
      data: { key: "canary-password!" },
    });
    assert.deepEqual(failures, [{ property: "data.key", reason: "Invalid value: must be base64" }]);
  });
});

describe("sandbox/kubernetes refuses at create", () => {
  const world = new World();
  before(() => world.configure());
  after(() => world.dispose());

  it("an object in a namespace that is not there", async () => {
    await assert.rejects(
      world.create("kubernetes:core/v1:ConfigMap", "x", { metadata: { name: "x", namespace: "nowhere" } }),
      /resource "urn:.*" was not successfully created by the Kubernetes API server: namespaces "nowhere" not found/,
    );
  });

  it("an object whose name is taken", async () => {
    await world.create("kubernetes:core/v1:ConfigMap", "x", { metadata: { name: "twice" } });
    await assert.rejects(
      world.create("kubernetes:core/v1:ConfigMap", "y", { metadata: { name: "twice" } }),
      /configmaps "twice" already exists/,
    );
    await assert.rejects(world.create(NAMESPACE, "y", { metadata: { name: "kube-system" } }), /namespaces "kube-system" already exists/);
  });

  it("a custom resource whose definition is not there", async () => {
    await assert.rejects(
      world.create("kubernetes:example.io/v1:Widget", "x", { metadata: { name: "x" }, spec: {} }),
      /with kind example.io\/v1\/Widget failed because .* Verify that any required CRDs have been created: no matches for kind "Widget" in version "example.io\/v1"/,
    );
  });

  it("a node port that another Service has", async () => {
    const spec = { type: "NodePort", ports: [{ port: 80, nodePort: 30080 }] };
    await world.create(SERVICE, "a", { metadata: { name: "a" }, spec });
    await assert.rejects(
      world.create(SERVICE, "b", { metadata: { name: "b" }, spec }),
      /Invalid value: 30080: provided port is already allocated/,
    );
  });

  it("what a definition's own schema refuses, also in preview", async () => {
    const schema = {
      type: "object",
      properties: { spec: { type: "object", required: ["size"], properties: { size: { type: "integer" } } } },
    };
    const definition = {
      metadata: { name: "widgets.example.io" },
      spec: {
        group: "example.io",
        scope: "Namespaced",
        names: { kind: "Widget", plural: "widgets" },
        versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: schema } }],
      },
    };
    const made = await world.create("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition", "widgets", definition);
    const { failures } = await world.check("kubernetes:example.io/v1:Widget", "x", { metadata: { name: "x" }, spec: { colour: "red" } });
    assert.deepEqual(
      failures.map((one) => one.property),
      ["spec.colour", "spec.size"],
    );
    const widget = await world.create("kubernetes:example.io/v1:Widget", "x", { metadata: { name: "x" }, spec: { size: 1 } });
    await world.delete(made);
    assert.equal((await world.read(widget)).id, "");
  });
});
