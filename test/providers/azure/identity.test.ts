import assert from "node:assert/strict";
import fc from "fast-check";
import { azureLimits } from "../../../providers/azure/names";
import { azureEnvironment, azurePlan, buildAzure, ZONES } from "../../support/azure";

describe("identity on Azure", function () {
  this.timeout(120_000);

  it("inserting and removing machines anywhere touches no other", async () => {
    const keys = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e", "f"), { minLength: 1, maxLength: 4 });
    const nodes = (of: readonly string[]) => ({
      infrastructure: { zones: ZONES },
      cluster: { pools: { general: { nodes: Object.fromEntries(of.map((key) => [key, {}])), volumes: [{ name: "osd", sizeGiB: 10 }] } } },
    });
    await fc.assert(
      fc.asyncProperty(keys, keys, async (was, becomes) => {
        const before = azureEnvironment("minimal", nodes(was));
        const after = azureEnvironment("minimal", nodes(becomes), before.lock);
        const [one, two] = [await buildAzure(before.plan), await buildAzure(after.plan)];
        assert.deepEqual(one.changed(two), []);
        const own = (key: string): string[] => [`seoul-machine-${key}`, `seoul-nic-${key}`, `seoul-volume-${key}.osd`];
        const of = (list: readonly string[]): string[] => list.flatMap(own).sort();
        assert.deepEqual(one.added(two), of(becomes.filter((key) => !was.includes(key))));
        assert.deepEqual(one.removed(two), of(was.filter((key) => !becomes.includes(key))));
      }),
      { numRuns: 3 },
    );
  });

  it("a zone more adds what is the zone's own, and changes nothing", async () => {
    const before = azureEnvironment("standard");
    const after = azureEnvironment("standard", { infrastructure: { zones: ["3", "1", "2"] } }, before.lock);
    const [one, two] = [await buildAzure(before.plan), await buildAzure(after.plan)];
    assert.deepEqual([one.removed(two), one.changed(two)], [[], []]);
    assert.deepEqual(one.added(two), ["seoul-floating-ip-nat-3", "seoul-nat-3", "seoul-subnet-node-3", "seoul-subnet-outer-3"]);
  });

  it("raising a generation makes another machine at another address", async () => {
    const nodes = (b: object) => ({ cluster: { pools: { general: { nodes: { a: {}, b } } } } });
    const before = azureEnvironment("minimal", nodes({}));
    const after = azureEnvironment("minimal", nodes({ generation: 2 }), before.lock);
    const [one, two] = [await buildAzure(before.plan), await buildAzure(after.plan)];
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
    const before = azureEnvironment("minimal");
    const after = azureEnvironment("minimal", { labels: { team: undefined, crew: "platform" } }, before.lock);
    const [one, two] = [await buildAzure(before.plan), await buildAzure(after.plan)];
    assert.deepEqual([one.added(two), one.removed(two)], [[], []]);
    const bare = ({ tags: _, ...rest }: Record<string, unknown>) => rest;
    for (const name of one.changed(two)) assert.deepEqual(bare(one.get(name).inputs), bare(two.get(name).inputs), name);
  });
});
