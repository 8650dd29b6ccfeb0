import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { readLosses } from "../../fleet/losses";
import { previewClusters } from "../../fleet/previews";
import type { Following, RunnerEvent } from "../../fleet/runner";
import { FleetStore } from "../../fleet/store";
import type { Operation } from "../../model/fleet/decide";
import type { Member } from "../../model/fleet/member";
import { liveOf } from "../../model/fleet/status";
import { RefusedError } from "../../model/problems";
import { askRegistered } from "../../operate/cluster/registered";
import { selfSigned, startHttps } from "../support/https-server";
import { temporaryFolders } from "../support/temporary";

describe("what a destroy of a fleet would take", () => {
  const children = (printed: Readonly<Record<string, object>>) => ({
    launch: async ({ cluster }: Operation) =>
      printed[cluster] === undefined ? ({ outcome: "failed", reason: "no answer" } as const) : ({ outcome: "done" } as const),
    printed: ({ cluster }: Operation) => JSON.stringify(printed[cluster]),
  });

  it("is told for each cluster, in their order, and is nothing where there is no stack", async () => {
    const printed = { b: { lost: ["volume data"], kept: ["address"] }, a: { problems: [{ reason: "has no stack here" }] } };
    assert.deepEqual(await readLosses(["b", "a"], children(printed), 2), [
      { cluster: "b", lost: ["volume data"], kept: ["address"] },
      { cluster: "a", lost: [], kept: [] },
    ]);
  });

  it("is refused where that of any cannot be told", async () => {
    await assert.rejects(
      readLosses(["a", "b"], children({ a: { lost: [], kept: [] } }), 1),
      (error) =>
        error instanceof RefusedError && error.problems.length === 1 && /^what would be lost .* no answer/.test(error.problems[0]!.reason),
    );
  });
});

describe("previews of a fleet's clusters", () => {
  const folder = temporaryFolders();
  const outline = { provider: "openstack", machines: 4, services: 6, kubernetes: "1.33.5", release: "1.7.0", isNew: true, changes: [] };
  const members = ["a", "b"].map((name): Member => ({ name, labels: {}, serves: [], names: new Set(), outline }));
  const wave = { name: "all", canaries: 0, bakeSeconds: 0, maxFailures: 0, approval: false };
  const plan = { fleet: "korea", health: {}, waves: [{ ...wave, clusters: members.map(({ name }) => ({ name, after: [] })) }] };
  const nothing = { impacts: [], versions: [], moves: [], later: [], approved: [], steps: [], resources: [], groups: [] };

  it("go on where one is refused, and say beforehand how long they take, by the last ones once there were any", async () => {
    const children = {
      launch: async ({ cluster }: Operation) =>
        cluster === "a" ? ({ outcome: "failed", reason: "refused" } as const) : ({ outcome: "done", fingerprint: "seen" } as const),
      printed: ({ cluster }: Operation) =>
        JSON.stringify(cluster === "a" ? {} : { changes: { create: 0, update: 0, replace: 0, delete: 0, same: 9 }, ...nothing }),
    };
    const store = new FleetStore(folder(), "korea", false);
    store.clear(store.looks);
    const told: string[] = [];
    const shown: string[] = [];
    const tell = (event: RunnerEvent) => {
      if (event.event === "following") following = event;
      else told.push(event.event === "waiting" ? event.reason : event.event);
    };
    let following: Following | undefined;
    const look = () => previewClusters({ plan, members, children, store, capacity: 1, tell });
    const found = await look();
    for (const { name, status, reason = "" } of following?.clusters() ?? []) shown.push(`${name} ${status} ${reason}`);
    assert.deepEqual(shown, ["a refused refused", "b done "]);
    assert.deepEqual(
      [...found].map(([name, its]) => [name, "counts" in its]),
      [
        ["a", false],
        ["b", true],
      ],
    );
    await look();
    assert.deepEqual(told, [
      "2 clusters are previewed, 1 at once: about 20 s, going by the machines and services",
      ...["ended", "ended"],
      "2 clusters are previewed, 1 at once: about 10 s, going by the last ones where there were any",
      ...["ended", "ended"],
    ]);
  });
});

describe("a preview that fails for a time", () => {
  const folder = temporaryFolders();
  const wave = { name: "all", clusters: [{ name: "a", after: [] }], canaries: 0, bakeSeconds: 0, maxFailures: 0, approval: false };

  it("is tried three times in all, and is then a refusal", async () => {
    let launched = 0;
    const children = {
      launch: async () => ({ outcome: "failed", reason: "throttled", transient: ++launched > 0 }) as const,
      printed: () => "",
    };
    const store = new FleetStore(folder(), "korea", false);
    store.clear(store.looks);
    const plan = { fleet: "korea", health: {}, waves: [wave] };
    const found = await previewClusters({ plan, members: [], children, store, capacity: 1, retryMs: 0, tell: () => undefined });
    assert.equal(launched, 3);
    assert.ok("problems" in (found.get("a") ?? {}));
  });
});

