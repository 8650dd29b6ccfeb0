import { fields, list } from "../../../model/data";
import { hostsFirewall } from "../firewalls/hosts";
import { build } from "../vsphere";
import { byId, machineOf, ofType, type Shape, texts, volumeOf } from "./shape";

/** vSphere. */
export const vsphere: Shape = {
  zones: ["az-1", "az-2", "az-3"],
  infrastructure: (_wish, zones) => ({
    ...{ provider: "vsphere", zones, network: { dns: ["10.20.0.2"] } },
    vsphere: {
      ...{ server: "vcenter.example.org", datacenter: "Seoul" },
      zones: Object.fromEntries(zones.map((zone) => [zone, { cluster: zone, datastore: zone }])),
    },
  }),
  build: (plan) => build(plan),
  firewall: (g, plan) => hostsFirewall(g, plan.cluster.variables),
  machines: (g) => {
    const pools = byId(ofType(g, ":ResourcePool"));
    return ofType(g, ":VirtualMachine").map(({ name, inputs }) => {
      const config = fields(inputs.extraConfig);
      // The bastion's is a secret.
      const told = String({ ...config, ...fields(config.value) }["guestinfo.metadata"]);
      const ethernets = fields(fields(JSON.parse(Buffer.from(told, "base64").toString())).network).ethernets;
      const waysOut = Object.values(fields(ethernets)).flatMap((each) =>
        list(fields(each).routes).map((route) => String(fields(route).via)),
      );
      const apart = ofType(g, ":ComputeClusterVmAntiAffinityRule")
        .filter((rule) => texts(rule.inputs.virtualMachineIds).includes(`${name}-id`))
        .map((rule) => rule.name);
      const parent = String(pools.get(String(inputs.resourcePoolId))?.inputs.parentResourcePoolId);
      return { name: machineOf(name), zone: parent.replace(/^pool of /, ""), apart, waysOut };
    });
  },
  volumes: (g) =>
    ofType(g, ":VirtualDisk").map(({ name, inputs }) => ({
      name: volumeOf(name),
      zone: String(inputs.datastore),
      on: ofType(g, ":VirtualMachine").flatMap((each) =>
        list(each.inputs.disks)
          .filter((disk) => fields(disk).path === inputs.vmdkPath)
          .map(() => machineOf(each.name)),
      ),
    })),
  balancers: () => [],
  // Each guest is told its network's router.
  leadsOut: () => true,
};
