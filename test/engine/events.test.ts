import assert from "node:assert/strict";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { EventCollector, type Progress } from "../../engine/events";
import { SECRET_SIGNATURE, SIGNATURE_KEY, UNKNOWN } from "../../plugin/rpc/provider";

const STACK = "urn:pulumi:seoul::kpaas::pulumi:pulumi:Stack::kpaas-seoul";
const NETWORK = "urn:pulumi:seoul::kpaas::kpaas:index:Environment$openstack:networking/network:Network::seoul-network";
const CLUSTER = "urn:pulumi:seoul::kpaas::kpaas:kubespray:Cluster::seoul-cluster";

type Fact = Partial<Omit<EngineEvent, "sequence" | "timestamp">>;

function collect(facts: readonly Fact[], isKnown?: (text: string) => boolean): { collector: EventCollector; told: Progress[] } {
  const told: Progress[] = [];
  const collector = new EventCollector((event) => told.push(event), isKnown);
  facts.forEach((fact, sequence) => {
    collector.take({ sequence, timestamp: 0, ...fact });
  });
  return { collector, told };
}

// Events are what the engine writes as JSON; only what is read of them is given here.
function step(op: string, urn: string, outputs?: Record<string, unknown>) {
  const type = urn.split("::")[2]?.split("$").pop() ?? "";
  const state = outputs && { type, urn, id: "", parent: "", provider: "", inputs: {}, outputs };
  return JSON.parse(JSON.stringify({ metadata: { op, urn, type, provider: "", new: state ?? null } }));
}

function summary(resourceChanges: Record<string, number>): Fact {
  return { summaryEvent: { maybeCorrupt: false, durationSeconds: 1, resourceChanges, policyPacks: {} } };
}

function diagnostic(severity: string, message: string, urn?: string): Fact {
  return { diagnosticEvent: JSON.parse(JSON.stringify({ severity, message, color: "raw", urn })) };
}

describe("Counting an operation's changes", () => {
  const none = { create: 0, update: 0, replace: 0, delete: 0, same: 0 };
  const table: readonly [string, Record<string, number>, object][] = [
    ["counts nothing when the engine says nothing", {}, none],
    [
      "takes plain counts as they come",
      { create: 3, update: 2, delete: 1, same: 9 },
      { ...none, create: 3, update: 2, delete: 1, same: 9 },
    ],
    ["counts a replacement once", { replace: 2, "create-replacement": 2, "delete-replaced": 2 }, { ...none, replace: 2 }],
    ["counts a replacement told only by its parts once", { "create-replacement": 1, "delete-replaced": 1 }, { ...none, replace: 1 }],
    ["counts an import as a creation", { import: 1 }, { ...none, create: 1 }],
    ["counts nothing as deleted that was only read, and is forgotten", { delete: 2, discard: 1 }, { ...none, delete: 2 }],
  ];
  for (const [title, changes, expected] of table) {
    it(title, () => assert.deepEqual(collect([summary(changes)]).collector.changes, expected));
  }

  it("counts what an earlier try has done, and not what failed in it", () => {
    const { collector: earlier } = collect([
      { resourcePreEvent: step("create", NETWORK) },
      { resOutputsEvent: step("create", NETWORK, {}) },
      { resourcePreEvent: step("create", `${NETWORK}-rule`) },
      { resOpFailedEvent: { ...step("create", `${NETWORK}-rule`), status: 0, steps: 0 } },
      { resourcePreEvent: step("update", CLUSTER) },
      { resOutputsEvent: step("update", CLUSTER, { steps: ["scale"] }) },
      summary({ create: 1, update: 1, same: 3 }),
    ]);
    const then = new EventCollector(undefined, undefined, earlier);
    then.take({ sequence: 0, timestamp: 0, resourcePreEvent: step("delete", `${NETWORK}-old`) });
    then.take({ sequence: 1, timestamp: 0, ...summary({ delete: 1, same: 6 }) });
    assert.deepEqual(then.changes, { create: 1, update: 1, replace: 0, delete: 1, same: 4 });
    assert.deepEqual(
      then.resources.map(({ op, name }) => `${op} ${name}`),
      ["create seoul-network", "update seoul-cluster", "delete seoul-network-old"],
    );
    assert.deepEqual([then.steps, then.failure], [["scale"], undefined]);
  });

  it("lists each changed resource once, a replacement as such, and nothing unchanged", () => {
    const { collector } = collect([
      { resourcePreEvent: step("same", STACK) },
      { resourcePreEvent: step("create-replacement", NETWORK) },
      { resOutputsEvent: step("create-replacement", NETWORK, {}) },
      { resourcePreEvent: step("replace", NETWORK) },
      { resourcePreEvent: step("update", CLUSTER) },
      { resOutputsEvent: step("update", CLUSTER, {}) },
      { resourcePreEvent: step("delete-replaced", NETWORK) },
      { resourcePreEvent: step("discard", `${NETWORK}-read`) },
    ]);
    assert.deepEqual(
      collector.resources.map(({ op, name, type }) => `${op} ${type} ${name}`),
      ["replace openstack:networking/network:Network seoul-network", "update kpaas:kubespray:Cluster seoul-cluster"],
    );
  });
});

