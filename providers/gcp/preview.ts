import type { CloudPreview } from "../../model/cloud";
import { text } from "../../model/data";
import { marksOf, volumeTitle } from "../../model/marks";
import { PROTOCOL_NUMBERS } from "../../model/plan/rules";
import { withData } from "../../model/preview/impacts";
import { lastPart } from "./findable";

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const member = (value: unknown): Readonly<Record<string, unknown>> => {
  const [first] = list(value);
  return typeof first === "object" && first !== null ? { ...first } : {};
};

/** How a preview tells of GCP's resources. */
export const preview: CloudPreview = {
  countedOn: {
    "gcp:compute/instance:Instance": {
      kind: "machine",
      // The provider stops a machine for these, and starts it again.
      restartedBy: /^(machineType|serviceAccount|shieldedInstanceConfig|minCpuPlatform|enableDisplay)$/,
      describe: (recorded) => ({
        name: marksOf(recorded).key,
        detail: [lastPart(recorded.machineType), text(member(recorded.networkInterfaces).networkIp)].filter(Boolean).join(", "),
      }),
    },
    "gcp:compute/disk:Disk": {
      kind: "volume",
      describe: (recorded) => ({
        name: volumeTitle(recorded),
        detail: withData(recorded.size === undefined ? undefined : `${String(recorded.size)} GiB`),
      }),
    },
    "gcp:compute/address:Address": {
      kind: "address",
      describe: ({ address }) => ({ name: text(address), detail: "given back to the cloud" }),
    },
    "gcp:compute/forwardingRule:ForwardingRule": {
      kind: "balancer",
      describe: ({ ipAddress, name }) => ({ name: text(ipAddress) ?? text(name), detail: "nothing answers there while it is made anew" }),
    },
  },
  /** A rule's ends stand in its name. */
  flow: (type, name, inputs) => {
    const { direction, destinationRanges, sourceRanges, description } = inputs;
    const { protocol, ports: given } = member(inputs.allows);
    if (type !== "gcp:compute/firewall:Firewall" || protocol === undefined) return undefined;
    const [, own = name, , peer] = /-rule-([a-z-]+)-(ingress|egress)-.*-(?:from|to)-(.+)$/.exec(name) ?? [];
    const out = direction === "EGRESS";
    // A peer that is no prefix is a group, whatever stands for it outwards.
    const [range] = list(out ? destinationRanges : sourceRanges);
    const other = range === undefined || (peer !== undefined && /^[a-z-]+$/.test(peer)) ? (peer ?? "unknown") : `cidr:${String(range)}`;
    const [from, to] = out ? [own, other] : [other, own];
    const ports = list(given).map((each) => (/^\d+$/.test(String(each)) ? Number(each) : String(each)));
    const [numbered] = Object.entries(PROTOCOL_NUMBERS).find(([, number]) => `${number}` === protocol) ?? [];
    const known = protocol === "all" ? "any" : protocol === "58" ? "icmp" : (numbered ?? String(protocol));
    return { from, to, protocol: known, ports, reason: (text(description) ?? "").replace(/^kpaas [^:]*: /, "") };
  },
};
