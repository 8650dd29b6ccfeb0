// Three control planes behind a load balancer in three zones, a private API reached through a bastion, and typed access to two services.
import { Environment } from "kpaas";

const seoul = new Environment(
  "seoul",
  {
    profile: "highAvailability",
    labels: { team: "platform" },
    infrastructure: {
      provider: "openstack",
      zones: ["az-1", "az-2", "az-3"],
      access: { bastion: true, api: "bastion", adminCidrs: ["203.0.113.0/24"], ingressCidrs: ["0.0.0.0/0"] },
    },
    cluster: { pools: { general: { nodes: 3, volumes: [{ name: "scratch", sizeGiB: 100 }] } } },
    platform: { domain: "seoul.example.org", services: { keycloak: true, portal: true } },
    lock: "seoul.lock.yaml",
  },
  // Data volumes only: machines can still leave.
  { protect: true },
);

export const portal = seoul.platform.services.portal.url;
export const login = seoul.platform.services.keycloak.credentials;
export const { dnsRecords } = seoul.outputs;
