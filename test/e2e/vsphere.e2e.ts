import assert from "node:assert/strict";
import { engineForTests } from "../support/engine";
import type { FileContent } from "../support/plan";
import { VSphereLife } from "../support/vsphere-life";

const pool = (nodes: object): FileContent => ({ cluster: { pools: { worker: { nodes } } } });

/** What only vSphere has; the life of its environments: `clouds.e2e.ts`. */
describe("an environment on vSphere", function () {
  this.timeout(600_000);
  before(engineForTests);

  it("goes on after a datastore without room, and after a machine whose guest tells no address", async () => {
    const life = new VSphereLife("minimal");
    const [few, more] = [pool({ a: {} }), pool({ a: {}, b: {} })];
    try {
      await life.up(few);
      life.change({ full: ["datastore1"] });
      await assert.rejects(life.up(more), /Insufficient disk space[\s\S]*has no room for it/);
      life.change({ full: [] });
      // Neither vCenter nor its provider knows that somebody has the address, but the guest's network does not come up.
      const leave = life.stranger(life.addressOf("b", more));
      await assert.rejects(life.up(more), /timeout waiting for an available IP address[\s\S]*cloud-init/);
      leave();
      const { changes: again } = await life.up(more);
      assert.equal(again.replace, 1, "what never was a machine goes, and another is made");
      assert.equal(await life.again(more), "nothing to do");
      assert.deepEqual(await life.destroy(more), []);
    } finally {
      life.end();
    }
  });

  for (const layers of ["one", "three"])
    it(`comes up in its largest profile over compute clusters and pools, guarded by its hosts, and goes, in ${layers} layer${layers === "one" ? "" : "s"}`, async () => {
      const life = new VSphereLife("highAvailability");
      const over: FileContent = {
        layers,
        infrastructure: {
          zones: ["az-1", "az-2"],
          access: { adminCidrs: ["203.0.113.0/24"] },
          vsphere: { zones: { "az-1": { resourcePool: "rack-1" }, "az-2": { cluster: "Other" } } },
        },
        cluster: {
          apiEndpoint: { kind: "virtualIp", by: "keepalived" },
          pools: { general: { nodes: 3, volumes: [{ name: "data", sizeGiB: 10, mount: "/data" }] } },
        },
      };
      try {
        const up = await life.up(over);
        assert.deepEqual(
          up.steps.map((step) => (step as { playbook: string }).playbook),
          ["prepare-nodes", "firewall", "load-balancers", "cluster"],
        );
        assert.equal(await life.again(over), "nothing to do");
        assert.deepEqual(await life.destroy(over), []);
      } finally {
        life.end();
      }
    });
});
