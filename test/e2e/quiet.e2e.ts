import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { previewEnvironment, refreshEnvironment, upEnvironment } from "../../engine/operations";
import type { OperationResult } from "../../engine/types";
import { bindToPlan } from "../../model/guard/approvals";
import type { Lock } from "../../model/lock";
import { RefusedError } from "../../model/problems";
import { engineForTests } from "../support/engine";
import { environmentFile, plannedFile } from "../support/environment";

type Over = Record<string, unknown>;

/** `op name` of everything an operation does, sorted. */
function changesOf(result: OperationResult): string[] {
  return result.resources
    .filter(({ op }) => op !== "same")
    .map(({ op, name }) => `${op} ${name}`)
    .sort();
}

function commandsOf(result: OperationResult): string[] {
  return result.steps.map((step) => (step as { command: string }).command);
}

/** An environment in a sandbox of its own, with the lock its files have made so far. */
class Life {
  private lock: Lock | undefined;

  constructor(
    private readonly root: string,
    private readonly name: string,
  ) {}

  target(over: Over, ...approvals: readonly string[]) {
    const planned = plannedFile(environmentFile({ name: this.name, ...over }), this.lock);
    this.lock = planned.lock;
    return { plan: planned.plan, root: this.root, sandbox: true, approvals: approvals.map((text) => bindToPlan(text, planned.plan)) };
  }

  /** Previews, does it, and holds the one against the other. */
  async change(over: Over, ...approvals: readonly string[]): Promise<OperationResult> {
    const target = this.target(over, ...approvals);
    const preview = await previewEnvironment(target);
    const up = await upEnvironment(target);
    assert.deepEqual(changesOf(preview), changesOf(up), "what the preview shows is what is done");
    assert.deepEqual(preview.changes, up.changes);
    assert.deepEqual(preview.steps, up.steps);
    return preview;
  }

  async isQuiet(over: Over): Promise<void> {
    const target = this.target(over);
    for (const result of [await refreshEnvironment(target), await previewEnvironment(target)]) {
      assert.deepEqual(changesOf(result), []);
      assert.deepEqual(result.steps, []);
    }
  }

  /** Sets the world's clock. */
  at(now: string): void {
    const world = join(this.root, ".kpaas", "sandbox", "world", this.name);
    mkdirSync(world, { recursive: true });
    writeFileSync(join(world, "clock.json"), JSON.stringify({ now }));
  }
}

const cluster = (nodes: Over, pool: Over = {}, variables: Over = {}): Over => ({
  cluster: { pools: { worker: { nodes, ...pool } }, variables },
});
/** What another domain asks for. */
const MOVE = ["environment:move-domain"];
const machine = (env: string, op: string, ...keys: string[]): string[] =>
  keys.flatMap((key) => [`${op} ${env}-infrastructure-machine-${key}`, `${op} ${env}-infrastructure-port-${key}`]);

