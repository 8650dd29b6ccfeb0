import { RSA } from "../../support/certificates";

/** Laid over a small file, by path; undefined takes a field out. */
export type Values = Readonly<Record<string, unknown>>;

export const outside = {
  "infrastructure.access.adminCidrs": ["203.0.113.0/24"],
  "infrastructure.access.ingressCidrs": ["0.0.0.0/0"],
  "platform.domain": "a.example.org",
};
const key = { publicKey: "ssh-ed25519 AAAA", privateKey: { env: "K" } };
const named = { "cluster.pools.worker.nodes": { a: {}, b: {} } };
const volume = { ...named, "cluster.pools.worker.volumes": [{ name: "osd", sizeGiB: 10 }] };
const claim = { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name: "data", namespace: "shop" }, spec: {} };
const silent = { "platform.services.portal": false };
const existing = { "platform.storage": { kind: "existing", className: "ceph" } };
/** Ceph on two disks of each of six machines in three zones. */
const ceph = (more: Values = {}): Values => ({
  "infrastructure.zones": ["az-1", "az-2", "az-3"],
  "cluster.pools.worker.nodes": 6,
  "cluster.pools.worker.volumes": [
    { name: "osd", sizeGiB: 100 },
    { name: "more", sizeGiB: 100 },
  ],
  "platform.storage": { kind: "rookCeph", pool: "worker", failureDomain: "host", ...more },
});
const host = (address: string, more: Values = {}): Values => ({ address, ...more });
/** On a cloud whose networks are there before. */
const onNhn = {
  infrastructure: {
    provider: "nhn",
    region: "KR1",
    zones: ["kr-pub-a", "kr-pub-b"],
    image: "ubuntu",
    network: { cidr: "10.20.0.0/16", existing: { network: "n", subnets: { node: "s" } } },
  },
};
/** On hosts that were there before. */
const onHosts = {
  infrastructure: {
    provider: "existing",
    network: { cidr: "10.0.0.0/24" },
    access: { ssh: { privateKey: { env: "K" } } },
    existing: { hosts: { c: host("10.0.0.11"), w: host("10.0.0.12"), x: host("10.0.0.13") }, nfs: "c" },
  },
  "cluster.controlPlane.nodes": { c: {} },
  "cluster.pools.worker.nodes": { w: {} },
  "platform.loadBalancer": { kind: "metallb", range: "10.0.0.200-10.0.0.220" },
};
/** On AWS. */
const onAws = {
  file: { infrastructure: { provider: "aws", region: "ap-northeast-2", zones: ["ap-northeast-2a"], image: "ubuntu-22.04" } },
  existing: { vpc: "vpc-00000001", subnets: { "ap-northeast-2a": { node: { id: "subnet-00000001", cidr: "10.20.1.0/24" } } } },
};
/** On GCP. */
const onGcp = {
  infrastructure: {
    provider: "gcp",
    region: "asia-northeast3",
    zones: ["asia-northeast3-a"],
    image: "ubuntu-22.04",
    gcp: { project: "acme-one" },
  },
};
/** On Azure. */
const onAzure = {
  file: { infrastructure: { provider: "azure", region: "koreacentral", zones: ["1"], image: "ubuntu-22.04" } },
  id: (type: string) => `/subscriptions/0/resourceGroups/net/providers/Microsoft.${type}`,
};
/** On vSphere, where volumes stay their machine's. */
const onVSphere = { infrastructure: { provider: "vsphere", network: { cidr: "10.20.0.0/16", dns: ["10.20.0.1"] } } };
const placed = { ...onVSphere, "infrastructure.zones": ["az-1"], ...{ "infrastructure.vsphere.zones": { "az-1": { cluster: "One" } } } };
const zoned = { "infrastructure.zones": ["az-1", "az-2"], ...named };

