import type { SimulatedCloud } from "../cloud/cloud";
import type { Stored } from "../store";
import { BLANKS } from "./blanks";
import { BLOCKSTORAGE } from "./blockstorage";
import { COMPUTE } from "./compute";
import { DNS } from "./dns";
import { FLOATING } from "./floating";
import { IDENTITY } from "./identity";
import { PARTS } from "./in-cluster";
import { refuseBeyondLimits } from "./limits";
import { LOADBALANCER } from "./loadbalancer";
import { LOOKUPS } from "./lookups";
import type { List, OpenStack, Quota, Types } from "./names";
import { NETWORKING } from "./networking";
import { PROJECT } from "./project";
import { SECURITY } from "./security";
import { QUOTAS, WORDS } from "./words";

/** The simulated OpenStack. */
export const OPENSTACK: SimulatedCloud<List, Quota> = {
  name: "openstack",
  version: "3.15.2",
  region: "RegionOne",
  types: withBlanks({ ...NETWORKING, ...FLOATING, ...SECURITY, ...COMPUTE, ...BLOCKSTORAGE, ...LOADBALANCER, ...DNS, ...IDENTITY }),
  given: { tenantId: PROJECT },
  invokes: LOOKUPS,
  quotas: QUOTAS,
  words: WORDS,
  refuse: refuseBeyondLimits,
  parts: PARTS,
  beforehand,
};

function withBlanks(types: Types): Types {
  return Object.fromEntries(Object.entries(types).map(([token, type]) => [token, { ...type, blank: BLANKS[token] ?? {} }]));
}

/** The lists of world.json that hold the objects of a kind. */
const LISTS: Readonly<Record<string, readonly List[]>> = {
  network: ["networks", "externalNetworks"],
  subnet: ["subnets"],
  router: ["routers"],
  serverGroup: ["serverGroups"],
  dnsZone: ["dnsZones"],
};

function beforehand(cloud: OpenStack, kind: string, id: string): Stored | undefined {
  if (kind === "keypair") return cloud.byName("keyPairs", id) && { id, name: id, publicKey: "", fingerprint: "" };
  for (const list of LISTS[kind] ?? []) {
    const found = cloud.byId(list, id);
    if (found === undefined) continue;
    const [network] = cloud.things("networks");
    const inside = kind === "subnet" && network !== undefined ? { networkId: network.id } : {};
    if (kind === "serverGroup") return { ...found, policies: ["soft-anti-affinity"], members: [] };
    return { ...found, external: list === "externalNetworks", ...inside };
  }
  return undefined;
}
