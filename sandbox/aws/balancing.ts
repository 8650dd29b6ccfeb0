import { contains, parseAddress, parseCidr } from "../../model/ipv4";
import type { Properties } from "../../plugin/rpc/provider";
import { ApiError } from "../cloud/cloud";
import type { Stored } from "../store";
import { isMap, maps, text, texts } from "../values";
import { hasGateway, takeAddress } from "./addresses";
import { type Aws, arnOf, awsId, type Types, typeOf } from "./names";
import { refuseTaken } from "./networking";

/** An elastic address by its allocation; nothing where none is given. */
function publicOf(cloud: Aws, allocation: string): string[] {
  return allocation === "" ? [] : [text(cloud.find("eip", allocation), "publicIp")];
}

/** Has every balancer hold the addresses that it leads to. `listener` and `target` are about to be there, what is `gone` to go. */
function lead(cloud: Aws, change: { readonly listener?: Stored; readonly target?: Stored; readonly gone?: string }): void {
  const now = (kind: "listener" | "targetGroupAttachment", made: Stored | undefined): Stored[] =>
    [...cloud.store.list(kind), ...(made ? [made] : [])].filter(({ id }) => id !== change.gone);
  const listeners = now("listener", change.listener);
  const targets = now("targetGroupAttachment", change.target);
  for (const balancer of cloud.store.list("loadBalancer")) {
    const groups = listeners.flatMap((each) => (each.loadBalancerArn === balancer.id ? targetsOf(each) : []));
    const leadsTo = targets.flatMap((each) => (groups.includes(text(each, "targetGroupArn")) ? [text(each, "targetId")] : []));
    cloud.store.put("loadBalancer", { ...balancer, leadsTo });
  }
}

