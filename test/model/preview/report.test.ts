import assert from "node:assert/strict";
import { impactOf } from "../../../model/preview/impacts";
import { previewReport } from "../../../model/preview/report";
import { stepReport } from "../../../model/preview/steps";
import { preview } from "../../../providers/openstack/preview";
import { changed, planOf, previewed } from "./fixture";

const INSTANCE = "openstack:compute/instance:Instance";
const VOLUME = "openstack:blockstorage/volume:Volume";
const DEPLOYMENT = "kubernetes:apps/v1:Deployment";

describe("What an engine's step does to what people count on", () => {
  const step = { op: "update", type: DEPLOYMENT, name: "n", recorded: {}, wanted: {}, properties: [], retained: false };
  const property = (path: string) => ({ path, kind: "update" as const, old: "a", new: "b" });
  const volume = { type: VOLUME, recorded: { metadata: { "kpaas-key": "nfs", "kpaas-volume": "share" }, size: 200 } };
  const table: readonly [string, Parameters<typeof impactOf>[0], string | undefined][] = [
    ["a volume that is deleted is lost", { ...step, ...volume, op: "delete" }, "lost volume share of nfs: 200 GiB, with its data"],
    [
      "one that is retained stays",
      { ...step, ...volume, op: "delete", retained: true },
      "kept volume share of nfs: 200 GiB, with its data, it leaves the stack and stays where it is",
    ],
    [
      "one that is replaced is lost too",
      { ...step, ...volume, op: "replace" },
      "lost volume share of nfs: 200 GiB, with its data, another is made in its place",
    ],
    [
      "one that is retained and replaced stays beside the new one",
      { ...step, ...volume, op: "replace", retained: true },
      "kept volume share of nfs: 200 GiB, with its data, another is made in its place, and the old one stays where it is",
    ],
    ["one that grows is not", { ...step, ...volume, properties: [property("size")] }, undefined],
    [
      "a claim is its data",
      { ...step, type: "kubernetes:core/v1:PersistentVolumeClaim", op: "delete", recorded: { metadata: { namespace: "a", name: "b" } } },
      "lost claim a/b: with its data",
    ],
    [
      "what makes volumes of its own is their data",
      {
        ...step,
        type: "kubernetes:example.com/v1:Cluster",
        op: "delete",
        recorded: { metadata: { namespace: "a", name: "b", annotations: { "kpaas.io/volumes": "3 × 8Gi" } } },
      },
      "lost claim a/b: 3 × 8Gi, with its data",
    ],
    [
      "and its pods may start anew where it says something else of them",
      {
        ...step,
        type: "kubernetes:example.com/v1:Cluster",
        recorded: { metadata: { namespace: "a", name: "b", annotations: { "kpaas.io/volumes": "3 × 8Gi" } } },
        properties: [property("spec.tls.serverCertSecretRef")],
      },
      "may restart workload a/b: its pods, one after another",
    ],
    [
      "a floating address is given back",
      { ...step, type: "openstack:networking/floatingIp:FloatingIp", op: "delete", recorded: { address: "203.0.113.9" } },
      "lost address 203.0.113.9: given back to the cloud",
    ],
    [
      "a new size restarts a machine",
      { ...step, type: INSTANCE, properties: [property("flavorName")] },
      "restarted machine n: a → b, without being drained",
    ],
    ["other properties do not", { ...step, type: INSTANCE, properties: [property("metadata.team")] }, undefined],
    [
      "a pod's template restarts a workload",
      { ...step, properties: [property("spec.template.spec.x")] },
      "restarted workload n: 1 pod, the new one first",
    ],
    ["its own labels do not", { ...step, properties: [property("metadata.labels.team")] }, undefined],
    [
      "pods of several replicas go one after another",
      { ...step, wanted: { spec: { replicas: 3 } }, properties: [property("spec.template")] },
      "restarted workload n: 3 pods, one after another",
    ],
    [
      "a chart's values may restart it",
      { ...step, type: "kubernetes:helm.sh/v3:Release", properties: [property("values.x")] },
      "may restart chart n: its pods that the changed values are for",
    ],
    ["a job that is replaced runs again", { ...step, type: "kubernetes:batch/v1:Job", op: "replace" }, "runs again job n: made anew"],
    ["what nobody counts on is not told", { ...step, type: "kubernetes:core/v1:ConfigMap", op: "delete" }, undefined],
    ["what is new takes nothing away", { ...step, op: "create" }, undefined],
  ];
  for (const [title, told, expected] of table) {
    it(title, () => {
      const found = impactOf(told, preview);
      assert.equal(found && `${found.effect} ${found.kind} ${found.name}: ${found.detail}`, expected);
    });
  }
});

