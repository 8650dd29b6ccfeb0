// NHN Cloud: the network is there, made in its console; machines, volumes and addresses are made by OpenStack's resources.
import { Environment } from "kpaas";

const pangyo = new Environment("pangyo", {
  infrastructure: {
    provider: "nhn",
    region: "KR1",
    zones: ["kr-pub-a", "kr-pub-b"],
    image: "Ubuntu Server 22.04.5 LTS (2025.07.15)",
    network: { cidr: "192.168.0.0/24", existing: { network: "Default Network", subnets: { node: "Default Network" } } },
    access: { adminCidrs: ["203.0.113.0/24"], ingressCidrs: ["0.0.0.0/0"] },
    nhn: { bootVolumeType: "General SSD" },
  },
  platform: { domain: "pangyo.example.org" },
  lock: "pangyo.lock.yaml",
});

export const { dnsRecords } = pangyo.outputs;
export const kubeconfig = pangyo.cluster.kubeconfig;
