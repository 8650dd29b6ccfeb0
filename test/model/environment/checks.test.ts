import assert from "node:assert/strict";
import { environmentFile, planFile, valueAt } from "../../support/environment";

const network = (over: Record<string, unknown>) => ({ infrastructure: { provider: "openstack", network: over } });

const floating = (addresses: Record<string, string>, access: Record<string, unknown> = {}) => ({
  infrastructure: {
    provider: "openstack",
    network: { floating: addresses },
    access: { bastion: true, adminCidrs: ["203.0.113.0/24"], ...access },
  },
});
const ssh = (keys: Record<string, unknown>) => ({ infrastructure: { provider: "openstack", access: { ssh: keys } } });
const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA";
const reserved = (list: string[]) => network({ reserved: list });
const existing = { network: "11111111-0000-4000-8000-000000000001", subnets: { node: "11111111-0000-4000-8000-000000000002" } };
const onExisting = (access: Record<string, unknown>, over: Record<string, unknown> = {}) =>
  environmentFile({ infrastructure: { provider: "openstack", network: { existing }, access }, ...over });
const open = { infrastructure: { provider: "openstack", access: { ingressCidrs: ["0.0.0.0/0"] } } };
const fixedAt = (address: string) => ({ cluster: { pools: { a: { nodes: { x: { address } } } } } });

