import type { Flow } from "../../model/plan/infrastructure-types";
import { defineCloud } from "../define-cloud";
import { bill } from "./bill";
import { checkGcp, checkGcpPlan } from "./checks";
import { credentials } from "./credentials";
import { inCluster } from "./in-cluster";
import { neutralNames } from "./neutral";
import { permissions } from "./permissions";
import { type GcpOptions, gcpOptions, PROBES } from "./plan";
import { preview } from "./preview";
import { state } from "./state";
import { takes } from "./takes";

/** What Google's Identity-Aware Proxy dials from. */
const IAP = "35.235.240.0/20";

export const gcp = defineCloud({
  name: "gcp",
  title: "GCP",
  sdk: "@pulumi/gcp",
  options: (z, { pinned, positive, text }) => ({
    project: z
      .string()
      .regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, "must be the id of a project: 6 to 30 small letters, digits and hyphens")
      .optional()
      .meta({ description: "the id of the project that everything is made in; required" }),
    nat: z.boolean().optional().meta({
      description: "whether a router and Cloud NAT are made, by which machines without an address outside get out",
      byDefault: "`true`; `false` in a network that is there already, whose own NAT is looked for before anything is made",
    }),
    bootVolumeGiB: positive.optional().meta({ description: "the size of each machine's boot disk in GiB", byDefault: "`40`" }),
    bootVolumeType: z
      .enum(["pd-balanced", "pd-ssd", "pd-standard", "hyperdisk-balanced"])
      .optional()
      .meta({ description: "its type", byDefault: "`pd-balanced`" }),
    iap: z
      .boolean()
      .optional()
      .meta({
        description: `whether Google's Identity-Aware Proxy (${IAP}) may lead SSH to all machines, for people who use \`gcloud compute ssh --tunnel-through-iap\``,
        byDefault: "`false`",
      }),
    controllers: z.boolean().optional().meta({
      description:
        "whether control planes may do what the driver of persistent disks does, by two roles of the project's; what the cloud's controller does, they may where that runs",
      byDefault: "`true` with `platform.storage` of kind `cloud`, else `false`",
    }),
    images: z.record(z.string(), pinned).optional().meta({
      description: "what names of images stand for, before the table's: PROJECT/NAME, or PROJECT/family/FAMILY",
      byDefault: "the table in docs/gcp.md",
    }),
    sizes: z.record(z.string(), text).optional().meta({
      description: "what names of sizes stand for, before the table's: a machine type",
      byDefault: "the table in docs/gcp.md",
    }),
  }),
  resolve: ({
    project = "",
    bootVolumeGiB = 40,
    bootVolumeType = "pd-balanced",
    iap = false,
    ...rest
  }: Partial<GcpOptions>): GcpOptions => ({ ...{ project, bootVolumeGiB, bootVolumeType, iap }, ...rest }),
  neutral: neutralNames,
  defaults: {
    image: "ubuntu-22.04",
    sshUser: "ubuntu",
    sizes: { controlPlane: "large", worker: "xlarge", bastion: "small", nfs: "medium" },
    apiEndpoint: "loadBalancer",
    onDelete: "forget",
  },
  // Machines are kept apart by zones; a placement policy would be one for each group, and fail where the zone has no room for it.
  can: { machines: true, balancers: true, floatingAddresses: true, zones: true, spread: false, virtualAddresses: false },
  inCluster,
  takes,
  enforces: () => true,
  // A subnet of GCP's spans the region's zones.
  subnets: "one",
  // The first two and the last two: beside those that no host has, the router's and one that Google keeps.
  reserved: ({ first, last }) => [first + 1, last - 1],
  passing: PROBES,
  metadataResolves: true,
  // The metadata server, which is resolver, clock and DHCP too, is never closed to the machines themselves.
  flows: (machines, _network, options): Flow[] =>
    gcpOptions(options).iap
      ? [{ from: `cidr:${IAP}`, to: machines, protocol: "tcp", ports: [22], reason: "SSH through Google's Identity-Aware Proxy" }]
      : [],
  check: checkGcp,
  checkPlan: checkGcpPlan,
  place: (options) => ({ project: gcpOptions(options).project }),
  firstBoot: (options) => {
    const { bootVolumeGiB, bootVolumeType } = gcpOptions(options);
    return { bootVolumeGiB, bootVolumeType };
  },
  changes: {
    refused: ["project"],
    built: ["bootVolumeGiB", "bootVolumeType", "images"],
    applied: ["nat", "iap", "controllers"],
    follows: ["sizes"],
  },
  credentials,
  permissions,
  bill,
  template: `  region: asia-northeast3
  zones: [asia-northeast3-a, asia-northeast3-b, asia-northeast3-c]    # one suffices where its loss may stop everything
  gcp: { project: your-project-id }      # the project that everything is made in
  # credentials: { vault: secret/GCP/1 } # default: Google's own ways: GOOGLE_* variables, gcloud's login, the machine's account
`,
  state,
  preview,
  mocks: () => (require("./mocks") as typeof import("./mocks")).mocks,
  infrastructure: () => (require("./infrastructure") as typeof import("./infrastructure")).GcpInfrastructure,
});
