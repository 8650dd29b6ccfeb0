import { fields, list } from "../../../model/data";
import { gcpFirewall } from "../firewalls/gcp";
import { buildGcp, ZONES } from "../gcp";
import { attachedVolumes, byId, machineOf, ofType, roleOf, type Shape } from "./shape";

/** GCP. */
export const gcp: Shape = {
  zones: ZONES,
  infrastructure: ({ nat, existing }, zones) => ({
    ...{ provider: "gcp", region: "asia-northeast3", zones },
    gcp: { project: "acme-platform", nat: nat !== "none" },
    ...(existing ? { network: { existing: { network: "shared", subnets: { node: "nodes" } } } } : {}),
  }),
  build: (plan) => buildGcp(plan),
  firewall: gcpFirewall,
  machines: (g) =>
    ofType(g, "instance:Instance").map(({ name, inputs }) => {
      const [nic = {}] = list(inputs.networkInterfaces).map(fields);
      const nats = ofType(g, ":RouterNat").filter((each) =>
        list(each.inputs.subnetworks).some((subnet) => fields(subnet).name === nic.subnetwork),
      );
      // Who has an address outside is not led out by NAT.
      const own = list(nic.accessConfigs).map((each) => String(fields(each).natIp));
      const waysOut = own.length > 0 ? own : nats.map((each) => each.name);
      return { name: machineOf(name), zone: String(inputs.zone), apart: [], waysOut };
    }),
  volumes: (g) =>
    attachedVolumes(g, { volume: ":Disk", zone: "zone", attachment: ":AttachedDisk", of: "disk", to: "instance", by: "link" }),
  balancers: (g) => {
    const services = byId(ofType(g, ":RegionBackendService"), "link");
    const groups = byId(ofType(g, ":InstanceGroup"), "link");
    return ofType(g, ":ForwardingRule").map(({ name, inputs }) => {
      const members = list(services.get(String(inputs.backendService))?.inputs.backends).flatMap((backend) => {
        const { name: group, zone } = groups.get(String(fields(backend).group))?.inputs ?? {};
        return ofType(g, ":InstanceGroupMembership").filter((each) => each.inputs.instanceGroup === group && each.inputs.zone === zone);
      });
      return { what: roleOf(name), members: members.map((each) => machineOf(String(each.inputs.instance))) };
    });
  },
  leadsOut: ({ nat }) => nat !== "none",
};
