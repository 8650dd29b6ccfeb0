import assert from "node:assert/strict";
import type { PartObject } from "../../../model/cloud-parts";
import { at } from "../../../model/data";
import { controller, TOLD } from "../../../providers/gcp/controller";
import { controllerRoles } from "../../../providers/gcp/controllers-role";
import { shutOut } from "../../../providers/gcp/firewalls";
import { GcpInfrastructure } from "../../../providers/gcp/infrastructure";
import { permissions } from "../../../providers/gcp/permissions";
import type { Graph } from "../../../testing/graph";
import { planFile } from "../../support/environment";
import { gcpFirewall, tagged } from "../../support/firewalls/gcp";
import { buildGcp, gcpPlan, ZONES } from "../../support/gcp";
import { ofType, value } from "../../support/openstack";
import { type FileContent, merge } from "../../support/plan";
import { OUTSIDE } from "../../support/probes";
import { type Firewall, reaches } from "../../support/reachability";

const SERVICES: FileContent = { platform: { loadBalancer: { kind: "cloud", services: true } } };
const BOTH = merge(SERVICES, { platform: { storage: { kind: "cloud" } } });
const plan = (over: FileContent = {}) => gcpPlan("highAvailability", merge(SERVICES, over));

function objects(over?: FileContent): readonly PartObject[] {
  const environment = plan(over);
  const service = environment.services.find(({ name }) => name === "cloudController")!;
  return controller.objects?.({ environment, service, image: (role) => ({ repository: `registry/${role}`, tag: "v1" }) }) ?? [];
}
const of = (kind: string): PartObject => objects().find((each) => each.kind === kind) ?? assert.fail(kind);

describe("GCP's cloud controller", () => {
  it("runs for Services alone, on control planes in their own network, and changes no node", () => {
    const pod = at(of("DaemonSet"), "spec.template.spec") as Record<string, unknown>;
    const [container] = pod.containers as { args: string[]; image: string }[];
    assert.ok(container?.args.includes("--controllers=service-lb-controller"));
    assert.equal(container?.image, "registry/controller:v1");
    assert.deepEqual([pod.hostNetwork, pod.nodeSelector], [true, { "node-role.kubernetes.io/control-plane": "" }]);
    const rules = of("ClusterRole").rules as { resources: string[]; verbs: string[] }[];
    assert.deepEqual(rules.find(({ resources }) => resources.includes("nodes"))?.verbs, ["get", "list", "watch"]);
  });

  it("is given the name of what balancers share, and so makes up none, nor reads others' settings and leases", () => {
    const shared = of("ConfigMap").data as Record<string, string>;
    assert.match(shared.uid ?? "", /^[0-9a-f]{16}$/);
    assert.equal(shared["provider-uid"], shared.uid);
    const rules = of("Role").rules as { resources: string[]; verbs: string[]; resourceNames?: string[] }[];
    for (const { resources, verbs, resourceNames } of rules)
      if (!verbs.includes("create"))
        assert.deepEqual(resourceNames, [resources[0] === "leases" ? "cloud-controller-manager" : "ingress-uid"]);
  });

  it("is told project, network, subnet and tag, and asks for the ingress's planned and reserved addresses", async () => {
    const environment = plan();
    const { result } = await buildGcp(environment);
    assert.ok(result instanceof GcpInfrastructure);
    const outside = (await value(result.told?.ids[TOLD.outside])) ?? "";
    const told = { [TOLD.outside]: outside };
    assert.match(
      controller.secret?.data(environment, told)["gce.conf"] ?? "",
      /^\[global\]\nproject-id = "acme-platform"\nlocal-zone = "asia-northeast3-a"\nnetwork-name = "seoul-network"\nsubnetwork-name = "seoul-nodes"\nstack-type = "IPV4"\nmultizone = "true"\nnode-tags = "seoul-services"\n$/,
    );
    assert.deepEqual(controller.annotations(environment, told), { "networking.gke.io/load-balancer-type": "Internal" });
    assert.deepEqual(controller.outside?.(environment, told), {});
    assert.equal(controller.outsideAddress?.(told), outside);
    assert.notEqual(outside, "");
    const inside = plan({ infrastructure: { access: { adminCidrs: undefined, ingressCidrs: undefined } } });
    assert.equal(controller.outside?.(inside, {}), undefined, "nobody comes from outside");
  });

  it("finds nodes as instances of their names, workers with its tag, in no balanced group of ours", async () => {
    const environment = plan();
    const g = await buildGcp(environment);
    for (const { name, roles } of environment.machines) {
      const { inputs } = g.get(`seoul-machine-${name}`);
      assert.equal(inputs.name, name);
      assert.deepEqual(inputs.tags, roles.includes("worker") ? ["seoul-services"] : undefined, name);
    }
    assert.ok(ofType(g, "InstanceGroup").every(({ name }) => name.includes("-group-control-plane-")));
    assert.deepEqual(
      ofType(g, "ForwardingRule")
        .map(({ name }) => name)
        .sort(),
      ["seoul-api", "seoul-api-public"],
    );
    assert.equal(g.get("seoul-floating-ip-ingress").type, "gcp:compute/address:Address", "what the outside Service asks for");
    assert.equal(environment.platform.ingress.nodePorts, undefined);
    const without = await buildGcp(gcpPlan("highAvailability"));
    assert.ok(ofType(without, "Instance").every(({ inputs }) => inputs.tags === undefined && String(inputs.name).startsWith("seoul-")));
  });
});

