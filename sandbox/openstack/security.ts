import { isDeepStrictEqual } from "node:util";
import { parseAddress } from "../../model/ipv4";
import { type CheckFailure, type Properties, UNKNOWN } from "../../plugin/rpc/provider";
import { ApiError, newId } from "../cloud/cloud";
import { fieldsOf } from "../cloud/fields";
import { number, text, texts } from "../values";
import type { Types } from "./names";

const PROTOCOLS =
  `ah dccp egp esp gre icmp igmp ipv6-encap ipv6-frag ipv6-icmp ipv6-nonxt ipv6-opts ipv6-route ospf pgm rsvp sctp tcp udp udplite vrrp`.split(
    " ",
  );
const PORTED = ["tcp", "udp", "sctp", "dccp", "udplite"];

/** What makes two rules the same to neutron. */
const RULE_IDENTITY = [
  "direction",
  "ethertype",
  "protocol",
  "portRangeMin",
  "portRangeMax",
  "remoteGroupId",
  "remoteIpPrefix",
  "securityGroupId",
];

/** Security groups and their rules. */
export const SECURITY: Types = {
  "openstack:networking/secGroup:SecGroup": {
    kind: "secGroup",
    fields: fieldsOf("name~ description~ deleteDefaultRules*:b region~* tags:l tenantId~*"),
    sets: ["tags"],
    unread: ["tags", "deleteDefaultRules"],
    waits: 409,
    outputs: ["allTags"],
    references: {},
    create(cloud, inputs) {
      cloud.charge("securityGroups", 1, cloud.store.list("secGroup").length);
      return { description: "", ...inputs, allTags: texts(inputs, "tags").sort(), id: newId() };
    },
    update: (_cloud, object, inputs) => ({ ...object, ...inputs, allTags: texts(inputs, "tags").sort(), id: object.id }),
    remove(cloud, { id }) {
      if (cloud.store.list("port").some((port) => texts(port, "allSecurityGroupIds").includes(id)))
        throw new ApiError(409, `Security Group ${id} in use.`);
      // As neutron does: its rules, and the rules that name it, go with it.
      for (const rule of cloud.store.list("secGroupRule")) {
        if (rule.securityGroupId === id || rule.remoteGroupId === id) cloud.store.delete("secGroupRule", rule.id);
      }
    },
  },

  "openstack:networking/secGroupRule:SecGroupRule": {
    kind: "secGroupRule",
    fields:
      fieldsOf(`direction!* ethertype!* securityGroupId!* description* protocol~* portRangeMin~*:n portRangeMax~*:n remoteGroupId~* remoteIpPrefix~*
      region~* tenantId~*`),
    oneOf: { direction: ["ingress", "egress"], ethertype: ["IPv4", "IPv6"] },
    outputs: [],
    references: { securityGroupId: "secGroup", remoteGroupId: "secGroup" },
    check: checkRule,
    create(cloud, inputs) {
      const rules = cloud.store.list("secGroupRule");
      const same = rules.find((rule) => isDeepStrictEqual(identity(rule), identity(inputs)));
      if (same !== undefined) throw new ApiError(409, `Security group rule already exists. Rule id is ${same.id}.`);
      cloud.charge("securityGroupRules", 1, rules.length);
      return { ...inputs, id: newId() };
    },
  },
};

function identity(rule: Properties): unknown[] {
  return RULE_IDENTITY.map((key) => rule[key] ?? (key === "protocol" ? "any" : key === "remoteIpPrefix" ? "" : undefined)).map(
    (value) => value ?? "",
  );
}

function checkRule(inputs: Properties): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const protocol = inputs.protocol ?? "";
  const [min, max] = [number(inputs, "portRangeMin"), number(inputs, "portRangeMax")];
  const known = protocol === "" || protocol === UNKNOWN || PROTOCOLS.includes(String(protocol)) || isProtocolNumber(String(protocol));
  if (!known)
    failures.push({ property: "protocol", reason: `unknown "protocol" ${String(protocol)} for openstack_networking_secgroup_rule_v2` });
  if (min !== undefined && max !== undefined && min > max)
    failures.push({ property: "portRangeMin", reason: `must not be greater than portRangeMax (${min} > ${max})` });
  for (const [property, port] of Object.entries({ portRangeMin: min, portRangeMax: max })) {
    if (port !== undefined && (port < 0 || port > 65535))
      failures.push({ property, reason: `expected to be in the range (0 - 65535), got ${port}` });
  }
  if ((min ?? max) !== undefined && !PORTED.includes(String(protocol)) && !String(protocol).includes("icmp") && protocol !== UNKNOWN) {
    failures.push({ property: "portRangeMin", reason: `protocol "${String(protocol)}" has no ports` });
  }
  if (inputs.remoteGroupId !== undefined && inputs.remoteIpPrefix !== undefined)
    failures.push({ property: "remoteGroupId", reason: `conflicts with "remoteIpPrefix"` });
  const prefix = text(inputs, "remoteIpPrefix");
  if (prefix !== "" && prefix !== UNKNOWN && inputs.ethertype === "IPv4" && parseAddress(prefix.split("/")[0] ?? "") === undefined) {
    failures.push({ property: "remoteIpPrefix", reason: `"${prefix}" is no IPv4 network in CIDR notation` });
  }
  return failures;
}

function isProtocolNumber(protocol: string): boolean {
  return /^\d{1,3}$/.test(protocol) && Number(protocol) <= 255;
}
