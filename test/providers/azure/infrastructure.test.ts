import assert from "node:assert/strict";
import type { Profile } from "../../../model/plan/types";
import { findable } from "../../../providers/azure/findable";
import { AzureInfrastructure } from "../../../providers/azure/infrastructure";
import { NEEDS, operationsIn, permissions, resourceTypes } from "../../../providers/azure/permissions";
import { azureOf } from "../../../providers/azure/plan";
import { azurePlan, buildAzure } from "../../support/azure";
import { golden } from "../../support/golden";
import { ofType } from "../../support/openstack";
import { samplePlan } from "../../support/plan";

const profiles: readonly Profile[] = ["minimal", "standard", "highAvailability"];
const SUBSCRIPTION = "/subscriptions/00000000-0000-4000-8000-000000000000/resourceGroups/net/providers/Microsoft.Network";
type Map = Record<string, unknown>;
const main = (inputs: Map): Map => (inputs.ipConfigurations as Map[])[0] ?? {};

describe("an Azure infrastructure", () => {
  for (const profile of profiles)
    it(`registers for the ${profile} profile what the golden file lists, also before anything exists`, async () => {
      const plan = azurePlan(profile);
      const g = await buildAzure(plan);
      golden(`providers/azure-${profile}`, g.lines());
      assert.deepEqual((await buildAzure(plan, {}, { unknowns: true })).urns(), g.urns());
    });

  it("gives every child the environment's own provider, and tags to all that can have some", async () => {
    const g = await buildAzure(azurePlan("highAvailability"));
    for (const { type, name, options, parent, inputs } of g.resources.filter((each) => each.type.startsWith("azure-native:"))) {
      assert.equal(options.provider, "seoul-provider", name);
      assert.equal(parent, "seoul", name);
      const untagged = /:(Subnet|RoleDefinition|RoleAssignment)$/.test(type);
      assert.equal("tags" in inputs, !untagged, name);
      if (untagged) continue;
      const { team, "kpaas-environment": environment } = inputs.tags as Record<string, string>;
      assert.deepEqual([team, environment], ["platform", "seoul"], name);
    }
  });

  it("puts machines and their disks where they are planned, closed as Azure can close them", async () => {
    const plan = azurePlan("highAvailability");
    const g = await buildAzure(plan);
    for (const machine of plan.machines) {
      const bastion = machine.roles.includes("bastion");
      const { inputs } = g.get(`seoul-machine-${machine.name}`);
      const nic = g.get(`seoul-nic-${machine.name}`).inputs;
      assert.deepEqual(inputs.zones, [machine.zone]);
      assert.deepEqual([main(nic).privateIPAddress, main(nic).privateIPAllocationMethod], [machine.address, "Static"]);
      assert.deepEqual(main(nic).subnet, { id: `seoul-subnet-${bastion ? "outer" : "node"}-${machine.zone}-id` });
      assert.equal("publicIPAddress" in main(nic), bastion);
      assert.equal(nic.enableIPForwarding, false);
      const { linuxConfiguration, adminUsername } = inputs.osProfile as Map;
      assert.deepEqual([(linuxConfiguration as Map).disablePasswordAuthentication, adminUsername], [true, "ubuntu"]);
      assert.equal((inputs.securityProfile as Map).securityType, "TrustedLaunch");
      assert.equal("identity" in inputs, machine.roles.includes("control-plane"), machine.name);
      for (const volume of machine.volumes)
        assert.deepEqual(g.get(`seoul-volume-${machine.key}.${volume.name}`).inputs.zones, [machine.zone]);
      const disks = (inputs.storageProfile as Map).dataDisks as Map[];
      assert.deepEqual(
        disks.map(({ managedDisk, deleteOption }) => [managedDisk, deleteOption]),
        machine.volumes.map(({ name }) => [{ id: `seoul-volume-${machine.key}.${name}-id` }, "Detach"]),
      );
    }
  });

  it("has a disk that is in every zone lie in none", async () => {
    const volumes = [
      { name: "osd", sizeGiB: 10, type: "Premium_ZRS" },
      { name: "data", sizeGiB: 10, type: "PremiumV2_LRS" },
    ];
    const g = await buildAzure(azurePlan("minimal", { cluster: { pools: { worker: { nodes: { a: {} }, volumes } } } }));
    assert.deepEqual(
      ofType(g, "Disk")
        .filter(({ name }) => name.includes("-a."))
        .map(({ inputs }) => [(inputs.sku as Map).name, inputs.zones]),
      [
        ["Premium_ZRS", undefined],
        ["PremiumV2_LRS", ["1"]],
      ],
    );
  });

  it("leads in by one balancer inside and one outside, and past nobody's own address there", async () => {
    const plan = azurePlan("highAvailability");
    const g = await buildAzure(plan);
    const frontends = (name: string) => g.get(name).inputs.frontendIPConfigurations as Map[];
    const inside = frontends("seoul-balancer");
    assert.deepEqual(
      inside.map(({ name, privateIPAddress, zones }) => [name, privateIPAddress, zones]),
      [
        ["api", plan.apiEndpoint.address, ["1", "2", "3"]],
        ["ingress", plan.platform.ingress.address, ["1", "2", "3"]],
      ],
    );
    const taken = plan.machines.map(({ address }) => address);
    for (const { privateIPAddress } of inside) assert.ok(!taken.includes(String(privateIPAddress)));
    assert.deepEqual(
      frontends("seoul-balancer-public").map(({ publicIPAddress }) => publicIPAddress),
      [{ id: "seoul-floating-ip-api-id" }, { id: "seoul-floating-ip-ingress-id" }],
    );
    for (const balancer of ["seoul-balancer", "seoul-balancer-public"]) {
      const { probes, loadBalancingRules } = g.get(balancer).inputs as { probes: Map[]; loadBalancingRules: Map[] };
      assert.deepEqual(
        probes.map(({ port, protocol, requestPath }) => [port, protocol, requestPath]),
        [
          [6443, "Https", "/readyz"],
          [30080, "Tcp", undefined],
          [30443, "Tcp", undefined],
        ],
      );
      assert.deepEqual(
        loadBalancingRules.map((rule) => [rule.frontendPort, rule.backendPort, rule.idleTimeoutInMinutes, rule.disableOutboundSnat]),
        [
          [6443, 6443, 100, true],
          [80, 30080, 100, true],
          [443, 30443, 100, true],
        ],
      );
    }
    // Members complete, on both balancers; nobody else is one.
    for (const { name, roles } of plan.machines) {
      const pools = ((main(g.get(`seoul-nic-${name}`).inputs).loadBalancerBackendAddressPools ?? []) as Map[]).map(({ id }) => id);
      const own = ["control-plane", "worker"].filter((role) => roles.some((each) => each === role));
      assert.deepEqual(
        pools,
        own.flatMap((role) => ["seoul-balancer", "seoul-balancer-public"].map((each) => `${each}-id/backendAddressPools/${role}`)),
      );
    }
    // No node goes through the balancer to the API: a member would never reach itself there.
    assert.equal("loadbalancer_apiserver" in plan.cluster.variables, false);
  });

  it("has one gateway, one for each zone, or none; the bastion gets out by its address, or where it has none by the gateway", async () => {
    const gateways = async (infrastructure: object): Promise<Record<string, unknown>> => {
      const g = await buildAzure(azurePlan("highAvailability", { infrastructure }));
      const own = ofType(g, "Subnet").map(({ name, inputs }) => [
        name.slice("seoul-subnet-".length),
        (inputs.natGateway as Map | undefined)?.id,
      ]);
      return Object.fromEntries(own);
    };
    const expected = (nat: (zone: string) => string | undefined, outer: (zone: string) => string | undefined = () => undefined) =>
      Object.fromEntries(
        ["1", "2", "3"].flatMap((zone) => [
          [`node-${zone}`, nat(zone)],
          [`outer-${zone}`, outer(zone)],
        ]),
      );
    const own = (zone: string): string => `seoul-nat-${zone}-id`;
    assert.deepEqual(await gateways({}), expected(own));
    assert.deepEqual(
      await gateways({ azure: { natGateways: "one" } }),
      expected(() => "seoul-nat-id"),
    );
    assert.deepEqual(
      await gateways({ azure: { natGateways: "none" } }),
      expected(() => undefined),
    );
    assert.deepEqual(await gateways({ network: { floating: "none" } }), expected(own, own));
  });

  it("uses a network that is there with its subnets, a group that is there, and addresses made beforehand", async () => {
    const plan = azurePlan("standard", {
      infrastructure: {
        network: { floating: { bastion: "203.0.113.5", api: "203.0.113.6" } },
        azure: {
          resourceGroup: "theirs",
          addresses: {
            "203.0.113.5": `${SUBSCRIPTION}/publicIPAddresses/bastion`,
            "203.0.113.6": `${SUBSCRIPTION}/publicIPAddresses/api`,
          },
          existing: {
            network: `${SUBSCRIPTION}/virtualNetworks/hub`,
            subnets: { node: { name: "nodes", cidr: "10.20.4.0/24" }, outer: { name: "edge", cidr: "10.20.5.0/27" } },
          },
        },
      },
    });
    const g = await buildAzure(plan);
    for (const type of ["ResourceGroup", "VirtualNetwork", "Subnet", "NatGateway"]) assert.deepEqual(ofType(g, type), [], type);
    const nic = g.get("seoul-nic-bastion").inputs;
    assert.deepEqual(main(nic).subnet, { id: `${SUBSCRIPTION}/virtualNetworks/hub/subnets/edge` });
    assert.deepEqual(main(nic).publicIPAddress, { id: `${SUBSCRIPTION}/publicIPAddresses/bastion` });
    assert.deepEqual([nic.networkSecurityGroup, nic.resourceGroupName], [{ id: "seoul-nsg-id" }, "theirs"]);
    assert.match(String(main(g.get("seoul-nic-cp-1").inputs).privateIPAddress), /^10\.20\.4\.([4-9]|\d\d)/);
    const [api] = g.get("seoul-balancer-public").inputs.frontendIPConfigurations as Map[];
    assert.deepEqual(api, { name: "api", publicIPAddress: { id: `${SUBSCRIPTION}/publicIPAddresses/api` } });
  });

  it("lies in a region without zones as well", async () => {
    const g = await buildAzure(azurePlan("standard", { infrastructure: { region: "koreasouth", zones: undefined } }));
    assert.ok(g.resources.every(({ inputs }) => !("zones" in inputs)));
    assert.deepEqual(
      ofType(g, "Subnet").map(({ name }) => name),
      ["seoul-subnet-node"],
    );
  });

  it("hands out the file's resolvers", async () => {
    const g = await buildAzure(azurePlan("minimal", { infrastructure: { network: { dns: ["10.0.0.2"] } } }));
    assert.deepEqual(g.get("seoul-network").inputs.dhcpOptions, { dnsServers: ["10.0.0.2"] });
  });

  it("leaves the rules in its security group that others have made, and takes those of its own that nobody wants any more", async () => {
    const plan = azurePlan("minimal");
    const theirs = { name: "k8s-azure-lb_allow_IPv4_1", priority: 500, direction: "Inbound", access: "Allow", protocol: "Tcp" };
    const groups = { destinationApplicationSecurityGroups: [{ id: "asg", etag: "1", name: "asg" }] };
    const old = { ...theirs, name: "in-worker-tcp-99-from-ranges", priority: 1000 };
    const rulesOf = async (securityRules: unknown) => {
      const asked: unknown[] = [];
      const g = await buildAzure(
        plan,
        {},
        {
          invokes: {
            "azure-native:network:getNetworkSecurityGroup": (args) => {
              asked.push(args);
              if (securityRules === undefined) throw Object.assign(new Error(), { details: 'Code="ResourceGroupNotFound"' });
              return { securityRules };
            },
          },
        },
      );
      const { networkSecurityGroupName, resourceGroupName } = g.get("seoul-nsg").inputs;
      assert.deepEqual(asked, [{ networkSecurityGroupName, resourceGroupName }]);
      return g.get("seoul-nsg").inputs.securityRules as Map[];
    };
    const own = await rulesOf(undefined);
    const numbers = own.map(({ priority }) => Number(priority));
    assert.ok(numbers.every((each) => each < 500 || each >= 1000));
    const found = [{ ...theirs, ...groups, id: "id", etag: "2", provisioningState: "Succeeded" }, old];
    assert.deepEqual(await rulesOf(found), [...own, { ...theirs, destinationApplicationSecurityGroups: [{ id: "asg" }] }]);
  });

  it("refuses a plan of another cloud", () => {
    assert.throws(
      () => new AzureInfrastructure("seoul", { plan: samplePlan("minimal"), secrets: {} }),
      /is that of openstack, not Azure's/,
    );
  });
});

