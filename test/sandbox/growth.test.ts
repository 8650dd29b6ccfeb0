import assert from "node:assert/strict";
import { Store } from "../../sandbox/store";
import { fileCalls } from "../support/file-calls";
import { temporaryFolders } from "../support/temporary";
import { cloudUnderTest } from "./openstack/fixture";

/** Objects that are there before, how many more are made while it is counted, and how often that is done. */
const [FEW, MANY, MORE, TIMES] = [20, 100, 10, 3];

describe("what the next object in a sandbox costs", () => {
  const folder = temporaryFolders();
  const cloud = cloudUnderTest();

  it("does not grow with the objects that are there, though each asks for all", async () => {
    const store = new Store(folder());
    let made = 0;
    const create = async (until: number): Promise<void> => {
      for (; made < until; made += 1) store.put("port", { id: `port-${made}`, number: store.list("port").length });
    };
    await assertFlat(create);
  });

  it("does not grow with the machines of a cloud", async () => {
    const { it: own } = cloud;
    const network = await own.create("network", {});
    const subnet = await own.create("subnet", { networkId: network.id, cidr: "10.0.0.0/16" });
    const group = await own.create("secGroup", {});
    let made = 0;
    const create = async (until: number): Promise<void> => {
      for (; made < until; made += 1) {
        const port = await own.create("port", {
          networkId: network.id,
          fixedIps: [{ subnetId: subnet.id }],
          securityGroupIds: [group.id],
        });
        await own.create("instance", own.machine(port));
      }
    };
    await assertFlat(create);
  });
});

/**
 * Holds what more objects cost among many against what they cost among few: not more than half as much again, where a square would be four
 * times as much. All are looked over once a second whatever is done, so the least of several times counts.
 * @param create makes objects until there are so many
 */
async function assertFlat(create: (until: number) => Promise<void>): Promise<void> {
  const cost = async (there: number): Promise<number> => {
    await create(there);
    const counts: number[] = [];
    for (let time = 1; time <= TIMES; time += 1) counts.push(await fileCalls(() => create(there + time * MORE)));
    return Math.min(...counts);
  };
  const [few, many] = [await cost(FEW), await cost(MANY)];
  assert.ok(many < few * 1.5, `${MORE} objects cost ${few} file operations among ${FEW}, ${many} among ${MANY}`);
}
