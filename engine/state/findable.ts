import { KUBESPRAY_CLUSTER } from "../../model/type-tokens";

/** A resource's inputs or a lookup's answer, secrets revealed. */
export type Values = Readonly<Record<string, unknown>>;

/** A question to the cloud, made from the inputs and from the answer to the question before. */
export type Question =
  | { readonly token: string; readonly args: (inputs: Values, before: Values) => Values }
  /** An object of which the id is known already; an empty id ends the way without a result. */
  | { readonly read: string; readonly id: (inputs: Values, before: Values) => string; readonly outputs: readonly string[] };

/** One way to find an object: questions one after the other, the last of which is answered by the object or names it. */
export interface Way {
  readonly ask: readonly Question[];
  /** The object's id; empty where what was found is another one. */
  readonly id: (found: Values, inputs: Values) => string;
  /** True: what is found this way is not as it must be, and can be told from a whole one by this only. It goes, and another is made. */
  readonly unfinished?: boolean;
}

/**
 * How one finds out whether the creation of a resource that was broken off has made it:
 *
 * - `nowhere`: it exists in Pulumi's state only, so there is nothing to find;
 * - `id`: its id follows from its inputs, and reading that id tells; an empty one: making it again does no harm;
 * - `lookup`: the cloud is asked by what is unique to it, in one or more ways of which the first that finds it counts;
 * - `refusal`: the cloud cannot be asked, but refuses to make it twice, and may name the one that is there;
 * - `person`: the cloud cannot be asked at all; a person has to look.
 */
export type Findable =
  | { readonly how: "nowhere" }
  | { readonly how: "id"; readonly id: (inputs: Values) => string }
  | { readonly how: "lookup"; readonly ways: readonly Way[] }
  | { readonly how: "refusal"; readonly words: RegExp; readonly look: string }
  | { readonly how: "person"; readonly look: string };

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const member = (values: Values, key: string): Values => {
  const value = values[key];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === "object" && first !== null ? { ...first } : {};
};
const foundId = (found: Values): string => text(found.id);
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

/** The id of an object of the Kubernetes API: the cluster holds one object of a kind and name. */
const kubernetesId = (inputs: Values): string => {
  const { namespace, name } = member(inputs, "metadata");
  return text(namespace) === "" ? text(name) : `${text(namespace)}/${text(name)}`;
};

/**
 * What bears the environment's tags. Names do not tell environments apart: `seoul` with a machine `dev-cp-1` and `seoul-dev` with `cp-1` may
 * share a network. A creation that broke off before the object was tagged is found by the rest, provided that it bears no tag at all.
 */
const tagged = (token: string, by: (inputs: Values) => Values, untaggedIs: Pick<Way, "unfinished"> = {}): Findable => {
  const untagged = ({ allTags, description, id }: Values, inputs: Values): string =>
    list(allTags).length === 0 && text(description) === text(inputs.description) ? text(id) : "";
  return {
    how: "lookup",
    ways: [
      { ask: [{ token, args: (inputs) => ({ ...by(inputs), tags: inputs.tags }) }], id: foundId },
      { ask: [{ token, args: by }], id: untagged, ...untaggedIs },
    ],
  };
};

const GET_SUBNET = "openstack:networking/getSubnet:getSubnet";
const GET_PORT = "openstack:networking/getPort:getPort";
const GET_FLOATING_IP = "openstack:networking/getFloatingIp:getFloatingIp";

/** A port belongs to a router's interface in one of these ways: usually, distributed, or highly available. */
const ROUTER_INTERFACES = ["network:router_interface", "network:router_interface_distributed", "network:ha_router_replicated_interface"];

