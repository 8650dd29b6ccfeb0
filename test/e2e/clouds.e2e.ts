import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { destroyEnvironment, refreshEnvironment, upEnvironment } from "../../engine/operations";
import type { OperationResult } from "../../engine/types";
import type { Lock } from "../../model/lock";
import type { Profile } from "../../model/plan/types";
import { engineForTests } from "../support/engine";
import { plannedFile } from "../support/environment";
import { BARE } from "../support/layers";
import { nhnFile } from "../support/nhn";
import { oneLife } from "../support/one-life";
import { type FileContent, merge } from "../support/plan";
import { filesIn } from "../support/project";

const admins = { access: { adminCidrs: ["203.0.113.0/24"] } };

/** Where each cloud's environments are. KPAAS_TEST_CLOUD chooses one. */
const CLOUDS: Readonly<Record<string, object>> = {
  openstack: { provider: "openstack", zones: ["az-1", "az-2", "az-3"], ...admins },
  nhn: { ...(nhnFile("minimal").infrastructure as object), ...admins },
  aws: { provider: "aws", region: "ap-northeast-2", zones: ["ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2c"], ...admins },
  gcp: {
    provider: "gcp",
    region: "asia-northeast3",
    zones: ["asia-northeast3-a", "asia-northeast3-b", "asia-northeast3-c"],
    gcp: { project: "acme-platform" },
    ...admins,
  },
  azure: { provider: "azure", region: "koreacentral", zones: ["1", "2", "3"], ...admins },
  vsphere: { provider: "vsphere", zones: ["az-1", "az-2", "az-3"], network: { cidr: "10.20.0.0/16", dns: ["10.20.0.2"] }, ...admins },
};
/** The packages that are not called as their cloud. */
const PACKAGES: Readonly<Record<string, string>> = { nhn: "openstack", azure: "azure-native" };
const { KPAAS_TEST_CLOUD: only } = process.env;

/** `op name` of the machines and of what is theirs alone. */
function machines({ resources }: OperationResult): string[] {
  return resources
    .filter(({ type, op }) => /:(Instance|VirtualMachine)$/.test(type) && op !== "same")
    .map(({ op, name }) => `${op} ${name.replace(/^k-infrastructure-machine-/, "")}`)
    .sort();
}

for (const [cloud, infrastructure] of Object.entries(CLOUDS).filter(([name]) => only === undefined || name === only))
  describe(`environments on ${cloud}`, function () {
    this.timeout(900_000);
    before(engineForTests);

    /** One after the other, each by the lock of the one before. */
    const story = (profile: Profile) => {
      const root = mkdtempSync(join(tmpdir(), `kpaas-${cloud}-`));
      let lock: Lock | undefined;
      const target = (pools?: object) => {
        const planned = plannedFile({ name: "k", profile, infrastructure, platform: BARE, ...(pools ? { cluster: { pools } } : {}) }, lock);
        lock = planned.lock;
        return { plan: planned.plan, root, sandbox: true, approvals: [] };
      };
      const left = () =>
        filesIn(join(root, ".kpaas", "sandbox", "world", "k")).filter((file) => file.includes(`/${PACKAGES[cloud] ?? cloud}/`));
      return { target, left, remove: () => rmSync(root, { recursive: true, force: true }) };
    };
    const NONE = { create: 0, update: 0, replace: 0, delete: 0 };
    const unchanged = ({ changes: { same: _, ...changes } }: OperationResult): void => assert.deepEqual(changes, NONE);

    it("grow, shrink from the middle, are rebuilt, and go without a trace", async () => {
      const { target, left, remove } = story("minimal");
      const nodes = (of: object) => ({ worker: { nodes: of } });
      await upEnvironment(target(nodes({ a: {}, b: {}, c: {} })), {});
      unchanged(await upEnvironment(target(nodes({ a: {}, b: {}, c: {} })), {}));
      unchanged(await refreshEnvironment(target(nodes({ a: {}, b: {}, c: {} })), {}));
      assert.deepEqual(machines(await upEnvironment(target(nodes({ a: {}, b: {}, c: {}, d: {} })), {})), ["create d"]);
      assert.deepEqual(machines(await upEnvironment({ ...target(nodes({ a: {}, c: {}, d: {} })), approvals: ["b:remove"] }, {})), [
        "delete b",
      ]);
      assert.deepEqual(machines(await upEnvironment(target(nodes({ a: {}, c: { generation: 2 }, d: {} })), {})), [
        "create c-g2",
        "delete c",
      ]);
      unchanged(await upEnvironment(target(nodes({ a: {}, c: { generation: 2 }, d: {} })), {}));
      await destroyEnvironment(target(nodes({ a: {}, c: { generation: 2 }, d: {} })), {});
      assert.deepEqual(left(), []);
      remove();
    });

    for (const profile of ["standard", "highAvailability"] as const)
      it(`come up, stay and go: ${profile}`, async () => {
        const { target, left, remove } = story(profile);
        await upEnvironment(target(), {});
        unchanged(await upEnvironment(target(), {}));
        await destroyEnvironment(target(), {});
        assert.deepEqual(left(), []);
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
      infrastructure: { ...CLOUDS.openstack, access: { ...admins.access, ingressCidrs: ["0.0.0.0/0"] } },
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
      await oneLife(content, "openstack");
    });
});
