import type { Properties } from "../../plugin/rpc/provider";
import type { Thing } from "../cloud/cloud";
import type { Stored } from "../store";
import { isMap, text, texts } from "../values";
import { floatingAt, subnetsOf } from "./addresses";
import { coresOf, ramOf } from "./instances";
import type { List, OpenStack } from "./names";
import { PROJECT, PROJECT_LOOKUPS } from "./project";

/** The provider's words where nothing, or too much, is found; each of its functions has its own. */
interface Answers {
  readonly none: string;
  readonly several: string;
}

const RESULTS: Answers = {
  none: "Your query returned no results. Please change your search criteria and try again.",
  several: "Your query returned more than one result. Please try a more specific search criteria",
};
const SUBNETS: Answers = {
  none: "Your query returned no openstack_networking_subnet_v2. Please change your search criteria and try again.",
  several: "Your query returned more than one openstack_networking_subnet_v2. Please try a more specific search criteria",
};
const VOLUMES: Answers = {
  none: "Your openstack_blockstorage_volume_v3 query returned no results",
  several: "Your openstack_blockstorage_volume_v3 query returned multiple results",
};
const plainly = (what: string): Answers => ({ none: `No ${what} found`, several: `More than one ${what} found` });

/** The lookups of the provider by token. */
export const LOOKUPS: Readonly<Record<string, (cloud: OpenStack, args: Properties) => Properties>> = {
  "openstack:images/getImage:getImage": (cloud, args) => {
    const found = images(cloud, args);
    const [image] = found;
    if (image === undefined) throw new Error(RESULTS.none);
    if (found.length > 1 && args.mostRecent !== true) {
      throw new Error(
        "Your query returned more than one result. Please try a more specific search criteria, or set `most_recent` attribute to true.",
      );
    }
    return { ...IMAGE, ...image, file: `/v2/images/${image.id}/file`, region: cloud.region };
  },
  "openstack:images/getImageIds:getImageIds": (cloud, args) => ({
    ids: images(cloud, args).map(({ id }) => id),
    id: "image-ids",
    region: cloud.region,
  }),
  "openstack:networking/getNetwork:getNetwork": (cloud, args) => {
    const external = one(cloud, args, "network", ["externalNetworks"], "networkId", RESULTS);
    const found = args.external === true ? external : (external ?? one(cloud, args, "network", ["networks"], "networkId", RESULTS));
    if (found === undefined || (args.external !== undefined && (found.external ?? false) !== args.external)) throw new Error(RESULTS.none);
    const subnets = subnetsOf(cloud, found.id).map((subnet) => subnet.id);
    return {
      adminStateUp: "true",
      shared: "false",
      allTags: [],
      availabilityZoneHints: [],
      dnsDomain: "",
      segments: [],
      mtu: 1450,
      description: "",
      tenantId: PROJECT,
      transparentVlan: false,
      external: false,
      ...found,
      subnets,
      region: cloud.region,
    };
  },
  "openstack:networking/getSubnet:getSubnet": (cloud, args) => {
    const found = one(cloud, args, "subnet", ["subnets"], "subnetId", SUBNETS);
    const { cidr, networkId } = args;
    if (found === undefined || (cidr !== undefined && found.cidr !== cidr) || (networkId !== undefined && found.networkId !== networkId))
      throw new Error(SUBNETS.none);
    return {
      cidr: "",
      gatewayIp: "",
      networkId: "",
      allTags: [],
      allocationPools: [],
      dnsNameservers: [],
      hostRoutes: [],
      serviceTypes: [],
      enableDhcp: true,
      ipVersion: 4,
      ...found,
      subnetId: found.id,
      region: cloud.region,
    };
  },
  "openstack:networking/getRouter:getRouter": (cloud, args) => {
    const found = one(cloud, args, "router", ["routers"], "routerId", plainly("Router"));
    if (found === undefined) throw new Error(plainly("Router").none);
    return {
      adminStateUp: true,
      allTags: [],
      availabilityZoneHints: [],
      externalFixedIps: [],
      externalNetworkId: "",
      enableSnat: true,
      status: "ACTIVE",
      // One that was there from the start leads out, as `routeOut` has it.
      ...(cloud.byId("routers", found.id) && { externalNetworkId: cloud.things("externalNetworks")[0]?.id ?? "" }),
      ...found,
      routerId: found.id,
      region: cloud.region,
    };
  },
  "openstack:networking/getPort:getPort": (cloud, args) => {
    const { fixedIp, ...others } = args;
    const ports = matching(cloud, "port", others, { portId: "id" });
    const found = single(
      ports.filter((port) => fixedIp === undefined || texts(port, "allFixedIps").includes(String(fixedIp))),
      plainly("openstack_networking_port_v2"),
    );
    return {
      allowedAddressPairs: [],
      bindings: [],
      dnsAssignments: [],
      extraDhcpOptions: [],
      ...found,
      portId: found.id,
      region: cloud.region,
    };
  },
  "openstack:networking/getPortIds:getPortIds": (cloud, args) => {
    const { securityGroupIds, ...others } = args;
    const groups = texts({ securityGroupIds }, "securityGroupIds");
    const ports = matching(cloud, "port", others, {}).filter(
      (port) => groups.length === 0 || groups.some((group) => texts(port, "allSecurityGroupIds").includes(group)),
    );
    return { ids: ports.map(({ id }) => id), id: "port-ids", region: cloud.region };
  },
  "openstack:networking/getSecGroup:getSecGroup": (cloud, args) => {
    const found = single(matching(cloud, "secGroup", args, { secgroupId: "id" }), plainly("Security Group"));
    return { ...found, secgroupId: found.id, region: cloud.region };
  },
  "openstack:networking/getFloatingIp:getFloatingIp": (cloud, args) => ({
    ...single([...matching(cloud, "floatingIp", args, {}), ...unusedFloating(cloud, args)], plainly("openstack_networking_floatingip_v2")),
    region: cloud.region,
  }),
  "openstack:blockstorage/getVolumeV3:getVolumeV3": (cloud, args) => ({
    ...single(matching(cloud, "volume", args, {}), VOLUMES),
    region: cloud.region,
  }),
  "openstack:compute/getFlavor:getFlavor": (cloud, args) => {
    const [name, id] = [text(args, "name"), text(args, "flavorId")];
    const flavor = id === "" ? cloud.byName("flavors", name) : cloud.byId("flavors", id);
    if (flavor === undefined) throw new Error(id === "" ? RESULTS.none : "No Flavor found");
    return {
      ...flavor,
      flavorId: flavor.id,
      vcpus: coresOf(flavor.name),
      ram: ramOf(flavor.name),
      disk: 20,
      swap: 0,
      rxTxFactor: 1,
      isPublic: true,
      extraSpecs: {},
      description: "",
    };
  },
  "openstack:compute/getKeypair:getKeypair": (cloud, args) => {
    return { userId: "", ...cloud.find("keypair", text(args, "name")), region: cloud.region };
  },
  "openstack:compute/getAvailabilityZones:getAvailabilityZones": zones,
  // As `createVolume` has it, Cinder knows the same ones.
  "openstack:blockstorage/getAvailabilityZonesV3:getAvailabilityZonesV3": zones,
  "openstack:dns/getDnsZone:getDnsZone": (cloud, args) => {
    const zone = cloud.byName("dnsZones", text(args, "name"));
    if (zone === undefined) throw new Error(RESULTS.none);
    return { ...ZONE, ...zone, region: cloud.region };
  },
  ...PROJECT_LOOKUPS,
};

