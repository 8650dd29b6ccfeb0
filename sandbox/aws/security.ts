import { isDeepStrictEqual } from "node:util";
import { parseCidr } from "../../model/ipv4";
import { type CheckFailure, type Properties, UNKNOWN } from "../../plugin/rpc/provider";
import { ApiError } from "../cloud/cloud";
import type { ResourceType } from "../cloud/type";
import { number, text } from "../values";
import { interfacesIn } from "./addresses";
import { type Aws, arnOf, awsId, type Types, typeOf } from "./names";

const SOURCES = ["cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"] as const;
const IDENTITY = ["direction", "securityGroupId", "ipProtocol", "fromPort", "toPort", ...SOURCES];

/** Security groups and their rules. */
export const SECURITY: Types = {
  ...typeOf("aws:ec2/securityGroup:SecurityGroup", {
    kind: "securityGroup",
    defaults: { description: "Managed by Pulumi", revokeRulesOnDelete: false },
    unread: ["revokeRulesOnDelete"],
    waits: "DependencyViolation",
    outputs: ["arn", "ownerId", "tagsAll"],
    references: { vpcId: "vpc" },
    create(cloud, inputs) {
      const { name, vpcId } = inputs;
      if (cloud.store.list("securityGroup").some((each) => each.vpcId === vpcId && each.name === name))
        throw new ApiError("InvalidGroup.Duplicate", `The security group '${String(name)}' already exists for VPC '${String(vpcId)}'`);
      const id = awsId("sg");
      return { ...inputs, arn: arnOf(cloud, "ec2", `security-group/${id}`), tagsAll: inputs.tags ?? {}, id };
    },
    remove(cloud, { id }) {
      const used = interfacesIn(cloud).some(({ groups }) => groups.includes(id));
      const named = cloud.store
        .list("securityGroupRule")
        .some((each) => each.referencedSecurityGroupId === id && each.securityGroupId !== id);
      if (used || named) throw new ApiError("DependencyViolation", `resource ${id} has a dependent object`);
      for (const each of cloud.store.list("securityGroupRule"))
        if (each.securityGroupId === id) cloud.store.delete("securityGroupRule", each.id);
    },
  }),

  // It is the VPC's own: the provider takes it over and its rules away, and leaves it where it is.
  ...typeOf("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", {
    kind: "defaultSecurityGroup",
    outputs: ["arn", "description", "name", "namePrefix", "ownerId", "tagsAll"],
    references: { vpcId: "vpc" },
    create(cloud, inputs) {
      const group = cloud.store.list("securityGroup").find((each) => each.vpcId === inputs.vpcId && each.own === true);
      if (group === undefined) throw new ApiError("InvalidGroup.NotFound", "The security group 'default' does not exist");
      return { ...inputs, name: group.name, description: group.description, tagsAll: inputs.tags ?? {}, id: group.id };
    },
  }),

  ...typeOf("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", rule("ingress")),
  ...typeOf("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", rule("egress")),
};

function rule(direction: "ingress" | "egress"): Omit<ResourceType<Aws>, "fields"> {
  return {
    kind: "securityGroupRule",
    outputs: ["arn", "securityGroupRuleId", "tagsAll"],
    references: { securityGroupId: "securityGroup", referencedSecurityGroupId: "securityGroup" },
    check: checkRule,
    create(cloud, inputs) {
      const own = { ...inputs, direction };
      refuseTwice(cloud, own);
      const rules = cloud.store
        .list("securityGroupRule")
        .filter((each) => each.securityGroupId === inputs.securityGroupId && each.direction === direction);
      cloud.charge("rules", 1, rules.length);
      const groups = [inputs.securityGroupId, inputs.referencedSecurityGroupId].flatMap((id) =>
        typeof id === "string" ? [cloud.find("securityGroup", id)] : [],
      );
      if (new Set(groups.map(({ vpcId }) => vpcId)).size > 1)
        throw new ApiError("InvalidGroup.NotFound", `You have specified two resources that belong to different networks.`);
      const id = awsId("sgr");
      return { ...own, securityGroupRuleId: id, arn: arnOf(cloud, "ec2", `security-group-rule/${id}`), tagsAll: inputs.tags ?? {}, id };
    },
    update(cloud, object, inputs) {
      refuseTwice(cloud, { ...inputs, direction }, object.id);
      return { ...object, ...inputs, direction, tagsAll: inputs.tags ?? {}, id: object.id };
    },
  };
}

function refuseTwice(cloud: Aws, inputs: Properties, but = ""): void {
  const same = cloud.store.list("securityGroupRule").find((each) => each.id !== but && isDeepStrictEqual(identity(each), identity(inputs)));
  if (same === undefined) return;
  const peer = SOURCES.map((key) => text(inputs, key)).find((each) => each !== "");
  throw new ApiError(
    "InvalidPermission.Duplicate",
    `the specified rule "peer: ${peer}, ${text(inputs, "ipProtocol")}, ALLOW" already exists`,
  );
}

function identity(rule: Properties): unknown[] {
  return IDENTITY.map((key) => rule[key] ?? "");
}

function checkRule(inputs: Properties): CheckFailure[] {
  const failures: CheckFailure[] = [];
  if (SOURCES.filter((key) => inputs[key] !== undefined).length !== 1)
    failures.push({ property: "cidrIpv4", reason: `exactly one of [${SOURCES.join(", ")}] must be given` });
  const protocol = String(inputs.ipProtocol);
  const [from, to] = [number(inputs, "fromPort"), number(inputs, "toPort")];
  const known = ["tcp", "udp", "icmp", "icmpv6", "-1"].includes(protocol) || /^\d{1,3}$/.test(protocol) || protocol === UNKNOWN;
  if (!known) failures.push({ property: "ipProtocol", reason: `Invalid value '${protocol}' for IP protocol. Unknown protocol.` });
  if (["tcp", "udp"].includes(protocol) && (from === undefined || to === undefined))
    failures.push({ property: "fromPort", reason: `Invalid value for portRange: ports must be given with ${protocol}` });
  if (["tcp", "udp"].includes(protocol) && from !== undefined && to !== undefined && (from > to || from < 0 || to > 65_535))
    failures.push({ property: "fromPort", reason: `Invalid TCP/UDP port range (${from}:${to})` });
  if (!["tcp", "udp", "icmp", "icmpv6"].includes(protocol) && from !== undefined)
    failures.push({ property: "fromPort", reason: `no ports may be given with the protocol ${protocol}` });
  const cidr = text(inputs, "cidrIpv4");
  if (cidr !== "" && cidr !== UNKNOWN && parseCidr(cidr) === undefined)
    failures.push({ property: "cidrIpv4", reason: `CIDR block ${cidr} is malformed` });
  return failures;
}
