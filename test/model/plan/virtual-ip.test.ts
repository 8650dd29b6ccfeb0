import assert from "node:assert/strict";
import { formatAddress, parseAddress } from "../../../model/ipv4";
import { compileRules } from "../../../providers/openstack/security-groups";
import { environmentFile, plannedFile } from "../../support/environment";

const virtual = (apiEndpoint: Record<string, unknown> = {}, cluster: Record<string, unknown> = {}) =>
  environmentFile({ profile: "highAvailability", cluster: { apiEndpoint: { kind: "virtualIp", ...apiEndpoint }, ...cluster } });

describe("a virtual address of the API", () => {
  it("is the last free one, kept by the lock, in the certificate and where nodes look for the API", () => {
    const { plan, lock } = plannedFile(virtual());
    assert.deepEqual(plan.apiEndpoint, { kind: "virtualIp", address: "10.20.255.254", port: 6443 });
    assert.equal(lock.network.apiEndpointAddress, "10.20.255.254");
    assert.deepEqual(plannedFile(virtual(), lock).lockChanges, []);
    assert.deepEqual(plan.cluster.apiEndpoint, { host: "10.20.255.254", port: 6443, kind: "virtualIp" });
    assert.deepEqual(plan.cluster.variables.supplementary_addresses_in_ssl_keys, ["10.20.255.254"]);
  });

  it("is held by kube-vip, by variables of kubespray's alone, with strict ARP", () => {
    const { variables } = plannedFile(virtual({ domain: "api.example.org" })).plan.cluster;
    assert.deepEqual(Object.fromEntries(Object.entries(variables).filter(([name]) => /kube_vip|kpaas|loadbalancer|strict/.test(name))), {
      kube_proxy_strict_arp: true,
      kube_vip_enabled: true,
      kube_vip_controlplane_enabled: true,
      kube_vip_arp_enabled: true,
      kube_vip_address: "10.20.255.254",
      loadbalancer_apiserver: { address: "10.20.255.254", port: 6443 },
      apiserver_loadbalancer_domain_name: "api.example.org",
    });
  });

  it("is held by keepalived with HAProxy at a port of its own, since the API server has the other", () => {
    const { plan } = plannedFile(virtual({ by: "keepalived", address: "10.20.0.250" }));
    assert.deepEqual(plan.cluster.variables.kpaas_endpoint, { address: "10.20.0.250", port: 8443, backend_port: 6443, router_id: 250 });
    assert.deepEqual(plan.cluster.variables.loadbalancer_apiserver, { address: "10.20.0.250", port: 8443 });
    assert.ok(!("kube_vip_enabled" in plan.cluster.variables));
    const ways = plan.flows
      .filter(
        ({ to, ports, protocol }) =>
          to === "control-plane" && (protocol === "vrrp" || ports.some((port) => port === 8443 || port === 6443)),
      )
      .map(({ from, protocol, ports }) => [from, protocol, ...ports].join(" "));
    assert.deepEqual(ways, ["bastion tcp 8443", "nodes tcp 8443", "nodes tcp 6443", "control-plane tcp 6443", "control-plane vrrp"]);
    const rules = compileRules(plan).filter(({ protocol }) => protocol === "112");
    assert.deepEqual(
      rules.map(({ direction, group, remote, ports }) => [direction, group, remote, ports]),
      [
        ["egress", "control-plane", { group: "control-plane" }, undefined],
        ["ingress", "control-plane", { group: "control-plane" }, undefined],
      ],
    );
    assert.ok(
      compileRules(plan).some(
        ({ group, direction, ports, remote }) =>
          group === "nodes" && direction === "egress" && ports?.min === 8443 && "cidr" in remote && remote.cidr === "10.20.0.250/32",
      ),
    );
  });

  it("has a router's number from 1 to 255, whatever the address", () => {
    for (let last = 0; last < 256; last += 1) {
      const address = formatAddress((parseAddress("10.20.7.0") ?? 0) + last);
      const { router_id: id } = plannedFile(virtual({ by: "keepalived", address })).plan.cluster.variables.kpaas_endpoint as {
        router_id: number;
      };
      assert.ok(id >= 1 && id <= 255, address);
    }
  });

  it("leaves every other endpoint as it was", () => {
    for (const file of [environmentFile(), environmentFile({ profile: "highAvailability" })]) {
      const { cluster } = plannedFile(file).plan;
      assert.ok(!("kind" in cluster.apiEndpoint));
      assert.ok(!Object.keys(cluster.variables).some((name) => /^(kube_vip|kpaas)_/.test(name)));
    }
  });
});
