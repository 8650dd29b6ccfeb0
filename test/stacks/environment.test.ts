import assert from "node:assert/strict";
import { Environment } from "../../stacks/environment";
import { environmentFile, plannedFile } from "../support/environment";
import { golden } from "../support/golden";
import { type Graph, graph } from "../support/graph";

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

  it("puts every child under a parent, and parents the environment's under the stack", async () => {
    const lines = (await environmentGraph({})).lines();
    assert.deepEqual(
      lines.filter((line) => !line.startsWith(" ")),
      ["kpaas:index:Environment demo"],
    );
  });
});
