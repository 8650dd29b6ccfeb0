import type { Flow } from "../../model/plan/infrastructure-types";
import { defineCloud } from "../define-cloud";
import { checkAddressPairs } from "./address-pairs";
import { bill } from "./bill";
import { checkGroups, checkLabels, checkRouter, checkVolumeZones, checkWayOut } from "./checks";
import { credentials } from "./credentials";
import { OPENSTACK } from "./dialect";
import { inCluster } from "./in-cluster";
import { checkNames, plannedNames } from "./names-in-dns";
import { firstBoot, neutralNames, openstackOptions, resolveOptions } from "./options";
import { permissions } from "./permissions";
import { hasController, type OpenStackOptions } from "./plan";
import { preview } from "./preview";
import { state } from "./state";

export const openstack = defineCloud({
  name: "openstack",
  title: "OpenStack",
  sdk: "@pulumi/openstack",
  options: openstackOptions,
  resolve: (given) => resolveOptions(given, "public"),
  defaults: {
    image: "ubuntu-22.04",
    sshUser: "ubuntu",
    sizes: { controlPlane: "m1.large", worker: "m1.xlarge", bastion: "m1.small", nfs: "m1.medium" },
    apiEndpoint: "loadBalancer",
    onDelete: "forget",
  },
  can: { machines: true, balancers: true, floatingAddresses: true, zones: true, spread: true, virtualAddresses: true },
  // Every OpenStack names its flavors and images itself: nothing stands for anything unless the file says so.
  neutral: (options) => neutralNames(options),
  inCluster,
  enforces: () => true,
  subnets: "one",
  reserved: () => [],
  flows: (machines, network): Flow[] => [
    { from: machines, to: "cidr:169.254.169.254/32", protocol: "tcp", ports: [80], reason: "the cloud's metadata" },
    { from: machines, to: `cidr:${network}`, protocol: "udp", ports: [67], reason: "DHCP" },
  ],
  check(environment, findings) {
    checkLabels(environment, OPENSTACK, findings);
    checkGroups(environment, OPENSTACK, findings);
    checkRouter(environment, findings);
    checkVolumeZones(environment, findings);
    checkWayOut(environment, findings);
  },
  checkPlan(plan, findings) {
    checkAddressPairs(plan, findings);
    checkNames(plan, findings);
  },
  // Designate's names end in a dot.
  names: (plan, options: OpenStackOptions) => plannedNames(plan, options).map(({ name }) => name.slice(0, -1)),
  place: ({ externalNetwork, loadBalancerProvider, router }: OpenStackOptions, { apiEndpoint, platform }) => ({
    // What was recorded before there were routers to name names none: it has to stay comparable.
    externalNetwork: router === undefined ? externalNetwork : `${externalNetwork}, by the router ${router}`,
    ...(apiEndpoint.kind === "loadBalancer" || hasController({ platform }) ? { loadBalancerProvider } : {}),
  }),
  firstBoot,
  changes: {
    refused: ["externalNetwork", "router", ["loadBalancerProvider", "where there is a balancer"]],
    built: ["bootVolumeGiB", "bootVolumeType", "serverGroups", "images"],
    applied: ["allowedAddresses", "dns", "applicationCredential", "volumesInZones"],
    follows: ["sizes"],
  },
  credentials,
  permissions,
  bill,
  template: `  # credentials: { vault: secret/OPENSTACK/1 }    # default: clouds.yaml or the OS_* environment variables
  # openstack: { externalNetwork: public, loadBalancerProvider: amphora, bootVolumeGiB: 40 }
`,
  state,
  preview,
  mocks: () => (require("./mocks") as typeof import("./mocks")).mocks,
  infrastructure: () => (require("./infrastructure") as typeof import("./infrastructure")).OpenStackInfrastructure,
});