describe("a registered cluster", () => {
  const folder = temporaryFolders();

  it("is asked by its kubeconfig for version, nodes and certificates", async () => {
    const asked: string[] = [];
    const server = await startHttps({ type: "ip", value: "127.0.0.1" }, ({ url = "", headers }, response) => {
      asked.push(`${url} ${headers.authorization}`);
      const node = { metadata: { name: "kt-1" }, status: { conditions: [{ type: "Ready", status: "True" }] } };
      const portal = { metadata: { namespace: "cp-portal", name: "ui" }, status: { conditions: [{ type: "Available", status: "True" }] } };
      const answers: Record<string, object> = { "/version": { gitVersion: "v1.34.2" }, "/apis/apps/v1/deployments": { items: [portal] } };
      response.end(JSON.stringify(answers[url] ?? { items: [node] }));
    });
    try {
      const authority = Buffer.from(server.certificate).toString("base64");
      const kubeconfig = {
        "current-context": "kt",
        contexts: [{ name: "kt", context: { cluster: "kt", user: "kt" } }],
        clusters: [{ name: "kt", cluster: { server: `https://127.0.0.1:${server.port}`, "certificate-authority-data": authority } }],
        users: [{ name: "kt", user: { token: "canary" } }],
      };
      const root = folder();
      writeFileSync(join(root, "kt.yaml"), stringify(kubeconfig));
      const answers = await askRegistered({ file: "kt.yaml" }, root);
      assert.ok(typeof answers === "object", String(answers));
      assert.deepEqual([answers.kubernetes, answers.nodes], ["1.34.2", { "kt-1": true }]);
      assert.match(answers.ends["of the API server"] ?? "", /^\d{4}-\d\d-\d\dT/);
      assert.deepEqual(asked.sort(), ["/api/v1/nodes Bearer canary", "/version Bearer canary"]);
      const now = new Date();
      const lacking = await askRegistered({ file: "kt.yaml" }, root, ["cp-portal/*", "harbor/core"]);
      const { health, notes } = liveOf(lacking, now);
      assert.equal(health, "not healthy");
      assert.deepEqual(
        notes.filter((note) => note.startsWith("deployments")),
        ["deployments: there is no harbor/core"],
      );
      const there = liveOf(await askRegistered({ file: "kt.yaml" }, root, ["cp-portal/*"]), now);
      assert.doesNotMatch(there.notes.join("\n"), /deployments/);
    } finally {
      await server.close();
    }
  });

  it("is asked by a client certificate too, whose end is told, and is not asked by one that has ended", async () => {
    const subject = { type: "dns", value: "auditor" } as const;
    const [own, ended] = await Promise.all([selfSigned(subject), selfSigned(subject, new Date(Date.now() - 86_400_000))]);
    let asked = 0;
    const server = await startHttps(
      { type: "ip", value: "127.0.0.1" },
      ({ url = "" }, response) => {
        asked += 1;
        response.end(JSON.stringify(url === "/version" ? { gitVersion: "v1.34.2" } : { items: [] }));
      },
      own.cert,
    );
    try {
      const data = (text: string) => Buffer.from(text).toString("base64");
      const root = folder();
      for (const [name, { cert, key }] of Object.entries({ own, ended })) {
        const kubeconfig = {
          "current-context": "kt",
          contexts: [{ name: "kt", context: { cluster: "kt", user: "kt" } }],
          clusters: [
            { name: "kt", cluster: { server: `https://127.0.0.1:${server.port}`, "certificate-authority-data": data(server.certificate) } },
          ],
          users: [{ name: "kt", user: { "client-certificate-data": data(cert), "client-key-data": data(key) } }],
        };
        writeFileSync(join(root, `${name}.yaml`), stringify(kubeconfig));
      }
      const answers = await askRegistered({ file: "own.yaml" }, root);
      assert.ok(typeof answers === "object", String(answers));
      assert.deepEqual(Object.keys(answers.ends), ["of the API server", "of the kubeconfig"]);
      assert.deepEqual([answers.kubernetes, asked], ["1.34.2", 2]);
      assert.match(String(await askRegistered({ file: "ended.yaml" }, root)), /certificate has ended on \d{4}-/);
      assert.equal(asked, 2);
    } finally {
      await server.close();
    }
  });

  it("is told to be silent, and nothing of its kubeconfig", async () => {
    const root = folder();
    writeFileSync(join(root, "kt.yaml"), "token: canary");
    for (const file of ["kt.yaml", "none.yaml"]) {
      const answers = await askRegistered({ file }, root);
      assert.ok(typeof answers === "string");
      assert.doesNotMatch(answers, /canary/);
    }
  });
});
