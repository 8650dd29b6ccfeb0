import assert from "node:assert/strict";
import { ByOperator } from "../../fleet/by-operator";
import type { Steps } from "../../fleet/steps";
import { at, fields } from "../../model/data";
import type { Operation } from "../../model/fleet/decide";
import { REQUEST, requestOf } from "../../model/fleet/export/operator-stack";
import { stackVerdict } from "../../model/fleet/export/stack-status";
import { ApplyRefusedError } from "../../operate/stacks";

const UP: Operation = { cluster: "seoul", step: "up", attempt: 2 };
const WORD = requestOf("run", 2);
const workspaces = {
  ...{ namespace: "kpaas", backend: "gs://states", repository: "https://git.example.org/p", image: "kpaas", commit: "c" },
};

/** An operator that does what it is asked for as soon as it is looked at. */
class Played {
  readonly applied: string[] = [];
  readonly removed: string[] = [];
  readonly there = new Map<string, Record<string, unknown>>();

  constructor(private readonly status: (name: string) => object = () => ({ state: "succeeded" })) {}

  async apply(object: { readonly kind: string; readonly metadata: { readonly name: string } }): Promise<void> {
    if (object.kind !== "Stack") return;
    const { name } = object.metadata;
    const before = this.there.get(name);
    const same = JSON.stringify(before?.sent) === JSON.stringify(object);
    this.applied.push(name);
    this.there.set(name, { ...object, sent: object, begun: same ? before?.begun : Number(before?.begun ?? 0) + 1 });
  }
  async read(stack: string): Promise<unknown> {
    const name = stack.replaceAll(".", "-");
    const object = this.there.get(name);
    if (object === undefined) return undefined;
    const metadata = { ...fields(object.metadata), generation: 3 };
    const reconcileRequest = at(object.metadata, "annotations") && fields(at(object.metadata, "annotations"))[REQUEST];
    const { state, ...more } = { state: undefined, ...this.status(name) } as Record<string, unknown>;
    const lastUpdate = { generation: 3, reconcileRequest, state };
    return { ...object, metadata, status: { observedGeneration: 3, observedReconcileRequest: reconcileRequest, lastUpdate, ...more } };
  }
  async remove(stack: string): Promise<void> {
    this.removed.push(stack);
    this.there.delete(stack.replaceAll(".", "-"));
  }
}

function by(stacks: Played, names = ["seoul.infrastructure", "seoul.cluster"], approvals = {}) {
  const children: Steps = {
    launch: async () => ({ outcome: "done" }),
    look: async () => ({ outcome: "done" }),
    silence: () => undefined,
    end() {},
    endAll() {},
  };
  const operator = {
    ...{ workspaces, kubeconfig: { env: "K" }, folder: "" },
    stacks: { seoul: names.map((name) => ({ name, secretsProvider: "gcpkms://k" })) },
  };
  const begun = { run: "run", plan: { fleet: "korea", waves: [], health: {} }, approvals };
  return new ByOperator({ begun, operator, children, stacks, everyMs: 1 });
}

describe("a cluster that the operator brings up", () => {
  it("is its stacks one after the other, none after one that failed", async () => {
    const played = new Played();
    assert.deepEqual(await by(played).launch(UP), { outcome: "done" });
    assert.deepEqual(played.applied, ["seoul-infrastructure", "seoul-cluster"]);
    const stalled = { type: "Stalled", status: "True", reason: "UpdateFailed", message: "up failed 3 times" };
    const bad = new Played(() => ({ state: "failed", conditions: [stalled] }));
    const ended = await by(bad).launch(UP);
    assert.deepEqual(ended, { outcome: "failed", reason: "UpdateFailed: up failed 3 times", transient: false });
    assert.deepEqual([bad.applied, bad.removed], [["seoul-infrastructure"], []]);
  });

  it("is not begun twice by a runner that takes over, and not at all where nothing was sent", async () => {
    const played = new Played();
    assert.deepEqual(await by(played).look(UP), { outcome: "unknown" });
    assert.deepEqual(played.applied, []);
    await by(played).launch(UP);
    assert.deepEqual(await by(played).look(UP), { outcome: "done" });
    assert.deepEqual(
      [...played.there.values()].map(({ begun }) => begun),
      [1, 1],
    );
    assert.deepEqual(await by(played).look({ ...UP, attempt: 3 }), { outcome: "unknown" });
  });

  it("goes on where the API server was away, and ends where it refuses", async () => {
    const away = new Played();
    let times = 0;
    const read = away.read.bind(away);
    away.read = async (stack) => {
      times += 1;
      if (times < 4) throw new Error("no answer");
      return read(stack);
    };
    assert.deepEqual(await by(away, ["seoul"]).launch(UP), { outcome: "done" });
    const refusing = new Played();
    refusing.apply = async () => {
      throw new ApplyRefusedError("fields of it belong to somebody else");
    };
    assert.match((await by(refusing).launch(UP)).reason ?? "", /is refused: fields of it belong to somebody else/);
  });

  it("is left alone by the operator once it was asked to end, or where the operator would try for ever", async () => {
    const played = new Played(() => ({ currentUpdate: { name: "u" } }));
    const steps = by(played, ["seoul"]);
    const ended = steps.launch(UP);
    setTimeout(() => steps.endAll(), 20);
    assert.deepEqual(await ended, { outcome: "failed", reason: "it was asked to end", transient: false });
    assert.deepEqual(played.removed, ["seoul"]);
    const away = new Played(() => ({
      conditions: [{ type: "Stalled", status: "True", reason: "SourceUnavailable", message: "no such commit" }],
    }));
    assert.equal((await by(away, ["seoul"]).launch(UP)).transient, true);
    assert.deepEqual(away.removed, ["seoul"]);
  });

  it("is told which dangerous changes are let through", async () => {
    const played = new Played();
    await by(played, ["seoul"], { seoul: ["a:lost@0123456789ab"] }).launch(UP);
    assert.deepEqual(at(played.there.get("seoul"), "spec.config"), { "kpaas:approve": "a:lost@0123456789ab" });
  });
});

describe("what a Stack tells", () => {
  const stack = (status: object, request = WORD) => ({ metadata: { generation: 5, annotations: { [REQUEST]: request } }, status });
  const seen = { observedGeneration: 5, observedReconcileRequest: WORD };
  const last = { generation: 5, reconcileRequest: WORD, state: "succeeded" };

  it("counts only of what was asked for now", () => {
    assert.equal(stackVerdict(stack({ ...seen, lastUpdate: last }), WORD).kind, "ended");
    for (const status of [
      {},
      { ...seen, observedGeneration: 4, lastUpdate: last },
      { ...seen, lastUpdate: { ...last, generation: 4 } },
      { ...seen, lastUpdate: { ...last, reconcileRequest: "before" } },
      { ...seen, lastUpdate: { ...last, state: "failed" }, conditions: [{ type: "Reconciling", status: "True" }] },
      { ...seen, observedReconcileRequest: "before", conditions: [{ type: "Stalled", status: "True", reason: "UpdateFailed" }] },
    ])
      assert.equal(stackVerdict(stack(status), WORD).kind, "under way", JSON.stringify(status));
    assert.equal(stackVerdict(stack({ ...seen, lastUpdate: last }, "other"), WORD).kind, "another");
  });
});