describe("what is known of Azure's types", () => {
  const variants = [
    ["minimal", {}],
    ["highAvailability", {}],
    [
      "minimal",
      { infrastructure: { network: { floating: "none" }, azure: { natGateways: "none", controllers: false, resourceGroup: "theirs" } } },
    ],
    ["standard", { platform: { storage: { kind: "existing", className: "x" } } }],
  ] as const;

  it("covers all that is registered: how a lost creation is found, and what it takes to make it", async () => {
    for (const [profile, overrides] of variants) {
      const plan = azurePlan(profile, overrides);
      const registered = new Set(
        (await buildAzure(plan)).resources.map(({ type }) => type).filter((type) => type.startsWith("azure-native:")),
      );
      assert.deepEqual(resourceTypes(plan), [...registered].sort());
      for (const type of registered) {
        assert.ok(findable[type] !== undefined, `${type} is not found again`);
        assert.ok(NEEDS[type] !== undefined, `${type} has no permissions`);
      }
    }
  });

  it("gives a role with every operation once, and with none that nothing needs", () => {
    for (const [profile, overrides] of variants) {
      const plan = azurePlan(profile, overrides);
      const { Actions } = permissions(plan);
      assert.deepEqual([...new Set(Actions)].sort(), Actions);
      for (const type of resourceTypes(plan))
        for (const row of NEEDS[type] ?? []) for (const each of operationsIn(row)) assert.ok(Actions.includes(each), each);
      assert.ok(!Actions.some((action) => action.includes("*")));
      const { controllers } = azureOf(plan);
      assert.equal(Actions.includes("Microsoft.Authorization/roleAssignments/write"), controllers);
    }
  });
});
