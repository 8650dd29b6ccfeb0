import assert from "node:assert/strict";
import { environmentFile, planFile } from "../../support/environment";
import { findEach, type WrongFile } from "../../support/wrong-files";

const network = (over: Record<string, unknown>) => ({ infrastructure: { provider: "openstack", network: over } });
const reserved = (list: string[]) => network({ reserved: list });
const fixedAt = (address: string) => ({ cluster: { pools: { a: { nodes: { x: { address } } } } } });

const wrong: readonly WrongFile[] = [
  ["an even number of etcd members", { cluster: { controlPlane: { nodes: 4 } } }, "cluster.controlPlane.nodes", /must be odd/],
  ["no worker at all", { cluster: { pools: { general: { nodes: 0 } } } }, "cluster.pools.general.nodes", /no worker/],
  [
    "only tainted workers",
    { cluster: { pools: { general: { nodes: 1, taints: ["a=b:NoSchedule"] } } } },
    "cluster.pools.general.taints",
    /taint/,
  ],
  ["no worker in two pools", { cluster: { pools: { a: { nodes: 0 }, b: { nodes: 0 } } } }, "cluster.pools", /no worker/],
  [
    "an API named like a service",
    { platform: { domain: "x.org" }, cluster: { apiEndpoint: { kind: "loadBalancer", domain: "portal.x.org" } } },
    "cluster.apiEndpoint.domain",
    /which is the host of K-PaaS portal/,
  ],
  ["one key twice", { cluster: { pools: { a: { nodes: { x: {} } }, b: { nodes: { x: {} } } } } }, "cluster.pools.b.nodes", /taken already/],
  ["a pool whose keys are the control plane's", { cluster: { pools: { cp: { nodes: 1 } } } }, "cluster.pools.cp.nodes", /taken already/],
  [
    "a key that is another's rebuilt name",
    { cluster: { pools: { a: { nodes: { x: { generation: 2 }, "x-g2": {} } } } } },
    "cluster.pools.a.nodes",
    /taken already/,
  ],
  [
    "a volume twice",
    {
      cluster: {
        pools: {
          a: {
            nodes: 1,
            volumes: [
              { name: "d", sizeGiB: 1 },
              { name: "d", sizeGiB: 1 },
            ],
          },
        },
      },
    },
    "cluster.pools.a.volumes.1.name",
    /another volume/,
  ],
  [
    "a zone that is not named",
    { infrastructure: { provider: "openstack", zones: ["az-1"] }, cluster: { pools: { a: { nodes: { x: { zone: "az-2" } } } } } },
    "cluster.pools.a.nodes.x.zone",
    /did you mean "az-1"/,
  ],
  [
    "a zone without zones",
    { cluster: { pools: { a: { nodes: { x: { zone: "az-2" } } } } } },
    "cluster.pools.a.nodes.x.zone",
    /names no zones/,
  ],
  [
    "a fixed address with a raised generation",
    { cluster: { pools: { a: { nodes: { x: { address: "10.20.1.1", generation: 2 } } } } } },
    "cluster.pools.a.nodes.x.address",
    /exclude each other/,
  ],
  [
    "an address outside the network",
    { cluster: { pools: { a: { nodes: { x: { address: "10.21.1.1" } } } } } },
    "cluster.pools.a.nodes.x.address",
    /outside/,
  ],
  [
    "the broadcast address",
    { cluster: { pools: { a: { nodes: { x: { address: "10.20.255.255" } } } } } },
    "cluster.pools.a.nodes.x.address",
    /broadcast/,
  ],
  [
    "the gateway's address",
    { cluster: { pools: { a: { nodes: { x: { address: "10.20.0.1" } } } } } },
    "cluster.pools.a.nodes.x.address",
    /the gateway/,
  ],
  [
    "one address twice",
    { cluster: { pools: { a: { nodes: { x: { address: "10.20.1.1" }, y: { address: "10.20.1.1" } } } } } },
    "cluster.pools.a.nodes.y.address",
    /machine x/,
  ],
  ["pods in the machines' network", { cluster: { network: { podCidr: "10.20.0.0/18" } } }, "cluster.network.podCidr", /machines' network/],
  ["a machine network in the default pod network", network({ cidr: "10.233.64.0/20" }), "cluster.network.podCidr", /machines' network/],
  ["services among the pods", { cluster: { network: { serviceCidr: "10.233.64.0/20" } } }, "cluster.network.serviceCidr", /podCidr/],
  [
    "too few pod blocks",
    { cluster: { controlPlane: { nodes: 1 }, network: { plugin: "flannel", podCidr: "10.64.0.0/23" }, pools: { a: { nodes: 3 } } } },
    "cluster.network.podCidr",
    /room for 2 nodes/,
  ],
  [
    "pod blocks too small for the pods of a node",
    { cluster: { network: { plugin: "flannel", nodePrefix: 26 } } },
    "cluster.network.nodePrefix",
    /110 pods/,
  ],
  [
    "an endpoint address for a node",
    { cluster: { apiEndpoint: { kind: "node", address: "10.20.0.9" } } },
    "cluster.apiEndpoint.address",
    /first control plane/,
  ],
  [
    "a variable that has a field",
    { cluster: { variables: { kube_network_plugin: "calico" } } },
    "cluster.variables.kube_network_plugin",
    /cluster\.network\.plugin/,
  ],
  [
    "encapsulation the plugin does not have",
    { cluster: { network: { plugin: "cilium", encapsulation: "ipip" } } },
    "cluster.network.encapsulation",
    /vxlan/,
  ],
  [
    "a machine at a resolver's address",
    { ...network({ dns: ["10.20.0.9"] }), ...fixedAt("10.20.0.9") },
    "cluster.pools.a.nodes.x.address",
    /that of infrastructure\.network\.dns\.0/,
  ],
  [
    "a machine at the share's address",
    { ...fixedAt("10.20.0.9"), platform: { storage: { kind: "nfs", server: "10.20.0.9", path: "/x" } } },
    "cluster.pools.a.nodes.x.address",
    /platform\.storage\.server/,
  ],
  [
    "a machine at a reserved address",
    { ...reserved(["10.20.0.2-10.20.0.9"]), ...fixedAt("10.20.0.9") },
    "cluster.pools.a.nodes.x.address",
    /in infrastructure\.network\.reserved\.0/,
  ],
  [
    "an endpoint at a resolver's address",
    { ...network({ dns: ["10.20.0.9"] }), cluster: { apiEndpoint: { kind: "loadBalancer", address: "10.20.0.9" } } },
    "cluster.apiEndpoint.address",
    /dns\.0/,
  ],
  [
    "an address for the API's domain",
    { cluster: { apiEndpoint: { kind: "loadBalancer", domain: "192.168.0.10" } } },
    "cluster.apiEndpoint.domain",
    /is an address/,
  ],
  ["Services in too small a network", { cluster: { network: { serviceCidr: "10.250.0.0/31" } } }, "cluster.network.serviceCidr", /no size/],
  ["a pool named like other machines", { cluster: { pools: { etcd: { nodes: 1 } } } }, "cluster.pools.etcd", /belong to no pool/],
  [
    "a machine named like a group of the inventory",
    { cluster: { pools: { a: { nodes: { etcd: {} } } } } },
    "cluster.pools.a.nodes",
    /Ansible's inventory/,
  ],
  [
    "a label the plan sets",
    { cluster: { pools: { a: { labels: { "kpaas.io/pool": "b" } } } } },
    "cluster.pools.a.labels.kpaas.io/pool",
    /set without the file/,
  ],
  [
    "a label that the kubelet sets",
    { cluster: { pools: { a: { labels: { "kubernetes.io/hostname": "b" } } } } },
    "cluster.pools.a.labels.kubernetes.io/hostname",
    /set without the file/,
  ],
  [
    "a taint with such a key",
    { cluster: { pools: { a: {}, b: { taints: ["a..b/c=v:NoSchedule"] } } } },
    "cluster.pools.b.taints.0",
    /must read/,
  ],
  ["a blank at a name's end", { cluster: { controlPlane: { size: "m1.large " } } }, "cluster.controlPlane.size", /no blank at its ends/],
  [
    "a taint twice",
    { cluster: { pools: { a: {}, b: { taints: ["x=1:NoSchedule", "x=2:NoSchedule"] } } } },
    "cluster.pools.b.taints.1",
    /second taint/,
  ],
  ["a size for stacked etcd", { cluster: { etcd: { placement: "stacked", size: "a" } } }, "cluster.etcd.size", /no machines of its own/],
  ["an empty size", { cluster: { controlPlane: { size: "" } } }, "cluster.controlPlane.size", /must not be empty/],
];

describe("the checks between fields of the cluster", () => {
  findEach(wrong);

  it("find nothing wrong with many nodes under calico, which needs no block of nodePrefix for each", () => {
    assert.deepEqual(planFile(environmentFile({ cluster: { pools: { a: { nodes: 190 } } } })).problems, []);
  });
});
