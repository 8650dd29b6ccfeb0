import assert from "node:assert/strict";
import { Provider as Kubernetes } from "@pulumi/kubernetes/provider";
import { Provider as OpenStack } from "@pulumi/openstack/provider";
import { ComponentResource, type ComponentResourceOptions, output, type ProviderResource } from "@pulumi/pulumi";
import { Provider as Random } from "@pulumi/random/provider";
import { Cluster } from "../../components/cluster/cluster";
import { Keycloak } from "../../components/platform/keycloak/keycloak";
import { MariaDb } from "../../components/platform/mariadb/mariadb";
import { MetricsServer } from "../../components/platform/metrics-server/metrics-server";
import { Platform } from "../../components/platform/platform";
import { PlatformTls } from "../../components/platform/platform-tls/platform-tls";
import { OpenStackInfrastructure } from "../../providers/openstack/infrastructure";
import { Environment } from "../../stacks/environment";
import { type Graph, graph, type RecordedResource } from "../../testing/graph";
import { environmentFile, plannedFile } from "../support/environment";
import { servicePlan } from "./platform/fixtures";

type Build = (opts: ComponentResourceOptions) => unknown;

const { plan } = plannedFile(
  environmentFile({ protect: "none", cluster: { pools: { worker: { nodes: 1, volumes: [{ name: "data", sizeGiB: 10 }] } } } }),
);
const kubernetes = (): Kubernetes => new Kubernetes("given", { kubeconfig: "{}" });
const inCluster = (opts: ComponentResourceOptions): ComponentResourceOptions => ({
  ...opts,
  providers: [kubernetes(), ...((opts.providers as ProviderResource[] | undefined) ?? [])],
});

/** Every kind of component of ours, the smallest of each. */
const COMPONENTS: Readonly<Record<string, Build>> = {
  environment: (opts) => new Environment("made", { plan }, opts),
  infrastructure: (opts) => new OpenStackInfrastructure("made", { plan, secrets: {} }, opts),
  cluster: (opts) => {
    const machine = { id: output("id"), dialAddress: output("10.20.0.2") };
    const machines = Object.fromEntries(Object.keys(plan.cluster.nodes).map((node) => [node, machine]));
    const ssh = { user: "ubuntu", privateKey: output("key") };
    return new Cluster("made", { spec: plan.cluster, networkCidr: plan.network.cidr, machines, ssh }, opts);
  },
  platform: (opts) => new Platform("made", { plan, cluster: { provider: kubernetes() } }, opts),
  certificates: (opts) => new PlatformTls("made", { kind: "selfSigned", domain: "example.org" }, opts),
  "a service by chart": (opts) =>
    new MetricsServer("made", { plan: servicePlan("metricsServer"), kubeletCertificates: "selfSigned" }, inCluster(opts)),
  "a service with data": (opts) =>
    new MariaDb(
      "made",
      { plan: servicePlan("mariadb"), storageClass: "nfs", protectData: false, retainData: false, clients: [], schemas: {} },
      inCluster(opts),
    ),
};

/** Those with something on volumes, and what those volumes are. */
const HOLDS_DATA = ["environment", "infrastructure", "platform", "a service with data"];
const DATA = /:PersistentVolumeClaim$|:Volume$/;

/** What a component registered below itself, which is what a parent of the user's own registered too. */
function below({ resources }: Graph, name = "made"): RecordedResource[] {
  const top = resources.find((resource) => resource.name === name && !resource.custom);
  return resources.filter(({ urn }) => top !== undefined && urn !== top.urn && urn.includes(`${top.type}$`));
}

describe("the options of a component", () => {
  for (const [what, build] of Object.entries(COMPONENTS)) {
    describe(what, () => {
      it("keeps its aliases and what it waits for, and hands on providers and transformations", async () => {
        const seen: string[] = [];
        const built = await graph(() => {
          const mine = new Random("mine");
          build({
            aliases: [{ name: "before" }],
            dependsOn: [mine],
            providers: [mine],
            transformations: [({ name }) => void seen.push(name)],
          });
        });
        const { options } = built.get("made");
        assert.deepEqual(options.aliases, ["before"]);
        assert.ok(options.dependsOn.includes("mine"), options.dependsOn.join());
        const children = below(built);
        assert.ok(children.length > 0);
        assert.deepEqual(seen.sort(), ["made", ...children.map(({ name }) => name)].sort());
        for (const child of children) if (child.type.startsWith("random:")) assert.equal(child.options.provider, "mine", child.name);
      });

      it("protects data volumes only, also where a parent protects it", async () => {
        const built = await graph(() => build({ parent: new ComponentResource("user:own:Parent", "parent", {}, { protect: true }) }));
        const held = built.resources.filter(({ options, name }) => options.protect === true && name !== "parent");
        const data = below(built).filter(({ type }) => DATA.test(type));
        assert.deepEqual(held.map(({ name }) => name).sort(), data.map(({ name }) => name).sort());
        assert.equal(data.length > 0, HOLDS_DATA.includes(what));
      });

      it("is refused with ignoreChanges, which nothing would listen to", async () => {
        await assert.rejects(
          graph(() => build({ ignoreChanges: ["tags"] })),
          (error: { propertyPath?: string; reason?: string }) =>
            error.propertyPath === "ignoreChanges" && /transforms/.test(error.reason ?? ""),
        );
      });
    });
  }

  it("can hold the cloud's provider, which everything of that cloud is then made with, or credentials, but not both", async () => {
    for (const name of ["environment", "infrastructure"]) {
      const built = await graph(() => COMPONENTS[name]?.({ providers: { openstack: new OpenStack("mine") } }));
      const made = built.resources.filter(({ type }) => type.startsWith("openstack:"));
      assert.ok(made.length > 10);
      assert.deepEqual([...new Set(made.map(({ options }) => options.provider))], ["mine"]);
      assert.ok(!built.resources.some(({ type, name: each }) => type === "pulumi:providers:openstack" && each !== "mine"));
    }
    const credentials = output<Readonly<Record<string, string>>>({ userName: "me" });
    await assert.rejects(
      graph(() => new OpenStackInfrastructure("made", { plan, secrets: { credentials } }, { providers: [new OpenStack("mine")] })),
      { propertyPath: "infrastructure.credentials" },
    );
  });

  it("must hold a kubernetes provider for what goes into a cluster, and none for what makes one", async () => {
    const database = { host: "db", port: 3306, database: "k", user: "k", password: output("p") };
    const ingress = { className: "nginx", namespace: "ingress-nginx", address: "10.20.0.200" };
    const keycloak: Build = (opts) =>
      new Keycloak("made", { plan: servicePlan("keycloak"), database, ingress, applications: [], domain: "example.org" }, opts);
    await assert.rejects(
      graph(() => keycloak({})),
      { propertyPath: "providers" },
    );
    await graph(() => keycloak({ parent: new ComponentResource("user:own:Parent", "parent", {}, { providers: [kubernetes()] }) }));
    for (const name of ["environment", "cluster", "platform"])
      await assert.rejects(
        graph(() => COMPONENTS[name]?.({ providers: [new Kubernetes("other")] })),
        { propertyPath: "providers" },
      );
  });
});
