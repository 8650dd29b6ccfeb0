import { fields, list } from "../../../model/data";
import { openstackFirewall } from "../firewalls/openstack";
import { buildNhn } from "../nhn";
import { build } from "../openstack";
import { attachedVolumes, byId, machineOf, ofType, type Shape } from "./shape";

/** OpenStack. */
export const openstack: Shape = {
  zones: ["az-1", "az-2", "az-3"],
  infrastructure: ({ existing, outside }, zones) => ({
    ...{ provider: "openstack", zones },
    ...(existing ? { network: { existing: { network: "net", subnets: { node: "sub" }, ...(outside ? { router: "edge" } : {}) } } } : {}),
  }),
  build: (plan) => build(plan),
  firewall: (g) => openstackFirewall(g),
  machines: (g) => {
    const ports = byId(ofType(g, ":Port"));
    const routers = byId(ofType(g, ":Router"));
    return ofType(g, ":Instance").map(({ name, inputs }) => {
      const waysOut = list(inputs.networks).flatMap((network) =>
        list(ports.get(String(fields(network).port))?.inputs.fixedIps).flatMap((address) =>
          ofType(g, ":RouterInterface")
            .filter((joined) => joined.inputs.subnetId === fields(address).subnetId)
            .filter((joined) => routers.get(String(joined.inputs.routerId))?.inputs.externalNetworkId !== undefined)
            .map((joined) => joined.name),
        ),
      );
      const apart = list(inputs.schedulerHints).map((each) => String(fields(each).group));
      return { name: machineOf(name), zone: String(inputs.availabilityZone), apart, waysOut };
    });
  },
  volumes: (g) =>
    attachedVolumes(g, { volume: ":Volume", zone: "availabilityZone", attachment: ":VolumeAttach", of: "volumeId", to: "instanceId" }),
  balancers: (g) => {
    const addresses = new Map(
      ofType(g, ":Port").flatMap(({ name, inputs }) =>
        list(inputs.fixedIps).map((each) => [fields(each).ipAddress, machineOf(name)] as const),
      ),
    );
    return ofType(g, ":Listener").map(({ name }) => {
      const pools = ofType(g, ":Pool").filter((each) => each.inputs.listenerId === `${name}-id`);
      const members = ofType(g, ":Member").filter((each) => pools.some((pool) => `${pool.name}-id` === each.inputs.poolId));
      return { what: "api" as const, members: members.map((each) => addresses.get(each.inputs.address) ?? String(each.inputs.address)) };
    });
  },
  leadsOut: ({ existing }) => !existing,
};

/** NHN Cloud: what OpenStack has, in its own words. */
export const nhn: Shape = {
  ...openstack,
  zones: ["kr-pub-a", "kr-pub-b", "kr-pub-c"],
  infrastructure: (_wish, zones) => ({
    ...{ provider: "nhn", region: "KR1", zones, image: "Ubuntu Server 22.04.5 LTS (2025.07.15)" },
    network: { existing: { network: "Default Network", subnets: { node: "Default Network" } } },
  }),
  build: (plan) => buildNhn(plan),
  // The routing table of the network that is there does.
  leadsOut: () => false,
};
