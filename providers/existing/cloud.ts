import type { Host } from "../../model/hosts";
import { defineCloud } from "../define-cloud";
import { bill } from "./bill";
import { checkHosts } from "./checks";
import { type ExistingOptions, existingOptions } from "./options";

/** What `infrastructure.existing` calls itself in problems. */
const FIELD = "infrastructure.existing";

/** Machines that are there: bare metal, or of any cloud, as long as SSH leads to them. */
export const existing = defineCloud({
  name: "existing",
  title: "provider existing",
  options: (z, { address, hostLabel, label, text, device, userName }) => ({
    hosts: z
      .record(
        hostLabel("a host's key", 40),
        z.strictObject({
          address: address.meta({ description: "the address that its peers use" }),
          accessAddress: address.optional().meta({ description: "the one that SSH reaches it at from here", byDefault: "`address`" }),
          zone: text.optional().meta({ description: "the room, rack or zone it stands in: a label of its node" }),
          user: userName.optional().meta({ description: "who logs in and may become root", byDefault: "`access.ssh.user`" }),
          port: z.int().min(1).max(65535).optional().meta({ description: "the port of its SSH", byDefault: "`22`" }),
          volumes: z
            .array(
              z.strictObject({
                name: label("a volume's name", 20).meta({ description: "unique within the host" }),
                device: device.meta({ description: "the disk, by a path that stays: `/dev/disk/by-id/…` or `/dev/disk/by-path/…`" }),
              }),
            )
            .max(24)
            .optional()
            .meta({ description: "disks that are the platform's: nothing is written on them that is not asked for" }),
        }),
      )
      .optional()
      .meta({ description: "the hosts by key: node maps name them, and so are their nodes called" }),
    bastion: hostLabel("a host's key", 40)
      .optional()
      .meta({ description: "the key of the host that SSH goes through to all others; it may be a node too", byDefault: "none" }),
    nfs: hostLabel("a host's key", 40)
      .optional()
      .meta({ description: "the key of the host that serves `platform.storage`; it may be a node too", byDefault: "none" }),
    firewall: z.enum(["nftables", "none"]).optional().meta({
      description: "what keeps out on the hosts what the plan does not allow: a table of our own, or nothing",
      byDefault: "`none`",
    }),
  }),
  resolve: ({ hosts = {}, firewall = "none", ...rest }: Partial<ExistingOptions>) => ({ hosts, firewall, ...rest }),
  hosts: (options) => {
    const { hosts, bastion, nfs } = existingOptions(options);
    return {
      field: FIELD,
      hosts: hosts as Readonly<Record<string, Host>>,
      ...(bastion === undefined ? {} : { bastion }),
      ...(nfs === undefined ? {} : { nfs }),
    };
  },
  enforces: (options) => existingOptions(options).firewall === "nftables" && "hosts",
  defaults: {
    image: "",
    sshUser: "ubuntu",
    sizes: { controlPlane: "", worker: "", bastion: "", nfs: "" },
    apiEndpoint: "node",
    onDelete: "reset",
  },
  can: { machines: false, balancers: false, floatingAddresses: false, zones: true, spread: false, virtualAddresses: true },
  subnets: "given",
  reserved: () => [],
  flows: () => [],
  check: checkHosts,
  checkPlan: () => undefined,
  place: () => ({}),
  firstBoot: () => ({}),
  changes: {
    refused: [["hosts.KEY.address", "of a host in use"], "nfs"],
    applied: ["hosts", "bastion", "firewall"],
    built: [],
  },
  bill,
  template: "",
  infrastructure: () => (require("./infrastructure") as typeof import("./infrastructure")).ExistingInfrastructure,
});