describe("the firewall beside GCP's cloud controller", () => {
  const STRANGER = { stranger: "192.0.2.77" };
  /** With the rule that the controller makes of a Service that lets in the world. */
  const opened = (g: Graph): Firewall => {
    const { endpoints, rules } = gcpFirewall(g);
    const peer = { prefix: "0.0.0.0/0" };
    return {
      endpoints,
      rules: [...rules, { group: tagged("seoul-services"), direction: "in", protocol: 6, ports: [8080, 8080], peer, priority: 1000 }],
    };
  };
  const reach = (firewall: Firewall): string[] => [...reaches(firewall, { ...OUTSIDE, ...STRANGER }, [{ protocol: 6, port: 8080 }])];

  it("lets nobody in beyond the file, whatever a Service says", async () => {
    const access = { ingressCidrs: [`${OUTSIDE.visitor}/32`] };
    const open = reach(opened(await buildGcp(plan({ infrastructure: { access } }))));
    assert.ok(
      open.some((line) => /^visitor general-\S+ 6\/8080$/.test(line)),
      "who may meet the ingress, may be let in by a Service",
    );
    assert.ok(open.some((line) => /^bastion general-\S+ /.test(line)) === false, "machines are let out to nothing but what the plan says");
    assert.deepEqual(
      open.filter((line) => line.startsWith("stranger ") || / (cp|bastion)-?\S* 6/.test(line)),
      [],
    );
  });

  it("shuts nobody out where the file lets everybody in, and nobody but workers then", async () => {
    const environment = plan({ infrastructure: { access: { ingressCidrs: ["0.0.0.0/0"] } } });
    assert.deepEqual(shutOut(environment), []);
    const open = reach(opened(await buildGcp(environment)));
    assert.ok(open.some((line) => /^stranger general-/.test(line)));
    assert.ok(!open.some((line) => /^stranger (cp|bastion)/.test(line)));
  });

  it("would let strangers in without that rule, and has it between ours and the controller's", async () => {
    const g = await buildGcp(plan({ infrastructure: { access: { ingressCidrs: [`${OUTSIDE.visitor}/32`] } } }));
    const firewall = opened(g);
    const rules = firewall.rules.filter(({ denies, priority }) => !(denies && priority === 900));
    assert.ok(reach({ ...firewall, rules }).some((line) => line.startsWith("stranger general-")));
    const priorities = new Set(ofType(g, "Firewall").map(({ inputs }) => Number(inputs.priority)));
    assert.deepEqual(
      [...priorities].sort((a, b) => a - b),
      [800, 900, 65_000],
    );
    const before = new Set(ofType(await buildGcp(gcpPlan("highAvailability")), "Firewall").map(({ inputs }) => inputs.priority));
    assert.deepEqual([...before].sort(), [1000, 65_000], "environments without it keep theirs");
  });
});

