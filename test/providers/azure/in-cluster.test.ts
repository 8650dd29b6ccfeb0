import assert from "node:assert/strict";
import type { PartObject } from "../../../model/cloud-parts";
import { appliedState } from "../../../model/guard/applied";
import { findDangers } from "../../../model/guard/dangers";
import type { EnvironmentPlan } from "../../../model/plan/types";
import { controllersRole, ZONES_OPERATION } from "../../../providers/azure/controllers-role";
import { clusterName, inCluster, TOLD } from "../../../providers/azure/in-cluster";
import { AzureInfrastructure } from "../../../providers/azure/infrastructure";
import { permissions } from "../../../providers/azure/permissions";
import { cloudOfRegion } from "../../../providers/azure/regions";
import { compileRules } from "../../../providers/azure/security-rules";
import { azurePlan, buildAzure, ZONES } from "../../support/azure";
import { planFile } from "../../support/environment";
import { azureFirewall } from "../../support/firewalls/azure";
import { ofType, value } from "../../support/openstack";
import { type FileContent, merge } from "../../support/plan";

type Bag = Record<string, unknown>;

const SERVICES: FileContent = { platform: { loadBalancer: { kind: "cloud", services: true } } };
const VOLUMES: FileContent = { platform: { storage: { kind: "cloud", classes: { fast: { type: "PremiumV2_LRS" } } } } };
const BOTH = merge(SERVICES, VOLUMES);
// Disks of nodes and the driver's go ill together.
const BARE: FileContent = { cluster: { pools: { general: { volumes: [] } } } };
const plan = (over: FileContent = {}) => azurePlan("highAvailability", merge(merge(BOTH, BARE), over));
const given = (of: EnvironmentPlan, part: string) => ({
  environment: of,
  service: of.services.find(({ needs }) => (needs?.cloud as { part?: string } | undefined)?.part === part)!,
  image: (role: string) => ({ repository: `registry/${role}`, tag: "v1" }),
});
const GROUP = "/subscriptions/00000000-0000-4000-8000-000000000000/resourceGroups";

describe("Azure's cloud controller", () => {
  it("runs for Services alone, changes no node, and reads no Secret but its own file", () => {
    const objects = inCluster.controller?.objects?.(given(plan(), "controller")) ?? [];
    const of = (kind: string): PartObject => objects.find((each) => each.kind === kind) ?? assert.fail(kind);
    const { template } = of("DaemonSet").spec as { template: { spec: Bag & { containers: { args: string[]; image: string }[] } } };
    const [container] = template.spec.containers;
    assert.ok(container?.args.includes("--controllers=service-lb-controller"));
    assert.equal(container?.image, "registry/controller:v1");
    assert.deepEqual([template.spec.hostNetwork, template.spec.nodeSelector], [true, { "node-role.kubernetes.io/control-plane": "" }]);
    const rules = of("ClusterRole").rules as { resources: string[]; verbs: string[] }[];
    for (const { resources, verbs } of rules) {
      if (resources.includes("nodes")) assert.deepEqual(verbs, ["get", "list", "watch"]);
      assert.ok(!resources.includes("secrets"));
    }
  });

  it("is told where everything is, with members by their addresses, and no way out by its balancers", async () => {
    const of = plan();
    const { result } = await buildAzure(of);
    assert.ok(result instanceof AzureInfrastructure);
    const { told } = result;
    const known = Object.fromEntries(
      await Promise.all(Object.entries(told?.ids ?? {}).map(async ([key, id]) => [key, (await value(id)) ?? ""] as const)),
    );
    assert.equal(known[TOLD.client], "seoul-identity-control-plane-client");
    const config = JSON.parse(inCluster.controller?.secret?.data(of, known)["cloud-config"] ?? "") as Bag;
    assert.deepEqual(
      ["resourceGroup", "vnetName", "vnetResourceGroup", "securityGroupName", "vmType", "loadBalancerBackendPoolConfigurationType"].map(
        (key) => config[key],
      ),
      ["seoul", "seoul-network", "seoul", "seoul-machines", "standard", "nodeIP"],
    );
    assert.deepEqual([config.disableOutboundSNAT, config.useManagedIdentityExtension, config.location], [true, true, "koreacentral"]);
    assert.ok(!JSON.stringify(config).match(/secret|password/i), "nobody logs in with anything");
    // Whose name its balancers have: none of ours.
    const ours = ofType(await buildAzure(azurePlan("highAvailability")), "LoadBalancer").map(({ inputs }) => inputs.loadBalancerName);
    for (const name of [clusterName(of), `${clusterName(of)}-internal`]) assert.ok(!ours.includes(name));
  });

  it("leads to the ingress by balancers of its own: workers are members of none of ours", async () => {
    const of = plan();
    const g = await buildAzure(of);
    const frontends = ofType(g, "LoadBalancer").flatMap(({ inputs }) => (inputs.frontendIPConfigurations as Bag[]).map(({ name }) => name));
    assert.deepEqual(frontends, ["api", "api"]);
    for (const { name, roles } of of.machines) {
      const [main] = g.get(`seoul-nic-${name}`).inputs.ipConfigurations as Bag[];
      assert.equal("loadBalancerBackendAddressPools" in (main ?? {}), roles.includes("control-plane"), name);
    }
    assert.equal(of.platform.ingress.nodePorts, undefined);
    const address = g.get("seoul-floating-ip-ingress").inputs.publicIpAddressName;
    const told = { [TOLD.outside]: `${GROUP}/seoul/providers/Microsoft.Network/publicIPAddresses/${String(address)}` };
    const { controller } = inCluster;
    assert.deepEqual(controller?.annotations(of, told), {
      "service.beta.kubernetes.io/azure-load-balancer-tcp-idle-timeout": "100",
      "service.beta.kubernetes.io/azure-load-balancer-internal": "true",
      "service.beta.kubernetes.io/azure-load-balancer-internal-subnet": "seoul-node-1",
    });
    assert.equal(controller?.outside?.(of, told)?.["service.beta.kubernetes.io/azure-pip-name"], address);
    const inside = plan({ infrastructure: { access: { adminCidrs: undefined, ingressCidrs: undefined } } });
    assert.equal(controller?.outside?.(inside, told), undefined, "nobody comes from outside");
  });

  it("has its probes let in at node ports of workers, and nobody else let in by us", () => {
    const rules = compileRules(plan());
    const open = rules.filter(
      ({ direction, group, ports }) => direction === "Inbound" && group === "worker" && ports.includes("30000-32767"),
    );
    assert.deepEqual(
      open.map(({ peer }) => peer),
      [{ tag: "AzureLoadBalancer" }],
    );
    assert.ok(!rules.some(({ group, direction, ports }) => group === "worker" && direction === "Inbound" && ports.includes("30080")));
  });
});

