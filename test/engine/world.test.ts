import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { prepareSandbox, sandboxEnvironment, sandboxFolders } from "../../engine/sandbox";
import { clearWorld, mergeWorld, worldOf, writeWorld } from "../../engine/world";
import type { MachinePlan } from "../../model/plan/infrastructure-types";
import type { EnvironmentPlan } from "../../model/plan/types";
import type { OpenStackPlan } from "../../providers/openstack/plan";
import type { World } from "../../sandbox/packages";
import { temporaryFolders } from "../support/temporary";
import { emptyPlan } from "./plan";

function machine(key: string, more: Partial<MachinePlan>): MachinePlan {
  const fixed = { name: key, generation: 1, roles: ["worker"], group: "general", address: "10.20.0.10", labels: {}, taints: [] } as const;
  return { key, ...fixed, size: "m1.large", image: "ubuntu-22.04", volumes: [], spread: true, ...more };
}

const openstack: OpenStackPlan = {
  ...{ provider: "openstack", region: "RegionOne", place: {}, firstBoot: {} },
  ...{ externalNetwork: "public", loadBalancerProvider: "amphora", bootVolumeGiB: 40, bootVolumeType: "fast" },
};

const plan: EnvironmentPlan = {
  ...emptyPlan("seoul"),
  machines: [
    machine("cp-1", { zone: "az-1" }),
    machine("general-1", { zone: "az-2", size: "m1.xlarge", volumes: [{ name: "osd", sizeGiB: 10, type: "ssd", device: "/dev/vdb" }] }),
    machine("general-2", { zone: "az-1" }),
  ],
  cloud: openstack,
};

describe("A simulated cloud", () => {
  const folder = temporaryFolders();

  it("has what the plan names, each once", () => {
    assert.deepEqual(worldOf(plan), {
      images: ["ubuntu-22.04"],
      flavors: ["m1.large", "m1.xlarge"],
      zones: ["az-1", "az-2"],
      externalNetworks: ["public"],
      volumeTypes: ["fast", "ssd"],
      floatingIps: [],
      keyPairs: [],
      networks: [],
      subnets: [],
      routers: [],
      serverGroups: [],
      dnsZones: [],
      roles: ["member", "reader", "load-balancer_member"],
      loadBalancerProviders: ["amphora"],
      region: "RegionOne",
      crowded: [],
    });
  });

  it("has the network the environment uses instead of making one", () => {
    const network = { ...plan.network, existing: { network: "n-1", subnet: "s-1", router: "r-1" } };
    const { networks, subnets, routers } = worldOf({ ...plan, network });
    assert.deepEqual({ networks, subnets, routers }, { networks: ["n-1"], subnets: ["s-1"], routers: ["r-1"] });
  });

  it("keeps what the user put into world.json, and is the same after a second merge", () => {
    const names = fc.uniqueArray(fc.string(), { maxLength: 4 });
    const there = fc.record({ images: names, faults: fc.jsonValue(), quotas: fc.jsonValue() }, { requiredKeys: [] });
    fc.assert(
      fc.property(there, names, (old, images) => {
        const wanted: World = { ...worldOf(plan), images };
        const merged = mergeWorld(old, wanted);
        const { images: kept, ...own } = old;
        for (const [key, value] of Object.entries(own)) assert.deepEqual(merged[key], value);
        assert.deepEqual(new Set(Object(merged).images), new Set([...(kept ?? []), ...images]));
        assert.deepEqual(mergeWorld(merged, wanted), merged);
      }),
    );
  });

  it("is written and, when the environment is destroyed, cleared unless it holds something of the user's", async () => {
    const world = join(folder(), "world");
    const path = join(world, "world.json");
    writeWorld(world, plan);
    assert.deepEqual(JSON.parse(readFileSync(path, "utf8")), worldOf(plan));
    mkdirSync(join(world, "openstack"));
    await clearWorld(world, plan);
    assert.deepEqual(readdirSync(world), ["openstack"], "the cloud's orphans stay");
    writeFileSync(path, JSON.stringify({ faults: [{ at: "create" }] }));
    writeWorld(world, plan);
    await clearWorld(world, plan);
    assert.deepEqual(JSON.parse(readFileSync(path, "utf8")).faults, [{ at: "create" }]);
  });

  for (const cloud of ["openstack", "azure-native"])
    it(`keeps the cluster of machines that are still there: ${cloud}`, async () => {
      const world = folder();
      mkdirSync(join(world, cloud, "instance"), { recursive: true });
      writeFileSync(join(world, "cluster.json"), "{}");
      await clearWorld(world, { ...plan, provider: cloud === "openstack" ? "openstack" : "azure" });
      assert.deepEqual(readdirSync(world).sort(), [cloud, "cluster.json"].sort());
    });

  it("refuses a world.json it cannot read, naming the file", () => {
    const world = folder();
    writeFileSync(join(world, "world.json"), "{ images:");
    assert.throws(() => writeWorld(world, plan), /world\.json is not JSON.*Mend it or delete it/s);
  });
});

describe("A sandbox", () => {
  const folder = temporaryFolders();

  it("passes on nothing that names a backend, an account or a credential", () => {
    const env = {
      ...{ PATH: "/bin", HOME: "/home/u", LC_ALL: "C", KPAAS_SANDBOX_LATENCY: "1" },
      ...{ PULUMI_ACCESS_TOKEN: "t", PULUMI_CONFIG_PASSPHRASE: "p", PULUMI_BACKEND_URL: "s3://real", PULUMI_DEBUG_PROVIDERS: "aws:1" },
      ...{ OS_PASSWORD: "x", AWS_SECRET_ACCESS_KEY: "y", KUBECONFIG: "/k", GOOGLE_CREDENTIALS: "z", VAULT_TOKEN: "v", SSH_AUTH_SOCK: "/s" },
    };
    const folders = sandboxFolders("/project", "seoul");
    const passed = sandboxEnvironment(folders, env);
    const kept = Object.keys(env).filter((name) => name in passed);
    assert.deepEqual(kept.sort(), ["HOME", "KPAAS_SANDBOX_LATENCY", "LC_ALL", "PATH", "PULUMI_BACKEND_URL"]);
    assert.equal(passed.PULUMI_BACKEND_URL, "file:///project/.kpaas/sandbox/backend?metadata=skip");
  });

  it("keeps its passphrase readable by its owner only, and never makes it anew", () => {
    const root = folder();
    const { passphrase } = prepareSandbox(root, "seoul");
    const first = readFileSync(passphrase, "utf8");
    assert.equal(statSync(passphrase).mode & 0o777, 0o600);
    assert.ok(first.length >= 32);
    prepareSandbox(root, "busan");
    assert.equal(readFileSync(passphrase, "utf8"), first);
  });

  it("is ignored by git and has an executable launcher for each package, also below a folder with blanks and quotes", () => {
    const root = join(folder(), "it's my project");
    mkdirSync(root);
    const { project, world } = prepareSandbox(root, "seoul");
    assert.equal(readFileSync(join(root, ".kpaas", ".gitignore"), "utf8"), "*\n");
    for (const name of ["openstack", "kubernetes", "random", "tls", "kpaas"]) {
      const launcher = join(project, "plugins", name, `pulumi-resource-${name}`);
      assert.equal(statSync(launcher).mode & 0o111, 0o111);
      assert.ok(readFileSync(launcher, "utf8").includes(`'${world.replace("'", "'\\''")}'`));
    }
  });
});