/** By `path` or `path (when)`: what stands, and what is changed. */
export const samples: Readonly<Record<string, readonly [before: Values, after: Values]>> = {
  "release (a later one)": [{ release: "1.6.2" }, { release: "1.7.0" }],
  "release (an older one)": [{ release: "1.7.0+maintained" }, { release: "1.7.0" }],
  labels: [{}, { labels: { a: "b" } }],
  retain: [{}, { retain: ["volumes"] }],
  "layers (one to three)": [{}, { layers: "three" }],
  "protect (to data)": [{ protect: "none" }, { protect: "data" }],
  "protect (to none)": [{}, { protect: "none" }],
  "infrastructure.credentials": [{}, { "infrastructure.credentials": { env: "C" } }],
  "infrastructure.network.dns": [{}, { "infrastructure.network.dns": ["9.9.9.9"] }],
  "infrastructure.network.floating": [
    { ...outside, "infrastructure.access.ingressCidrs": ["10.20.0.0/16"] },
    { "infrastructure.access.ingressCidrs": ["0.0.0.0/0"], "infrastructure.network.floating": { ingress: "203.0.113.9" } },
  ],
  "infrastructure.network.reserved": [{}, { "infrastructure.network.reserved": ["10.20.9.0-10.20.9.9"] }],
  "infrastructure.network.floating (another address, or none)": [outside, { "infrastructure.network.floating": "none" }],
  "infrastructure.access": [outside, { "infrastructure.access.adminCidrs": ["198.51.100.0/24"] }],
  "infrastructure.access.adminCidrs (nobody any more)": [outside, { "infrastructure.access.adminCidrs": [] }],
  "infrastructure.access.ingressCidrs (nobody outside any more)": [outside, { "infrastructure.access.ingressCidrs": ["10.20.0.0/16"] }],
  "infrastructure.access.ssh": [{}, { "infrastructure.access.ssh": key }],
  "infrastructure.access.ssh.agent": [onHosts, { "infrastructure.access.ssh.agent": true }],
  "infrastructure.access.ssh.sudoPassword": [onHosts, { "infrastructure.access.ssh.sudoPassword": { env: "SUDO" } }],
  "infrastructure.access.bastion (to false)": [{ "infrastructure.access.bastion": true }, { "infrastructure.access.bastion": false }],
  "infrastructure.image": [{}, { "infrastructure.image": "another" }],
  "infrastructure.zones": [{}, { "infrastructure.zones": ["az-1"] }],
  "infrastructure.openstack.bootVolumeGiB": [{}, { "infrastructure.openstack.bootVolumeGiB": 80 }],
  "infrastructure.openstack.allowedAddresses": [{}, { "infrastructure.openstack.allowedAddresses": ["10.20.0.99"] }],
  "infrastructure.openstack.dns": [
    { "platform.domain": "a.example.org" },
    { "platform.domain": "a.example.org", "infrastructure.openstack.dns": { zone: "example.org" } },
  ],
  "infrastructure.openstack.applicationCredential": [{}, { "infrastructure.openstack.applicationCredential": { uses: ["volumes"] } }],
  "infrastructure.openstack.serverGroups": [
    {},
    { "infrastructure.openstack.serverGroups": { "control-plane": "11111111-0000-4000-8000-00000000000a" } },
  ],
  "infrastructure.openstack.router": [{}, { "infrastructure.openstack.router": "edge" }],
  "infrastructure.openstack.volumesInZones": [
    { "infrastructure.zones": ["az-1"] },
    { "infrastructure.zones": ["az-1"], "infrastructure.openstack.volumesInZones": true },
  ],
  "infrastructure.openstack.bootVolumeType": [{}, { "infrastructure.openstack.bootVolumeType": "ssd" }],
  "infrastructure.region": [{}, { "infrastructure.region": "two" }],
  "infrastructure.network.cidr": [{}, { "infrastructure.network.cidr": "10.30.0.0/16" }],
  "infrastructure.network.gateway": [{}, { "infrastructure.network.gateway": "10.20.9.9" }],
  "infrastructure.network.existing": [{}, { "infrastructure.network.existing": { network: "n", subnets: { node: "s" } } }],
  "infrastructure.openstack.externalNetwork": [{}, { "infrastructure.openstack.externalNetwork": "other" }],
  "infrastructure.openstack.loadBalancerProvider (where there is a balancer)": [
    { "cluster.controlPlane.nodes": 3 },
    { "infrastructure.openstack.loadBalancerProvider": "ovn" },
  ],
  "infrastructure.nhn.bootVolumeGiB": [onNhn, { "infrastructure.nhn.bootVolumeGiB": 80 }],
  "infrastructure.nhn.bootVolumeType": [onNhn, { "infrastructure.nhn.bootVolumeType": "General SSD" }],
  "infrastructure.openstack.images": [
    { "infrastructure.image": "ubuntu-22.04" },
    { "infrastructure.openstack.images": { "ubuntu-22.04": "jammy-2" } },
  ],
  "infrastructure.nhn.images": [onNhn, { "infrastructure.nhn.images": { ubuntu: "Ubuntu Server 22.04.5 LTS (2025.07.15)" } }],
  "infrastructure.nhn.serverGroups": [
    onNhn,
    { "infrastructure.nhn.serverGroups": { "control-plane": "11111111-0000-4000-8000-00000000000a" } },
  ],
  "infrastructure.nhn.allowedAddresses": [onNhn, { "infrastructure.nhn.allowedAddresses": ["10.20.0.99"] }],
  "infrastructure.nhn.externalNetwork": [onNhn, { "infrastructure.nhn.externalNetwork": "other" }],
  ...Object.fromEntries(
    ["server", "datacenter", "cluster", "resourcePool", "datastore", "network", "folder"].map((name) => [
      `infrastructure.vsphere.${name}`,
      [{ ...onVSphere, [`infrastructure.vsphere.${name}`]: "one" }, { [`infrastructure.vsphere.${name}`]: "another" }] as const,
    ]),
  ),
  "infrastructure.vsphere.zones (of one that is there)": [placed, { "infrastructure.vsphere.zones.az-1.cluster": "Two" }],
  "infrastructure.vsphere.zones (added)": [
    placed,
    { "infrastructure.zones": ["az-1", "az-2"], "infrastructure.vsphere.zones.az-2": { cluster: "Two" } },
  ],
  "infrastructure.vsphere.bootDiskGiB": [onVSphere, { "infrastructure.vsphere.bootDiskGiB": 80 }],
  "infrastructure.vsphere.template": [onVSphere, { "infrastructure.vsphere.template": "ubuntu-of-ours" }],
  "infrastructure.vsphere.allowUnverifiedSsl": [onVSphere, { "infrastructure.vsphere.allowUnverifiedSsl": true }],
  "infrastructure.vsphere.storageDriver": [
    onVSphere,
    { "infrastructure.vsphere.storageDriver": { user: "kpaas-storage@vsphere.local", password: { env: "STORAGE_PASSWORD" } } },
  ],
  "infrastructure.vsphere.firewall": [onVSphere, { "infrastructure.vsphere.firewall": "none" }],
  "infrastructure.existing.hosts": [
    onHosts,
    { "infrastructure.existing.hosts.w": host("10.0.0.12", { accessAddress: "203.0.113.2", port: 2222, user: "rocky", zone: "a" }) },
  ],
  "infrastructure.existing.hosts.KEY.address (of a host in use)": [onHosts, { "infrastructure.existing.hosts.w": host("10.0.0.99") }],
  "infrastructure.existing.bastion": [onHosts, { "infrastructure.existing.bastion": "x" }],
  ...Object.fromEntries(
    Object.entries({
      natGateways: [undefined, "one"],
      controllers: [undefined, false],
      bootVolumeGiB: [undefined, 80],
      bootVolumeType: [undefined, "gp2"],
      kmsKey: [undefined, "arn:aws:kms:ap-northeast-2:123456789012:key/1"],
      images: [undefined, { "ubuntu-22.04": "ami-0123456789abcdef0" }],
      account: ["123456789012", "210987654321"],
      existing: [undefined, onAws.existing],
    }).map(([option, [before, after]]) => [
      `infrastructure.aws.${option}`,
      [{ ...onAws.file, [`infrastructure.aws.${option}`]: before }, { [`infrastructure.aws.${option}`]: after }],
    ]),
  ),
  ...Object.fromEntries(
    Object.entries({
      project: ["acme-one", "acme-two"],
      nat: [undefined, false],
      iap: [undefined, true],
      controllers: [undefined, false],
      bootVolumeGiB: [undefined, 80],
      bootVolumeType: [undefined, "pd-ssd"],
      images: [undefined, { "ubuntu-22.04": "acme-images/ours-1" }],
    }).map(([option, [before, after]]) => [
      `infrastructure.gcp.${option}`,
      [
        { ...onGcp, ...(before === undefined ? {} : { [`infrastructure.gcp.${option}`]: before }) },
        { [`infrastructure.gcp.${option}`]: after },
      ],
    ]),
  ),
  ...Object.fromEntries(
    Object.entries({
      natGateways: [undefined, "one"],
      controllers: [undefined, false],
      acceleratedNetworking: [undefined, false],
      bootVolumeGiB: [undefined, 80],
      bootVolumeType: [undefined, "StandardSSD_LRS"],
      diskEncryptionSet: [undefined, onAzure.id("Compute/diskEncryptionSets/ours")],
      images: [undefined, { "ubuntu-22.04": onAzure.id("Compute/images/ours") }],
      subscription: ["00000000-0000-4000-8000-000000000000", "00000000-0000-4000-8000-000000000001"],
      resourceGroup: [undefined, "theirs"],
      existing: [
        undefined,
        { network: onAzure.id("Network/virtualNetworks/hub"), subnets: { node: { name: "nodes", cidr: "10.20.1.0/24" } } },
      ],
    }).map(([option, [before, after]]) => [
      `infrastructure.azure.${option}`,
      [{ ...onAzure.file, [`infrastructure.azure.${option}`]: before }, { [`infrastructure.azure.${option}`]: after }],
    ]),
  ),
  "infrastructure.existing.nfs": [onHosts, { "infrastructure.existing.nfs": "x" }],
  "infrastructure.existing.firewall": [onHosts, { "infrastructure.existing.firewall": "nftables" }],
  "cluster.pools": [named, { "cluster.pools.gpu": { nodes: 1 } }],
  "cluster.pools (a pool that goes)": [
    { "cluster.pools.worker.nodes": 1, "cluster.pools.gpu.nodes": 1 },
    { "cluster.pools.gpu": undefined },
  ],
  "cluster.pools.KEY.nodes": [{ "cluster.pools.worker.nodes": 3 }, { "cluster.pools.worker.nodes": 2 }],
  "cluster.pools.KEY.nodes (taken out of the file, or a machine with volumes)": [
    { "cluster.pools.worker.nodes": 3 },
    { "cluster.pools.worker": {} },
  ],
  "cluster.pools.KEY.nodes.KEY.generation": [named, { "cluster.pools.worker.nodes.a.generation": 2 }],
  "cluster.pools.KEY.nodes.KEY.generation (with volumes)": [volume, { "cluster.pools.worker.nodes.a.generation": 2 }],
  "cluster.pools.KEY.nodes.KEY.generation (a lower one)": [
    { "cluster.pools.worker.nodes": { a: { generation: 2 } } },
    { "cluster.pools.worker.nodes": { a: {} } },
  ],
  "cluster.pools.KEY.nodes.KEY.address (of a machine that stands)": [named, { "cluster.pools.worker.nodes.a.address": "10.20.7.7" }],
  "cluster.pools.KEY.nodes.KEY.zone (of a machine that stands)": [
    zoned,
    { "cluster.pools.worker.nodes": { a: { zone: "az-1" }, b: { zone: "az-1" } } },
  ],
  "cluster.pools.KEY.nodes.KEY.size": [named, { "cluster.pools.worker.nodes.a.size": "m1.tiny" }],
  "cluster.pools.KEY.size": [named, { "cluster.pools.worker.size": "m1.tiny" }],
  "cluster.pools.KEY.labels": [named, { "cluster.pools.worker.labels": { a: "b" } }],
  "cluster.pools.KEY.taints": [named, { "cluster.pools.worker.taints": ["a=b:PreferNoSchedule"] }],
  "cluster.pools.KEY.spread": [named, { "cluster.pools.worker.spread": false }],
  "cluster.pools.KEY.volumes (added or larger)": [
    volume,
    {
      "cluster.pools.worker.volumes": [
        { name: "osd", sizeGiB: 20 },
        { name: "more", sizeGiB: 1 },
      ],
    },
  ],
  "cluster.pools.KEY.volumes (one that goes)": [volume, { "cluster.pools.worker.volumes": [] }],
  "cluster.pools.KEY.volumes (a smaller one, of another type, or mounted elsewhere)": [
    volume,
    { "cluster.pools.worker.volumes": [{ name: "osd", sizeGiB: 5 }] },
  ],
  "cluster.controlPlane.size": [{}, { "cluster.controlPlane.size": "m1.tiny" }],
  "cluster.controlPlane.nodes.KEY.size": [
    { "cluster.controlPlane.nodes": { one: {} } },
    { "cluster.controlPlane.nodes.one.size": "m1.tiny" },
  ],
  "cluster.controlPlane.nodes": [{}, { "cluster.controlPlane.nodes": 3 }],
  "cluster.etcd": [{}, { "cluster.etcd": { placement: "external", nodes: 3 } }],
  "cluster.etcd.size": [{ "cluster.etcd": { placement: "external" } }, { "cluster.etcd.size": "m1.tiny" }],
  "cluster.etcd.nodes.KEY.size": [
    { "cluster.etcd": { placement: "external", nodes: { a: {} } } },
    { "cluster.etcd.nodes.a.size": "m1.tiny" },
  ],
  "cluster.controlPlane.nodes (taken out of the file)": [
    { "cluster.controlPlane.nodes": { a: {}, b: {}, c: {} } },
    { "cluster.controlPlane.nodes": undefined },
  ],
  ...Object.fromEntries(
    (["controlPlane", "etcd"] as const).flatMap((group): [string, readonly [Values, Values]][] => {
      const at = `cluster.${group}.nodes`;
      const stands = {
        "cluster.etcd": { placement: "external" },
        "infrastructure.zones": ["az-1", "az-2", "az-3"],
        [at]: { a: {}, b: {}, c: {} },
      };
      return [
        [`${at}.KEY.address (of a machine that stands)`, [stands, { [`${at}.a.address`]: "10.20.7.7" }]],
        [
          `${at}.KEY.zone (of a machine that stands)`,
          [stands, { [`${at}.a.zone`]: "az-3", [`${at}.b.zone`]: "az-3", [`${at}.c.zone`]: "az-3" }],
        ],
        [
          `${at}.KEY.generation (a lower one)`,
          [{ ...stands, [at]: { a: { generation: 2 }, b: {}, c: {} } }, { [at]: { a: {}, b: {}, c: {} } }],
        ],
        [`${at}.KEY.generation`, [stands, { [`${at}.b.generation`]: 2 }]],
      ];
    }),
  ),
  ...Object.fromEntries(
    ["controlPlane", "etcd", "pools.KEY"].flatMap((group): [string, readonly [Values, Values]][] => {
      const at = `cluster.${group.replace("KEY", "worker")}`;
      const stands = { "cluster.etcd": { placement: "external" }, "cluster.controlPlane.nodes": 2 };
      return [
        [`cluster.${group}.generation`, [stands, { [`${at}.generation`]: 2 }]],
        [`cluster.${group}.generation (a lower one)`, [{ ...stands, [`${at}.generation`]: 2 }, { [`${at}.generation`]: undefined }]],
        [`cluster.${group}.maintenance`, [stands, { [`${at}.maintenance.reboot`]: "2026-03-01" }]],
      ];
    }),
  ),
  "cluster.controlPlane.generation (where the address of the first one is the endpoint)": [{}, { "cluster.controlPlane.generation": 2 }],
  "cluster.pools.KEY.generation (with volumes)": [volume, { "cluster.pools.worker.generation": 2 }],
  "cluster.etcd.nodes": [{ "cluster.etcd": { placement: "external" } }, { "cluster.etcd.nodes": 5 }],
  "cluster.kubernetes": [{}, { "cluster.kubernetes": "1.34.3" }],
  "cluster.kubernetes (an older one)": [{}, { "cluster.kubernetes": "1.33.4" }],
  "cluster.network": [{}, { "cluster.network.plugin": "flannel" }],
  "cluster.runtime": [{}, { "cluster.runtime": "containerd" }],
  "cluster.apiEndpoint": [{}, { "cluster.apiEndpoint.domain": "api.example.org" }],
  "cluster.hardening": [{}, { "cluster.hardening.auditLog": false }],
  "cluster.hardening.encryptSecrets (switched on)": [
    { "cluster.hardening.encryptSecrets": false },
    { "cluster.hardening.encryptSecrets": true },
  ],
  "cluster.hardening.encryptSecrets (switched off)": [{}, { "cluster.hardening.encryptSecrets": false }],
  "cluster.certificates": [{}, { "cluster.certificates.autoRenew": false }],
  "cluster.registries": [{}, { "cluster.registries": { "registry.intra:5000": { username: "nodes", password: { env: "REGISTRY" } } } }],
  "cluster.airGap": [
    { "platform.domain": "apps.intra" },
    { "cluster.airGap": { registry: "registry.intra", files: "https://files.intra" } },
  ],
  "cluster.kubespray": [{}, { "cluster.kubespray.source": "../kubespray" }],
  "cluster.backups": [{}, { "cluster.backups.etcd": { encryptTo: RSA } }],
  "cluster.onDelete": [{}, { "cluster.onDelete": "reset" }],
  "cluster.variables": [{}, { "cluster.variables.ndots": 3 }],
  "cluster.variables (one of those below)": [{}, { "cluster.variables.calico_pool_blocksize": 27 }],
  "platform.domain": [silent, { "platform.domain": "apps.example.org" }],
  "platform.tls": [{}, { "platform.tls": { kind: "provided", certificate: { env: "C" }, key: { env: "K" } } }],
  "platform.tls.authorities (one more, another order, or one less behind the first)": [
    { "platform.tls": { kind: "selfSigned", authorities: [1, 2] } },
    { "platform.tls": { kind: "selfSigned", authorities: [2, 1] } },
  ],
  "platform.tls.authorities (another first one at once)": [{}, { "platform.tls": { kind: "selfSigned", authorities: [2] } }],
  "platform.ingress": [silent, { "platform.ingress.address": "10.20.200.1" }],
  "platform.ingress.beside": [{}, { "platform.ingress.beside": "traefik" }],
  "platform.ingress.replicas": [{}, { "platform.ingress.replicas": 3 }],
  "platform.ingress.autoscaling": [{}, { "platform.ingress.autoscaling": { maxReplicas: 4 } }],
  "platform.ingress.resources": [{}, { "platform.ingress.resources": { requests: { cpu: "200m" } } }],
  "platform.ingress.nodeSelector": [{}, { "platform.ingress.nodeSelector": { "kubernetes.io/os": "linux" } }],
  "platform.ingress.reaches": [{}, { "platform.ingress.reaches": ["192.0.2.0/24"] }],
  "platform.ingress.values": [{}, { "platform.ingress.values": { nginx: { controller: { terminationGracePeriodSeconds: 60 } } } }],
  "platform.ingress.tolerations": [{}, { "platform.ingress.tolerations": ["front:NoSchedule"] }],
  "platform.ingress.kind (with the other one beside it before and after)": [
    { "platform.ingress": { beside: "traefik" } },
    { "platform.ingress": { kind: "traefik", beside: "nginx" } },
  ],
  "platform.ingress.kind (without)": [{}, { "platform.ingress.kind": "traefik" }],
  "platform.loadBalancer": [{}, { "platform.loadBalancer": { kind: "metallb", range: "10.20.255.200-10.20.255.230" } }],
  "platform.loadBalancer.resources": [{}, { "platform.loadBalancer": { kind: "metallb", resources: { requests: { cpu: "50m" } } } }],
  "platform.loadBalancer.nodeSelector": [
    {},
    { "platform.loadBalancer": { kind: "metallb", nodeSelector: { "kubernetes.io/os": "linux" } } },
  ],
  "platform.loadBalancer.tolerations": [{}, { "platform.loadBalancer": { kind: "metallb", tolerations: ["front:NoSchedule"] } }],
  "platform.loadBalancer.values": [{}, { "platform.loadBalancer": { kind: "metallb", values: { controller: { logLevel: "debug" } } } }],
  "platform.storage.resources": [{}, { "platform.storage": { kind: "nfs", resources: { requests: { cpu: "50m" } } } }],
  "platform.storage.nodeSelector": [{}, { "platform.storage": { kind: "nfs", nodeSelector: { "kubernetes.io/os": "linux" } } }],
  "platform.storage.tolerations": [{}, { "platform.storage": { kind: "nfs", tolerations: ["front:NoSchedule"] } }],
  "platform.storage.values": [{}, { "platform.storage": { kind: "nfs", values: { priorityClassName: "system-cluster-critical" } } }],
  "platform.loadBalancer.kind (once it stands)": [{}, { "platform.loadBalancer": { kind: "cloud" } }],
  "platform.loadBalancer.services (once it stands)": [
    { ...onAws.file, "platform.loadBalancer": { kind: "cloud" } },
    { "platform.loadBalancer": { kind: "cloud", services: true } },
  ],
  "platform.storage": [{}, existing],
  "platform.storage.classes": [
    { "platform.storage": { kind: "cloud" } },
    { "platform.storage": { kind: "cloud", classes: { fast: { type: "ssd" } } } },
  ],
  "platform.storage.volumes (added)": [ceph({ volumes: ["osd"] }), ceph({ volumes: ["osd", "more"] })],
  "platform.storage.volumes (one that goes)": [ceph(), ceph({ volumes: ["osd"] })],
  "platform.storage.replicas (more)": [ceph(), ceph({ replicas: 4 })],
  "platform.storage.replicas (fewer, and more than one)": [ceph({ replicas: 4 }), ceph()],
  "platform.storage.daemons": [ceph(), ceph({ daemons: { osd: { limits: { memory: "8Gi" } } } })],
  "platform.storage.reclaim": [ceph(), ceph({ reclaim: "delete" })],
  "platform.storage.objects (switched on)": [ceph(), ceph({ objects: true })],
  "platform.storage.objects (switched off)": [ceph({ objects: true }), ceph()],
  "platform.storage.failureDomain": [ceph(), ceph({ failureDomain: "zone" })],
  "platform.storage (a larger share of its own)": [{}, { "platform.storage": { kind: "nfs", sizeGiB: 300 } }],
  "platform.services": [{}, { "platform.services.metricsServer": false }],
  "platform.services.openbao.seal.kind": [
    { "platform.services.openbao": true },
    { "platform.services.openbao": { seal: { kind: "awskms", region: "r", key: "k", credentials: "c" } } },
  ],
  "platform.services.openbao.replicas (fewer)": [{ "platform.services.openbao": { replicas: 3 } }, { "platform.services.openbao": true }],
  "platform.services.nats.replicas (fewer)": [{ "platform.services.nats": { replicas: 3 } }, { "platform.services.nats": true }],
  "platform.services.mariadb.replicas (one to several, or back)": [{}, { "platform.services.mariadb": { replicas: 3 } }],
  "platform.services.postgresql.replicas (one to several, or back)": [
    { "platform.services.postgresql": true },
    { "platform.services.cloudnativePg": true, "platform.services.postgresql": { replicas: 3 } },
  ],
  "platform.services.harbor.projects (one that goes)": [
    { "platform.services.harbor": { projects: { one: {}, two: {} } } },
    { "platform.services.harbor": { projects: { two: {} } } },
  ],
  "platform.services.kubeflow.parts (one that goes)": [
    {
      "platform.tenants": { shop: { mesh: "strict" } },
      ...{ "platform.services.istio": true, "platform.services.istioGateway": true },
      "platform.services.kubeflow": { parts: ["pipelines", "notebooks"], profiles: { shop: { owner: "kim" } } },
    },
    { "platform.services.kubeflow": { profiles: { shop: { owner: "kim" } } } },
  ],
  "platform.services.keycloak.schema": [{}, { "platform.services.keycloak.schema": "realms" }],
  "platform.services.openbao (switched off)": [{ "platform.services.openbao": true }, { "platform.services.openbao": false }],
  "platform.tenants": [{}, { "platform.tenants": { shop: { quota: "medium" } } }],
  "platform.tenants (taken out of the file)": [{ "platform.tenants": { shop: {}, bank: {} } }, { "platform.tenants": { bank: {} } }],
  "platform.extra": [{ "platform.tenants": { shop: {} } }, { "platform.tenants": { shop: {} }, "platform.extra": { manifests: [claim] } }],
  "platform.extra (a release or a volume claim that goes)": [
    { "platform.tenants": { shop: {} }, "platform.extra": { manifests: [claim] } },
    { "platform.extra": {} },
  ],
  "platform.services.mariadb (switched off)": [
    {},
    { "platform.services.mariadb": false, "platform.services.keycloak": false, "platform.services.portal": false },
  ],
  ...Object.fromEntries(
    ["harbor", "chartmuseum", "nats", "postgresql", "sourceControl", "monitoring", "logging", "kubeflow"].map(
      (name): [string, [Values, Values]] => {
        const field = `platform.services.${name}`;
        return [`${field} (switched off)`, [{ [field]: true }, { [field]: false }]];
      },
    ),
  ),
  "platform.services.pipeline (switched off)": [
    { "platform.services.harbor": true, "platform.services.postgresql": true, "platform.services.pipeline": true },
    { "platform.services.harbor": true, "platform.services.postgresql": true, "platform.services.pipeline": false },
  ],
  "platform.services.KEY.size (where the class cannot change it)": [{}, { "platform.services.mariadb.size": 20 }],
};
