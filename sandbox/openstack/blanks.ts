import type { Properties } from "../../plugin/rpc/provider";

/** How long the provider waits, in the state's own words: minutes by operation. */
const timeouts = (minutes: Readonly<Record<string, number>>): Properties => {
  const nanoseconds = Object.entries(minutes).map(([operation, each]) => [operation, each * 60e9]);
  return { __meta: JSON.stringify({ "e2bfb730-ecaa-11e6-8f88-34363bc7c4c0": Object.fromEntries(nanoseconds) }) };
};

const TEN = timeouts({ create: 10, delete: 10 });
const TEN_EACH = timeouts({ create: 10, delete: 10, update: 10 });

/** What the provider's state holds where nobody gave anything, by resource type: seen with 3.15.2 (docs/sandbox.md). */
export const BLANKS: Readonly<Record<string, Properties>> = {
  "openstack:networking/network:Network": {
    ...TEN,
    availabilityZoneHints: [],
    description: "",
    dnsDomain: "",
    qosPolicyId: "",
    segments: [],
    tags: [],
    transparentVlan: false,
  },
  "openstack:networking/subnet:Subnet": {
    ...TEN,
    description: "",
    dnsNameservers: [],
    ipv6AddressMode: "",
    ipv6RaMode: "",
    serviceTypes: [],
    subnetpoolId: "",
    tags: [],
  },
  "openstack:networking/router:Router": { ...TEN, availabilityZoneHints: [], description: "", tags: [] },
  "openstack:networking/routerInterface:RouterInterface": TEN,
  "openstack:networking/port:Port": {
    ...TEN,
    allowedAddressPairs: [{ ipAddress: "", macAddress: "" }],
    binding: { hostId: "", profile: "", vifDetails: {}, vifType: "", vnicType: "normal" },
    description: "",
    dnsName: "",
    extraDhcpOptions: [],
    fixedIps: [],
    qosPolicyId: "",
    tags: [],
  },
  "openstack:networking/floatingIp:FloatingIp": { ...TEN, dnsDomain: "", dnsName: "", fixedIp: "", portId: "", tags: [] },
  "openstack:networking/secGroup:SecGroup": { ...timeouts({ delete: 10 }), tags: [] },
  "openstack:networking/secGroupRule:SecGroupRule": {
    ...timeouts({ delete: 10 }),
    description: "",
    portRangeMax: 0,
    portRangeMin: 0,
    protocol: "",
    remoteGroupId: "",
    remoteIpPrefix: "",
  },
  "openstack:compute/keypair:Keypair": { privateKey: "", userId: "" },
  "openstack:compute/serverGroup:ServerGroup": { rules: { maxServerPerHost: 0 } },
  "openstack:compute/instance:Instance": {
    ...timeouts({ create: 30, delete: 30, update: 30 }),
    blockDevices: [{ deviceType: "", diskBus: "", guestFormat: "", multiattach: false, volumeType: "" }],
    networks: [{ fixedIpV6: "", floatingIp: "" }],
    schedulerHints: [
      { additionalProperties: {}, buildNearHostIp: "", differentCells: [], differentHosts: [], queries: [], sameHosts: [], targetCell: "" },
    ],
    tags: [],
  },
  "openstack:compute/volumeAttach:VolumeAttach": TEN,
  "openstack:blockstorage/volume:Volume": { ...TEN, backupId: "", description: "", snapshotId: "", sourceVolId: "" },
  "openstack:loadbalancer/loadBalancer:LoadBalancer": {
    ...timeouts({ create: 10, delete: 5, update: 10 }),
    availabilityZone: "",
    description: "",
    flavorId: "",
    tags: [],
  },
  "openstack:loadbalancer/listener:Listener": {
    ...TEN_EACH,
    allowedCidrs: [],
    defaultPoolId: "",
    defaultTlsContainerRef: "",
    description: "",
    insertHeaders: {},
    sniContainerRefs: [],
    tags: [],
  },
  "openstack:loadbalancer/pool:Pool": { ...TEN_EACH, description: "", persistence: { cookieName: "", type: "" } },
  "openstack:loadbalancer/member:Member": { ...TEN_EACH, backup: false, monitorAddress: "", monitorPort: 0 },
  "openstack:loadbalancer/monitor:Monitor": TEN_EACH,
  "openstack:dns/recordSet:RecordSet": { ...TEN_EACH, description: "" },
  "openstack:identity/applicationCredential:ApplicationCredential": { accessRules: [], description: "", expiresAt: "" },
};
