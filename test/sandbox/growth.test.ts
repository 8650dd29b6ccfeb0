import assert from "node:assert/strict";
import { Store } from "../../sandbox/store";
import { fileCalls } from "../support/file-calls";
import { temporaryFolders } from "../support/temporary";
import { cloudUnderTest } from "./openstack/fixture";

/** Objects that are there before, and how many more are made while it is counted. */
const [FEW, MANY, MORE] = [20, 100, 10];

describe("what the next object in a sandbox costs", () => {
  const folder = temporaryFolders();
  const cloud = cloudUnderTest();

  it("does not grow with the objects that are there, though each asks for all", async () => {
    const cost = (there: number): Promise<number> => {
      const store = new Store(folder());
      const create = (index: number): void => {
        store.put("port", { id: `port-${index}`, number: store.list("port").length });
      };
      for (let index = 0; index < there; index += 1) create(index);
      return fileCalls(() => {
        for (let index = there; index < there + MORE; index += 1) create(index);
      });
    };
    notMore(await cost(FEW), await cost(MANY));
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
    await create(FEW);
    const few = await fileCalls(() => create(FEW + MORE));
    await create(MANY);
    notMore(few, await fileCalls(() => create(MANY + MORE)));
  });
});

/** All are looked over once a second whatever is done: not more than half as much again, where a square would be four times as much. */
function notMore(few: number, many: number): void {
  assert.ok(many < few * 1.5, `${MORE} objects cost ${few} file operations among ${FEW}, ${many} among ${MANY}`);
}
