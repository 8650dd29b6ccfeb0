import assert from "node:assert/strict";
import { isSecret, type Output } from "@pulumi/pulumi";
import { tunnelUrl } from "../../model/plan/tunnel";
import { Environment } from "../../stacks/environment";
import { withStandIns } from "../../stacks/secrets";
import { type Graph, graph } from "../../testing/graph";
import { secretEnvelope, unwrapSecret } from "../../testing/mocks";
import { environmentFile, plannedFile } from "../support/environment";
import { golden } from "../support/golden";

const zones = ["az-1", "az-2", "az-3"];
const infrastructure = { provider: "openstack", zones, access: { adminCidrs: ["203.0.113.0/24"] } };

/** The graph of an environment whose file is laid over the smallest one. */
function environmentGraph(over: Record<string, unknown>, options: Parameters<typeof graph>[1] = {}): Promise<Graph> {
  const { plan } = plannedFile(environmentFile(over));
  return graph(() => new Environment(plan.environment, { plan }), options);
}

describe("the environment as a whole", () => {
  for (const profile of ["minimal", "standard", "highAvailability"]) {
    it(`registers the resources of the profile ${profile}`, async () => {
      golden(`stacks/environment-${profile}`, (await environmentGraph({ profile, infrastructure })).lines());
    });

    it(`registers the same resources in the profile ${profile} whether values are known or not`, async () => {
      const known = await environmentGraph({ profile, infrastructure });
      const unknown = await environmentGraph({ profile, infrastructure }, { preview: true, unknowns: true });
      assert.deepEqual(unknown.urns(), known.urns());
    });
  }

  it("registers the resources of an environment whose etcd has machines of its own", async () => {
    const over = { infrastructure, cluster: { etcd: { placement: "external", nodes: 3 } } };
    golden("stacks/environment-externalEtcd", (await environmentGraph(over)).lines());
  });

  it("puts every child under a parent, and parents the environment's under the stack", async () => {
    const lines = (await environmentGraph({})).lines();
    assert.deepEqual(
      lines.filter((line) => !line.startsWith(" ")),
      ["kpaas:index:Environment demo"],
    );
  });

  // Nothing else holds the order: the cluster is made on the whole infrastructure, and goes before any of it.
  for (const [shape, over] of Object.entries({
    "the smallest one": {},
    "a highly available one": { profile: "highAvailability", infrastructure },
    "one of OVN's balancers": {
      profile: "highAvailability",
      infrastructure: { ...infrastructure, openstack: { loadBalancerProvider: "ovn" } },
    },
    "one behind a virtual address": { profile: "highAvailability", infrastructure, cluster: { apiEndpoint: { kind: "virtualIp" } } },
    "one with etcd on machines of its own": { infrastructure, cluster: { etcd: { placement: "external", nodes: 3 } } },
    "a private one": { infrastructure: { ...infrastructure, access: { bastion: true, api: "bastion" } } },
  })) {
    it(`makes the cluster after everything of its infrastructure: ${shape}`, async () => {
      const { resources } = await environmentGraph(over);
      const byName = new Map(resources.map((resource) => [resource.name, resource]));
      const before = new Set<string>();
      const walk = (name: string): void => {
        for (const other of byName.get(name)?.options.dependsOn ?? []) {
          if (before.has(other)) continue;
          before.add(other);
          walk(other);
        }
      };
      walk("demo-cluster");
      const made = resources.filter(({ parent, type }) => parent === "demo-infrastructure" && !type.startsWith("pulumi:providers:"));
      assert.deepEqual(
        made.map(({ name }) => name).filter((name) => !before.has(name)),
        [],
      );
      // Every step writes what it waits for anew.
      assert.ok((byName.get("demo-cluster")?.options.dependsOn.length ?? 0) <= made.length / 2);
    });
  }

  it("knows URLs, certificate names and addresses in the preview of what does not exist yet", async () => {
    const { plan } = plannedFile(environmentFile({ profile: "highAvailability", infrastructure }));
    const first = await graph(() => new Environment(plan.environment, { plan }).platform.urls, { unknowns: true });
    const urls = await Promise.all(Object.values(first.result as Record<string, Output<string>>).map(known));
    const hosts = ["chartmuseum", "harbor", "keycloak", "pipeline", "portal", "scm"];
    assert.deepEqual(
      urls.sort(),
      hosts.map((host) => `https://${host}.${plan.platform.domain}`),
    );
    const requests = first.resources.filter((resource) => resource.type === "tls:index/certRequest:CertRequest");
    assert.ok(requests.some(({ inputs }) => JSON.stringify(inputs.dnsNames).includes(`*.${plan.platform.domain}`)));
    assert.ok(plan.platform.domain.startsWith(plan.platform.ingress.address));
    const port = first.get("demo-infrastructure-address-ingress");
    assert.match(JSON.stringify(port.inputs.fixedIps), new RegExp(`"${plan.platform.ingress.address}"`));
  });

  it("lets those reach the ingress whom ingressCidrs names, by security group and by Service", async () => {
    const registered = await environmentGraph({
      infrastructure: { ...infrastructure, access: { ...infrastructure.access, ingressCidrs: ["198.51.100.0/24"] } },
    });
    const rules = registered.resources.filter(({ inputs }) => inputs.remoteIpPrefix === "198.51.100.0/24").map(({ inputs }) => inputs);
    assert.deepEqual(rules.map(({ direction, portRangeMin }) => [direction, portRangeMin]).sort(), [
      ["ingress", 443],
      ["ingress", 80],
    ]);
    const ingress = registered.get("demo-platform-ingress");
    const release = registered.resources.find((resource) => resource.parent === ingress.name && resource.type.endsWith(":Release"));
    assert.match(JSON.stringify(release?.inputs.values), /"loadBalancerSourceRanges":\["198\.51\.100\.0\/24"/);
  });

  it("gives the login to the machines as a secret output, and reaches a private API through the tunnel only", async () => {
    const access = { bastion: true, api: "bastion" };
    const { plan } = plannedFile(environmentFile({ infrastructure: { ...infrastructure, access } }));
    const outputs = { "kpaas:kubespray:Cluster": () => ({ kubeconfig: secretEnvelope("clusters: [{ cluster: {} }]") }) };
    const registered = await graph(() => new Environment(plan.environment, { plan }).outputs.ssh, { outputs });
    const ssh = registered.result as { user: string; privateKey: Output<string>; where: Output<string> };
    assert.equal(ssh.user, "ubuntu");
    assert.ok(await isSecret(ssh.privateKey));
    assert.match((await known(ssh.where)) ?? "", /^198\.51\.100\./);
    const { kubeconfig } = registered.get("demo-cluster-kubernetes").inputs;
    assert.ok(String(unwrapSecret(kubeconfig)).includes(`proxy-url: ${tunnelUrl(plan)}`));
    const simulated = await graph(() => new Environment(plan.environment, { plan: withStandIns(plan) }), { outputs });
    assert.doesNotMatch(String(unwrapSecret(simulated.get("demo-cluster-kubernetes").inputs.kubeconfig)), /proxy-url/);
  });
});

/** An output's value; undefined where it is not known. */
function known<T>(value: Output<T>): Promise<T | undefined> {
  return new Promise((resolve) => {
    value.apply(resolve);
    setTimeout(() => resolve(undefined), 1_000).unref();
  });
}