describe("A changed resource", () => {
  const secret = { [SIGNATURE_KEY]: SECRET_SIGNATURE, ciphertext: "[secret]" };
  const state = (urn: string, inputs: object, outputs: object = inputs) => ({
    type: "",
    urn,
    id: "",
    parent: STACK,
    provider: "",
    inputs,
    outputs,
  });

  it("is told with what changes in it, hidden values in words, however often the engine tells of it", () => {
    const metadata = {
      ...step("update", NETWORK).metadata,
      old: state(NETWORK, { tags: ["a"], id: "1", key: secret }),
      new: state(NETWORK, { tags: ["a", "b"], id: UNKNOWN, key: secret }),
      detailedDiff: Object.fromEntries(["tags[1]", "id", "key"].map((path) => [path, { diffKind: "update", inputDiff: true }])),
    };
    const { collector } = collect([{ resourcePreEvent: { metadata } }, { resOutputsEvent: { metadata } }]);
    assert.deepEqual(
      collector.resources.map(({ parent, properties }) => ({ parent, properties })),
      [
        {
          parent: STACK,
          properties: [
            { path: "id", kind: "update", old: "1", new: "[unknown]" },
            { path: "key", kind: "update", old: "[secret]", new: "[secret]" },
            { path: "tags[1]", kind: "add", new: "b" },
          ],
        },
      ],
    );
  });

  it("is told with what becomes of it where it is deleted", () => {
    const urn = NETWORK.replaceAll("networking/network:Network", "networking/floatingIp:FloatingIp");
    const metadata = { ...step("delete", urn).metadata, old: state(urn, {}, { address: "203.0.113.9" }) };
    const [resource] = collect([{ resourcePreEvent: { metadata } }]).collector.resources;
    assert.deepEqual(resource?.impact, { effect: "lost", kind: "address", name: "203.0.113.9", detail: "given back to the cloud" });
    assert.deepEqual(resource?.properties, []);
  });

  it("is compared with outputs that were recorded, without their secrets", () => {
    const metadata = { ...step("same", STACK, {}).metadata, old: state(STACK, {}, { urls: { a: "b" }, kubeconfig: secret }) };
    assert.deepEqual(collect([{ resOutputsEvent: { metadata } }]).collector.before, { urls: { a: "b" }, kubeconfig: "[secret]" });
  });
});

describe("An operation's outputs", () => {
  const secret = { [SIGNATURE_KEY]: SECRET_SIGNATURE, ciphertext: "[secret]" };

  it("are those of the stack, with secrets and unknown values in words at any depth", () => {
    const outputs = { url: "https://a", kubeconfig: secret, nodes: [{ id: UNKNOWN, key: secret }] };
    const { collector } = collect([{ resOutputsEvent: step("update", STACK, outputs) }]);
    assert.deepEqual(collector.outputs, { url: "https://a", kubeconfig: "[secret]", nodes: [{ id: "[unknown]", key: "[secret]" }] });
  });

  it("never hold a secret the engine sent with a value", () => {
    const { collector } = collect([
      { resOutputsEvent: step("update", STACK, { a: { [SIGNATURE_KEY]: SECRET_SIGNATURE, value: "hunter2" } }) },
    ]);
    assert.doesNotMatch(JSON.stringify(collector.outputs), /hunter2/);
  });

  it("come with the cluster's steps when the cluster changes, and without when it stays", () => {
    const steps = [{ id: "1-scale", playbook: "scale" }];
    assert.deepEqual(collect([{ resOutputsEvent: step("update", CLUSTER, { steps }) }]).collector.steps, steps);
    assert.deepEqual(collect([{ resOutputsEvent: step("same", CLUSTER, { steps }) }]).collector.steps, []);
  });

  it("are empty after a destroy, where steps leave no state", () => {
    assert.deepEqual(collect([{ resOutputsEvent: step("delete", STACK) }]).collector.outputs, {});
  });
});

