import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadEnvironment } from "../../files/load";
import { standIn } from "../../files/stand-in";
import { temporaryFolders } from "../support/temporary";

describe("the plan that stands for a file which cannot be planned", () => {
  const folder = temporaryFolders();

  /** Name, layers, way in and what is to be left, of a file's text; undefined where there is none. */
  function of(text: string): unknown[] | undefined {
    const file = join(folder(), "seoul.yaml");
    writeFileSync(file, text);
    const loaded = loadEnvironment(file, folder());
    assert.equal(loaded.planned, undefined, "the file is wrong");
    const plan = standIn(loaded)?.plan;
    return plan && [plan.environment, plan.layers, plan.access.api, plan.retain];
  }

  const table: [what: string, text: string, expected: unknown[] | undefined][] = [
    [
      "what still parses decides",
      "name: seoul\nlayers: three\nretain: [volumes]\ninfrastructure: { provider: openstack, access: { bastion: true, api: bastion } }\ncluster: { pools: 7 }\n",
      ["seoul", "three", "bastion", ["volumes"]],
    ],
    [
      "nothing is left that the file does not name",
      "name: seoul\ninfrastructure: { provider: openstack }\nplatfrom: {}\n",
      ["seoul", "one", "direct", []],
    ],
    ["a file without a cloud goes by its name", "name: seoul\n", ["seoul", "one", "direct", []]],
    ["what nobody can read may ask for volumes to be left", "name: seoul\n  infra: [\n", ["seoul", "one", "direct", ["volumes"]]],
    [
      "what to leave is not read out of a mistake",
      "name: seoul\nretain: volumes\ninfrastructure: { provider: openstack }\n",
      ["seoul", "one", "direct", ["volumes"]],
    ],
    ["a name in doubt stands for nothing", "name: Seoul City\ninfrastructure: { provider: openstack }\n", undefined],
  ];
  for (const [what, text, expected] of table) it(what, () => assert.deepEqual(of(text), expected));
});
