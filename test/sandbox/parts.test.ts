import assert from "node:assert/strict";
import { registry } from "../../files/registry";
import { PARTS } from "../../sandbox/packages";
import { temporaryFolders } from "../support/temporary";

describe("what the sandbox plays of clouds' own parts", () => {
  const folder = temporaryFolders();

  // A claim of a class that nobody plays would be bound, and nothing be made for it.
  for (const { name, sdk, inCluster = {} } of Object.values(registry.clouds))
    if (Object.keys(inCluster).length > 0)
      it(`is all that ${name} has`, () => {
        // Its objects are in the folder of its SDK's package.
        const at = sdk?.slice(sdk.lastIndexOf("/") + 1) ?? name;
        const played = PARTS[at]?.(folder()).parts ?? {};
        assert.deepEqual(Object.keys(played).sort(), Object.keys(inCluster).sort());
        assert.equal(played.volumes?.provisioner, inCluster.volumes?.provisioner);
      });
});