describe("the security group that Azure's cloud controller writes too", () => {
  it("has our rules beside it, one after the other, and no machine before they are there", async () => {
    const of = plan();
    const g = await buildAzure(of);
    const group = g.get("seoul-nsg");
    assert.ok(!("securityRules" in group.inputs), "the provider writes a group without rules with those it has");
    for (const { name } of ofType(g, "ApplicationSecurityGroup"))
      assert.ok(group.options.dependsOn.includes(name), `goes before ${name}, which its rules name`);
    const rules = ofType(g, "SecurityRule");
    assert.equal(rules.length, compileRules(of).length + 2);
    const [first, ...chain] = [...rules].sort(
      (a, b) => Number(b.inputs.priority) - Number(a.inputs.priority) || (a.name < b.name ? -1 : 1),
    );
    assert.equal(first?.inputs.access, "Deny");
    assert.ok(first?.options.dependsOn.includes("seoul-nsg"));
    let before = first?.name ?? "";
    for (const { name, options, inputs } of chain) {
      assert.ok(options.dependsOn.includes(before), `${name} waits for ${before}`);
      assert.deepEqual(
        [inputs.resourceGroupName, inputs.networkSecurityGroupName, options.deletedWith],
        ["seoul", "seoul-machines", "seoul-nsg"],
      );
      before = name;
    }
    for (const { name, options } of ofType(g, "VirtualMachine")) assert.ok(options.dependsOn.includes(before), name);
  });

  it("lets pass what the same rules as a part of the group do, and closes the rest", async () => {
    const { rules } = azureFirewall(await buildAzure(plan()));
    assert.deepEqual(
      new Set(rules.map(({ group, direction }) => `${direction} ${group}`)),
      new Set(compileRules(plan()).map(({ group, direction }) => `${direction === "Inbound" ? "in" : "out"} seoul-asg-${group}-id`)),
    );
  });

  it("is not asked for rules of others, which no change of ours writes", async () => {
    const invokes = { "azure-native:network:getNetworkSecurityGroup": () => assert.fail("asked") };
    await buildAzure(plan(), {}, { invokes });
  });
});

