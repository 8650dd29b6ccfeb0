import assert from "node:assert/strict";
import type { ClusterStep } from "../../../model/cluster/types";
import type { LiveEtcdMember, Missing } from "../../../plugin/kubespray/cluster-view";
import { sandboxKubespray } from "../../../plugin/kubespray/kubespray";
import type { Properties } from "../../../plugin/rpc/provider";
import { cluster } from "../../model/cluster/fixtures";
import type { ProviderClient } from "../../support/provider-client";
import { temporaryFolders } from "../../support/temporary";
import { commands, inputsOf, known, ref, serveKubespray, three } from "./fixtures";

describe("A step's effect", () => {
  const folder = temporaryFolders();
  let client: ProviderClient;
  /** What is missing each time that a run of the playbook is looked at, the last one from then on. */
  let missing: { playbook: string; answers: (readonly Missing[] | Error)[] };
  let members: readonly LiveEtcdMember[] | undefined;

  beforeEach(async () => {
    missing = { playbook: "", answers: [] };
    members = undefined;
    const sandbox = sandboxKubespray(folder());
    const { view } = sandbox;
    const played = Object.assign(Object.create(view), {
      missing: async ({ playbook }: ClusterStep) => {
        if (playbook !== missing.playbook) return [];
        const answer = missing.answers.length > 1 ? missing.answers.shift() : missing.answers[0];
        if (answer instanceof Error) throw answer;
        return answer ?? [];
      },
      members: async () => members ?? (await view.members(cluster(), { machines: {}, ssh: { user: "ubuntu" } })),
    });
    const journal: typeof sandbox.journal = (place) => sandbox.journal(place);
    client = await serveKubespray({ runner: sandbox.runner, journal, view: played, effect: { within: 300, every: 10 } });
  });
  afterEach(() => client.close());

  const absent: Missing = { node: "worker-3", what: "is no node of the cluster" };
  const unready: Missing = { node: "worker-3", what: "is not Ready" };
  const grow = async (olds: Properties) => await client.update(known, { oldInputs: inputsOf(), olds, news: inputsOf(three()) });

  it("is waited for, also while no control plane answers", async () => {
    const { properties } = await client.create(ref, inputsOf());
    missing = { playbook: "scale", answers: [[absent], new Error("no control plane tells"), [unready], []] };
    const { properties: after } = await grow(properties);
    assert.deepEqual(missing.answers, [[]], "it was asked until nothing was missing");
    assert.ok(Object.hasOwn(after.nodes as object, "worker-3"));
  });

  it("fails the change where it does not come, and the next one repeats the step", async () => {
    const { properties } = await client.create(ref, inputsOf());
    missing = { playbook: "scale", answers: [[absent], [unready]] };
    const failure = await grow(properties).catch((error) => error);
    assert.match(
      failure.message,
      /scale\.yml has ended, and after 0 s it has not had its effect: worker-3 is not Ready\. What was reached is recorded/,
    );
    missing = { playbook: "", answers: [] };
    const { properties: again } = await client.update(known, { oldInputs: inputsOf(), olds: failure.properties, news: inputsOf(three()) });
    assert.ok(Object.hasOwn(again.nodes as object, "worker-3"));
  });

  it("is not waited for from a node that was not Ready before", async () => {
    const { properties } = await client.create(ref, inputsOf());
    missing = {
      playbook: "scale",
      answers: [[absent, { node: "worker-1", what: "is not Ready" }], [{ node: "worker-1", what: "is not Ready" }]],
    };
    await grow(properties);
    assert.ok(client.logs.some(({ message }) => /not Ready before and after scale\.yml: worker-1/.test(message)));
  });

  it("is not begun where it would stop a member of etcd that the others cannot spare", async () => {
    const of = (changes = {}) => cluster({}, changes, 3);
    const { properties: olds } = await client.create(ref, inputsOf(of()));
    const rebooted = of();
    const [first] = Object.entries(rebooted.nodes);
    assert.ok(first);
    const [name, node] = first;
    const news = inputsOf({ ...rebooted, nodes: { ...rebooted.nodes, [name]: { ...node, reboot: "2027-02-01T00:00:00Z" } } });
    members = [1, 2, 3].map((number) => ({ name: `cp-${number}`, healthy: number !== 3 }));
    const failure = await client.update(known, { oldInputs: inputsOf(of()), olds, news }).catch((error) => error);
    assert.match(
      failure.message,
      /step 1 of 1 \(reboot\.yml .*\) failed: it was not begun: it stops cp-1, and etcd would have 1 of 3 members left/,
    );
    members = undefined;
    const { properties: after } = await client.update(known, { oldInputs: inputsOf(of()), olds: failure.properties, news });
    assert.deepEqual(
      commands(after).map((command) => command.split(" ")[0]),
      ["reboot.yml"],
    );
  });
});
