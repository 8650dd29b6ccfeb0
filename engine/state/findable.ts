/** A resource's inputs or a lookup's answer, secrets revealed. */
export type Values = Readonly<Record<string, unknown>>;

/**
 * How one finds out whether the creation of a resource that was broken off has made it:
 *
 * - `nowhere`: it exists in Pulumi's state only, so there is nothing to find;
 * - `id`: its id follows from its inputs, and reading that id tells; an empty one: making it again does no harm;
 * - `lookup`: the cloud is asked by what is unique to it, in one or more ways of which the first that finds it counts;
 * - `refusal`: the cloud cannot be asked, but refuses to make it twice and names the one that is there;
 * - `person`: the cloud cannot be asked at all; a person has to look.
 */
export type Findable =
  | { readonly how: "nowhere" }
  | { readonly how: "id"; readonly id: (inputs: Values) => string }
  | { readonly how: "lookup"; readonly token: string; readonly args: (inputs: Values) => Values; readonly id: (found: Values) => string }
  | { readonly how: "refusal"; readonly id: RegExp }
  | { readonly how: "person"; readonly look: string };

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const member = (values: Values, key: string): Values => {
  const value = values[key];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === "object" && first !== null ? { ...first } : {};
};
const foundId = (found: Values): string => text(found.id);

/** The id of an object of the Kubernetes API: the cluster holds one object of a kind and name. */
const kubernetesId = (inputs: Values): string => {
  const { namespace, name } = member(inputs, "metadata");
  return text(namespace) === "" ? text(name) : `${text(namespace)}/${text(name)}`;
};

/** Every type of resource that kpaas makes. Names in the cloud begin with the environment's, so a name stands for one object. */
const TYPES: Readonly<Record<string, Findable>> = {
  "openstack:networking/network:Network": {
    how: "lookup",
    token: "openstack:networking/getNetwork:getNetwork",
    args: ({ name, tags }) => ({ name, tags }),
    id: foundId,
  },
  "openstack:networking/subnet:Subnet": {
    how: "lookup",
    token: "openstack:networking/getSubnet:getSubnet",
    args: ({ name, networkId }) => ({ name, networkId }),
    id: foundId,
  },
  "openstack:networking/router:Router": {
    how: "lookup",
    token: "openstack:networking/getRouter:getRouter",
    args: ({ name, tags }) => ({ name, tags }),
    id: foundId,
  },
  // The interface is a port of the router's on the subnet's network; a router has one on each.
  "openstack:networking/routerInterface:RouterInterface": {
    how: "lookup",
    token: "openstack:networking/getPort:getPort",
    args: ({ routerId }) => ({ deviceId: routerId, deviceOwner: "network:router_interface" }),
    id: foundId,
  },
  "openstack:networking/port:Port": {
    how: "lookup",
    token: "openstack:networking/getPort:getPort",
    args: ({ name, networkId }) => ({ name, networkId }),
    id: foundId,
  },
  "openstack:networking/secGroup:SecGroup": {
    how: "lookup",
    token: "openstack:networking/getSecGroup:getSecGroup",
    args: ({ name, tags }) => ({ name, tags }),
    id: foundId,
  },
  "openstack:networking/secGroupRule:SecGroupRule": { how: "refusal", id: /Rule id is ([0-9a-f-]{36})/ },
  "openstack:networking/floatingIp:FloatingIp": {
    how: "lookup",
    token: "openstack:networking/getFloatingIp:getFloatingIp",
    args: ({ description, tags }) => ({ description, tags }),
    id: foundId,
  },
  // An association has the floating address's id; reading it tells whether the address points to a port.
  "openstack:networking/floatingIpAssociate:FloatingIpAssociate": {
    how: "lookup",
    token: "openstack:networking/getFloatingIp:getFloatingIp",
    args: ({ floatingIp }) => ({ address: floatingIp }),
    id: foundId,
  },
  "openstack:compute/keypair:Keypair": { how: "id", id: ({ name }) => text(name) },
  // Servers cannot be looked up by name, but each of ours has a port of its own, which names the server that uses it. Where it names none,
  // the port also keeps a second server from being made.
  "openstack:compute/instance:Instance": {
    how: "lookup",
    token: "openstack:networking/getPort:getPort",
    args: (inputs) => ({ portId: member(inputs, "networks").port }),
    id: (found) => text(found.deviceId),
  },
  "openstack:compute/serverGroup:ServerGroup": { how: "person", look: "openstack server group list" },
  "openstack:compute/volumeAttach:VolumeAttach": { how: "id", id: ({ instanceId, volumeId }) => `${text(instanceId)}/${text(volumeId)}` },
  "openstack:blockstorage/volume:Volume": {
    how: "lookup",
    token: "openstack:blockstorage/getVolumeV3:getVolumeV3",
    args: ({ name, metadata }) => ({ name, metadata }),
    id: foundId,
  },
  "openstack:loadbalancer/loadBalancer:LoadBalancer": { how: "person", look: "openstack loadbalancer list" },
  "openstack:loadbalancer/listener:Listener": { how: "person", look: "openstack loadbalancer listener list" },
  "openstack:loadbalancer/pool:Pool": { how: "person", look: "openstack loadbalancer pool list" },
  "openstack:loadbalancer/member:Member": { how: "person", look: "openstack loadbalancer member list POOL" },
  "openstack:loadbalancer/monitor:Monitor": { how: "person", look: "openstack loadbalancer healthmonitor list" },
  "kubernetes:helm.sh/v3:Release": {
    how: "id",
    id: ({ name, namespace }) => `${text(namespace) === "" ? "default" : text(namespace)}/${text(name)}`,
  },
  // Without the key to its hosts nothing can be read; its creation then goes on by its journal.
  "kpaas:kubespray:Cluster": { how: "id", id: ({ name, ssh }) => (ssh === undefined ? "" : text(name)) },
};

/** How to find a resource of this type. */
export function findable(type: string): Findable {
  const known = TYPES[type];
  if (known !== undefined) return known;
  const [cloud] = type.split(":");
  if (cloud === "random" || cloud === "tls" || cloud === "pulumi") return { how: "nowhere" };
  if (cloud === "kubernetes") return { how: "id", id: kubernetesId };
  return { how: "person", look: `the objects of type ${type}` };
}

/** Words with which a lookup says that there is no such object, as opposed to that it could not ask. */
export const NOT_FOUND = /returned no results|could not be found|no suitable|not found|^404/i;
