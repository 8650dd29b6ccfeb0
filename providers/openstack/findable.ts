import { type Findable, memberOf, textOf, type Values, type Way } from "../../model/findable";

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const foundId = (found: Values): string => textOf(found.id);
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

/**
 * What bears the environment's tags. Names do not tell environments apart: `seoul` with a machine `dev-cp-1` and `seoul-dev` with `cp-1` may
 * share a network. A creation that broke off before the object was tagged is found by the rest, provided that it bears no tag at all.
 */
const tagged = (token: string, by: (inputs: Values) => Values, untaggedIs: Pick<Way, "unfinished"> = {}): Lookup => {
  const untagged = ({ allTags, description, id }: Values, inputs: Values): string =>
    list(allTags).length === 0 && textOf(description) === textOf(inputs.description) ? textOf(id) : "";
  return {
    how: "lookup",
    ways: [
      { ask: [{ token, args: (inputs) => ({ ...by(inputs), tags: inputs.tags }) }], id: foundId },
      { ask: [{ token, args: by }], id: untagged, ...untaggedIs },
    ],
  };
};

type Lookup = Extract<Findable, { how: "lookup" }>;

/** The same where nothing can be tagged: what has the name, and the description where there is one. */
export const untagged = (found: Findable | undefined): Findable => {
  if (found?.how !== "lookup") throw new Error("is not looked up");
  return { ...found, ways: found.ways.slice(1) };
};

const GET_SUBNET = "openstack:networking/getSubnet:getSubnet";
const GET_PORT = "openstack:networking/getPort:getPort";
const GET_FLOATING_IP = "openstack:networking/getFloatingIp:getFloatingIp";

/** A port belongs to a router's interface in one of these ways: usually, distributed, or highly available. */
const ROUTER_INTERFACES = ["network:router_interface", "network:router_interface_distributed", "network:ha_router_replicated_interface"];

