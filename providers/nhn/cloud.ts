import { defineCloud } from "../define-cloud";
import { checkAddressPairs } from "../openstack/address-pairs";
import { openstack } from "../openstack/cloud";
import { commonOptions, firstBoot, neutralNames, resolveOptions } from "../openstack/options";
import type { OpenStackOptions } from "../openstack/plan";
import { preview } from "../openstack/preview";
import { bill } from "./bill";
import { checkNhn } from "./checks";
import { credentials } from "./credentials";
import { nhnLimits, SIZES } from "./names";
import { state } from "./state";

const PUBLIC = "Public Network";

/** NHN Cloud: OpenStack's API with ways of its own, which `dialect.ts` and `checks.ts` say. */
export const nhn = defineCloud({
  name: "nhn",
  title: "NHN Cloud",
  sdk: openstack.sdk,
  options: (z, kinds) =>
    commonOptions(z, kinds, { what: "the pool that floating addresses come from", byDefault: PUBLIC }, "the table in docs/nhn.md"),
  resolve: (given) => resolveOptions(given, PUBLIC),
  defaults: {
    // Never taken: the file has to name one (`checks.ts`).
    image: "Ubuntu Server 22.04 LTS",
    sshUser: "ubuntu",
    sizes: { controlPlane: SIZES.large, worker: SIZES.xlarge, bastion: SIZES.small, nfs: SIZES.medium },
    apiEndpoint: "node",
    onDelete: "forget",
  },
  can: { machines: true, balancers: false, floatingAddresses: true, zones: true, spread: true, virtualAddresses: true },
  cannot: {
    balancers: {
      reason:
        "has its balancers at neutron's lbaas API, under the endpoint of its network, and the OpenStack provider asks for an endpoint of Octavia's, which its catalogue has not",
      remedy: "use node, or virtualIp",
    },
    controller: {
      reason:
        "has its balancers at neutron's lbaas API, which the controller for OpenStack's does not know, and no login that may make balancers and leave machines alone: K-PaaS's own controller keeps its user's password in the cluster, and opens every Service to the world",
      remedy: "use metallb (docs/nhn.md says more)",
    },
    volumes: {
      reason:
        "has volumes of cinder's version 2, where the driver for OpenStack's asks for version 3, and no login that may make volumes and leave machines alone",
      remedy: "use nfs or existing",
    },
  },
  neutral: (options) => neutralNames(options, SIZES),
  takes: { boot: { option: "bootVolumeGiB", GiB: [nhnLimits.bootVolumeGiB.least, nhnLimits.bootVolumeGiB.most] } },
  enforces: () => true,
  subnets: "one",
  // DHCP, and what the internet gateway translates by.
  reserved: ({ first }) => [first + 2, first + 3],
  flows: openstack.flows,
  check: checkNhn,
  checkPlan: checkAddressPairs,
  place: ({ externalNetwork }: OpenStackOptions) => ({ externalNetwork }),
  firstBoot,
  changes: {
    refused: ["externalNetwork"],
    built: ["bootVolumeGiB", "bootVolumeType", "serverGroups", "images"],
    applied: ["allowedAddresses"],
    follows: ["sizes"],
  },
  credentials,
  // Of its roles the least that may make security groups; the others may make machines as well (`facts.ts`).
  permissions: () => ({ project: { Infrastructure: ["Security Group ADMIN"] } }),
  bill,
  template: `  # credentials: { vault: secret/NHN/1 }           # default: OS_AUTH_URL, OS_USERNAME, OS_PASSWORD (the API password), OS_TENANT_ID
  region: KR1
  zones: [kr-pub-a, kr-pub-b]
  image: "Ubuntu Server 22.04.5 LTS (2025.07.15)"  # as the console shows it: the name changes with each release
  network:
    cidr: 192.168.0.0/24                           # of the subnet below, whose routing table has an internet gateway
    existing: { network: Default Network, subnets: { node: Default Network } }
  # nhn: { bootVolumeGiB: 40, bootVolumeType: General SSD }
`,
  state,
  preview,
  mocks: () => (require("../openstack/mocks") as typeof import("../openstack/mocks")).mocks,
  infrastructure: () => (require("./infrastructure") as typeof import("./infrastructure")).NhnInfrastructure,
});