describe("a cluster on Azure that stands", () => {
  it("gives a machine that is built anew its volumes once the old one is gone, and says so", () => {
    const pools = (generation: number) => ({
      cluster: { pools: { worker: { nodes: { a: { generation } }, volumes: [{ name: "osd", sizeGiB: 10 }] } } },
    });
    const [danger] = findDangers(appliedState(azurePlan("minimal", pools(1))), azurePlan("minimal", pools(2)));
    assert.deepEqual([danger?.action, danger?.path], ["rebuild", "cluster.pools.worker.nodes.a.generation"]);
    assert.match(danger?.reason ?? "", /would stay with the machine until it is drained and gone/);
  });
});

describe("Azure's driver of disks", () => {
  it("finds machines by what a node says of itself, as nodes are labelled", () => {
    const of = plan();
    const values = inCluster.volumes?.values?.(given(of, "volumes")) as { node: Bag; linux: Bag; controller: Bag };
    assert.deepEqual(
      [values.node.getNodeIDFromIMDS, values.linux.getNodeInfoFromLabels, values.controller.hostNetwork],
      [true, true, true],
    );
    assert.equal(values.node.cloudConfigSecretNamespace, "cloud-storage");
    for (const { roles, labels, zone, size } of of.machines) {
      if (roles.includes("bastion")) continue;
      assert.equal(labels["topology.kubernetes.io/zone"], `koreacentral-${zone}`);
      assert.equal(labels["node.kubernetes.io/instance-type"], size);
    }
    for (const { labels, zone } of azurePlan("highAvailability").machines)
      assert.equal(labels["topology.kubernetes.io/zone"], zone, "as ever without it");
  });

  it("makes volumes that nobody exports, tagged, by the file's key where it names one", () => {
    const parameters = (type?: string, over: FileContent = {}) => inCluster.volumes?.parameters(type, plan(over));
    assert.deepEqual(parameters(), {
      skuName: "Premium_LRS",
      networkAccessPolicy: "DenyAll",
      publicNetworkAccess: "Disabled",
      tags: "kpaas-environment=seoul,team=platform",
    });
    assert.equal(parameters("PremiumV2_LRS")?.cachingMode, "None");
    const diskEncryptionSet = `${GROUP}/shared/providers/Microsoft.Compute/diskEncryptionSets/key`;
    const over = { infrastructure: { azure: { diskEncryptionSet, resourceGroup: "shared" } } };
    assert.equal(parameters(undefined, over)?.diskEncryptionSetID, diskEncryptionSet);
  });

  it("keeps what it attaches: no machine of ours is written with a list of disks", async () => {
    const g = await buildAzure(plan());
    for (const { name, inputs } of ofType(g, "VirtualMachine")) assert.ok(!("dataDisks" in (inputs.storageProfile as Bag)), name);
    const before = await buildAzure(azurePlan("highAvailability"));
    for (const { name, inputs } of ofType(before, "VirtualMachine")) assert.ok("dataDisks" in (inputs.storageProfile as Bag), name);
  });

  it("lets no pod ask the metadata, nor the machines' own agent's address", async () => {
    const of = plan();
    assert.ok(of.services.every(({ needs }) => (needs?.cloud as { metadata?: boolean } | undefined)?.metadata !== true));
    const g = await buildAzure(of);
    for (const { name, roles } of of.machines) {
      if (roles.includes("bastion")) continue;
      const { customData } = g.get(`seoul-machine-${name}`).inputs.osProfile as { customData: string };
      const text = Buffer.from(customData, "base64").toString();
      assert.match(text, /ip daddr 169\.254\.169\.254 counter drop/, name);
      assert.match(text, /ip daddr 168\.63\.129\.16 tcp dport \{ 80, 32526 \} counter drop/, name);
    }
  });
});

