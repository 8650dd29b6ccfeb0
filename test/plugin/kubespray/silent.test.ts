import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Properties } from "../../../plugin/rpc/provider";
import { cluster, worker } from "../../model/cluster/fixtures";
import { commands, inputsOf, known, servedCluster, three } from "./fixtures";

/** Hosts are silent where their machine is gone from the world's cloud, or does not run. */
describe("a host that does not answer", () => {
  const served = servedCluster();
  const machine = (name: string) => join(served.world, "openstack", "instance", `machine-of-${name}.json`);
  const two = () => cluster({ "worker-1": worker("worker-1", 1), "worker-3": worker("worker-3", 3) });
  const four = () => cluster({ ...three().nodes, "worker-4": worker("worker-4", 4) });

  async function created() {
    const { properties } = await served.create(three());
    mkdirSync(join(served.world, "openstack", "instance"), { recursive: true });
    for (const name of Object.keys(four().nodes)) writeFileSync(machine(name), JSON.stringify({ powerState: "active" }));
    const change = (spec: ReturnType<typeof three>, more: Properties = {}, preview = false) =>
      served.client.update(known, { oldInputs: inputsOf(three()), olds: properties, news: inputsOf(spec, more), preview });
    return { change };
  }

  it("stops a change that needs it, in the preview and before the first step, with the way to give it up", async () => {
    const { change } = await created();
    rmSync(machine("worker-2"));
    const refused = /worker-2 does not answer[\s\S]*lost for good, say so: --approve worker-2:lost/;
    for (const preview of [true, false]) await assert.rejects(change(two(), {}, preview), refused);
    assert.ok(served.file().nodes["worker-2"], "nothing was begun");
    assert.equal(served.journal().filter(({ event }) => event === "run-started").length, 1, "the creation's");
    await assert.rejects(change(four()), /raise the generation of worker-2 or take it out of the file, and say so/);
  });

  it("is removed without being asked where it is named as lost, though others are silent too", async () => {
    const { change } = await created();
    for (const name of ["worker-2", "worker-3"]) writeFileSync(machine(name), JSON.stringify({ powerState: "shutoff" }));
    const { properties } = await change(cluster({ "worker-1": worker("worker-1", 1) }), { lostNodes: ["worker-2", "worker-3"] });
    const removal = (name: string) =>
      `remove-node.yml -e node=${name} -e skip_confirmation=true -e reset_nodes=false -e allow_ungraceful_removal=true`;
    assert.deepEqual(commands(properties), [removal("worker-2"), removal("worker-3")]);
    assert.deepEqual(Object.keys(served.file().nodes).sort(), ["cp-1", "worker-1"]);
  });

  it("says that a backup is left where it is the only control plane", async () => {
    const { change } = await created();
    rmSync(machine("cp-1"));
    await assert.rejects(
      change(two()),
      /cp-1 does not answer\n\s+Bring its machine back: it is the only control plane\. .*restore a backup: kpaas cluster restore/,
    );
  });

  it("is not Ready until it answers again", async () => {
    await created();
    const nodes = async () => {
      const { properties } = await served.client.read(known, inputsOf(three()), inputsOf(three()));
      return Object.entries(properties.nodeTable as Record<string, { ready: boolean }>).flatMap(([name, { ready }]) =>
        ready ? [] : [name],
      );
    };
    rmSync(machine("worker-1"));
    assert.deepEqual(await nodes(), ["worker-1"]);
    writeFileSync(machine("worker-1"), "{}");
    assert.deepEqual(await nodes(), []);
  });
});
