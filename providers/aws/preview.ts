import type { CloudPreview } from "../../model/cloud";
import { text } from "../../model/data";
import { marksOf, volumeTitle } from "../../model/marks";
import { PROTOCOL_NUMBERS } from "../../model/plan/rules";
import { withData } from "../../model/preview/impacts";

const RULES = /^aws:vpc\/securityGroup(Ingress|Egress)Rule:/;

/** How a preview tells of AWS's resources. */
export const preview: CloudPreview = {
  countedOn: {
    "aws:ec2/instance:Instance": {
      kind: "machine",
      // The provider stops a machine for these, and starts it again.
      restartedBy: /^(instanceType|userData|userDataBase64|ebsOptimized)$/,
      describe: (recorded) => ({
        name: marksOf(recorded).key,
        detail: [text(recorded.instanceType), text(recorded.privateIp)].filter(Boolean).join(", "),
      }),
    },
    "aws:ebs/volume:Volume": {
      kind: "volume",
      describe: (recorded) => ({
        name: volumeTitle(recorded),
        detail: withData(recorded.size === undefined ? undefined : `${String(recorded.size)} GiB`),
      }),
    },
    "aws:ec2/eip:Eip": { kind: "address", describe: ({ publicIp }) => ({ name: text(publicIp), detail: "given back to the cloud" }) },
    "aws:lb/loadBalancer:LoadBalancer": {
      kind: "balancer",
      describe: ({ dnsName, name }) => ({
        name: text(dnsName) ?? text(name),
        detail: "nothing answers there while it is made anew, and another name does then",
      }),
    },
  },
  /** A rule's ends stand in its name. */
  flow: (type, name, inputs) => {
    const [, way] = RULES.exec(type) ?? [];
    if (way === undefined) return undefined;
    const { ipProtocol, fromPort: min, toPort: max, cidrIpv4, cidrIpv6, description } = inputs;
    const [, own = name, , peer] = /-rule-([a-z-]+)-(ingress|egress)-.*-(?:from|to)-(.+)$/.exec(name) ?? [];
    const cidr = text(cidrIpv4) ?? text(cidrIpv6);
    const other = cidr === undefined ? (peer ?? "unknown") : `cidr:${cidr}`;
    const [from, to] = way === "Egress" ? [own, other] : [other, own];
    const ports = typeof min !== "number" || min < 0 ? [] : min === max ? [min] : [`${min}-${String(max)}`];
    const [numbered] = Object.entries(PROTOCOL_NUMBERS).find(([, number]) => `${number}` === ipProtocol) ?? [];
    const named = ipProtocol === "-1" ? "any" : ipProtocol === "icmpv6" ? "icmp" : text(ipProtocol);
    return { from, to, protocol: numbered ?? named ?? "any", ports, reason: text(description) ?? "" };
  },
};
