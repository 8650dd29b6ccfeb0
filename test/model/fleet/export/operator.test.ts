import assert from "node:assert/strict";
import { stringify } from "yaml";
import { at, list } from "../../../../model/data";
import type { ExportedCluster } from "../../../../model/fleet/export/cluster";
import { operatorFiles } from "../../../../model/fleet/export/operator";
import { inexpressible, unworkable } from "../../../../model/fleet/export/problems";
import type { FleetPlan, Wave } from "../../../../model/fleet/plan";
import { LAYERS } from "../../../../model/layers";
import { golden } from "../../../support/golden";

const SETTINGS = {
  ...{ namespace: "kpaas", backend: "s3://states?region=ap-northeast-2", repository: "https://git.example.org/platforms" },
  ...{ directory: "korea", gitSecret: "git-read", image: `registry.example.org/kpaas@sha256:${"0".repeat(64)}`, commit: "c".repeat(40) },
};
const KEY = "awskms://alias/kpaas?region=ap-northeast-2";

function cluster(name: string, more: Partial<ExportedCluster> = {}): ExportedCluster {
  const stacks = [{ name, secretsProvider: KEY }];
  return { name, provider: "openstack", stacks, isLocked: true, secrets: [], usesAgent: false, ...more };
}
function wave(name: string, clusters: Wave["clusters"], more: Partial<Wave> = {}): Wave {
  return { name, clusters, canaries: 0, bakeSeconds: 0, maxFailures: 0, approval: false, ...more };
}
const alone = (name: string) => ({ name, after: [] });
const three = cluster("seoul", { stacks: LAYERS.map((layer) => ({ layer, name: `seoul.${layer}`, secretsProvider: KEY })) });

describe("a fleet as the operator's resources", () => {
  const plan: FleetPlan = {
    ...{ fleet: "korea", health: {} },
    waves: [
      wave("first", [alone("busan")]),
      wave("rest", [alone("jeju"), { name: "seoul", after: [{ cluster: "jeju", reason: "" }] }, alone("ulsan")], { canaries: 1 }),
    ],
  };
  const clusters = new Map([...["busan", "jeju", "ulsan"].map((name) => cluster(name)), three].map((each) => [each.name, each]));
  const files = operatorFiles(plan, clusters, SETTINGS);

  it("waits for the part before, for what it comes after and for its lower layers", () => {
    const waits = files.slice(1).map(({ name, resources }) => {
      return [name, list(at(resources.at(-1), "spec.prerequisites")).map((each) => at(each, "name"))];
    });
    assert.deepEqual(waits, [
      ["001-busan.yaml", []],
      ["002-jeju.yaml", ["busan"]],
      ["003-seoul-infrastructure.yaml", ["jeju"]],
      ["004-seoul-cluster.yaml", ["seoul-infrastructure"]],
      ["005-seoul-platform.yaml", ["seoul-cluster"]],
      ["006-ulsan.yaml", ["jeju"]],
    ]);
  });

  it("has one account that may do nothing but ask who somebody is, and names secrets alone", () => {
    const lines = files.slice(0, 2).flatMap(({ name, resources }) => [`# ${name}`, ...resources.map((each) => stringify(each))]);
    golden("fleet/operator", lines.join("\n").trimEnd().split("\n"));
  });
});

describe("what the operator cannot say", () => {
  it("is refused with its path, all at once", () => {
    const maintenance = { timeZone: "Asia/Seoul" };
    const own = { timeZone: "Asia/Seoul", blackout: ["2026-12-25"] };
    const plan: FleetPlan = {
      ...{ fleet: "korea", health: { apiServer: true } },
      waves: [
        wave("canary", [alone("busan")], { bakeSeconds: 600, maintenance }),
        wave("rest", [alone("jeju"), alone("seoul")], { maxConcurrent: 1, maxFailures: 1, approval: true, maintenance: own }),
        wave("all", [alone("ulsan")], { maxConcurrent: 1, maintenance }),
      ],
    };
    const paths = inexpressible(plan, { maintenance }).map(({ path }) => path);
    assert.deepEqual(paths, [
      ...["waves.0.bake", "waves.1.maxFailures", "waves.1.maxConcurrent", "waves.1.approval", "waves.1.maintenance"],
      ...["maintenance", "health"],
    ]);
  });
});

describe("what cannot work in a workspace", () => {
  const problems = (backend: string | undefined, ...clusters: ExportedCluster[]) =>
    unworkable("korea", clusters, { backend, hasProject: true }).map(({ path, reason }) => `${path}: ${reason}`);

  it("is a state that no other machine has, or whose password would be in a file", () => {
    for (const [backend, said] of [
      [undefined, /says where states are/],
      ["file:///srv/states", /folder of one machine/],
      ["mem://", /goes with the engine/],
      ["postgres://kpaas:secret@db/states", /holds a password/],
      ["states", /is no URL/],
    ] as const)
      assert.match(problems(backend).join("\n"), said);
    assert.deepEqual(problems("postgres://kpaas@db/states"), []);
    assert.ok(!JSON.stringify(unworkable("korea", [], { backend: "postgres://a:secret@db/s", hasProject: true })).includes("secret@"));
  });

  it("is what only this machine has: files, an agent, a passphrase, a lock that is not committed", () => {
    const wrong = cluster("busan", {
      isLocked: false,
      secrets: [
        { path: "infrastructure.access.ssh.privateKey", reference: { file: "~/.ssh/id" } },
        { path: "platform.tls.key", reference: { env: "TLS_KEY" } },
      ],
      usesAgent: true,
      kubesprayFrom: "/srv/kubespray",
      stacks: [{ name: "busan", secretsProvider: "passphrase" }],
    });
    assert.deepEqual(
      problems("gs://states", wrong).map((each) => each.slice(0, each.indexOf(": ", each.includes("yaml: ") ? 24 : 0))),
      [
        ...["", "infrastructure.access.ssh.privateKey", "infrastructure.access.ssh.agent", "cluster.kubespray.source"],
        "Pulumi.busan.yaml: secretsprovider",
      ],
    );
  });

  it("is a name that the operator's definition does not take", () => {
    const long = "a".repeat(30);
    const stacks = [{ name: `${long}.infrastructure`, secretsProvider: KEY }];
    assert.match(problems("gs://states", cluster(long, { stacks })).join(), /longer than the 42 characters/);
  });
});
