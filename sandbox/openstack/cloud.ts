import { createHash, randomBytes, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseFile } from "../../host/files";
import { contains, formatAddress, parseAddress, parseCidr } from "../../model/ipv4";
import type { Properties } from "../../plugin/rpc/provider";
import { Store, type Stored } from "../store";
import { isMap, maps, number, text, texts } from "../values";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Where floating addresses and router gateways come from (documentation addresses, RFC 5737). */
const EXTERNAL_CIDR = "203.0.113.0/24";

/** What exists in the simulated cloud although nobody created it there. */
export type WorldList =
  | "images"
  | "flavors"
  | "zones"
  | "externalNetworks"
  | "volumeTypes"
  | "networks"
  | "subnets"
  | "routers"
  | "keyPairs"
  | "floatingIps";

/** Something that exists from the start. */
export interface Thing {
  readonly id: string;
  readonly name: string;
}

/** What a quota can be set on. */
export type Quota =
  | "instances"
  | "cores"
  | "ram"
  | "serverGroups"
  | "ports"
  | "floatingIps"
  | "volumes"
  | "gigabytes"
  | "securityGroups"
  | "securityGroupRules"
  | "loadBalancers";

/** An error as the cloud's API gives it. */
export class ApiError extends Error {
  constructor(
    readonly code: 400 | 403 | 404 | 409 | 413,
    message: string,
  ) {
    super(`${code}: ${message}`);
    this.name = "ApiError";
  }
}

/** The simulated cloud: its objects, what exists from the start, and what follows from both. */
export class Cloud {
  readonly store: Store;

  constructor(private readonly worldDir: string) {
    this.store = new Store(join(worldDir, "openstack"));
  }

  get region(): string {
    return text(this.world(), "region") || "RegionOne";
  }

  /** Names (or ids) of one kind of what exists from the start. */
  existing(list: WorldList): string[] {
    return texts(this.world(), list);
  }

  /** What exists from the start of one kind. */
  things(list: WorldList): Thing[] {
    return this.existing(list).map((entry) => thing(list, entry));
  }

  byName(list: WorldList, name: string): Thing | undefined {
    return this.things(list).find((each) => each.name === name);
  }

  byId(list: WorldList, id: string): Thing | undefined {
    return this.things(list).find((each) => each.id === id);
  }

  /** The floating address, made here or there from the start. */
  floating(address: string): Stored | undefined {
    const made = this.store.list("floatingIp").find((each) => each.address === address);
    const there = this.byName("floatingIps", address);
    return made ?? (there && { id: there.id, address, description: "", pool: this.things("externalNetworks")[0]?.name ?? "" });
  }

  /** Has a floating address point to nothing. One that was there from the start is no object of this cloud's any more then. */
  freeFloating({ portId: _port, fixedIp: _fixed, ...free }: Stored): void {
    if (this.byId("floatingIps", free.id)) this.store.delete("floatingIp", free.id);
    else this.store.put("floatingIp", free);
  }

  /** The object, created here or existing from the start; refused with the cloud's words where there is none. */
  find(type: string, id: string): Stored {
    const found = this.store.get(type, id) ?? this.fromWorld(type, id);
    if (found === undefined) throw new ApiError(404, `${LABELS[type] ?? type} ${id} could not be found.`);
    return found;
  }

  has(type: string, id: string): boolean {
    return (this.store.get(type, id) ?? this.fromWorld(type, id)) !== undefined;
  }

  private fromWorld(type: string, id: string): Stored | undefined {
    const keyPair = type === "keypair" ? this.byName("keyPairs", id) : undefined;
    if (keyPair !== undefined) return { id, name: id, publicKey: "", fingerprint: "" };
    const lists = { network: ["networks", "externalNetworks"], subnet: ["subnets"], router: ["routers"] } as const;
    if (type !== "network" && type !== "subnet" && type !== "router") return undefined;
    for (const list of lists[type]) {
      const found = this.byId(list, id);
      if (found === undefined) continue;
      const network = this.things("networks")[0];
      return {
        ...found,
        external: list === "externalNetworks",
        ...(type === "subnet" && network !== undefined ? { networkId: network.id } : {}),
      };
    }
    return undefined;
  }

  /** The ports on a network. */
  portsOn(networkId: string): Stored[] {
    return this.store.list("port").filter((port) => port.networkId === networkId);
  }

  /** The ports with an address in a subnet. */
  portsIn(subnetId: string): Stored[] {
    return this.store.list("port").filter((port) => maps(port, "addresses").some((address) => address.subnetId === subnetId));
  }

  /** The subnets of a network, created here or existing. */
  subnetsOf(networkId: string): Stored[] {
    const world = this.things("subnets").map(({ id }) => this.find("subnet", id));
    return [...this.store.list("subnet"), ...world].filter((subnet) => subnet.networkId === networkId);
  }