const wrong: [what: string, over: Record<string, unknown>, path: string, reason: RegExp][] = [
  ["a key pair without its private half", ssh({ keyPair: "ours" }), "infrastructure.access.ssh.privateKey", /beside keyPair/],
  [
    "a key pair beside a public key",
    ssh({ keyPair: "ours", publicKey, privateKey: { env: "KEY" } }),
    "infrastructure.access.ssh.publicKey",
    /has its public key/,
  ],
  ["a floating address inside the network", floating({ api: "10.20.0.9" }), "infrastructure.network.floating.api", /lies in the machines'/],
  ["a floating address of a pod", floating({ bastion: "10.233.64.9" }), "infrastructure.network.floating.bastion", /podCidr/],
  ["a floating address of a Service", floating({ ingress: "10.233.0.9" }), "infrastructure.network.floating.ingress", /serviceCidr/],
  ["a floating address of nobody", floating({ ingress: "127.0.0.1" }), "infrastructure.network.floating.ingress", /nobody|anybody/],
  [
    "one floating address for two",
    floating({ api: "203.0.113.9", ingress: "203.0.113.9" }),
    "infrastructure.network.floating.ingress",
    /floating\.api already/,
  ],
  [
    "a floating address of an API that nobody may reach",
    floating({ api: "203.0.113.9" }, { adminCidrs: [] }),
    "infrastructure.network.floating.api",
    /nobody outside may reach the API/,
  ],
  [
    "a floating address of an ingress that nobody may reach",
    floating({ ingress: "203.0.113.9" }, { adminCidrs: [] }),
    "infrastructure.network.floating.ingress",
    /nobody outside may reach the ingress/,
  ],
  [
    "a floating address of no bastion",
    floating({ bastion: "203.0.113.9" }, { bastion: false }),
    "infrastructure.network.floating.bastion",
    /there is no bastion/,
  ],
  ...["rocky-9", "CentOS-Stream-9", "AlmaLinux-9", "rhel-9.4", "openSUSE-Leap-15.6", "flatcar-stable"].map(
    (image): (typeof wrong)[number] => [
      `an NFS server of ${image}`,
      { infrastructure: { provider: "openstack", image } },
      "infrastructure.image",
      /Debian and Ubuntu/,
    ],
  ),
  ["an even number of etcd members", { cluster: { controlPlane: { nodes: 4 } } }, "cluster.controlPlane.nodes", /must be odd/],
  ["no worker at all", { cluster: { pools: { general: { nodes: 0 } } } }, "cluster.pools.general.nodes", /no worker/],
  [
    "only tainted workers",
    { cluster: { pools: { general: { nodes: 1, taints: ["a=b:NoSchedule"] } } } },
    "cluster.pools.general.taints",
    /taint/,
  ],
  ["no worker in two pools", { cluster: { pools: { a: { nodes: 0 }, b: { nodes: 0 } } } }, "cluster.pools", /no worker/],
  ...["/", "/var", "/etc", "/etc/nfs", "/usr/share/nfs", "/home", "/home/ubuntu", "/home/ubuntu/.ssh", "/var/lib/nfs/x", "/tmp/x"].map(
    (path): (typeof wrong)[number] => [
      `the share at ${path}`,
      { platform: { storage: { kind: "nfs", path } } },
      "platform.storage.path",
      /machine's own system/,
    ],
  ),
  ...["/srv/nfs share", "srv/nfs", "/srv//nfs", "/srv/nfs/", "/srv/nfs;x", "", "/srv/ñ"].map((path): (typeof wrong)[number] => [
    `the share at "${path}"`,
    { platform: { storage: { kind: "nfs", path } } },
    "platform.storage.path",
    /must be an absolute path/,
  ]),
  ...["/srv/../etc", "/..", "/srv/./x"].map((path): (typeof wrong)[number] => [
    `the share at ${path}`,
    { platform: { storage: { kind: "nfs", server: "10.0.0.9", path } } },
    "platform.storage.path",
    /without \. and \.\./,
  ]),
  ...(
    [
      [{ requests: { memory: "4Gi" }, limits: { memory: "1Gi" } }, "requests.memory", /more than the limit of 1Gi/],
      [{ requests: { cpu: 2 }, limits: { cpu: "1500m" } }, "requests.cpu", /more than the limit of 1500m/],
      [{ requests: { memory: "1G" }, limits: { memory: "900Mi" } }, "requests.memory", /more than the limit/],
      [{ limits: { cpu: 0 } }, "limits.cpu", /more than nothing/],
      [{ limits: { memory: "-1Gi" } }, "limits.memory", /more than nothing/],
      [{ requests: { memory: "2GB" } }, "requests.memory", /Kubernetes quantity/],
      [{ requests: { memory: "2gi" } }, "requests.memory", /Kubernetes quantity/],
      [{ requests: { memory: true } }, "requests.memory", /Kubernetes quantity/],
      [{ requests: { memory: 512 } }, "requests.memory", /512 bytes/],
      [{ requests: { memory: "400m" } }, "requests.memory", /0\.4 bytes/],
      [{ requests: { cpu: 2000 } }, "requests.cpu", /more than any machine/],
      [{ requests: { cpu: "1.5m" } }, "requests.cpu", /thousandths/],
      [{ requests: { cpu: "100u" } }, "requests.cpu", /nothing starts/],
    ] as const
  ).map(([resources, field, reason]): (typeof wrong)[number] => [
    `the resources ${JSON.stringify(resources)}`,
    { platform: { services: { keycloak: { resources } } } },
    `platform.services.keycloak.resources.${field}`,
    reason,
  ]),
  ...[
    "seoul.local",
    "seoul.internal",
    "seoul.test",
    "kpaas.localhost",
    "k.home.arpa",
    "10.20.0.9.nip.io",
    "k-paas.192-168-3-4.sslip.io",
    "0a140009.nip.io",
    "x.localtest.me",
  ].map((domain): (typeof wrong)[number] => [
    `ACME for ${domain}`,
    { ...open, platform: { tls: { kind: "acme", email: "a@kpaas.dev" }, domain } },
    "platform.domain",
    /no ACME authority can reach it/,
  ]),
  [
    "ACME for the default domain",
    { ...open, platform: { tls: { kind: "acme", email: "a@kpaas.dev" } } },
    "platform.domain",
    /private address/,
  ],
  ["a domain that makes too long names", { platform: { domain: `${"a.".repeat(122)}io` } }, "platform.domain", /at most 253/],
  ["a domain of the cluster's own", { platform: { domain: "x.cluster.local" } }, "platform.domain", /only its pods/],
  [
    "an API named like a service",
    { platform: { domain: "x.org" }, cluster: { apiEndpoint: { kind: "loadBalancer", domain: "portal.x.org" } } },
    "cluster.apiEndpoint.domain",
    /one of the platform's/,
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
  ["a gateway outside the network", network({ gateway: "192.0.2.1" }), "infrastructure.network.gateway", /outside/],
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
    "a load-balancer range outside the network",
    { platform: { loadBalancer: { kind: "metallb", range: "10.21.0.1-10.21.0.9" } } },
    "platform.loadBalancer.range",
    /leaves the network/,
  ],
  [
    "a load-balancer range in too many blocks",
    { platform: { loadBalancer: { kind: "metallb", range: "10.20.8.1-10.20.15.254" } } },
    "platform.loadBalancer.range",
    /20 address pairs/,
  ],
  [
    "a machine in the load-balancer range",
    {
      cluster: { pools: { a: { nodes: { x: { address: "10.20.0.205" } } } } },
      platform: { loadBalancer: { kind: "metallb", range: "10.20.0.200-10.20.0.230" } },
    },
    "platform.loadBalancer.range",
    /the machine x/,
  ],
  [
    "an ingress outside the range",
    { platform: { loadBalancer: { kind: "metallb", range: "10.20.0.200-10.20.0.230" }, ingress: { address: "10.20.0.100" } } },
    "platform.ingress.address",
    /outside/,
  ],
  [
    "an endpoint address for a node",
    { cluster: { apiEndpoint: { kind: "node", address: "10.20.0.9" } } },
    "cluster.apiEndpoint.address",
    /first control plane/,
  ],
  [
    "a tunnel without a bastion",
    { infrastructure: { provider: "openstack", access: { api: "bastion" } } },
    "infrastructure.access.api",
    /no bastion/,
  ],
  [
    "a public key alone",
    { infrastructure: { provider: "openstack", access: { ssh: { publicKey: "ssh-ed25519 AAAA" } } } },
    "infrastructure.access.ssh.privateKey",
    /required/,
  ],
  [
    "a variable that has a field",
    { cluster: { variables: { kube_network_plugin: "calico" } } },
    "cluster.variables.kube_network_plugin",
    /cluster\.network\.plugin/,
  ],
  [
    "a service without the one it needs",
    { platform: { services: { mariadb: false } } },
    "platform.services.mariadb",
    /keycloak and portal need mariadb/,
  ],
  [
    "more storage than the share has",
    { platform: { storage: { kind: "nfs", sizeGiB: 5 }, services: { mariadb: { size: "10Gi" } } } },
    "platform.storage",
    /10 GiB/,
  ],
  [
    "encapsulation the plugin does not have",
    { cluster: { network: { plugin: "cilium", encapsulation: "ipip" } } },
    "cluster.network.encapsulation",
    /vxlan/,
  ],
  ["options of another cloud", { infrastructure: { provider: "openstack", aws: {} } }, "infrastructure.aws", /provider is openstack/],
  ["a network without room", network({ cidr: "192.168.7.0/29" }), "infrastructure.network.cidr", /no free address/],
  [
    "a resolver among the Services",
    network({ dns: ["10.233.0.3"] }),
    "infrastructure.network.dns.0",
    /lies in cluster\.network\.serviceCidr 10\.233\.0\.0\/18/,
  ],
  [
    "a resolver among the pods",
    network({ dns: ["10.0.0.2", "10.233.64.9"] }),
    "infrastructure.network.dns.1",
    /lies in cluster\.network\.podCidr/,
  ],
  ...["127.0.0.53", "0.0.0.0", "255.255.255.255", "169.254.25.10", "169.254.169.254", "224.0.0.1"].map((each): (typeof wrong)[number] => [
    `the resolver ${each}`,
    network({ dns: [each] }),
    "infrastructure.network.dns.0",
    /no host's address|itself|each node|link-local|multicast/,
  ]),
  ["a resolver twice", network({ dns: ["10.0.0.2", "10.0.0.2"] }), "infrastructure.network.dns.1", /in the list already/],
  [
    "more resolvers than a subnet has",
    network({ dns: [1, 2, 3, 4, 5, 6].map((last) => `10.0.0.${last}`) }),
    "infrastructure.network.dns",
    /at most 5/,
  ],
  [
    "a share among the pods",
    { platform: { storage: { kind: "nfs", server: "10.233.64.10", path: "/x" } } },
    "platform.storage.server",
    /podCidr/,
  ],
  [
    "a share on each machine itself",
    { platform: { storage: { kind: "nfs", server: "127.0.0.1", path: "/x" } } },
    "platform.storage.server",
    /itself/,
  ],
  [
    "a share at localhost",
    { platform: { storage: { kind: "nfs", server: "localhost", path: "/x" } } },
    "platform.storage.server",
    /look up/,
  ],
  [
    "administrators among the Services",
    { infrastructure: { provider: "openstack", access: { adminCidrs: ["10.233.0.0/20"] } } },
    "infrastructure.access.adminCidrs.0",
    /serviceCidr/,
  ],
  [
    "visitors on each machine itself",
    { infrastructure: { provider: "openstack", access: { ingressCidrs: ["127.0.0.0/8"] } } },
    "infrastructure.access.ingressCidrs.0",
    /itself/,
  ],
  [
    "administrators twice",
    { infrastructure: { provider: "openstack", access: { adminCidrs: ["192.0.2.0/24", "192.0.2.0/24"] } } },
    "infrastructure.access.adminCidrs.1",
    /already/,
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
    "an ingress at a reserved address",
    { ...reserved(["10.20.0.0/28"]), platform: { ingress: { address: "10.20.0.5" } } },
    "platform.ingress.address",
    /reserved\.0/,
  ],
  [
    "an endpoint at a resolver's address",
    { ...network({ dns: ["10.20.0.9"] }), cluster: { apiEndpoint: { kind: "loadBalancer", address: "10.20.0.9" } } },
    "cluster.apiEndpoint.address",
    /dns\.0/,
  ],
  [
    "a load-balancer range over reserved addresses",
    { ...reserved(["10.20.0.9"]), platform: { loadBalancer: { kind: "metallb", range: "10.20.0.8-10.20.0.15" } } },
    "platform.loadBalancer.range",
    /10\.20\.0\.9 of infrastructure\.network\.reserved\.0/,
  ],
  ["reserved addresses outside the network", reserved(["10.21.0.0/28"]), "infrastructure.network.reserved.0", /leaves the network/],
  ["a reserved range the wrong way round", reserved(["10.20.0.9-10.20.0.2"]), "infrastructure.network.reserved.0", /lower one first/],
  [
    "reserved addresses of more than one kind at once",
    reserved(["10.20.0.1/28"]),
    "infrastructure.network.reserved.0",
    /must be an address, a range/,
  ],
  [
    "nothing but reserved addresses",
    { infrastructure: { provider: "openstack", network: { cidr: "10.20.0.0/24", reserved: ["10.20.0.0/24"] } } },
    "infrastructure.network.cidr",
    /no free address/,
  ],
  [
    "an address for the API's domain",
    { cluster: { apiEndpoint: { kind: "loadBalancer", domain: "192.168.0.10" } } },
    "cluster.apiEndpoint.domain",
    /is an address/,
  ],
  ["an address for the platform's domain", { platform: { domain: "192.0.2.10" } }, "platform.domain", /is an address/],
  ["a domain that ends in a number", { platform: { domain: "a.b.10" } }, "platform.domain", /end in a number/],
  [
    "a bastion on a network without a router",
    onExisting({ bastion: true }),
    "infrastructure.network.existing.router",
    /bastion needs a floating address/,
  ],
  [
    "administrators of a network without a router",
    onExisting({ adminCidrs: ["203.0.113.0/24"], ingressCidrs: ["0.0.0.0/0"] }),
    "infrastructure.network.existing.router",
    /api, ingress need floating addresses/,
  ],
  [
    "a profile's bastion on a network without a router",
    onExisting({}, { profile: "highAvailability" }),
    "infrastructure.network.existing.router",
    /bastion needs/,
  ],
  ["a loopback network", network({ cidr: "127.0.0.0/16" }), "infrastructure.network.cidr", /ordinary addresses/],
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
  ["a label of our own", { labels: { "kpaas-environment": "b" } }, "labels.kpaas-environment", /set by the plan/],
  [
    "more labels than OpenStack keeps",
    { labels: Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`l${i}`, "x"])) },
    "labels",
    /50 labels are more/,
  ],
  ["labels that differ in capitals only", { labels: { Team: "a", team: "A" } }, "labels.team", /differs from Team/],
  ["a label key with an empty part", { labels: { "a..b/c": "v" } }, "labels.a..b/c", /label key/],
  [
    "a taint with such a key",
    { cluster: { pools: { a: {}, b: { taints: ["a..b/c=v:NoSchedule"] } } } },
    "cluster.pools.b.taints.0",
    /must read/,
  ],
  ["a blank at a name's end", { cluster: { controlPlane: { size: "m1.large " } } }, "cluster.controlPlane.size", /no blank at its ends/],
  ["a name of a blank", { infrastructure: { provider: "openstack", region: " " } }, "infrastructure.region", /no blank/],
  [
    "a blank at a network's end",
    { infrastructure: { provider: "openstack", openstack: { externalNetwork: "public " } } },
    "infrastructure.openstack.externalNetwork",
    /no blank/,
  ],
  ["a name on two lines", { infrastructure: { provider: "openstack", region: "a\nb" } }, "infrastructure.region", /printable/],
  ["a zone with a host", { infrastructure: { provider: "openstack", zones: ["az-1:host-3"] } }, "infrastructure.zones.0", /no colon/],
  [
    "an image that is not pinned",
    { infrastructure: { provider: "openstack", image: "Standard_CentOS_7_latest" } },
    "infrastructure.image",
    /must be pinned/,
  ],
  [
    "an image that is not pinned, in the middle",
    { infrastructure: { provider: "openstack", image: "ubuntu-latest-kvm" } },
    "infrastructure.image",
    /must be pinned/,
  ],
  [
    "a storage class that is none",
    { platform: { storage: { kind: "existing", className: "Fast SSD" } } },
    "platform.storage.className",
    /storage class/,
  ],
  ["a label too long", { labels: { a: "x".repeat(64) } }, "labels.a", /at most 63/],
  [
    "a taint twice",
    { cluster: { pools: { a: {}, b: { taints: ["x=1:NoSchedule", "x=2:NoSchedule"] } } } },
    "cluster.pools.b.taints.1",
    /second taint/,
  ],
  ["a size for stacked etcd", { cluster: { etcd: { placement: "stacked", size: "a" } } }, "cluster.etcd.size", /no machines of its own/],
  [
    "a size of a share that is given",
    { platform: { storage: { kind: "nfs", server: "10.0.0.9", path: "/x", sizeGiB: 9 } } },
    "platform.storage.sizeGiB",
    /has its own size/,
  ],
  ["a server without a path", { platform: { storage: { kind: "nfs", server: "10.0.0.9" } } }, "platform.storage.path", /required/],
  [
    "a server that is none",
    { platform: { storage: { kind: "nfs", server: "10.0.0.999", path: "/x" } } },
    "platform.storage.server",
    /host name/,
  ],
  ["a share too small for what is on", { platform: { storage: { kind: "nfs", sizeGiB: 5 } } }, "platform.storage", /10 GiB/],
  [
    "a volume for what keeps nothing",
    { platform: { services: { metricsServer: { size: 3 } } } },
    "platform.services.metricsServer.size",
    /keeps nothing/,
  ],
  [
    "values for what has no chart",
    { platform: { services: { keycloak: { values: {} } } } },
    "platform.services.keycloak.values",
    /not installed from a chart/,
  ],
  ["an empty size", { cluster: { controlPlane: { size: "" } } }, "cluster.controlPlane.size", /must not be empty/],
  ["an unknown release", { release: "9.9.9" }, "release", /no release/],
];

