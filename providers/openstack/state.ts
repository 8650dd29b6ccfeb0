import type { CloudState, InTheWay } from "../../model/cloud";
import { findable } from "./findable";

/** Ports that neutron itself has on a network; they go with it. */
const NEUTRONS = /^network:(dhcp|distributed|router_centralized_snat)/;

/** Networks, subnets and security groups cannot go as long as a port is on them. */
const inTheWay: InTheWay = {
  held: {
    "openstack:networking/network:Network": ({ id }) => ({ networkId: id }),
    "openstack:networking/subnet:Subnet": ({ inputs }) => ({ networkId: inputs?.networkId }),
    "openstack:networking/secGroup:SecGroup": ({ id }) => ({ securityGroupIds: [id] }),
  },
  all: { token: "openstack:networking/getPortIds:getPortIds", ids: ({ ids }) => (Array.isArray(ids) ? ids : []) },
  one: (portId) => ({ token: "openstack:networking/getPort:getPort", args: () => ({ portId }) }),
  describe({ id, name, allFixedIps, deviceOwner, deviceId }) {
    if (NEUTRONS.test(String(deviceOwner))) return undefined;
    const addresses = Array.isArray(allFixedIps) ? allFixedIps.join(", ") : "";
    const user = [deviceOwner, deviceId].filter((one) => typeof one === "string" && one !== "").join(" ");
    const known = [
      name === "" ? "" : `"${String(name)}"`,
      addresses === "" ? "" : `(${addresses})`,
      user === "" ? "used by nothing" : `of ${user}`,
    ];
    return `port ${[id, ...known].filter((one) => one !== "").join(" ")}`;
  },
};

/** What has to be known of OpenStack's resources where something broke, was lost or goes for good. */
export const state: CloudState = {
  findable,
  kinds: {
    machine: "openstack:compute/instance:Instance",
    volume: "openstack:blockstorage/volume:Volume",
    floatingAddress: "openstack:networking/floatingIp:FloatingIp",
  },
  // Tags, a port's addresses and groups, a machine's networks … cannot be read, and what cannot be read counts as changed.
  readsBack: false,
  unmade: /unexpected state 'ERROR'/,
  commands: { show: (id) => `openstack server show ${id}`, remove: (id) => `openstack server delete ${id}` },
  inTheWay,
  remedies: [
    [
      /unexpected state 'ERROR'/,
      "The cloud could not build a machine, and says why in `openstack server show ID -c fault`: mostly that no host has room for it, or that the quota of volumes or of their gigabytes is used up, which it finds out only then. Mend that and run the same command again: a machine that never was one is deleted and made again.",
    ],
    [
      /another (listener on this load balancer|member on this pool) is already using|(pool already has a health monitor|listener already has a default pool)/i,
      "It is there and not in the state, as when the answer to its creation was lost: delete it (`openstack loadbalancer listener`, `pool`, `member` or `healthmonitor`), then run the same command again.",
    ],
    [
      /application_credential.*Duplicate/i,
      "It is there and not in the state, as when the answer to its creation was lost, and its secret with it: `openstack application credential delete` it, then run the same command again.",
    ],
    [
      /Duplicate RecordSet/i,
      "The zone has a record of that name and type already: somebody else's, or one whose creation got no answer. Delete it (`openstack recordset delete`), or choose another name; then run the same command again.",
    ],
    [
      /it has children/i,
      "The balancer holds what is not in the state, as when the answer to its creation was lost: `openstack loadbalancer delete --cascade` takes it with all it holds; then run the same command again.",
    ],
  ],
};
