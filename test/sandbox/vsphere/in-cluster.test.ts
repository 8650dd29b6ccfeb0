import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { partsAtWork } from "../../../sandbox/cloud/parts-at-work";
import { Store } from "../../../sandbox/store";
import { VSPHERE } from "../../../sandbox/vsphere/cloud";
import { temporaryFolders } from "../../support/temporary";

const folder = temporaryFolders();
type World = Readonly<Record<"datastores" | "storagePolicies" | "full" | "withoutPrivilege", readonly string[]>>;
const WORLD: World = { datastores: ["datastore1", "ssd"], storagePolicies: ["Gold"], full: [], withoutPrivilege: [] };

/** The driver at work in a vCenter, with some of it otherwise. */
function driver(over: Partial<World> = {}) {
  const world = folder();
  writeFileSync(join(world, "world.json"), JSON.stringify({ ...WORLD, ...over }));
  const parts = partsAtWork(VSPHERE, world);
  return {
    ask: (parameters: Record<string, string>, uid = "a") => parts.make({ uid, sizeGiB: 1, retain: false, parameters }),
    release: (...standing: string[]) => parts.release(undefined, new Set(standing)),
    disks: () => new Store(join(world, "vsphere")).list("firstClassDisk").map(({ datastore }) => datastore),
  };
}

describe("the simulated driver of vSphere's volumes", () => {
  it("makes a disk for a claim once, where it is asked to, and takes it away with the claim", () => {
    const it = driver();
    it.ask({ datastoreurl: "ds:///vmfs/volumes/ssd/" });
    it.ask({ datastoreurl: "ds:///vmfs/volumes/ssd/" });
    assert.deepEqual(it.disks(), ["ssd"]);
    it.release("a");
    assert.deepEqual(it.disks(), ["ssd"]);
    it.release();
    assert.deepEqual(it.disks(), []);
  });

  it("refuses what vCenter or the driver refuses", () => {
    const refused = (parameters: Record<string, string>, says: RegExp, over: Partial<World> = {}) =>
      assert.throws(() => driver(over).ask(parameters), says);
    refused({ storagepolicyname: "gold" }, /Storage policy name "gold" not found in VC/);
    refused({ datastoreurl: "ds:///vmfs/volumes/none/" }, /specified in the storage class is not accessible to all nodes/);
    refused({}, /auth service could not find datastore/, { withoutPrivilege: ["datastore1", "ssd"] });
    refused({ datastoreurl: "ds:///vmfs/volumes/ssd/" }, /auth service could not find datastore/, { withoutPrivilege: ["ssd"] });
    refused({}, /Insufficient disk space on datastore 'datastore1'/, { full: ["datastore1"] });
  });

  it("keeps to the datastores on which its user may make disks", () => {
    const it = driver({ withoutPrivilege: ["datastore1"] });
    it.ask({});
    assert.deepEqual(it.disks(), ["ssd"]);
  });
});