describe("A preview of a running environment", function () {
  this.timeout(240_000);
  const root = mkdtempSync(join(tmpdir(), "kpaas-quiet-"));
  before(engineForTests);
  after(() => rmSync(root, { recursive: true, force: true }));

  describe("of the profile minimal", () => {
    const life = new Life(root, "calm");
    const updated = "update calm-cluster-kubespray";
    const three = { a: {}, b: {}, c: {} };

    it("shows nothing after up and refresh", async () => {
      await upEnvironment(life.target(cluster(three)));
      await life.isQuiet(cluster(three));
    });

    it("shows of another worker its machine, its port and the cluster's update with its steps", async () => {
      const preview = await life.change(cluster({ ...three, d: {} }));
      assert.deepEqual(changesOf(preview), [...machine("calm", "create", "d"), updated].sort());
      assert.deepEqual(commandsOf(preview), ["facts.yml", "scale.yml --limit d"]);
    });

    it("shows of a worker less, from the middle, the same and nothing of its neighbours", async () => {
      const preview = await life.change(cluster({ a: {}, c: {}, d: {} }));
      assert.deepEqual(changesOf(preview), [...machine("calm", "delete", "b"), updated].sort());
      assert.deepEqual(commandsOf(preview), ["remove-node.yml -e node=b -e skip_confirmation=true -e flush_iptables=false"]);
    });

    it("shows of a rebuilt worker its machine and port, of no other", async () => {
      const preview = await life.change(cluster({ a: {}, c: { generation: 2 }, d: {} }));
      assert.deepEqual(changesOf(preview), [...machine("calm", "create", "c-g2"), ...machine("calm", "delete", "c"), updated].sort());
    });

    it("shows of a label and a taint on a pool the cluster's update", async () => {
      const nodes = { a: {}, c: { generation: 2 }, d: {} };
      const labelled = await life.change(cluster(nodes, { labels: { disk: "ssd" } }));
      assert.deepEqual(changesOf(labelled), [updated]);
      const tainted = await life.change(cluster(nodes, { labels: { disk: "ssd" }, taints: ["gpu=true:PreferNoSchedule"] }));
      assert.deepEqual(changesOf(tainted), [updated]);
      assert.deepEqual(commandsOf(tainted), ["cluster.yml --limit a,c-g2,d --tags node-label,node-taint"]);
    });

    it("shows of a changed variable the cluster's update", async () => {
      const preview = await life.change(cluster({ a: {}, c: { generation: 2 }, d: {} }, {}, { kubelet_max_pods: 120 }));
      assert.deepEqual(changesOf(preview), [updated]);
      assert.equal(commandsOf(preview)[0], "cluster.yml --tags node");
    });

    it("shows two changes at once as the one and the other", async () => {
      const preview = await life.change(cluster({ a: {}, d: {}, e: {} }, {}, { kubelet_max_pods: 120 }));
      assert.deepEqual(changesOf(preview), [...machine("calm", "create", "e"), ...machine("calm", "delete", "c-g2"), updated].sort());
    });

    const same = cluster({ a: {}, d: {}, e: {} }, {}, { kubelet_max_pods: 120 });
    const services = (over: Over): Over => ({ ...same, platform: { services: over } });

    it("shows of another replica of Keycloak what follows from it, and the way back", async () => {
      const there = await life.change(services({ keycloak: { replicas: 2 } }));
      const added = ["calm-platform-keycloak-allow-cache", "calm-platform-keycloak-budget"];
      const server = "update calm-platform-keycloak-server";
      assert.deepEqual(changesOf(there), [...added.map((name) => `create ${name}`), server]);
      assert.deepEqual(changesOf(await life.change(same)), [...added.map((name) => `delete ${name}`), server]);
    });

    it("shows of a domain the platform's certificate, routes and clients, and no machine", async () => {
      const preview = await life.change({ ...same, platform: { domain: "apps.example.org" } }, ...MOVE);
      assert.ok(changesOf(preview).length > 0);
      assert.ok(
        changesOf(preview).every((change) => /^(update|replace) calm-platform-(tls|ingress|cert-manager|keycloak|portal)/.test(change)),
      );
      await life.change(same, ...MOVE);
    });

    it("is refused where a service's volume cannot be changed", async () => {
      await assert.rejects(
        previewEnvironment(life.target(services({ mariadb: { size: 20 } }))),
        (error) => error instanceof RefusedError && error.problems.some(({ path }) => path === "platform.services.mariadb.size"),
      );
      await life.isQuiet(same);
    });
  });

  describe("as time passes", () => {
    const life = new Life(root, "aging");
    const placed = { platform: { domain: "apps.example.org" } };
    before(() => life.at("2027-01-01T00:00:00Z"));

    it("shows within 30 days of the cluster's certificates' end the step that renews them, and nothing a day earlier", async () => {
      await upEnvironment(life.target({}));
      life.at("2027-04-01T00:00:00Z");
      await upEnvironment(life.target(placed, ...MOVE)); // the platform's certificates are made anew
      life.at("2027-12-01T00:00:00Z");
      await life.isQuiet(placed);
      life.at("2027-12-03T00:00:00Z");
      const renewal = await life.change(placed);
      assert.deepEqual(commandsOf(renewal), ["renew-certificates.yml --limit cp-1 -e renew_within_days=30"]);
      assert.deepEqual(changesOf(renewal), ["update aging-cluster-kubernetes", "update aging-cluster-kubespray"]);
      await life.isQuiet(placed);
    });

    it("shows within 30 days of the platform's certificate's end that one and what serves it, and nothing else", async () => {
      life.at("2028-03-03T00:00:00Z");
      assert.deepEqual(changesOf(await life.change(placed)), [
        "replace aging-platform-tls-server",
        "update aging-platform-ingress-certificate",
      ]);
    });
  });

  for (const profile of ["standard", "highAvailability"]) {
    it(`shows nothing after up and refresh of the profile ${profile}, and little of another worker`, async () => {
      const name = profile === "standard" ? "std" : "ha";
      const life = new Life(root, name);
      const up = await upEnvironment(life.target({ profile }));
      assert.ok(up.changes.create > 100);
      await life.isQuiet({ profile });
      const preview = await life.change({ profile, cluster: { pools: { worker: { nodes: 4 } } } });
      assert.deepEqual(changesOf(preview), [...machine(name, "create", "worker-4"), `update ${name}-cluster-kubespray`].sort());
      assert.deepEqual(commandsOf(preview), ["facts.yml", "scale.yml --limit worker-4"]);
    });
  }
});
