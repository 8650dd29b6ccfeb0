import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OperationFailedError } from "../../engine/errors";
import type { Progress } from "../../engine/events";
import { destroyEnvironment, refreshEnvironment, upEnvironment } from "../../engine/operations";
import type { OperationResult } from "../../engine/types";
import { writeWhole } from "../../host/files";
import type { Lock } from "../../model/lock";
import type { Profile } from "../../model/plan/types";
import { CHOSEN, INFRASTRUCTURES, packageOf } from "../support/cloud-files";
import { engineForTests } from "../support/engine";
import { plannedFile } from "../support/environment";
import { BARE } from "../support/layers";
import { nhnFile } from "../support/nhn";
import { oneLife } from "../support/one-life";
import { type FileContent, merge } from "../support/plan";
import { filesIn } from "../support/project";

/** `op name` of the machines and of what is theirs alone. */
function machines({ resources }: OperationResult): string[] {
  return resources
    .filter(({ type, op }) => /:(Instance|VirtualMachine)$/.test(type) && op !== "same")
    .map(({ op, name }) => `${op} ${name.replace(/^k-infrastructure-machine-/, "")}`)
    .sort();
}

/** By cloud, what world.json sets in the middle of an `up`, and how the cloud refuses what comes after. */
const SHORT: Readonly<Record<string, readonly [world: object, words: RegExp]>> = {
  openstack: [{ quotas: { instances: 1 } }, /Quota exceeded for instances: Requested 1, but already used 1 of 1/],
  nhn: [{ quotas: { instances: 1 } }, /Quota exceeded for instances: Requested 1, but already used 1 of 1/],
  aws: [{ quotas: { processors: 0 } }, /VcpuLimitExceeded: You have requested more vCPU capacity/],
  gcp: [{ quotas: { processors: 0 } }, /Quota 'CPUS_ALL_REGIONS' exceeded/],
  azure: [{ quotas: { processors: 0 } }, /exceeding approved Total Regional Cores quota/],
  // It has no quotas, but may have no room.
  vsphere: [{ full: ["datastore1"] }, /Insufficient disk space/],
};