describe("what control planes may do on Azure", () => {
  const actions = (over: FileContent) => controllersRole(azurePlan("minimal", over)).actions;

  it("is what the parts in the cluster call, and nothing of the other", () => {
    const [balancers, disks] = [actions(SERVICES), actions(VOLUMES)];
    assert.ok(
      balancers.every((each) => each.startsWith("Microsoft.Network/")),
      balancers.join("\n"),
    );
    assert.ok(!balancers.some((each) => /networkInterfaces/.test(each)), "members are addresses");
    assert.ok(
      disks.every((each) => !each.startsWith("Microsoft.Network/")),
      disks.join("\n"),
    );
    assert.deepEqual(actions(BOTH), [...balancers, ...disks].sort());
    for (const each of actions(BOTH)) assert.ok(actions({}).includes(each), "whoever brings them by himself has the same");
    // What Azure asks for of a group with our rules, and of members by address.
    for (const each of [
      "applicationSecurityGroups/joinNetworkSecurityRule/action",
      "virtualNetworks/joinLoadBalancer/action",
      "loadBalancers/backendAddressPools/write",
    ])
      assert.ok(balancers.includes(`Microsoft.Network/${each}`), each);
  });

  it("is, of the whole subscription, to ask for its zones, and only with the controller", async () => {
    const look = ({ inputs }: { inputs: Bag }) => (inputs.permissions as { actions: string[] }[])[0]?.actions;
    const [with_, without] = [await buildAzure(azurePlan("minimal", SERVICES)), await buildAzure(azurePlan("minimal", VOLUMES))];
    assert.deepEqual(look(with_.get("seoul-role-zones")), [ZONES_OPERATION]);
    assert.ok(!without.resources.some(({ name }) => name.includes("zones")));
    const resourceGroup = { infrastructure: { azure: { resourceGroup: "shared" } } };
    const scopes = (over: FileContent) => permissions(azurePlan("minimal", merge(resourceGroup, over))).AssignableScopes;
    assert.deepEqual(scopes(SERVICES), ["/subscriptions/SUBSCRIPTION"]);
    assert.deepEqual(scopes(VOLUMES), ["/subscriptions/SUBSCRIPTION/resourceGroups/shared"]);
  });
});

describe("what Azure's parts in the cluster cannot do", () => {
  const network = `${GROUP}/net/providers/Microsoft.Network`;
  const existing = { network: `${network}/virtualNetworks/main`, subnets: { node: { name: "nodes", cidr: "10.20.0.0/17" } } };
  const cases: Readonly<Record<string, readonly [over: FileContent, path: string]>> = {
    "balancers where control planes may do nothing": [
      merge(SERVICES, { infrastructure: { azure: { controllers: false } } }),
      "infrastructure.azure.controllers",
    ],
    "volumes where control planes may do nothing": [
      merge(VOLUMES, { infrastructure: { azure: { controllers: false } } }),
      "infrastructure.azure.controllers",
    ],
    "balancers in a network of another group": [
      merge(SERVICES, { infrastructure: { azure: { existing } } }),
      "infrastructure.azure.existing.network",
    ],
    "an address of another group": [
      merge(SERVICES, {
        infrastructure: {
          access: { ingressCidrs: ["0.0.0.0/0"] },
          network: { floating: { ingress: "203.0.113.10" } },
          azure: { addresses: { "203.0.113.10": `${network}/publicIPAddresses/web` } },
        },
      }),
      "infrastructure.azure.addresses.203.0.113.10",
    ],
    "a key of another group": [
      merge(VOLUMES, {
        infrastructure: { azure: { diskEncryptionSet: `${GROUP}/keys/providers/Microsoft.Compute/diskEncryptionSets/key` } },
      }),
      "infrastructure.azure.diskEncryptionSet",
    ],
    "a class of no type": [
      { platform: { storage: { kind: "cloud", classes: { fast: { type: "ssd" } } } } },
      "platform.storage.classes.fast.type",
    ],
    "disks of nodes beside the driver's": [
      merge(VOLUMES, { cluster: { pools: { data: { nodes: 1, volumes: [{ name: "osd", sizeGiB: 10 }] } } } }),
      "cluster.pools.data.volumes",
    ],
    "a label that is the driver's": [
      merge(VOLUMES, { cluster: { pools: { data: { nodes: 1, labels: { "node.kubernetes.io/instance-type": "large" } } } } }),
      "cluster.pools.data.labels.node.kubernetes.io/instance-type",
    ],
    "a tag that the driver does not write": [merge(VOLUMES, { labels: { "app.team": "platform" } }), "labels.app.team"],
  };
  for (const [what, [over, path]] of Object.entries(cases))
    it(`is an error at the field, with the way out: ${what}`, () => {
      const base = {
        name: "demo",
        infrastructure: { provider: "azure", region: "koreacentral", zones: [...ZONES], network: { cidr: "10.20.0.0/16" } },
      };
      const errors = planFile(merge(base, over)).problems.filter(({ severity }) => severity === "error");
      assert.deepEqual(
        errors.map((each) => each.path),
        [path],
      );
      assert.ok(errors[0]?.remedy);
    });

  it("knows a region's cloud by its name", () => {
    assert.deepEqual(["koreacentral", "US Gov Virginia", "chinanorth3"].map(cloudOfRegion), [
      "AzurePublicCloud",
      "AzureUSGovernmentCloud",
      "AzureChinaCloud",
    ]);
  });
});
