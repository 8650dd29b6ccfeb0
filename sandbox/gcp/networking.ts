import { overlaps, parseCidr } from "../../model/ipv4";
import { UNKNOWN } from "../../plugin/rpc/provider";
import { gcpLimits } from "../../providers/gcp/names";
import { ApiError } from "../cloud/cloud";
import { maps, text, texts } from "../values";
import { holderOf, takeOutside } from "./addresses";
import { idOf, inUse, labelled, linked, made, placed, type Types, typeOf } from "./names";

const LABELS = ["effectiveLabels", "pulumiLabels", "labelFingerprint"];

/** Networks, subnets, ways out, addresses, and the firewall. */
export const NETWORKING: Types = {
  ...typeOf("gcp:compute/network:Network", {
    kind: "network",
    defaults: { autoCreateSubnetworks: true, deleteDefaultRoutesOnCreate: false },
    unread: ["deleteDefaultRoutesOnCreate", "deletionPolicy"],
    oneOf: { routingMode: ["REGIONAL", "GLOBAL"] },
    outputs: ["gatewayIpv4", "networkId", "numericId", "selfLink"],
    references: {},
    create(cloud, inputs) {
      cloud.charge("networks", 1, cloud.store.list("network").length);
      return made(cloud, "network", { routingMode: "REGIONAL", mtu: 1460, ...inputs }, placed(inputs, "global", "networks"));
    },
    remove(cloud, { id }) {
      for (const kind of ["subnetwork", "router", "firewall", "instanceGroup", "backendService"])
        for (const each of cloud.store.list(kind)) if (idOf(text(each, "network")) === id) throw inUse(id, each.id);
      const policy = cloud.store.list("policy").find((each) => maps(each, "networks").some((one) => idOf(text(one, "networkUrl")) === id));
      if (policy !== undefined) throw inUse(id, policy.id);
    },
  }),

  ...typeOf("gcp:compute/subnetwork:Subnetwork", {
    kind: "subnetwork",
    outputs: [
      "creationTimestamp",
      "fingerprint",
      "gatewayAddress",
      "ipv6CidrRange",
      "ipv6GceEndpoint",
      "selfLink",
      "state",
      "subnetworkId",
    ],
    references: { network: "network" },
    unread: ["deletionPolicy", "sendSecondaryIpRangeIfEmpty"],
    // It grows in place, and does nothing else.
    replacedBy(before, after) {
      const [old, now] = [parseCidr(text(before, "ipCidrRange")), parseCidr(text(after, "ipCidrRange"))];
      return old && now && !(now.first <= old.first && now.last >= old.last) ? ["ipCidrRange"] : [];
    },
    check({ ipCidrRange }) {
      if (ipCidrRange === undefined || ipCidrRange === UNKNOWN) return [];
      const block = parseCidr(String(ipCidrRange));
      const { shortest, longest } = gcpLimits.prefix;
      return block === undefined || block.prefix < shortest || block.prefix > longest
        ? [{ property: "ipCidrRange", reason: `${String(ipCidrRange)} is no network of a prefix from /${shortest} to /${longest}` }]
        : [];
    },
    create(cloud, inputs) {
      const block = parseCidr(text(inputs, "ipCidrRange"));
      const other = cloud.store.list("subnetwork").find((each) => {
        const theirs = parseCidr(text(each, "ipCidrRange"));
        return each.network === inputs.network && block && theirs && overlaps(block, theirs);
      });
      if (other !== undefined)
        throw new ApiError(
          "Error 400",
          `Invalid IPCidrRange: ${text(inputs, "ipCidrRange")} conflicts with existing subnetwork '${text(other, "name")}'., invalid`,
        );
      return made(
        cloud,
        "subnetwork",
        { purpose: "PRIVATE", stackType: "IPV4_ONLY", privateIpGoogleAccess: false, ...inputs, state: "READY" },
        placed(inputs, "regions", "subnetworks"),
      );
    },
    remove(cloud, { id }) {
      const used = [
        ...cloud.store
          .list("instance")
          .filter((each) => maps(each, "networkInterfaces").some((nic) => idOf(text(nic, "subnetwork")) === id)),
        ...cloud.store.list("loadBalancer").filter((each) => idOf(text(each, "subnetwork")) === id),
      ];
      if (used[0] !== undefined) throw inUse(id, used[0].id);
    },
  }),

  ...typeOf("gcp:compute/router:Router", {
    kind: "router",
    outputs: ["creationTimestamp", "selfLink"],
    references: { network: "network" },
    unread: ["deletionPolicy"],
    create: (cloud, inputs) => made(cloud, "router", inputs, placed(inputs, "regions", "routers")),
    remove(cloud, { id, name, region }) {
      // A NAT is a part of its router; the provider deletes it first.
      const nat = cloud.store.list("nat").find((each) => each.router === name && each.region === region);
      if (nat !== undefined) throw inUse(id, nat.id);
    },
  }),

  ...typeOf("gcp:compute/routerNat:RouterNat", {
    kind: "nat",
    defaults: {
      icmpIdleTimeoutSec: 30,
      tcpEstablishedIdleTimeoutSec: 1200,
      tcpTimeWaitTimeoutSec: 120,
      tcpTransitoryIdleTimeoutSec: 30,
      udpIdleTimeoutSec: 30,
      type: "PUBLIC",
    },
    oneOf: {
      natIpAllocateOption: ["AUTO_ONLY", "MANUAL_ONLY"],
      sourceSubnetworkIpRangesToNat: ["ALL_SUBNETWORKS_ALL_IP_RANGES", "ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES", "LIST_OF_SUBNETWORKS"],
      type: ["PUBLIC", "PRIVATE"],
    },
    sets: ["subnetworks"],
    unread: ["deletionPolicy", "initialNatIps"],
    outputs: [],
    references: { "subnetworks.name": "subnetwork" },
    create(cloud, inputs) {
      const [project, region, router, name] = ["project", "region", "router", "name"].map((key) => text(inputs, key));
      linked(cloud, "router", `projects/${project}/regions/${region}/routers/${router}`);
      const subnets = maps(inputs, "subnetworks").map((each) => text(each, "name"));
      if (inputs.sourceSubnetworkIpRangesToNat === "LIST_OF_SUBNETWORKS" && subnets.length === 0)
        throw new ApiError(
          "Error 400",
          "Invalid value for field 'resource.nats[0].subnetworks': at least one subnetwork must be given., invalid",
        );
      const other = cloud.store.list("nat").find((each) => maps(each, "subnetworks").some((one) => subnets.includes(text(one, "name"))));
      if (other !== undefined)
        throw new ApiError("Error 400", `Subnetwork ${subnets[0]} is already NATed by '${text(other, "name")}'., invalid`);
      return made(cloud, "nat", inputs, { id: `${project}/${region}/${router}/${name}` });
    },
  }),

  ...typeOf("gcp:dns/policy:Policy", {
    kind: "policy",
    defaults: { description: "Managed by Pulumi" },
    sets: ["networks"],
    unread: ["deletionPolicy"],
    outputs: [],
    references: {},
    create(cloud, inputs) {
      const networks = maps(inputs, "networks").map((each) => idOf(text(each, "networkUrl")));
      for (const id of networks) cloud.find("network", id);
      const other = cloud.store
        .list("policy")
        .find((each) => maps(each, "networks").some((one) => networks.includes(idOf(text(one, "networkUrl")))));
      if (other !== undefined) throw new ApiError("Error 400", `network is already bound to the policy '${text(other, "name")}', invalid`);
      return made(cloud, "policy", inputs, { id: `projects/${text(inputs, "project")}/policies/${text(inputs, "name")}` });
    },
  }),

  ...typeOf("gcp:compute/firewall:Firewall", {
    kind: "firewall",
    defaults: { priority: 1000 },
    oneOf: { direction: ["INGRESS", "EGRESS"] },
    sets: ["sourceServiceAccounts", "targetServiceAccounts", "sourceRanges", "destinationRanges", "allows", "denies"],
    unread: ["deletionPolicy"],
    outputs: ["creationTimestamp", "selfLink"],
    references: { network: "network" },
    create(cloud, inputs) {
      cloud.charge("firewalls", 1, cloud.store.list("firewall").length);
      for (const side of ["sourceServiceAccounts", "targetServiceAccounts"])
        for (const email of texts(inputs, side))
          if (!cloud.store.list("account").some((each) => each.email === email))
            throw new ApiError(
              "Error 400",
              `Invalid value for field 'resource.${side}': '${email}'. The service account does not exist., invalid`,
            );
      return made(cloud, "firewall", { direction: "INGRESS", ...inputs }, placed(inputs, "global", "firewalls"));
    },
  }),

  ...typeOf("gcp:compute/address:Address", {
    kind: "address",
    defaults: { addressType: "EXTERNAL", description: "" },
    oneOf: { addressType: ["EXTERNAL", "INTERNAL"], networkTier: ["PREMIUM", "STANDARD"] },
    unread: ["deletionPolicy"],
    outputs: ["addressId", "creationTimestamp", "selfLink", "users", ...LABELS],
    secrets: ["effectiveLabels", "pulumiLabels"],
    references: { subnetwork: "subnetwork" },
    create(cloud, inputs) {
      if (inputs.addressType === "INTERNAL") throw new Error("the simulated GCP reserves no addresses inside networks");
      cloud.charge("addresses", 1, cloud.store.list("address").length + cloud.existing("addresses").length);
      const address = takeOutside(cloud);
      return made(cloud, "address", { networkTier: "PREMIUM", ...inputs, address, users: [] }, placed(inputs, "regions", "addresses"));
    },
    update: (_cloud, object, inputs) => ({ ...object, ...inputs, ...labelled(inputs), id: object.id }),
    remove(cloud, { id, address }) {
      const user = holderOf(cloud, String(address));
      if (user !== undefined) throw inUse(id, user.id);
    },
  }),
};