describe("the checks between fields", () => {
  for (const [what, over, path, reason] of wrong) {
    it(`find ${what}`, () => {
      const found = planFile(environmentFile(over)).problems.filter((problem) => problem.severity === "error" && problem.path === path);
      assert.ok(
        found.some((problem) => reason.test(problem.reason)),
        JSON.stringify(planFile(environmentFile(over)).problems),
      );
      for (const problem of found) assert.notEqual(problem.remedy, "");
    });
  }

  it("find nothing wrong with many nodes under calico, which needs no block of nodePrefix for each", () => {
    assert.deepEqual(planFile(environmentFile({ cluster: { pools: { a: { nodes: 190 } } } })).problems, []);
  });

  it("find nothing wrong with names that clouds take: blanks and brackets within, every script", () => {
    const { problems, planned } = planFile(
      environmentFile({ infrastructure: { provider: "openstack", zones: ["Zone A (East)", "서울 2"], image: "Ubuntu 22.04 (latestfix)" } }),
    );
    assert.deepEqual(problems, []);
    for (const { labels, zone } of planned?.plan.machines ?? [])
      assert.match(labels["topology.kubernetes.io/zone"] ?? "", zone === "Zone A (East)" ? /^Zone-A-East-[0-9a-f]{8}$/ : /^2-[0-9a-f]{8}$/);
  });

  it("show a value with the path it stands at, and no two lines alike", () => {
    const astray = wrong.flatMap(([what, over]) => {
      const content = environmentFile(over);
      const { problems } = planFile(content);
      assert.equal(new Set(problems.map((problem) => JSON.stringify(problem))).size, problems.length, what);
      return problems.flatMap(({ path, value }) => {
        const written = valueAt(content, path);
        return value === undefined || written === undefined || String(written) === String(value)
          ? []
          : [`${what}: ${path} (is ${JSON.stringify(value)})`];
      });
    });
    assert.deepEqual(astray, []);
  });

  it("find nothing wrong with what is unusual and right", () => {
    const right: Record<string, unknown>[] = [
      { platform: { storage: { kind: "nfs", server: "10.0.0.9", path: "/" } } },
      { platform: { storage: { kind: "nfs", path: "/srv/nfs" } } },
      { platform: { storage: { kind: "nfs", path: "/var/nfs" } } },
      {
        platform: { services: { keycloak: { resources: { requests: { cpu: 0.5, memory: "1e9" }, limits: { cpu: "2", memory: "1Gi" } } } } },
      },
      { ...open, platform: { tls: { kind: "acme", email: "a@kpaas.dev" }, domain: "211.45.1.2.nip.io" } },
      { ...open, platform: { tls: { kind: "acme", email: "a@kpaas.dev" }, domain: "seoul.kpaas.dev" } },
    ];
    for (const over of right) assert.deepEqual(planFile(environmentFile(over)).problems, [], JSON.stringify(over));
  });

  it("write the amounts of resources as texts, however the file has them", () => {
    const { planned } = planFile(
      environmentFile({
        platform: { services: { keycloak: { resources: { requests: { cpu: 2 }, limits: { cpu: 2.5, memory: "2Gi" } } } } },
      }),
    );
    assert.deepEqual(planned?.plan.services.find(({ name }) => name === "keycloak")?.resources, {
      requests: { cpu: "2" },
      limits: { cpu: "2.5", memory: "2Gi" },
    });
  });

  it("let a network without a router serve whoever is inside it", () => {
    assert.deepEqual(planFile(onExisting({ ingressCidrs: ["10.20.8.0/24"] })).problems, []);
    const reachable = { provider: "openstack", network: { existing, floating: "none" }, access: { ingressCidrs: ["0.0.0.0/0"] } };
    assert.deepEqual(planFile(environmentFile({ infrastructure: reachable })).problems, []);
  });

  it("say which field takes what was written where it does not belong, and what was probably meant", () => {
    const remedies = (over: Record<string, unknown>) => planFile(environmentFile(over)).problems.map(({ remedy }) => remedy);
    assert.deepEqual(remedies({ cluster: { apiEndpoint: { kind: "loadBalancer", domain: "192.168.0.10" } } }), [
      "give the address at cluster.apiEndpoint.address, and here a name or nothing",
    ]);
    for (const [domain, meant] of [
      ["Seoul.Example.ORG", "seoul.example.org"],
      ["seoul.example.org.", "seoul.example.org"],
      ["https://seoul.example.org/", "seoul.example.org"],
      ["*.seoul.example.org", "seoul.example.org"],
      ["서울.example.org", "xn--2i4bq6h.example.org"],
    ])
      assert.deepEqual(remedies({ platform: { domain } }), [`did you mean ${meant}?`]);
    assert.deepEqual(remedies(reserved(["10.20.0.9-10.20.0.2"])), ["did you mean 10.20.0.2-10.20.0.9?"]);
    assert.deepEqual(remedies(network({ cidr: "10.20.0.1/16" })), ["did you mean 10.20.0.0/16?"]);
    const admins = { infrastructure: { provider: "openstack", access: { adminCidrs: ["203.0.113.7"] } } };
    assert.deepEqual(remedies(admins), ["did you mean 203.0.113.7/32?"]);
  });

  it("warn of two zones for three control planes", () => {
    const { problems } = planFile(
      environmentFile({ infrastructure: { provider: "openstack", zones: ["a", "b"] }, cluster: { controlPlane: { nodes: 3 } } }),
    );
    assert.deepEqual(
      problems.map((problem) => `${problem.severity} ${problem.path}`),
      ["warning infrastructure.zones"],
    );
  });
});