describe("The minutes of a kubespray run", () => {
  const minutes = (playbook: string, hosts: number, over: object = {}) => {
    const { from, to, basis } = stepReport({ playbook, ...over }, hosts).minutes;
    return `${from}-${to} ${basis}`;
  };
  it("lie between the fastest and the slowest that are published, by the number of hosts", () => {
    assert.deepEqual(
      [4, 10, 50, 100, 350].map((hosts) => minutes("cluster", hosts)),
      [...["15-60 published", "15-66 published", "35-128 published", "50-205 published", "220-592 published"]],
    );
  });
  it("go by the hosts that a run works on", () => {
    assert.equal(minutes("scale", 50, { limit: ["a"] }), minutes("scale", 1));
    assert.equal(minutes("remove-node", 50, { nodes: ["a"] }), "5-38 estimate");
    assert.equal(minutes("cluster", 4, { command: "cluster.yml --tags nginx" }), "1-7 estimate");
    assert.equal(minutes("cluster", 4, { command: "cluster.yml --tags control-plane -e upgrade_cluster_setup=true" }), "2-19 estimate");
  });
  it("are of what the run does and not of its playbook elsewhere, whatever extra variables it has", () => {
    const workloads = (playbook: string, command: string) => stepReport({ playbook, command }, 4).workloads;
    const proxies = workloads("cluster", "cluster.yml --tags nginx");
    assert.match(proxies, /own proxy/);
    assert.equal(workloads("cluster", "cluster.yml --tags nginx -e ignore_assert_errors=true"), proxies);
    assert.match(workloads("reset", "reset.yml -e reset_confirmation=true"), /^all of them go/);
    assert.match(workloads("reset", "reset.yml --limit etcd-2 -e reset_confirmation=true"), /^none/);
  });
  it("grow with the hosts for every playbook, and never fall below each other", () => {
    for (const playbook of [
      "facts",
      "cluster",
      "scale",
      "remove-node",
      "upgrade-cluster",
      "reset",
      "node-metadata",
      "renew-certificates",
    ]) {
      let last = { from: 0, to: 0 };
      for (const hosts of [1, 2, 3, 7, 20, 64, 200, 1000]) {
        const { from, to } = stepReport({ playbook }, hosts).minutes;
        assert.ok(from <= to && from >= last.from && to >= last.to, `${playbook} ${hosts}: ${from}-${to}`);
        last = { from, to };
      }
    }
  });
});

