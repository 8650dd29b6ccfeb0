import type { Properties } from "../../plugin/rpc/provider";
import { maps, text } from "../values";
import { holderOf } from "./addresses";
import { imagesIn } from "./images";
import { type Gcp, idOf, linkOf, placed, type Quota } from "./names";
import { processorsOf } from "./types";

type Lookup = (cloud: Gcp, args: Properties) => Properties;

function missing(what: string): never {
  throw new Error(`googleapi: Error 404: The resource '${what}' was not found, notFound`);
}

/** What a filter compares with, as in `name = "x"`. */
const compared = (args: Properties): string => /"(.*)"/.exec(text(args, "filter"))?.[1] ?? "";

/** Addresses outside: those of world.json, by which they are called, and those that were reserved here. */
function addressesIn(cloud: Gcp): Properties[] {
  const beforehand = cloud.existing("addresses").map((address): Properties => ({ address, name: address, addressType: "EXTERNAL" }));
  return [...beforehand, ...cloud.store.list("address")].map(({ address, name, addressType, networkTier = "PREMIUM" }) => {
    const status = holderOf(cloud, String(address)) ? "IN_USE" : "RESERVED";
    return { address, name, addressType, networkTier, status };
  });
}

/** The quotas that are set in world.json, by the ids of Google's. */
const LIMITS: Readonly<Record<string, Quota>> = {
  "CPUS-ALL-REGIONS-per-project": "processors",
  "CPUS-per-project-region": "e2",
  "N2-CPUS-per-project-region": "n2",
  "N2D-CPUS-per-project-region": "n2d",
  "T2D-CPUS-per-project-region": "t2d",
  "C2D-CPUS-per-project-region": "c2d",
  "C3-CPUS-per-project-region": "c3",
  "SSD-TOTAL-GB-per-project-region": "ssd",
  "DISKS-TOTAL-GB-per-project-region": "standard",
  "HDB-TOTAL-GB-per-project-region": "hyperdisk",
  "STATIC-ADDRESSES-per-project-region": "addresses",
  "NETWORKS-per-project": "networks",
  "FIREWALLS-per-project": "firewalls",
};

/** The lookups that infrastructures call. */
export const LOOKUPS: Readonly<Record<string, Lookup>> = {
  "gcp:compute/getImage:getImage": (cloud, args) => {
    const [project, name, family] = ["project", "name", "family"].map((key) => text(args, key));
    const found = imagesIn(cloud).find((each) => each.project === project && (family ? each.family === family : each.name === name));
    if (found === undefined) return missing(`projects/${project}/global/images/${family ? `family/${family}` : name}`);
    return { ...found, selfLink: linkOf(found.id), status: "READY" };
  },
  "gcp:compute/getZones:getZones": (cloud, args) => ({ id: cloud.region, names: cloud.existing("zones"), region: text(args, "region") }),
  "gcp:compute/getMachineTypes:getMachineTypes": (cloud, args) => {
    const [wanted, zone] = [compared(args), text(args, "zone")];
    const there = cloud
      .existing("machineTypes")
      .filter((each) => each === wanted || (each.startsWith(`${wanted} in `) && each.split(" ").includes(zone)));
    return { id: zone, zone, machineTypes: there.map(() => ({ name: wanted, guestCpus: processorsOf(wanted) })) };
  },
  "gcp:compute/getNetwork:getNetwork": (cloud, args) => {
    const id = `projects/${text(args, "project")}/global/networks/${text(args, "name")}`;
    return cloud.has("network", id) ? { ...cloud.find("network", id), id } : missing(id);
  },
  "gcp:compute/getSubnetwork:getSubnetwork": (cloud, args) => {
    const id = `projects/${text(args, "project")}/regions/${text(args, "region")}/subnetworks/${text(args, "name")}`;
    return cloud.has("subnetwork", id) ? { ...cloud.find("subnetwork", id), id } : missing(id);
  },
  "gcp:compute/getAddresses:getAddresses": (cloud, args) => {
    const wanted = compared(args);
    return { id: cloud.region, addresses: addressesIn(cloud).filter(({ address }) => wanted === "" || address === wanted) };
  },
  "gcp:compute/getAddress:getAddress": (cloud, args) =>
    addressesIn(cloud).find(({ name }) => name === text(args, "name")) ?? missing(`addresses/${text(args, "name")}`),
  "gcp:compute/getForwardingRule:getForwardingRule": (cloud, args) => {
    const { id } = placed(args, "regions", "forwardingRules");
    return cloud.has("loadBalancer", id) ? { ipAddress: cloud.find("loadBalancer", id).ipAddress, id } : missing(id);
  },
  "gcp:compute/getInstance:getInstance": (cloud, args) => {
    const { id } = placed(args, "zones", "instances");
    if (!cloud.has("instance", id)) return missing(id);
    const { networkInterfaces, labels } = cloud.find("instance", id);
    return { networkInterfaces, labels, id };
  },
  "gcp:compute/getNetworks:getNetworks": (cloud, args) => ({
    id: text(args, "project"),
    networks: cloud.store.list("network").map((each) => text(each, "name")),
  }),
  "gcp:compute/getRouters:getRouters": (cloud, args) => {
    const serves = "ALL_SUBNETWORKS_ALL_IP_RANGES";
    const beforehand = cloud.existing("nats").map((id) => ({
      name: "beforehand",
      network: linkOf(id),
      nats: [{ name: "beforehand", sourceSubnetworkIpRangesToNat: serves }],
    }));
    const own = cloud.store.list("router").map(({ name, network }) => ({
      name,
      network: linkOf(idOf(String(network))),
      nats: cloud.store
        .list("nat")
        .filter(({ router }) => router === name)
        .map((nat) => ({ name: nat.name, sourceSubnetworkIpRangesToNat: nat.sourceSubnetworkIpRangesToNat })),
    }));
    return { id: text(args, "region"), routers: [...beforehand, ...own] };
  },
  "gcp:compute/getRouterNat:getRouterNat": (cloud, args) => {
    const found = cloud.store.list("nat").find(({ name, router }) => name === args.name && router === args.router);
    return found === undefined ? missing(text(args, "name")) : { id: found.id, subnetworks: maps(found, "subnetworks") };
  },
  "gcp:cloudquota/getSQuotaInfo:getSQuotaInfo": (cloud, args) => {
    const quota = LIMITS[text(args, "quotaId")];
    const limit = quota === undefined ? undefined : cloud.quota(quota);
    const value = { dimensions: {}, applicableLocations: [cloud.region, "global"], details: [{ value: String(limit ?? -1) }] };
    return { id: text(args, "quotaId"), dimensionsInfos: [value] };
  },
};
