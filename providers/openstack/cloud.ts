import type { Flow } from "../../model/plan/types";
import { defineCloud } from "../define-cloud";
import { checkAddressPairs } from "./address-pairs";
import { checkLabels } from "./checks";
import { credentials } from "./credentials";
import type { OpenStackOptions } from "./plan";
import { preview } from "./preview";
import { state } from "./state";

const BY_NAME_OR_ID = "by name or id";

export const openstack = defineCloud({
  name: "openstack",
  title: "OpenStack",
  sdk: "@pulumi/openstack",
  options: (z, { positive, text }) => ({
    externalNetwork: text.optional().meta({
      description: `the network that floating addresses and the router's way out are in, ${BY_NAME_OR_ID}`,
      byDefault: "`public`",
    }),
    loadBalancerProvider: z
      .enum(["amphora", "ovn"])
      .optional()
      .meta({ description: "what Octavia makes balancers of", byDefault: "`amphora`" }),
    bootVolumeGiB: positive.optional().meta({ description: "the size of each machine's boot volume in GiB", byDefault: "`40`" }),
    bootVolumeType: text.optional().meta({ description: `its volume type, ${BY_NAME_OR_ID}`, byDefault: "the cloud's" }),
    allowedAddresses: z.array(text).optional().meta({
      description:
        "addresses and networks of your own that the cluster's nodes may send from besides what the plan gives them (allowed address pairs): what is put on ports by hand is taken off again",
    }),
  }),
  resolve: ({
    externalNetwork = "public",
    loadBalancerProvider = "amphora",
    bootVolumeGiB = 40,
    bootVolumeType,
    allowedAddresses,
  }: Partial<OpenStackOptions>) => ({
    ...{ externalNetwork, loadBalancerProvider, bootVolumeGiB },
    ...(bootVolumeType === undefined ? {} : { bootVolumeType }),
    ...(allowedAddresses === undefined ? {} : { allowedAddresses }),
  }),
  defaults: {
    image: "ubuntu-22.04",
    sshUser: "ubuntu",
    sizes: { controlPlane: "m1.large", worker: "m1.xlarge", bastion: "m1.small", nfs: "m1.medium" },
    apiEndpoint: "loadBalancer",
    onDelete: "forget",
  },
  can: { machines: true, balancers: true, floatingAddresses: true, zones: true, spread: true, virtualAddresses: true },
  enforces: () => true,
  subnets: "one",
  reserved: () => [],
  flows: (machines, network): Flow[] => [
    { from: machines, to: "cidr:169.254.169.254/32", protocol: "tcp", ports: [80], reason: "the cloud's metadata" },
    { from: machines, to: `cidr:${network}`, protocol: "udp", ports: [67], reason: "DHCP" },
  ],
  check: checkLabels,
  checkPlan: checkAddressPairs,
  place: ({ externalNetwork, loadBalancerProvider }: OpenStackOptions, { apiEndpoint }) => ({
    externalNetwork,
    ...(apiEndpoint.kind === "loadBalancer" ? { loadBalancerProvider } : {}),
  }),
  firstBoot: ({ bootVolumeGiB, bootVolumeType }: OpenStackOptions) => ({
    bootVolumeGiB,
    ...(bootVolumeType === undefined ? {} : { bootVolumeType }),
  }),
  changes: {
    refused: ["externalNetwork", ["loadBalancerProvider", "where there is a balancer"]],
    built: ["bootVolumeGiB", "bootVolumeType"],
    applied: ["allowedAddresses"],
  },
  credentials,
  template: `  # credentials: { vault: secret/OPENSTACK/1 }    # default: clouds.yaml or the OS_* environment variables
  # openstack: { externalNetwork: public, loadBalancerProvider: amphora, bootVolumeGiB: 40 }
`,
  state,
  preview,
  mocks: () => (require("./mocks") as typeof import("./mocks")).mocks,
  infrastructure: () => (require("./infrastructure") as typeof import("./infrastructure")).OpenStackInfrastructure,
});
