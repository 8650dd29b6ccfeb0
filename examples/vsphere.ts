// Machines on vSphere: clones of a template that are told their address, kept apart by rules, in a port group that is there.
import { Environment } from "kpaas";

const seoul = new Environment("seoul", {
  infrastructure: {
    provider: "vsphere",
    network: { cidr: "10.30.0.0/24", dns: ["10.30.0.2"], reserved: ["10.30.0.1-10.30.0.20"] },
    vsphere: { server: "vcenter.example.org", datacenter: "Seoul", network: "kpaas-nodes", template: "ubuntu-22.04-gold" },
  },
  cluster: { controlPlane: { nodes: 3 }, apiEndpoint: { kind: "virtualIp" } },
  lock: "seoul.lock.yaml",
});

export const kubeconfig = seoul.cluster.kubeconfig;