describe("The report of a preview", () => {
  it("tells a machine that is built anew beside its old one from one that goes", () => {
    const nodes = { a: {}, b: {} };
    const pool = (own: object) => ({ cluster: { pools: { worker: { nodes: own } } } });
    const gone = (key: string) => {
      const impact = { effect: "lost", kind: "machine", name: key, detail: "" } as const;
      return changed("delete", INSTANCE, `demo-infrastructure-machine-${key}`, { impact });
    };
    const steps = [
      {
        id: "1",
        playbook: "remove-node",
        nodes: ["b"],
        command: "remove-node.yml -e node=b -e skip_confirmation=true -e flush_iptables=false",
      },
    ];
    const applied = planOf(pool(nodes));
    const rebuilt = previewReport(previewed(applied, planOf(pool({ a: {}, b: { generation: 2 } })), { resources: [gone("b")], steps }));
    assert.deepEqual(
      rebuilt.impacts.map(({ effect, detail }) => `${effect}: ${detail}`),
      ["rebuilt: b 10.20.0.4 → b-g2 10.20.0.4, drained first"],
    );
    const left = previewReport(previewed(applied, planOf(pool({ a: {} })), { resources: [gone("b")], steps }));
    assert.match(left.impacts[0]?.detail ?? "", /^worker, m1\.\w+, 10\.20\.0\.4, drained first, /);
    assert.equal(left.impacts[0]?.effect, "lost");
    // Large clusters let several go in one run.
    const many = steps.map((step) => ({ ...step, nodes: ["a", "b"], command: step.command.replace("node=b", "node=a,b") }));
    const both = previewReport(previewed(applied, planOf(pool({ c: {} })), { resources: [gone("a"), gone("b")], steps: many }));
    assert.deepEqual(
      both.impacts.map(({ name, detail }) => `${name} ${detail.includes("drained first")}`),
      ["a true", "b true"],
    );
  });

  it("tells what moves: URLs, addresses, the authority; and what is not reached any more", () => {
    const before = { apiEndpoint: "https://1:6443", urls: { portal: "https://a", keycloak: "https://b" }, caCertificate: "A" };
    const outputs = { apiEndpoint: "[unknown]", urls: { portal: "https://c" }, caCertificate: "[unknown]" };
    const plan = planOf();
    const { impacts } = previewReport(previewed(plan, plan, { before, outputs }));
    assert.deepEqual(
      impacts.map(({ effect, kind, name, detail }) => `${effect} ${kind} ${name}: ${detail}`),
      [
        "lost url keycloak: https://b is no more",
        "moved url Kubernetes API: https://1:6443 → known after up",
        "moved url portal: https://a → https://c",
        "moved authority of the platform's certificates: whoever trusts it has to trust the new one",
      ],
    );
  });

  it("says nothing of outputs that a layer does not have", () => {
    const plan = planOf();
    assert.deepEqual(previewReport(previewed(plan, plan, { before: { urls: { portal: "https://a" } } })).impacts, []);
  });

  it("names the ports that are opened and closed, with from, to and reason", () => {
    const access = (...adminCidrs: string[]) =>
      planOf({ infrastructure: { provider: "openstack", access: { adminCidrs, ingressCidrs: [] } } });
    const { ports } = previewReport(previewed(access("203.0.113.0/24"), access("198.51.100.0/24")));
    assert.equal(ports.source, "recorded");
    assert.deepEqual(
      ports.changes.map(({ change, from, to, protocol, ports: numbers, reason }) =>
        [change, from, to, protocol, numbers.join(), reason].join(" "),
      ),
      [
        "opened cidr:198.51.100.0/24 control-plane tcp 6443 Kubernetes API of the administrators",
        "closed cidr:203.0.113.0/24 control-plane tcp 6443 Kubernetes API of the administrators",
      ],
    );
    const plan = access();
    assert.deepEqual(previewReport(previewed(plan, plan)).ports.changes, []);
    assert.equal(previewReport({ ...previewed(undefined, plan) }).ports.source, "nothing");
    assert.deepEqual(previewReport({ ...previewed(access("203.0.113.0/24"), plan), layer: "platform" }).ports, {
      changes: [],
      source: "nothing",
    });
  });

  it("goes by the rules of an environment whose flows an earlier version did not record", () => {
    const plan = planOf();
    const told = previewed(plan, plan);
    const { flows: _flows, ...applied } = told.result.before.applied as Record<string, unknown>;
    const name = "demo-infrastructure-rule-control-plane-ingress-tcp-6443-from-198.51.100.0-24";
    const type = "openstack:networking/secGroupRule:SecGroupRule";
    const inputs = {
      direction: "ingress",
      protocol: "tcp",
      portRangeMin: 6443,
      portRangeMax: 6443,
      remoteIpPrefix: "198.51.100.0/24",
      description: "API",
    };
    const flow = preview.flow(type, name, inputs);
    assert.ok(flow);
    const { ports } = previewReport({
      ...told,
      result: { ...told.result, before: { applied }, resources: [changed("create", type, name, { flow })] },
    });
    assert.deepEqual(ports, {
      source: "rules",
      changes: [{ change: "opened", from: "cidr:198.51.100.0/24", to: "control-plane", protocol: "tcp", ports: [6443], reason: "API" }],
    });
  });

  it("reads both ends of a rule between two groups", () => {
    const type = "openstack:networking/secGroupRule:SecGroupRule";
    const inputs = { direction: "egress", protocol: "tcp", portRangeMin: 2379, portRangeMax: 2380 };
    assert.deepEqual(preview.flow(type, "demo-infrastructure-rule-control-plane-egress-tcp-2379-2380-to-etcd", inputs), {
      ...{ from: "control-plane", to: "etcd", protocol: "tcp", ports: ["2379-2380"], reason: "" },
    });
    const vrrp = { direction: "ingress", protocol: "112", description: "keepalived" };
    assert.deepEqual(preview.flow(type, "demo-infrastructure-rule-control-plane-ingress-vrrp-from-control-plane", vrrp), {
      ...{ from: "control-plane", to: "control-plane", protocol: "vrrp", ports: [], reason: "keepalived" },
    });
  });

  it("puts each resource to its machine, its service, the cluster or the network", () => {
    const plan = planOf({ cluster: { pools: { worker: { nodes: { a: {}, "a-b": {} } } } } });
    const resources = [
      changed("update", "kubernetes:apps/v1:Deployment", "demo-platform-portal-api", { service: "portal" }),
      changed("update", "kubernetes:helm.sh/v3:Release", "demo-platform-cert-manager-release", { service: "cert-manager" }),
      changed("update", "kpaas:kubespray:Cluster", "demo-cluster-kubespray"),
      changed("create", "openstack:networking/port:Port", "demo-infrastructure-port-a-b"),
      changed("create", VOLUME, "demo-infrastructure-volume-a-b.c"),
      changed("create", VOLUME, "demo-infrastructure-volume-a.c"),
      changed("create", "openstack:networking/secGroup:SecGroup", "demo-infrastructure-sg-nfs"),
      changed("update", "kpaas:index:Environment", "demo"),
    ];
    assert.deepEqual(
      previewReport(previewed(plan, plan, { resources })).groups.map(
        ({ name, resources: own }) => `${name}: ${own.map(({ label }) => label).join(", ")}`,
      ),
      [
        "machine a: volume c",
        "machine a-b: port, volume c",
        "network: sg-nfs",
        "cluster: kubespray",
        "portal: api",
        "cert-manager: release",
        "environment: demo",
      ],
    );
  });

  it("names what only machines built later take, also where nothing changes", () => {
    const image = (name: string) => planOf({ infrastructure: { provider: "openstack", image: name } });
    const { later } = previewReport(previewed(image("ubuntu-22.04"), image("ubuntu-24.04")));
    assert.match(later.join(), /^infrastructure\.image \(ubuntu-22\.04 → ubuntu-24\.04\) applies to machines built from now on/);
  });
});