describe("what GCP's cloud controller may do", () => {
  it("is what it calls: rules of the firewall by their names, nothing of disks, and no account is lent", async () => {
    const roles = controllerRoles(plan());
    assert.deepEqual(
      roles.map(({ name }) => name),
      ["control-plane", "balancers", "firewalls"],
    );
    const [look, balancers, firewalls] = roles;
    assert.ok(look?.permissions.every((each) => /\.(get|list)$/.test(each)));
    assert.ok(!roles.some((role) => role.permissions.some((each) => /disks|setMetadata|setTags|instances\.(create|delete)/.test(each))));
    assert.ok(!balancers?.permissions.some((each) => each.includes("firewalls")));
    assert.equal(
      firewalls?.within?.expression,
      'resource.type == "compute.googleapis.com/Firewall" && (resource.name.extract("/firewalls/{name}").startsWith("k8s-") || ' +
        'resource.name.extract("/firewalls/{name}").startsWith("a")) && !resource.name.extract("/firewalls/{name}").startsWith("seoul-")',
    );
    const g = await buildGcp(plan());
    assert.ok(ofType(g, "IAMMember").every(({ type }) => type.startsWith("gcp:projects/")));
    const may = (over: FileContent) => permissions(gcpPlan("minimal", over)).includedPermissions.includes("compute.instances.setTags");
    assert.deepEqual([may(SERVICES), may({})], [true, false]);
  });

  it("leaves the driver the disks of the environment's name, at machines of its pools' names", () => {
    const disks = controllerRoles(plan({ platform: { storage: { kind: "cloud" } } })).find(({ name }) => name === "disks");
    assert.ok(disks?.within?.expression.includes('resource.name.extract("/disks/{name}").startsWith("seoul-pvc-")'));
    assert.ok(
      disks?.within?.expression.endsWith(
        '(resource.name.extract("/instances/{name}").startsWith("cp-") || resource.name.extract("/instances/{name}").startsWith("general-")))',
      ),
      disks?.within?.expression,
    );
  });
});

describe("what GCP's cloud controller cannot do", () => {
  const pools = Object.fromEntries("abcdefghij".split("").map((name) => [`pool-${name}`, { nodes: 1 }]));
  const existing = { network: "hub/shared", subnets: { node: "hub/nodes" } };
  const cases: Readonly<Record<string, readonly [over: FileContent, ...paths: string[]]>> = {
    "balancers where control planes may do nothing": [
      merge(SERVICES, { infrastructure: { gcp: { controllers: false } } }),
      "infrastructure.gcp.controllers",
    ],
    "a name that its own begin with": [merge(SERVICES, { name: "k8s-prod" }), "name"],
    "a network of another project": [
      merge(SERVICES, { infrastructure: { network: { existing } } }),
      "infrastructure.network.existing.network",
      "infrastructure.network.existing.subnets.node",
    ],
    "more pools than a condition has room for": [merge(BOTH, { cluster: { pools } }), "cluster.pools"],
  };
  for (const [what, [over, ...paths]] of Object.entries(cases))
    it(`is an error at the field, with the way out: ${what}`, () => {
      const infrastructure = { provider: "gcp", region: "asia-northeast3", zones: [ZONES[0]], gcp: { project: "acme-platform" } };
      const errors = planFile(merge({ name: "demo", infrastructure }, over)).problems.filter(({ severity }) => severity === "error");
      assert.deepEqual(
        errors.map(({ path }) => path),
        paths,
      );
      assert.ok(errors.every(({ remedy }) => remedy));
    });
});