  /** Takes an address: the wanted one, checked, or the first free one of the subnet's allocation pools. */
  allocate(subnet: Stored, wanted: string, ownPort?: string): string {
    const others = this.portsIn(subnet.id).filter((port) => port.id !== ownPort);
    const taken = new Set(others.flatMap((port) => maps(port, "addresses").map((address) => text(address, "ipAddress"))));
    if (wanted !== "") {
      const block = parseCidr(text(subnet, "cidr"));
      const address = parseAddress(wanted);
      const valid =
        address !== undefined && (block === undefined || (contains(block, address) && address !== block.first && address !== block.last));
      if (!valid) throw new ApiError(400, `IP address ${wanted} is not a valid IP for the specified subnet ${subnet.id}.`);
      if (taken.has(wanted)) throw new ApiError(409, `IP address ${wanted} already allocated in subnet ${subnet.id}`);
      return wanted;
    }
    for (const pool of maps(subnet, "allocationPools")) {
      const [first, last] = [parseAddress(text(pool, "start")), parseAddress(text(pool, "end"))];
      if (first === undefined || last === undefined) continue;
      for (let address = first; address <= last; address++) {
        if (!taken.has(formatAddress(address))) return formatAddress(address);
      }
    }
    throw new ApiError(409, `No more IP addresses available on network ${text(subnet, "networkId")}.`);
  }

  /** The next free address outside. */
  allocateExternal(wanted: string): string {
    const taken = new Set([
      ...this.store.list("floatingIp").map((floating) => floating.address),
      ...this.existing("floatingIps"),
      ...this.store.list("router").flatMap((router) => maps(router, "externalFixedIps").map((address) => address.ipAddress)),
    ]);
    if (wanted !== "") {
      if (taken.has(wanted)) throw new ApiError(409, `The floating IP address ${wanted} is already in use.`);
      return wanted;
    }
    const block = parseCidr(EXTERNAL_CIDR);
    for (let address = (block?.first ?? 0) + 10; address < (block?.last ?? 0); address++) {
      if (!taken.has(formatAddress(address))) return formatAddress(address);
    }
    throw new ApiError(409, "No more IP addresses available on the external network.");
  }

  /** The router through which a subnet reaches an external network, or undefined. Routers that exist from the start reach them all. */
  routeOut(subnetId: string, networkId: string): string | undefined {
    if (this.byId("subnets", subnetId) && this.existing("routers").length > 0) return this.things("routers")[0]?.id;
    const routers = this.store
      .list("routerInterface")
      .filter((one) => one.subnetId === subnetId)
      .map((one) => text(one, "routerId"));
    return routers.find((id) => this.byId("routers", id) !== undefined || this.store.get("router", id)?.externalNetworkId === networkId);
  }

  /** The quota that world.json sets; undefined where it sets none. */
  quota(quota: Quota): number | undefined {
    const { quotas } = this.world();
    return isMap(quotas) ? number(quotas, quota) : undefined;
  }

  /** Refuses what would go over a quota, with the cloud's words. */
  charge(quota: Quota, more: number, used: number): void {
    const limit = this.quota(quota);
    if (limit === undefined || used + more <= limit) return;
    if (quota === "instances" || quota === "cores" || quota === "ram")
      throw new ApiError(403, `Quota exceeded for ${quota}: Requested ${more}, but already used ${used} of ${limit} ${quota}`);
    if (quota === "serverGroups") throw new ApiError(403, "Quota exceeded, too many server groups.");
    if (quota === "volumes")
      throw new ApiError(413, `VolumeLimitExceeded: Maximum number of volumes allowed (${limit}) exceeded for quota 'volumes'.`);
    if (quota === "gigabytes")
      throw new ApiError(
        413,
        `VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. Requested ${more}G, quota is ${limit}G and ${used}G has been consumed.`,
      );
    throw new ApiError(409, `Quota exceeded for resources: ['${QUOTA_NAMES[quota]}'].`);
  }

  /** world.json, read afresh: a person may edit it. */
  private world(): Properties {
    const path = join(this.worldDir, "world.json");
    let content: string;
    try {
      content = readFileSync(path, "utf8");
    } catch (error) {
      throw new Error(
        `the simulated cloud needs ${path}, which says what exists in it: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    const world = parseFile(path, content, "mend it or delete it; the next operation writes it anew");
    if (!isMap(world)) throw new Error(`${path} must hold one JSON object`);
    return world;
  }
}

/** A new id. */
export function newId(): string {
  return randomUUID();
}

/** A MAC address as neutron gives them. */
export function newMac(): string {
  return ["fa", "16", "3e", ...[...randomBytes(3)].map((byte) => byte.toString(16).padStart(2, "0"))].join(":");
}

/** What an entry of world.json stands for. One that is an id has a name that nobody knows; others have an id that follows from their name. */
function thing(list: WorldList, entry: string): Thing {
  if (list === "zones") return { id: entry, name: entry };
  if (UUID.test(entry)) return { id: entry, name: `unnamed ${entry.slice(0, 8)}` };
  const hash = createHash("sha256").update(`${list}/${entry}`).digest("hex");
  const id = [hash.slice(0, 8), hash.slice(8, 12), `5${hash.slice(13, 16)}`, `8${hash.slice(17, 20)}`, hash.slice(20, 32)].join("-");
  return { id, name: entry };
}

const QUOTA_NAMES: Readonly<Record<Exclude<Quota, "instances" | "cores" | "ram" | "serverGroups" | "volumes" | "gigabytes">, string>> = {
  ports: "port",
  floatingIps: "floatingip",
  securityGroups: "security_group",
  securityGroupRules: "security_group_rule",
  loadBalancers: "load_balancer",
};

const LABELS: Readonly<Record<string, string>> = {
  network: "Network",
  subnet: "Subnet",
  router: "Router",
  port: "Port",
  secGroup: "Security group",
  keypair: "Keypair",
  instance: "Instance",
  serverGroup: "Server group",
  volume: "Volume",
  floatingIp: "Floating IP",
  loadBalancer: "Load Balancer",
  listener: "Listener",
  pool: "Pool",
};
