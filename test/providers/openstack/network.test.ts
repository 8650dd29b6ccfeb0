import assert from "node:assert/strict";
import { build, built, ofType } from "../../support/openstack";
import { samplePlan } from "../../support/plan";

describe("the network on OpenStack", () => {
  it("leaves the cloud exactly the planned range for its own ports", async () => {
    const plan = samplePlan("minimal");
    const g = await build(plan);
    const [{ cloudRange, cidr, gateway }] = plan.network.subnets;
    const subnet = g.get("seoul-subnet").inputs;
    assert.deepEqual(subnet.allocationPools, [{ start: cloudRange?.first, end: cloudRange?.last }]);
    assert.deepEqual([subnet.cidr, subnet.gatewayIp, subnet.dnsNameservers], [cidr, gateway, ["10.0.0.2"]]);
    assert.equal(g.get("seoul-network").inputs.portSecurityEnabled, true);
    assert.equal(g.get("seoul-router").inputs.externalNetworkId, "public-id");
  });

  it("takes a given network instead of making one", async () => {
    const existing = { network: "net-1", subnets: { node: "subnet-1" }, router: "router-1" };
    const g = await build(samplePlan("minimal", { infrastructure: { network: { existing } } }));
    assert.deepEqual(
      g.resources.filter((each) => /:(Network|Subnet|Router|RouterInterface)$/.test(each.type)),
      [],
    );
    assert.equal(g.get("seoul-port-cp-1").inputs.networkId, "net-1-id", "found by its name");
    assert.deepEqual(g.get("seoul-port-cp-1").inputs.fixedIps, [{ subnetId: "subnet-1-id", ipAddress: "10.20.0.2" }]);
    const ids = { network: "11111111-0000-4000-8000-000000000001", subnets: { node: "11111111-0000-4000-8000-000000000002" } };
    const byId = await build(samplePlan("minimal", { infrastructure: { network: { existing: ids } } }));
    assert.equal(byId.get("seoul-port-cp-1").inputs.networkId, ids.network);
  });

  it("associates floating addresses after the router has joined the subnet, and takes them off before it leaves", async () => {
    const g = await build(samplePlan("highAvailability"));
    const associations = ofType(g, "FloatingIpAssociate");
    assert.deepEqual(associations.map((each) => each.name).sort(), [
      "seoul-floating-ip-associate-api",
      "seoul-floating-ip-associate-bastion",
      "seoul-floating-ip-associate-ingress",
    ]);
    for (const each of associations) assert.ok(each.options.dependsOn.includes("seoul-router-interface"), each.name);
  });

  it("has no address outside where nobody outside may come in", async () => {
    const closed = { infrastructure: { access: { adminCidrs: [], ingressCidrs: ["10.20.0.0/16"] } } };
    const g = await build(samplePlan("minimal", closed));
    assert.deepEqual(ofType(g, "FloatingIp"), []);
    assert.deepEqual(g.get("seoul-address-ingress").inputs.fixedIps, [{ subnetId: "seoul-subnet-id", ipAddress: "10.20.255.223" }]);
    assert.equal(built(g).ingressPublicAddress, undefined);
    assert.equal(built(g).apiEndpoint.publicAddress, undefined);
  });

  it("keeps floating addresses in the cloud where the plan retains addresses", async () => {
    const g = await build(samplePlan("minimal", { retain: ["addresses"] }));
    assert.equal(g.get("seoul-floating-ip-api").options.retainOnDelete, true);
  });
});

describe("the API's balancer on OpenStack", () => {
  it("has the planned address, admits nodes and administrators, and outlives an idle hour", async () => {
    const g = await build(samplePlan("highAvailability"));
    assert.equal(g.get("seoul-api").inputs.vipAddress, "10.20.255.254");
    const listener = g.get("seoul-api-listener").inputs;
    assert.deepEqual(listener.allowedCidrs, ["10.20.0.0/16", "203.0.113.0/24"]);
    const admins = { infrastructure: { access: { adminCidrs: ["203.0.113.0/24", "198.51.100.0/24"] } } };
    const { inputs } = (await build(samplePlan("highAvailability", admins))).get("seoul-api-listener");
    assert.deepEqual(inputs.allowedCidrs, ["10.20.0.0/16", "198.51.100.0/24", "203.0.113.0/24"], "as Octavia gives them back");
    assert.deepEqual([listener.timeoutClientData, listener.timeoutMemberData], [3_600_000, 3_600_000]);
    assert.deepEqual([listener.protocol, listener.protocolPort], ["TCP", 6443]);
    assert.equal(g.get("seoul-floating-ip-associate-api").inputs.portId, "seoul-api-vip-port");
  });

  it("has one member per control plane, after its machine", async () => {
    const g = await build(samplePlan("highAvailability"));
    assert.deepEqual(
      ofType(g, "Member")
        .map((each) => each.name)
        .sort(),
      ["seoul-api-member-cp-1", "seoul-api-member-cp-2", "seoul-api-member-cp-3"],
    );
    const member = g.get("seoul-api-member-cp-2");
    assert.deepEqual([member.inputs.address, member.inputs.protocolPort, member.inputs.subnetId], ["10.20.0.4", 6443, "seoul-subnet-id"]);
    assert.ok(member.options.dependsOn.includes("seoul-machine-cp-2"));
  });

  it("asks /readyz, or only for a connection where nobody may ask", async () => {
    const monitor = async (overrides: Parameters<typeof samplePlan>[1]) =>
      (await build(samplePlan("highAvailability", overrides))).get("seoul-api-monitor").inputs;
    assert.deepEqual((({ type, urlPath, expectedCodes }) => [type, urlPath, expectedCodes])(await monitor({})), [
      "HTTPS",
      "/readyz",
      "200",
    ]);
    assert.equal((await monitor({ cluster: { variables: { kube_api_anonymous_auth: false } } })).type, "TCP");
    assert.equal((await monitor({ infrastructure: { openstack: { loadBalancerProvider: "ovn" } } })).type, "TCP");
  });

  it("asks OVN's balancer for nothing it lacks", async () => {
    const g = await build(samplePlan("highAvailability", { infrastructure: { openstack: { loadBalancerProvider: "ovn" } } }));
    assert.equal(g.get("seoul-api-pool").inputs.lbMethod, "SOURCE_IP_PORT");
    assert.equal(g.get("seoul-api-listener").inputs.allowedCidrs, undefined);
    assert.equal(g.get("seoul-api-listener").inputs.timeoutClientData, undefined);
  });

  it("gives way to a reserved port for a virtual address, and to the first control plane's port", async () => {
    const plan = samplePlan("highAvailability");
    const virtual = await build({ ...plan, apiEndpoint: { kind: "virtualIp", address: "10.20.255.254", port: 6443 } });
    assert.deepEqual(virtual.get("seoul-address-api").inputs.fixedIps, [{ subnetId: "seoul-subnet-id", ipAddress: "10.20.255.254" }]);
    assert.deepEqual(virtual.get("seoul-port-cp-1").inputs.allowedAddressPairs, [{ ipAddress: "10.20.255.254" }]);
    assert.deepEqual(ofType(virtual, "LoadBalancer"), []);
    const single = await build(samplePlan("minimal"));
    assert.equal(single.get("seoul-floating-ip-associate-api").inputs.portId, "seoul-port-cp-1-id");
  });
});
