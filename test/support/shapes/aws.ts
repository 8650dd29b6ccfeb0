import { fields, list } from "../../../model/data";
import type { RecordedResource } from "../../../testing/graph";
import { buildAws, ZONES } from "../aws";
import { awsFirewall } from "../firewalls/aws";
import { attachedVolumes, byId, machineOf, ofType, roleOf, type Shape } from "./shape";

/** The zone of a sample subnet that is there already. */
const AWS_SUBNET = /^subnet-([01])\1{6}(\d)$/;

/** AWS. */
export const aws: Shape = {
  zones: ZONES,
  infrastructure: ({ nat, existing }, zones) => ({
    ...{ provider: "aws", region: "ap-northeast-2", zones },
    aws: existing
      ? {
          existing: {
            vpc: "vpc-00000001",
            subnets: Object.fromEntries(
              zones.map((zone, index) => [
                zone,
                {
                  node: { id: `subnet-0000000${index}`, cidr: `10.20.${index}.0/24` },
                  outer: { id: `subnet-1111111${index}`, cidr: `10.20.1${index}.0/24` },
                },
              ]),
            ),
          },
        }
      : { natGateways: nat },
  }),
  build: (plan) => buildAws(plan),
  firewall: awsFirewall,
  machines: (g) => {
    const subnets = byId(ofType(g, "subnet:Subnet"));
    const nats = byId(ofType(g, ":NatGateway"));
    const met = new Set(ofType(g, ":EipAssociation").map(({ inputs }) => inputs.instanceId));
    /** The default routes of a subnet. */
    const routes = (subnet: unknown): RecordedResource[] =>
      ofType(g, ":RouteTableAssociation")
        .filter(({ inputs }) => inputs.subnetId === subnet)
        .flatMap((joined) =>
          ofType(g, ":Route").filter(
            ({ inputs }) => inputs.routeTableId === joined.inputs.routeTableId && inputs.destinationCidrBlock === "0.0.0.0/0",
          ),
        );
    const isOuter = (subnet: unknown): boolean => routes(subnet).some(({ inputs }) => inputs.gatewayId !== undefined);
    return ofType(g, "instance:Instance").map(({ name, inputs }) => {
      const [, , index] = AWS_SUBNET.exec(String(inputs.subnetId)) ?? [];
      const zone = subnets.get(String(inputs.subnetId))?.inputs.availabilityZone ?? ZONES[Number(index)];
      const waysOut = routes(inputs.subnetId).flatMap((route) => {
        const { gatewayId, natGatewayId } = route.inputs;
        // Packets of an inner address are dropped by the internet's gateway; a NAT gateway needs that itself.
        const leads = gatewayId !== undefined ? met.has(`${name}-id`) : isOuter(nats.get(String(natGatewayId))?.inputs.subnetId);
        return leads ? [route.name] : [];
      });
      return { name: machineOf(name), zone: String(zone), apart: [], waysOut };
    });
  },
  volumes: (g) =>
    attachedVolumes(g, {
      volume: "volume:Volume",
      zone: "availabilityZone",
      attachment: ":VolumeAttachment",
      of: "volumeId",
      to: "instanceId",
    }),
  balancers: (g) => {
    const machines = new Map(ofType(g, "instance:Instance").map(({ name, inputs }) => [inputs.privateIp, machineOf(name)]));
    return ofType(g, ":Listener").map(({ name, inputs }) => {
      const targets = list(inputs.defaultActions).map((each) => fields(each).targetGroupArn);
      const members = ofType(g, ":TargetGroupAttachment").filter((each) => targets.includes(each.inputs.targetGroupArn));
      return { what: roleOf(name), members: members.map((each) => machines.get(each.inputs.targetId) ?? String(each.inputs.targetId)) };
    });
  },
  leadsOut: ({ nat, existing }) => nat !== "none" && !existing,
};
