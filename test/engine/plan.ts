import type { EnvironmentPlan } from "../../model/plan/types";

/** A plan of nothing, for tests that only need one to be there. */
export function emptyPlan(environment: string): EnvironmentPlan {
  return {
    environment,
    release: "1.7.0",
    profile: "minimal",
    provider: "openstack",
    cloud: { provider: "openstack", place: {}, firstBoot: {} },
    layers: "one",
    labels: {},
    zones: [],
    counted: [],
    protectData: false,
    retain: [],
    machines: [],
    network: {
      cidr: "10.20.0.0/16",
      subnets: [{ name: "node", cidr: "10.20.0.0/16", gateway: "10.20.0.1", cloudRange: { first: "10.20.255.1", last: "10.20.255.254" } }],
      dns: [],
      floating: {},
      podCidr: "10.233.64.0/18",
      serviceCidr: "10.233.0.0/18",
    },
    access: { adminCidrs: [], ingressCidrs: [], bastion: false, api: "direct", ssh: { user: "ubuntu" } },
    flows: [],
    apiEndpoint: { kind: "node", address: "10.20.0.10", port: 6443 },
    cluster: {
      ...{ name: environment, kubespray: "v2.29.0", kubernetes: "1.33.5", nodes: {}, controlPlane: [], etcd: [], variables: {} },
      ...{ apiEndpoint: { host: "10.20.0.10", port: 6443 }, onDelete: "forget" },
    },
    inventory: { _meta: { hostvars: {} } },
    platform: {
      domain: "example.org",
      tls: { kind: "selfSigned" },
      storage: { kind: "existing", className: "standard" },
      storageClass: "standard",
      loadBalancer: { kind: "cloud" },
      ingress: { kind: "nginx", className: "nginx", address: "10.20.0.200" },
    },
    services: [],
    images: [],
    files: [],
    bom: [],
  };
}