const ZONE: Properties = {
  attributes: {},
  createdAt: "2026-01-01T00:00:00.000000",
  masters: [],
  poolId: "794ccc2c-d751-44fe-b57f-8894c9f5c842",
  projectId: PROJECT,
  serial: 1,
  status: "ACTIVE",
  ttl: 3600,
  type: "PRIMARY",
  updatedAt: "2026-01-01T00:00:00.000000",
  version: 1,
};

const IMAGE: Properties = {
  checksum: "",
  containerFormat: "bare",
  createdAt: "2026-01-01T00:00:00Z",
  hidden: false,
  mostRecent: false,
  owner: PROJECT,
  properties: {},
  sortDirection: "asc",
  sortKey: "name",
  diskFormat: "qcow2",
  metadata: {},
  minDiskGb: 0,
  minRamMb: 0,
  protected: false,
  schema: "/v2/schemas/image",
  sizeBytes: 0,
  tags: [],
  updatedAt: "2026-01-01T00:00:00Z",
  visibility: "public",
};

function zones(cloud: OpenStack, args: Properties): Properties {
  return {
    id: "zones",
    state: text(args, "state") || "available",
    names: args.state === "unavailable" ? [] : [...cloud.existing("zones"), ...(cloud.existing("zones").length > 0 ? [] : ["nova"])].sort(),
    region: cloud.region,
  };
}

function images(cloud: OpenStack, args: Properties): Thing[] {
  const [name, pattern] = [text(args, "name"), text(args, "nameRegex")];
  return cloud
    .things("images")
    .filter((image) => (name === "" || image.name === name) && (pattern === "" || new RegExp(pattern).test(image.name)));
}

/** A floating address that was there from the start and points to nothing yet. */
function unusedFloating(cloud: OpenStack, args: Properties): Stored[] {
  const { region: _region, address, ...others } = args;
  if (typeof address !== "string" || Object.keys(others).length > 0) return [];
  const found = floatingAt(cloud, address);
  return found === undefined || cloud.store.get("floatingIp", found.id) ? [] : [found];
}

/** The created objects that have every one of the wanted values. `names` gives the field an argument stands for where it has another name. */
function matching(cloud: OpenStack, kind: string, args: Properties, names: Readonly<Record<string, string>>): Stored[] {
  return cloud.store
    .list(kind)
    .filter((object) => Object.entries(args).every(([key, wanted]) => key === "region" || has(object, key, names[key] ?? key, wanted)));
}

function has(object: Stored, key: string, field: string, wanted: unknown): boolean {
  if (key === "tags") return Array.isArray(wanted) && wanted.every((tag) => texts(object, "allTags").includes(String(tag)));
  const value = object[field];
  if (!isMap(wanted)) return value === wanted;
  return isMap(value) && Object.entries(wanted).every(([name, one]) => value[name] === one);
}

function single(found: readonly Stored[], words: Answers): Stored {
  const [first] = found;
  if (first === undefined) throw new Error(words.none);
  if (found.length > 1) throw new Error(words.several);
  return first;
}

/** The one object a lookup by name or id finds, created here or existing from the start. */
function one(
  cloud: OpenStack,
  args: Properties,
  kind: string,
  lists: readonly List[],
  idKey: string,
  { several }: Answers,
): Stored | undefined {
  const [name, id] = [text(args, "name"), text(args, idKey)];
  const created = cloud.store.list(kind);
  const existing = lists.flatMap((list) => cloud.things(list).map(({ id: entry }) => cloud.find(kind, entry)));
  const tagged = (object: Stored) => texts(args, "tags").every((tag) => texts(object, "allTags").includes(tag));
  const found = [...created, ...existing].filter(
    (object) => (id === "" || object.id === id) && (name === "" || object.name === name) && tagged(object),
  );
  if (found.length > 1) throw new Error(several);
  return found[0];
}
