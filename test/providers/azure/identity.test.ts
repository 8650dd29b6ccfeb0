import assert from "node:assert/strict";
import fc from "fast-check";
import { azureLimits } from "../../../providers/azure/names";
import { azureEnvironment, azurePlan, buildAzure, ZONES } from "../../support/azure";
import { beforeAndAfter, renamesLabelsAlone, type Sampled, touchesNoOther } from "../../support/identity";

const azure: Sampled = { environment: azureEnvironment, build: (plan) => buildAzure(plan) };

describe("identity on Azure", function () {
  this.timeout(120_000);

  it("inserting and removing machines anywhere touches no other", async () => {
    await touchesNoOther(azure, ZONES, (key) => [`seoul-machine-${key}`, `seoul-nic-${key}`, `seoul-volume-${key}.osd`]);
  });

  it("a zone more adds what is the zone's own, and changes nothing", async () => {
    const [one, two] = await beforeAndAfter(azure, "standard", {}, { infrastructure: { zones: ["3", "1", "2"] } });
    assert.deepEqual([one.removed(two), one.changed(two)], [[], []]);
    assert.deepEqual(one.added(two), ["seoul-floating-ip-nat-3", "seoul-nat-3", "seoul-subnet-node-3", "seoul-subnet-outer-3"]);
  });

  it("raising a generation makes another machine at another address", async () => {
    const nodes = (b: object) => ({ cluster: { pools: { general: { nodes: { a: {}, b } } } } });
    const [one, two] = await beforeAndAfter(azure, "minimal", nodes({}), nodes({ generation: 2 }));
    assert.deepEqual(one.added(two), ["seoul-machine-b-g2", "seoul-nic-b-g2"]);
    assert.deepEqual([one.removed(two), one.changed(two)], [["seoul-machine-b", "seoul-nic-b"], []]);
  });

  it("never gives two things one name, whatever the environment's is, and no name that Azure refuses", async () => {
    const names = fc.stringMatching(/^[a-z][a-z0-9-]{0,28}[a-z0-9]$/);
    await fc.assert(
      fc.asyncProperty(names, async (name) => {
        const g = await buildAzure(azurePlan("highAvailability", { name }));
        assert.equal(new Set(g.urns()).size, g.resources.length);
        const own: Readonly<Record<string, readonly [string, number]>> = {
          VirtualNetwork: ["virtualNetworkName", azureLimits.virtualNetwork.max],
          Subnet: ["subnetName", azureLimits.subnet.max],
          PublicIPAddress: ["publicIpAddressName", azureLimits.publicAddress.max],
          LoadBalancer: ["loadBalancerName", azureLimits.balancer.max],
          NetworkInterface: ["networkInterfaceName", azureLimits.interface.max],
          VirtualMachine: ["vmName", azureLimits.machine.max],
          Disk: ["diskName", azureLimits.disk.max],
          UserAssignedIdentity: ["resourceName", azureLimits.identity.max],
        };
        const taken = new Set<string>();
        for (const { type, inputs } of g.resources) {
          const [input, max] = own[type.split(":").at(-1) ?? ""] ?? [];
          if (input === undefined || max === undefined) continue;
          const text = String(inputs[input]);
          assert.match(text, /^[A-Za-z0-9][\w.-]*\w$/);
          assert.ok(text.length <= max, text);
          assert.ok(!taken.has(`${type} ${text}`), text);
          taken.add(`${type} ${text}`);
        }
      }),
      { numRuns: 3 },
    );
  });

  it("keeps disks of a machine apart from those of another whose names run together", async () => {
    const pools = {
      general: {
        nodes: { a: {}, "a-b": {} },
        volumes: [
          { name: "b-c", sizeGiB: 1 },
          { name: "c", sizeGiB: 1 },
        ],
      },
    };
    const g = await buildAzure(azurePlan("minimal", { cluster: { pools } }));
    const disks = g.resources.filter(({ type }) => type.endsWith(":Disk")).map(({ inputs }) => String(inputs.diskName));
    assert.equal(new Set(disks).size, disks.length);
  });

  it("changes tags alone where a label is renamed", async () => {
    await renamesLabelsAlone(azure, ({ tags: _, ...rest }) => rest);
  });
});
