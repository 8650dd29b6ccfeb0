import type { CloudPreview } from "../../model/cloud";
import { fields, list, text } from "../../model/data";
import { marksOf, volumeTitle } from "../../model/marks";
import { PROTOCOL_NUMBERS } from "../../model/plan/rules";
import { withData } from "../../model/preview/impacts";

/** How a preview tells of OpenStack's resources. */
export const preview: CloudPreview = {
  countedOn: {
    "openstack:compute/instance:Instance": {
      kind: "machine",
      restartedBy: /^flavor(Name|Id)$/,
      describe: (recorded) => ({
        name: marksOf(recorded).key,
        detail: [text(recorded.flavorName), privateAddress(recorded)].filter(Boolean).join(", "),
      }),
    },
    "openstack:blockstorage/volume:Volume": {
      kind: "volume",
      describe: (recorded) => ({
        name: volumeTitle(recorded),
        detail: withData(recorded.size === undefined ? undefined : `${String(recorded.size)} GiB`),
      }),
    },
    "openstack:networking/floatingIp:FloatingIp": {
      kind: "address",
      describe: ({ address }) => ({ name: text(address), detail: "given back to the cloud" }),
    },
    "openstack:loadbalancer/loadBalancer:LoadBalancer": {
      kind: "balancer",
      describe: ({ vipAddress }) => ({ name: text(vipAddress), detail: "nothing answers there while it is made anew" }),
    },
  },
  /** A rule's ends stand in its name. */
  flow: (type, name, inputs) => {
    if (type !== "openstack:networking/secGroupRule:SecGroupRule") return undefined;
    const { direction, protocol, portRangeMin: min, portRangeMax: max, remoteIpPrefix, description } = inputs;
    const [, own = name, , peer] = /-rule-([a-z-]+)-(ingress|egress)-.*-(?:from|to)-(.+)$/.exec(name) ?? [];
    const other = text(remoteIpPrefix) === undefined ? (peer ?? "unknown") : `cidr:${String(remoteIpPrefix)}`;
    const [from, to] = direction === "egress" ? [own, other] : [other, own];
    const ports = typeof min !== "number" ? [] : min === max ? [min] : [`${min}-${String(max)}`];
    const [numbered] = Object.entries(PROTOCOL_NUMBERS).find(([, number]) => `${number}` === protocol) ?? [];
    return { from, to, protocol: numbered ?? text(protocol) ?? "any", ports, reason: text(description) ?? "" };
  },
};

function privateAddress(recorded: Readonly<Record<string, unknown>>): string | undefined {
  return text(fields(list(recorded.networks)[0]).fixedIpV4) ?? text(recorded.accessIpV4);
}