describe("Creations whose provider died", () => {
  it("are told apart from those that were refused, without what is secret", () => {
    const failed = step("create", NETWORK, {});
    failed.metadata.new.inputs = { name: "seoul", password: "[secret]", nested: { key: "[secret]" } };
    const failure = { resOpFailedEvent: { ...failed, status: 0, steps: 0 } };
    const { collector } = collect([failure, diagnostic("error", "error reading from server: connection reset by peer", NETWORK)]);
    assert.deepEqual(
      collector.unanswered.map(({ type, resource }) => [type, resource.urn, resource.inputs]),
      [["creating", NETWORK, { name: "seoul" }]],
    );
    assert.deepEqual(collect([failure, diagnostic("error", "quota exceeded", NETWORK)]).collector.unanswered, []);
  });
});

describe("What an operation tells", () => {
  it("has neither colour marks nor the SDK's debug chatter", () => {
    const { told } = collect([
      diagnostic("debug", "Registering resource"),
      diagnostic("info", "<{%reset%}>TASK [etcd]\u001b[0m\n", CLUSTER),
    ]);
    assert.deepEqual(told, [{ kind: "message", severity: "info", text: "TASK [etcd]", urn: CLUSTER, ephemeral: false }]);
  });

  it("leaves out errors the caller reports itself", () => {
    const { told, collector } = collect([diagnostic("error", "Unhandled exception: refused\n    at x.js:1")], (text) =>
      text.includes("refused"),
    );
    assert.deepEqual(told, []);
    assert.equal(collector.failure, undefined);
  });

  it("gives each failure beside its resource, once, without stack traces and closing phrases", () => {
    const { collector } = collect([
      { resourcePreEvent: step("create", NETWORK) },
      diagnostic("error", "quota exceeded\n    at Provider.create (provider.js:1:1)", NETWORK),
      { resOpFailedEvent: { ...step("create", NETWORK), status: 0, steps: 0 } },
      { resOpFailedEvent: { ...step("update", CLUSTER), status: 0, steps: 0 } },
      diagnostic("error", "One or more errors occurred: x"),
      diagnostic("error", "update failed", STACK),
    ]);
    assert.equal(
      collector.failure,
      "  openstack:networking/network:Network seoul-network (create): quota exceeded\n  kpaas:kubespray:Cluster seoul-cluster (update): failed",
    );
  });

  it("gives the cloud's words without naming resource and operation twice", () => {
    const words = "Error creating openstack:networking/network:Network: 429: Over Limit";
    const { collector } = collect([
      { resOpFailedEvent: { ...step("create", NETWORK), status: 0, steps: 0 } },
      diagnostic("error", words, NETWORK),
    ]);
    assert.equal(collector.failure, "  openstack:networking/network:Network seoul-network (create): 429: Over Limit");
  });

  it("gives a function's failure without the inputs it was wanted for", () => {
    const words =
      'Unhandled exception: Error: error serializing property "routerId": error serializing property "network": invocation of a:b:c returned an error: no';
    assert.equal(collect([diagnostic("error", words)]).collector.failure, "  invocation of a:b:c returned an error: no");
  });

  it("reports a mandatory policy's violation as an error", () => {
    const event = { message: "no", color: "", policyName: "p", policyPackName: "", policyPackVersion: "", policyPackVersionTag: "" };
    const { collector } = collect([{ policyEvent: { ...event, enforcementLevel: "mandatory" } }]);
    assert.equal(collector.failure, "  policy p: no");
  });
});