/** How every type of resource is found that an infrastructure on OpenStack registers. */
export const findable: Readonly<Record<string, Findable>> = {
  "openstack:networking/network:Network": tagged("openstack:networking/getNetwork:getNetwork", ({ name }) => ({ name })),
  "openstack:networking/subnet:Subnet": tagged(GET_SUBNET, ({ name, networkId }) => ({ name, networkId })),
  "openstack:networking/router:Router": tagged("openstack:networking/getRouter:getRouter", ({ name }) => ({ name })),
  // The interface is a port of the router's on the subnet's network; a router has one on each.
  "openstack:networking/routerInterface:RouterInterface": {
    how: "lookup",
    ways: ROUTER_INTERFACES.map((deviceOwner) => ({
      ask: [
        { token: GET_SUBNET, args: ({ subnetId }) => ({ subnetId }) },
        { token: GET_PORT, args: ({ routerId }, { networkId }) => ({ deviceId: routerId, networkId, deviceOwner }) },
      ],
      id: foundId,
    })),
  },
  // A planned address is on a network once.
  "openstack:networking/port:Port": tagged(GET_PORT, (inputs) => ({
    name: inputs.name,
    networkId: inputs.networkId,
    fixedIp: memberOf(inputs, "fixedIps").ipAddress,
  })),
  // The provider deletes neutron's own rules, which let everything out, before it tags the group: one without tags may have them still.
  "openstack:networking/secGroup:SecGroup": tagged("openstack:networking/getSecGroup:getSecGroup", ({ name }) => ({ name }), {
    unfinished: true,
  }),
  "openstack:networking/secGroupRule:SecGroupRule": {
    how: "refusal",
    words: /Rule id is ([0-9a-f-]{36})/,
    of: "securityGroupId",
    look: "openstack security group rule list GROUP",
  },
  "openstack:networking/floatingIp:FloatingIp": tagged(GET_FLOATING_IP, ({ description }) => ({ description })),
  // An association has the floating address's id; reading it tells whether the address points to a port.
  "openstack:networking/floatingIpAssociate:FloatingIpAssociate": {
    how: "lookup",
    ways: [
      {
        ask: [{ token: GET_FLOATING_IP, args: ({ floatingIp }) => ({ address: floatingIp }) }],
        id: (found, { portId }) => (textOf(found.portId) === textOf(portId) ? foundId(found) : ""),
      },
    ],
  },
  // Its name holds a digest of the key, so one of that name is the same.
  "openstack:compute/keypair:Keypair": { how: "id", id: ({ name }) => textOf(name) },
  // Servers cannot be looked up by name, but each of ours has a port of its own, which names the server that uses it. Where it names none,
  // the port also keeps a second server from being made.
  "openstack:compute/instance:Instance": {
    how: "lookup",
    ways: [
      {
        ask: [{ token: GET_PORT, args: (inputs) => ({ portId: memberOf(inputs, "networks").port }) }],
        id: (found) => textOf(found.deviceId),
      },
    ],
  },
  "openstack:compute/serverGroup:ServerGroup": { how: "person", look: "openstack server group list" },
  // The provider asks for zones only, but a zone has a name of one type once.
  "openstack:dns/recordSet:RecordSet": { how: "refusal", words: /Duplicate RecordSet/, look: "openstack recordset list ZONE" },
  // Only the answer to its creation holds the secret, so one whose answer was lost is of no use to anybody.
  "openstack:identity/applicationCredential:ApplicationCredential": {
    how: "refusal",
    words: /application_credential.*Duplicate/,
    look: "openstack application credential list",
  },
  "openstack:compute/volumeAttach:VolumeAttach": {
    how: "id",
    id: ({ instanceId, volumeId }) => `${textOf(instanceId)}/${textOf(volumeId)}`,
  },
  // Cinder takes the metadata with the creation: there is no volume without it.
  "openstack:blockstorage/volume:Volume": {
    how: "lookup",
    ways: [
      {
        ask: [{ token: "openstack:blockstorage/getVolumeV3:getVolumeV3", args: ({ name, metadata }) => ({ name, metadata }) }],
        id: foundId,
      },
    ],
  },
  // The port of its address names a balancer; whose it is, the balancer itself tells.
  "openstack:loadbalancer/loadBalancer:LoadBalancer": {
    how: "lookup",
    ways: [
      {
        ask: [
          { token: GET_SUBNET, args: ({ vipSubnetId }) => ({ subnetId: vipSubnetId }) },
          { token: GET_PORT, args: ({ vipAddress }, { networkId }) => ({ networkId, fixedIp: vipAddress }) },
          {
            read: "openstack:loadbalancer/loadBalancer:LoadBalancer",
            id: (_inputs, { deviceId, name }) => (/^(ovn-)?lb-/.test(textOf(deviceId)) ? balancerId(deviceId, name) : ""),
            outputs: ["name", "tags"],
          },
        ],
        id: ({ id, name, tags }, inputs) =>
          textOf(name) === textOf(inputs.name) && list(inputs.tags).every((tag) => list(tags).includes(tag)) ? textOf(id) : "",
      },
    ],
  },
  "openstack:loadbalancer/listener:Listener": {
    how: "refusal",
    words: /Another Listener on this Load Balancer is already using/,
    look: "openstack loadbalancer listener list",
  },
  // It is its listener's own, which names it.
  "openstack:loadbalancer/pool:Pool": {
    how: "lookup",
    ways: [
      {
        ask: [
          {
            read: "openstack:loadbalancer/listener:Listener",
            id: ({ listenerId }) => textOf(listenerId),
            outputs: ["defaultPoolId"],
          },
        ],
        id: ({ defaultPoolId }) => textOf(defaultPoolId),
      },
    ],
  },
  "openstack:loadbalancer/member:Member": {
    how: "refusal",
    words: /Another member on this pool is already using/,
    look: "openstack loadbalancer member list POOL",
  },
  "openstack:loadbalancer/monitor:Monitor": {
    how: "refusal",
    words: /pool already has a health monitor/,
    look: "openstack loadbalancer healthmonitor list",
  },
};

/** Octavia's name of the port of an address ends in the balancer's id, as its device's does. */
function balancerId(deviceId: unknown, portName: unknown): string {
  return UUID.exec(textOf(deviceId))?.[0] ?? UUID.exec(textOf(portName))?.[0] ?? "";
}