/** Every type of resource that kpaas makes. */
export const TYPES: Readonly<Record<string, Findable>> = {
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
    fixedIp: member(inputs, "fixedIps").ipAddress,
  })),
  // The provider deletes neutron's own rules, which let everything out, before it tags the group: one without tags may have them still.
  "openstack:networking/secGroup:SecGroup": tagged("openstack:networking/getSecGroup:getSecGroup", ({ name }) => ({ name }), {
    unfinished: true,
  }),
  "openstack:networking/secGroupRule:SecGroupRule": {
    how: "refusal",
    words: /Rule id is ([0-9a-f-]{36})/,
    look: "openstack security group rule list GROUP",
  },
  "openstack:networking/floatingIp:FloatingIp": tagged(GET_FLOATING_IP, ({ description }) => ({ description })),
  // An association has the floating address's id; reading it tells whether the address points to a port.
  "openstack:networking/floatingIpAssociate:FloatingIpAssociate": {
    how: "lookup",
    ways: [
      {
        ask: [{ token: GET_FLOATING_IP, args: ({ floatingIp }) => ({ address: floatingIp }) }],
        id: (found, { portId }) => (text(found.portId) === text(portId) ? foundId(found) : ""),
      },
    ],
  },
  // Its name holds a digest of the key, so one of that name is the same.
  "openstack:compute/keypair:Keypair": { how: "id", id: ({ name }) => text(name) },
  // Servers cannot be looked up by name, but each of ours has a port of its own, which names the server that uses it. Where it names none,
  // the port also keeps a second server from being made.
  "openstack:compute/instance:Instance": {
    how: "lookup",
    ways: [
      {
        ask: [{ token: GET_PORT, args: (inputs) => ({ portId: member(inputs, "networks").port }) }],
        id: (found) => text(found.deviceId),
      },
    ],
  },
  "openstack:compute/serverGroup:ServerGroup": { how: "person", look: "openstack server group list" },
  "openstack:compute/volumeAttach:VolumeAttach": { how: "id", id: ({ instanceId, volumeId }) => `${text(instanceId)}/${text(volumeId)}` },
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
            id: (_inputs, { deviceId, name }) => (/^(ovn-)?lb-/.test(text(deviceId)) ? balancerId(deviceId, name) : ""),
            outputs: ["name", "tags"],
          },
        ],
        id: ({ id, name, tags }, inputs) =>
          text(name) === text(inputs.name) && list(inputs.tags).every((tag) => list(tags).includes(tag)) ? text(id) : "",
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
            id: ({ listenerId }) => text(listenerId),
            outputs: ["defaultPoolId"],
          },
        ],
        id: ({ defaultPoolId }) => text(defaultPoolId),
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
  "kubernetes:helm.sh/v3:Release": {
    how: "id",
    id: ({ name, namespace }) => `${text(namespace) === "" ? "default" : text(namespace)}/${text(name)}`,
  },
  // Without the key to its hosts nothing can be read; its creation then goes on by its journal.
  [KUBESPRAY_CLUSTER]: { how: "id", id: ({ name, ssh }) => (ssh === undefined ? "" : text(name)) },
};

/** Octavia's name of the port of an address ends in the balancer's id, as its device's does. */
function balancerId(deviceId: unknown, portName: unknown): string {
  return UUID.exec(text(deviceId))?.[0] ?? UUID.exec(text(portName))?.[0] ?? "";
}

/** How to find a resource. */
export function findable({ type, custom }: { readonly type: string; readonly custom?: boolean | undefined }): Findable {
  // Components are names in the state.
  if (custom === false) return { how: "nowhere" };
  const known = TYPES[type];
  if (known !== undefined) return known;
  const [cloud] = type.split(":");
  if (cloud === "random" || cloud === "tls" || cloud === "pulumi") return { how: "nowhere" };
  if (cloud === "kubernetes") return { how: "id", id: kubernetesId };
  return { how: "person", look: `the objects of type ${type}` };
}

/** Words with which a lookup says that there is no such object, as opposed to that it could not ask. */
export const NOT_FOUND = /returned no |\bno (?!suitable endpoint)[\w ]+ found|could not be found|not found|^404/im;

/** Words with which it says that there are several. */
export const SEVERAL = /more than one|multiple results/i;
