import assert from "node:assert/strict";
import { parse } from "yaml";
import {
  endpointKubeconfig,
  liveCluster,
  parseCertificates,
  parseCluster,
  parseEtcd,
} from "../../../../plugin/kubespray/hosts/live-cluster";
import { cluster, worker } from "../../../model/cluster/fixtures";

describe("What hosts tell of their cluster", () => {
  const adminConf = `apiVersion: v1
kind: Config
clusters: [{ name: cluster.local, cluster: { certificate-authority-data: Q0E=, server: "https://127.0.0.1:6443" } }]
users: [{ name: kubernetes-admin, user: { client-certificate-data: Q0VSVA==, client-key-data: S0VZ } }]
contexts: []
`;
  const node = (...fields: string[]) => fields.join("\t");
  const printed = `=== version
{"major":"1","minor":"33","gitVersion":"v1.33.5"}
=== nodes
${node("cp-1", '{"node-role.kubernetes.io/control-plane":""}', '[{"effect":"NoSchedule","key":"node-role.kubernetes.io/control-plane"}]', "", "v1.33.5", "containerd://2.1.4", "m1", "True", "10.20.0.10")}
${node("worker-1", '{"zone":"b"}', "", "true", "v1.32.9", "cri-o://1.32.0", "m2", "Unknown", "10.20.1.1")}
=== kubeconfig
${adminConf}`;
  const spec = cluster({ "worker-1": worker("worker-1", 1) });

  it("is nothing where there is none", () => {
    assert.equal(parseCluster(""), undefined);
  });

  it("is its nodes with roles, versions, labels, taints and readiness, and etcd's members beside them", () => {
    const etcd = parseEtcd(`=== members
{"members":[{"ID":1,"name":"etcd1","peerURLs":["https://10.20.0.10:2380"],"clientURLs":["https://10.20.0.10:2379"]},{"ID":2,"peerURLs":["https://10.20.0.11:2380"]},{"ID":3,"name":"etcd3","peerURLs":["https://10.20.0.12:2380"],"clientURLs":["https://10.20.0.12:2379"]}]}

=== health
[{"endpoint":"https://10.20.0.10:2379","health":true,"took":"9ms"},{"endpoint":"https://10.20.0.12:2379","health":false,"took":"5s","error":"context deadline exceeded"}]
`);
    assert.deepEqual(etcd, [
      { name: "etcd1", address: "10.20.0.10", healthy: true },
      { name: "10.20.0.11", address: "10.20.0.11", healthy: false, reason: "it was added and has not started" },
      { name: "etcd3", address: "10.20.0.12", healthy: false, reason: "context deadline exceeded" },
    ]);
    const found = parseCluster(printed);
    assert.ok(found);
    const live = liveCluster(spec, found, etcd, {});
    assert.equal(live.kubernetes, "1.33.5");
    assert.deepEqual(live.nodes["cp-1"], {
      roles: ["control-plane", "etcd"],
      address: "10.20.0.10",
      kubelet: "1.33.5",
      ready: true,
      etcdMember: "etcd1",
      labels: { "node-role.kubernetes.io/control-plane": "" },
      taints: ["node-role.kubernetes.io/control-plane=:NoSchedule"],
      runtime: "containerd://2.1.4",
    });
    assert.deepEqual(live.nodes["worker-1"], {
      roles: ["worker"],
      address: "10.20.1.1",
      kubelet: "1.32.9",
      ready: false,
      labels: { zone: "b" },
      taints: [],
      runtime: "cri-o://1.32.0",
      cordoned: true,
    });
  });

  it("has pods of its own that do not work, with what they wait for", () => {
    const pods = [
      node("calico-node-x", "worker-1", "Running", "False", "", "", "CrashLoopBackOff", "7 2", "2027-01-15T07:58:00Z"),
      node("coredns-y", "", "Pending", "", "", "", "", "", ""),
      node("multus-z", "cp-1", "Pending", "False", "", "ImagePullBackOff", "PodInitializing", "0", "2027-01-15T07:59:00Z"),
      // Of a node that is gone: nobody but the collector of such pods has to do with it.
      node("flannel-w", "cp-2", "Running", "False", "", "", "Error", "7", "2027-01-15T07:59:00Z"),
    ];
    const now = Date.parse("2027-01-15T08:00:00Z") / 1_000;
    assert.deepEqual(parseCluster(`${printed}=== leases\n${now}\n=== pods\n${pods.join("\n")}\n\n`)?.illPods, [
      { name: "calico-node-x", node: "worker-1", reason: "CrashLoopBackOff", restarts: 7, seconds: 120 },
      { name: "coredns-y", node: "", reason: "", restarts: 0, seconds: 0 },
      { name: "multus-z", node: "cp-1", reason: "ImagePullBackOff", restarts: 0, seconds: 60 },
    ]);
  });

  it("has its kubeconfig at the endpoint and under its own name, whatever a control plane calls them", () => {
    const kubeconfig = parse(endpointKubeconfig(adminConf, { ...spec, apiEndpoint: { host: "api.example.com", port: 443 } }));
    assert.equal(kubeconfig.clusters[0].cluster.server, "https://api.example.com:443");
    assert.equal(kubeconfig.clusters[0].cluster["certificate-authority-data"], "Q0E=");
    assert.equal(kubeconfig.clusters[0].name, "demo");
    assert.equal(kubeconfig["current-context"], "kubernetes-admin@demo");
    assert.deepEqual(kubeconfig.users[0].user, { "client-certificate-data": "Q0VSVA==", "client-key-data": "S0VZ" });
  });

  it("has of each certificate the end that comes first on any host", () => {
    const ends = parseCertificates([
      "apiserver\tNov 26 06:24:10 2027 GMT\nca\tNov 24 06:24:10 2036 GMT\n",
      "apiserver\tNov  6 06:24:10 2027 GMT\nadmin.conf\t\n",
    ]);
    assert.deepEqual(ends, { apiserver: "2027-11-06T06:24:10.000Z", ca: "2036-11-24T06:24:10.000Z" });
  });
});