for (const cloud of CHOSEN)
  describe(`environments on ${cloud}`, function () {
    this.timeout(900_000);
    before(engineForTests);

    /** One after the other, each by the lock of the one before. */
    const story = (profile: Profile) => {
      const root = mkdtempSync(join(tmpdir(), `kpaas-${cloud}-`));
      const world = join(root, ".kpaas", "sandbox", "world", "k");
      const failed: string[] = [];
      let lock: Lock | undefined;
      const target = (pools?: object) => {
        const content = { name: "k", profile, infrastructure: INFRASTRUCTURES[cloud], platform: BARE };
        const planned = plannedFile({ ...content, ...(pools ? { cluster: { pools } } : {}) }, lock);
        lock = planned.lock;
        return { plan: planned.plan, root, sandbox: true, approvals: [] };
      };
      /** Keeps what a cloud has refused, also where it was tried again. */
      const onProgress = (event: Progress) => {
        if (event.kind === "resource" && event.status === "failed") failed.push(`${event.op} ${event.name}`);
      };
      const left = () => filesIn(join(world, packageOf(cloud)));
      return {
        target,
        left,
        failed,
        onProgress,
        world: join(world, "world.json"),
        remove: () => rmSync(root, { recursive: true, force: true }),
      };
    };
    const NONE = { create: 0, update: 0, replace: 0, delete: 0 };
    const unchanged = ({ changes: { same: _, ...changes } }: OperationResult): void => assert.deepEqual(changes, NONE);

    it("grow, shrink from the middle, are rebuilt, and go without a trace, and nothing is refused", async () => {
      const { target, left, failed, onProgress, remove } = story("minimal");
      const nodes = (of: object) => target({ worker: { nodes: of } });
      const up = (of: object, approvals: readonly string[] = []) => upEnvironment({ ...nodes(of), approvals }, { onProgress });
      const [three, four, without] = [
        { a: {}, b: {}, c: {} },
        { a: {}, b: {}, c: {}, d: {} },
        { a: {}, c: {}, d: {} },
      ];
      const rebuilt = { ...without, c: { generation: 2 } };
      await up(three);
      unchanged(await up(three));
      unchanged(await refreshEnvironment(nodes(three), { onProgress }));
      assert.deepEqual(machines(await up(four)), ["create d"]);
      assert.deepEqual(machines(await up(without, ["b:remove"])), ["delete b"]);
      assert.deepEqual(machines(await up(rebuilt)), ["create c-g2", "delete c"]);
      unchanged(await up(rebuilt));
      await destroyEnvironment(nodes(rebuilt), { onProgress });
      assert.deepEqual([left(), failed], [[], []]);
      remove();
    });

    it("stop where the cloud has no more to give, and go on when it has", async () => {
      const { target, left, failed, onProgress, world, remove } = story("minimal");
      const [set, words] = SHORT[cloud] ?? assert.fail(cloud);
      const before = new Map<string, string>();
      const shorten = (event: Progress) => {
        onProgress(event);
        if (before.size > 0 || event.kind !== "resource" || event.status !== "done" || !event.type.startsWith(`${packageOf(cloud)}:`))
          return;
        before.set(world, readFileSync(world, "utf8"));
        // Its providers read it meanwhile.
        writeWhole(world, JSON.stringify({ ...JSON.parse(before.get(world) ?? ""), ...set }));
      };
      await assert.rejects(upEnvironment(target(), { onProgress: shorten }), (error: unknown) => {
        assert.ok(error instanceof OperationFailedError);
        assert.match(error.message, words);
        assert.doesNotMatch(error.message, /PRIVATE KEY|BEGIN|"ciphertext"/);
        return true;
      });
      assert.ok(failed.length > 0);
      writeWhole(world, before.get(world) ?? "");
      await upEnvironment(target());
      unchanged(await upEnvironment(target()));
      await destroyEnvironment(target());
      assert.deepEqual(left(), []);
      remove();
    });

    for (const profile of ["standard", "highAvailability"] as const)
      it(`come up, stay and go: ${profile}`, async () => {
        const { target, left, failed, onProgress, remove } = story(profile);
        await upEnvironment(target(), { onProgress });
        unchanged(await upEnvironment(target(), { onProgress }));
        await destroyEnvironment(target(), { onProgress });
        assert.deepEqual([left(), failed], [[], []]);
        remove();
      });
  });

const given: FileContent = {
  openstack: {
    router: "edge",
    loadBalancerProvider: "ovn",
    serverGroups: { "control-plane": "11111111-0000-4000-8000-00000000000a" },
    dns: { zone: "example.org" },
    applicationCredential: { uses: ["loadBalancers", "volumes"] },
  },
};
const openstack = (profile: Profile, infrastructure: FileContent): FileContent =>
  merge(
    {
      name: "seoul",
      profile,
      infrastructure: merge(INFRASTRUCTURES.openstack ?? {}, { access: { ingressCidrs: ["0.0.0.0/0"] } }),
      platform: { domain: "seoul.example.org" },
    },
    { infrastructure },
  );

/** By what it is about: an environment's file. */
const LIVES: Readonly<Record<string, FileContent>> = {
  "OpenStack with a router, server groups, a zone and a login, and OVN's balancer": openstack("highAvailability", given),
  "OpenStack without floating addresses": openstack("highAvailability", { network: { floating: "none" } }),
  "OpenStack in a network that is reachable by itself": openstack("standard", {
    network: { floating: "none", existing: { network: "net", subnets: { node: "sub" } } },
  }),
  "NHN Cloud with a virtual address": nhnFile("highAvailability", { cluster: { apiEndpoint: { kind: "virtualIp" } } }),
};

describe("environments on clouds that speak OpenStack's API, on the real engine,", function () {
  this.timeout(600_000);
  before(engineForTests);

  for (const [what, content] of Object.entries(LIVES))
    it(`come up, have nothing to do a second time, and leave nothing behind: ${what}`, async () => {
      await oneLife(content);
    });
});
