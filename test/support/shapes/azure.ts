import { fields, list } from "../../../model/data";
import { buildAzure, ZONES } from "../azure";
import { azureFirewall } from "../firewalls/azure";
import { byId, machineOf, ofType, type Shape, texts, volumeOf } from "./shape";

/** Azure. */
export const azure: Shape = {
  zones: ZONES,
  infrastructure: ({ nat, existing }, zones) => ({
    ...{ provider: "azure", region: "koreacentral", zones },
    azure: existing
      ? {
          existing: {
            network: "/subscriptions/0/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/hub",
            subnets: { node: { name: "nodes", cidr: "10.20.4.0/24" }, outer: { name: "edge", cidr: "10.20.5.0/27" } },
          },
        }
      : { natGateways: nat },
  }),
  build: (plan) => buildAzure(plan),
  firewall: azureFirewall,
  machines: (g) => {
    const subnets = byId(ofType(g, ":Subnet"));
    const nics = byId(ofType(g, ":NetworkInterface"));
    return ofType(g, ":VirtualMachine").map(({ name, inputs }) => {
      const waysOut = list(fields(inputs.networkProfile).networkInterfaces).flatMap((nic) =>
        list(nics.get(String(fields(nic).id))?.inputs.ipConfigurations).flatMap((each) => {
          const { subnet, publicIPAddress: own } = fields(each);
          const nat = fields(subnets.get(String(fields(subnet).id))?.inputs.natGateway);
          return [own, nat].flatMap((way) => (fields(way).id === undefined ? [] : [String(fields(way).id)]));
        }),
      );
      return { name: machineOf(name), zone: texts(inputs.zones).join(), apart: [], waysOut };
    });
  },
  volumes: (g) =>
    ofType(g, ":Disk").map(({ name, inputs }) => ({
      name: volumeOf(name),
      zone: texts(inputs.zones).join(),
      on: ofType(g, ":VirtualMachine")
        .filter((each) =>
          list(fields(each.inputs.storageProfile).dataDisks).some((disk) => fields(fields(disk).managedDisk).id === `${name}-id`),
        )
        .map((each) => machineOf(each.name)),
    })),
  balancers: (g) =>
    ofType(g, ":LoadBalancer").flatMap(({ name, inputs }) =>
      list(inputs.loadBalancingRules).map((rule) => {
        const pool = String(fields(fields(rule).backendAddressPool).id).replace("$self", `${name}-id`);
        const members = ofType(g, ":NetworkInterface").flatMap((nic) =>
          list(nic.inputs.ipConfigurations).flatMap((each) =>
            list(fields(each).loadBalancerBackendAddressPools)
              .filter((own) => fields(own).id === pool)
              .map(() => machineOf(nic.name)),
          ),
        );
        return { what: fields(rule).name === "api" ? ("api" as const) : ("ingress" as const), members };
      }),
    ),
  leadsOut: ({ nat, existing }) => nat !== "none" && !existing,
};
