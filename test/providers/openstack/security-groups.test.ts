import assert from "node:assert/strict";
import type { Flow } from "../../../model/plan/infrastructure-types";
import { compileRules } from "../../../providers/openstack/security-groups";
import { samplePlan } from "../../support/plan";

const sample = samplePlan("highAvailability");
const flow = (from: Flow["from"], to: Flow["to"], protocol: Flow["protocol"], ...ports: Flow["ports"]): Flow => {
  return { from, to, protocol, ports, reason: "test" };
};

describe("security group rules", () => {
  it("name protocols as neutron and the provider both take them", () => {
    const flows = [
      flow("nodes", "nodes", "ipip"),
      flow("nodes", "nodes", "icmp"),
      flow("nodes", "nodes", "any"),
      flow("cidr:2001:db8::/32", "bastion", "icmp"),
    ];
    assert.deepEqual(
      compileRules({ ...sample, flows }).map((rule) => [rule.key, rule.protocol, rule.ethertype]),
      [
        ["bastion-ingress-ipv6-icmp-from-2001-db8---32", "ipv6-icmp", "IPv6"],
        ["nodes-egress-any-to-nodes", undefined, "IPv4"],
        ["nodes-egress-icmp-to-nodes", "icmp", "IPv4"],
        ["nodes-egress-ipip-to-nodes", "4", "IPv4"],
        ["nodes-ingress-any-from-nodes", undefined, "IPv4"],
        ["nodes-ingress-icmp-from-nodes", "icmp", "IPv4"],
        ["nodes-ingress-ipip-from-nodes", "4", "IPv4"],
      ],
    );
  });

  it("let the clients of OVN's balancer in at its members, since it keeps their addresses", () => {
    const flows = [flow("load-balancer", "control-plane", "tcp", 6443)];
    const ovn = samplePlan("highAvailability", { infrastructure: { openstack: { loadBalancerProvider: "ovn" } } });
    const keys = [sample, ovn].map((plan) => compileRules({ ...plan, flows }).map((rule) => rule.key));
    assert.deepEqual(keys, [
      ["control-plane-ingress-tcp-6443-from-10.20.0.0-16"],
      ["control-plane-ingress-tcp-6443-from-10.20.0.0-16", "control-plane-ingress-tcp-6443-from-203.0.113.0-24"],
    ]);
  });
});