/** Network balancers with their listeners and targets. */
export const BALANCING: Types = {
  ...typeOf("aws:lb/loadBalancer:LoadBalancer", {
    kind: "loadBalancer",
    defaults: { loadBalancerType: "application", enableDeletionProtection: false },
    oneOf: {
      loadBalancerType: ["application", "gateway", "network"],
      ipAddressType: ["ipv4", "dualstack", "dualstack-without-public-ipv4"],
    },
    sets: ["securityGroups", "subnets", "subnetMappings"],
    outputs: ["arn", "arnSuffix", "dnsName", "tagsAll", "vpcId", "zoneId"],
    references: {
      securityGroups: "securityGroup",
      "subnetMappings.subnetId": "subnet",
      "subnetMappings.allocationId": "eip",
      subnets: "subnet",
    },
    create(cloud, inputs) {
      const name = text(inputs, "name");
      if (cloud.store.list("loadBalancer").some((each) => each.name === name))
        throw new ApiError("DuplicateLoadBalancerName", `ELBv2 Load Balancer (${name}) already exists`);
      cloud.charge("balancers", 1, cloud.store.list("loadBalancer").length);
      const mappings = mappingsOf(inputs);
      if (mappings.length === 0) throw new ApiError("ValidationError", "At least one subnet must be specified");
      const subnets = mappings.map((each) => cloud.find("subnet", text(each, "subnetId")));
      if (new Set(subnets.map(({ availabilityZone }) => availabilityZone)).size < subnets.length)
        throw new ApiError(
          "InvalidConfigurationRequest",
          "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
        );
      const vpcId = text(subnets[0] ?? {}, "vpcId");
      if (subnets.some((each) => each.vpcId !== vpcId)) throw new ApiError("InvalidConfigurationRequest", "All subnets must be in one VPC");
      refuseGroups(cloud, inputs, vpcId);
      const internal = inputs.internal === true;
      if (!internal && !hasGateway(cloud, vpcId)) throw new ApiError("InvalidSubnet", `VPC ${vpcId} has no internet gateway`);
      const interfaces = mappings.map((mapping) => {
        const [wanted, allocation] = [text(mapping, "privateIpv4Address"), text(mapping, "allocationId")];
        if (internal && allocation !== "")
          throw new ApiError("InvalidConfigurationRequest", "Elastic IPs are not supported for load balancers with scheme 'internal'");
        if (!internal && wanted !== "")
          throw new ApiError(
            "InvalidConfigurationRequest",
            "Private IPv4 addresses are not supported for load balancers with scheme 'internet-facing'",
          );
        if (allocation !== "") refuseTaken(cloud, allocation);
        const subnet = cloud.find("subnet", text(mapping, "subnetId"));
        return { id: awsId("eni"), subnetId: subnet.id, privateIp: takeAddress(cloud, subnet, wanted) };
      });
      const suffix = `net/${name}/${awsId("x").slice(3)}`;
      const arn = arnOf(cloud, "elasticloadbalancing", `loadbalancer/${suffix}`);
      const dnsName = `${name}-${suffix.slice(-16)}.elb.${cloud.region}.amazonaws.com`;
      return {
        ipAddressType: "ipv4",
        ...inputs,
        internal,
        interfaces,
        vpcId,
        arn,
        arnSuffix: suffix,
        dnsName,
        zoneId: "Z0SANDBOX",
        outside: internal ? [] : [dnsName, ...mappings.flatMap((each) => publicOf(cloud, text(each, "allocationId")))],
        leadsTo: [],
        tagsAll: inputs.tags ?? {},
        id: arn,
      };
    },
    update(cloud, object, inputs) {
      if (texts(object, "securityGroups").length === 0 && texts(inputs, "securityGroups").length > 0)
        throw new ApiError(
          "InvalidConfigurationRequest",
          "Security groups cannot be added to a load balancer that was created without any",
        );
      const [was, becomes] = [mappingsOf(object), mappingsOf(inputs)].map((each) => each.map((mapping) => text(mapping, "subnetId")));
      if (was?.some((id) => !becomes?.includes(id)))
        throw new ApiError("InvalidConfigurationRequest", "Subnets of a network load balancer cannot be removed");
      refuseGroups(cloud, inputs, text(object, "vpcId"));
      const there = maps(object, "interfaces");
      const added = mappingsOf(inputs).filter((mapping) => !was?.includes(text(mapping, "subnetId")));
      const interfaces = [
        ...there,
        ...added.map((mapping) => {
          const subnet = cloud.find("subnet", text(mapping, "subnetId"));
          return { id: awsId("eni"), subnetId: subnet.id, privateIp: takeAddress(cloud, subnet, text(mapping, "privateIpv4Address")) };
        }),
      ];
      return { ...object, ...inputs, interfaces, tagsAll: inputs.tags ?? {}, id: object.id };
    },
    remove(cloud, { id, enableDeletionProtection }) {
      if (enableDeletionProtection === true)
        throw new ApiError("OperationNotPermitted", `Load balancer '${id}' cannot be deleted because deletion protection is enabled`);
      for (const each of cloud.store.list("listener")) if (each.loadBalancerArn === id) cloud.store.delete("listener", each.id);
    },
  }),

  ...typeOf("aws:lb/targetGroup:TargetGroup", {
    kind: "targetGroup",
    defaults: {
      targetType: "instance",
      deregistrationDelay: 300,
      proxyProtocolV2: false,
      slowStart: 0,
      lambdaMultiValueHeadersEnabled: false,
    },
    oneOf: {
      targetType: ["instance", "ip", "lambda", "alb"],
      protocol: ["HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "GENEVE", "QUIC", "TCP_QUIC"],
      preserveClientIp: ["true", "false"],
    },
    outputs: ["arn", "arnSuffix", "loadBalancerArns", "tagsAll"],
    references: { vpcId: "vpc" },
    check({ healthCheck }) {
      const { interval, timeout, path, protocol } = isMap(healthCheck) ? healthCheck : {};
      return [
        ...(typeof interval === "number" && (interval < 5 || interval > 300)
          ? [{ property: "healthCheck.interval", reason: `expected to be in the range (5 - 300), got ${interval}` }]
          : []),
        ...(typeof timeout === "number" && (timeout < 2 || timeout > 120)
          ? [{ property: "healthCheck.timeout", reason: `expected to be in the range (2 - 120), got ${timeout}` }]
          : []),
        ...(typeof path === "string" && !path.startsWith("/") ? [{ property: "healthCheck.path", reason: "must begin with /" }] : []),
        ...(protocol === "TCP" && path !== undefined
          ? [{ property: "healthCheck.path", reason: 'Attribute cannot be specified when "healthCheck.protocol" is TCP' }]
          : []),
      ];
    },
    create(cloud, inputs) {
      const name = text(inputs, "name");
      if (cloud.store.list("targetGroup").some((each) => each.name === name))
        throw new ApiError("DuplicateTargetGroupName", `ELBv2 Target Group (${name}) already exists`);
      const suffix = `targetgroup/${name}/${awsId("x").slice(3)}`;
      const arn = arnOf(cloud, "elasticloadbalancing", suffix);
      return { ...inputs, arn, arnSuffix: suffix, loadBalancerArns: [], tagsAll: inputs.tags ?? {}, id: arn };
    },
    remove(cloud, { id }) {
      if (cloud.store.list("listener").some((each) => targetsOf(each).includes(id)))
        throw new ApiError("ResourceInUse", `Target group '${id}' is currently in use by a listener or a rule`);
      for (const each of cloud.store.list("targetGroupAttachment"))
        if (each.targetGroupArn === id) cloud.store.delete("targetGroupAttachment", each.id);
    },
  }),

  ...typeOf("aws:lb/listener:Listener", {
    kind: "listener",
    outputs: ["arn", "tagsAll"],
    references: { loadBalancerArn: "loadBalancer", "defaultActions.targetGroupArn": "targetGroup" },
    create(cloud, inputs) {
      const { loadBalancerArn, port, tcpIdleTimeoutSeconds: idle } = inputs;
      if (typeof idle === "number" && (idle < 60 || idle > 6000))
        throw new ApiError("InvalidConfigurationRequest", `tcp.idle_timeout.seconds must be from 60 to 6000`);
      for (const each of cloud.store.list("listener")) {
        if (each.loadBalancerArn === loadBalancerArn && each.port === port)
          throw new ApiError("DuplicateListener", "A listener already exists on this port for this load balancer");
        if (each.loadBalancerArn !== loadBalancerArn && targetsOf(each).some((id) => targetsOf(inputs).includes(id)))
          throw new ApiError(
            "TargetGroupAssociationLimit",
            "The following target groups cannot be associated with more than one load balancer",
          );
      }
      const arn = `${text(inputs, "loadBalancerArn").replace(":loadbalancer/", ":listener/")}/${awsId("x").slice(3)}`;
      const listener = { ...inputs, arn, tagsAll: inputs.tags ?? {}, id: arn };
      lead(cloud, { listener });
      return listener;
    },
    remove: (cloud, { id }) => lead(cloud, { gone: id }),
  }),

  ...typeOf("aws:lb/targetGroupAttachment:TargetGroupAttachment", {
    kind: "targetGroupAttachment",
    outputs: [],
    references: { targetGroupArn: "targetGroup" },
    create(cloud, inputs) {
      const group = cloud.find("targetGroup", text(inputs, "targetGroupArn"));
      const target = text(inputs, "targetId");
      if (group.targetType === "instance" && !cloud.has("instance", target))
        throw new ApiError("InvalidTarget", `The following targets are not in a running state and cannot be registered: '${target}'`);
      if (group.targetType === "ip") {
        const [address, network] = [parseAddress(target), parseCidr(text(cloud.find("vpc", text(group, "vpcId")), "cidrBlock"))];
        if (address === undefined || (network !== undefined && !contains(network, address)))
          throw new ApiError("ValidationError", `The IP address '${target}' is not within any of the VPC's networks`);
      }
      // A target that is one already is registered once; the provider has its attachment under another id then.
      for (const one of cloud.store.list("targetGroupAttachment"))
        if (one.targetGroupArn === group.id && one.targetId === target && one.port === inputs.port)
          cloud.store.delete("targetGroupAttachment", one.id);
      const made = { ...inputs, id: `${group.id}-${awsId("x").slice(3)}` };
      lead(cloud, { target: made });
      return made;
    },
    remove: (cloud, { id }) => lead(cloud, { gone: id }),
  }),
};

function mappingsOf(inputs: Properties): Properties[] {
  const mappings = maps(inputs, "subnetMappings");
  return mappings.length > 0 ? mappings : texts(inputs, "subnets").map((subnetId) => ({ subnetId }));
}

function targetsOf(listener: Properties): string[] {
  return maps(listener, "defaultActions").map((action) => text(action, "targetGroupArn"));
}

function refuseGroups(cloud: Aws, inputs: Properties, vpcId: string): void {
  for (const id of texts(inputs, "securityGroups"))
    if (cloud.find("securityGroup", id).vpcId !== vpcId)
      throw new ApiError("InvalidSecurityGroup", `One or more security groups are invalid: ${id} is of another VPC`);
}
