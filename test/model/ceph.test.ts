import assert from "node:assert/strict";
import { registry } from "../../files/registry";
import { parseEnvironmentFile } from "../../model/environment/parse";
import { resolveEnvironment } from "../../model/environment/resolve";
import { type Applied, appliedState, parseApplied } from "../../model/guard/applied";
import { findDangers } from "../../model/guard/dangers";
import { checkPlannedCluster } from "../../model/plan/checks";
import { Findings } from "../../model/problems";
import { environmentFile, planFile, plannedFile } from "../support/environment";
import { hostsFile } from "../support/existing";
import { findEach, type WrongFile } from "../support/wrong-files";

type Over = Record<string, unknown>;
const OSD = [{ name: "osd", sizeGiB: 100 }];
const storageOf = (more: Over = {}): Over => ({ platform: { storage: { kind: "rookCeph", pool: "worker", ...more } } });
/** Ceph on a pool of machines, of three by default. */
const ceph = (storage: Over = {}, pool: Over = {}, infrastructure: Over = {}): Over => ({
  infrastructure: { provider: "openstack", ...infrastructure },
  cluster: { pools: { worker: { nodes: 3, volumes: OSD, ...pool } } },
  ...storageOf(storage),
});
const onVSphere = { provider: "vsphere", network: { cidr: "10.20.0.0/16", dns: ["10.20.0.1"] } };

const wrong: readonly WrongFile[] = [
  ["Ceph on a pool that is none", ceph({ pool: "wroker" }), "platform.storage.pool", /none of cluster\.pools; did you mean "worker"/],
  ["Ceph on two machines", ceph({}, { nodes: 2 }), "cluster.pools.worker.nodes", /3 are needed, and the pool worker has 2/],
  ["Ceph on the machines of the profile", { ...storageOf() }, "cluster.pools.worker.nodes", /the pool worker has 2/],
  ["five copies on four machines", ceph({ replicas: 5 }, { nodes: 4 }), "cluster.pools.worker.nodes", /5 copies .* 5 are needed/],
  ["two copies", ceph({ replicas: 2 }), "platform.storage.replicas", /nobody knows which is right/],
  ["Ceph without disks", ceph({}, { volumes: [] }), "cluster.pools.worker.volumes", /mounted nowhere, and the pool has none/],
  [
    "Ceph on disks that are mounted",
    ceph({}, { volumes: [{ name: "data", sizeGiB: 9, mount: "/srv/data" }] }),
    "cluster.pools.worker.volumes",
    /mounted nowhere/,
  ],
  [
    "a disk that is mounted among Ceph's",
    ceph({ volumes: ["osd", "data"] }, { volumes: [...OSD, { name: "data", sizeGiB: 9, mount: "/srv/data" }] }),
    "platform.storage.volumes.1",
    /is mounted at \/srv\/data/,
  ],
  [
    "a daemon that asks for more than it may have by default",
    ceph({ daemons: { osd: { requests: { memory: "6Gi" } } } }),
    "platform.storage.daemons.osd.requests.memory",
    /more than the limit of 4Gi/,
  ],
  ["a daemon that is none", ceph({ daemons: { osb: {} } }), "platform.storage.daemons.osb", /no known field/],
  ["a disk that is none", ceph({ volumes: ["ods"] }), "platform.storage.volumes.0", /no volume of the pool worker; did you mean "osd"/],
  [
    "a disk too small for Ceph",
    ceph({}, { volumes: [{ name: "osd", sizeGiB: 4 }] }),
    "cluster.pools.worker.volumes.0.sizeGiB",
    /below 5 GiB/,
  ],
  [
    "copies in zones where there are none",
    ceph({ failureDomain: "zone" }, {}, { zones: ["az-1", "az-2"] }),
    "platform.storage.failureDomain",
    /in 3 of them, and they are in 2/,
  ],
  [
    "more than the disks hold",
    ceph({}, { volumes: [{ name: "osd", sizeGiB: 5 }] }),
    "platform.storage",
    /ask for 10 GiB .* hold 4 GiB 3 times/,
  ],
  [
    "machines too small for Ceph",
    ceph({}, { size: "2x4" }, onVSphere),
    "cluster.pools.worker.size",
    /2 processors and 8 GiB of memory of a machine with 1 of its disks/,
  ],
];

describe("the checks of Ceph", () => {
  findEach(wrong);

  it("refuse a version of Kubernetes that Rook is not for, and warn alone of others that are not", () => {
    const of = (kubernetes: string, storage: Over) => {
      const cluster = { kubernetes, pools: { worker: { nodes: 3, volumes: OSD } } };
      const content = environmentFile({ ...ceph(), ...storage, release: "1.7.0", cluster });
      const environment = resolveEnvironment(parseEnvironmentFile(content, registry, new Findings()).file, registry);
      const { plan } = planFile(content).planned!;
      const told = checkPlannedCluster(plan, environment, registry).filter(({ reason }) => / is for Kubernetes /.test(reason));
      return told.map(({ path, severity, reason }) => [path, severity, /rook-ceph 1\.18\.5 is for Kubernetes 1\.29 to 1\.34/.test(reason)]);
    };
    assert.deepEqual(of("1.35.4", {}), [["cluster.kubernetes", "error", true]]);
    assert.deepEqual(of("1.35.4", { platform: {} }), [["cluster.kubernetes", "warning", false]]);
    assert.deepEqual(of("1.33.5", {}), []);
  });

  it("find everything at once", () => {
    const { problems } = planFile(
      environmentFile(ceph({ replicas: 2, volumes: ["x"] }, { nodes: 2, volumes: [{ name: "osd", sizeGiB: 1 }] })),
    );
    assert.deepEqual(
      problems.filter(({ severity }) => severity === "error").map(({ path }) => path),
      ["cluster.pools.worker.nodes", "platform.storage.replicas", "platform.storage.volumes.0"],
    );
  });

  it("find nothing wrong with three machines, and warn of one copy on one", () => {
    assert.deepEqual(planFile(environmentFile(ceph())).problems, []);
    const { problems } = planFile(environmentFile(ceph({ replicas: 1 }, { nodes: 1 })));
    assert.deepEqual(
      problems.map(({ path, severity }) => [path, severity]),
      [["platform.storage.replicas", "warning"]],
    );
  });

  it("tell of a release that is a step where one goes on, and of no other", () => {
    const told = (release: string) => planFile(environmentFile({ ...ceph(), release })).problems.filter(({ path }) => path === "release");
    const [step, ...more] = told("1.7.0+step-1");
    assert.equal(step?.severity, "warning");
    assert.match(step?.remedy ?? "", /`kpaas cluster upgrade demo --to 1\.7\.0\+maintained`; a new environment begins with that$/);
    assert.deepEqual([more, told("1.7.0"), told("1.7.0+maintained")], [[], [], []]);
    const [mesh] = planFile(environmentFile({ release: "1.7.0+step-1", platform: { services: { istio: true } } })).problems.filter(
      ({ path }) => path === "release",
    );
    assert.match(mesh?.remedy ?? "", /--to 1\.7\.0\+step-2`; a new environment begins with 1\.7\.0\+maintained$/);
  });

  it("find the host that names no disk", () => {
    const disk = (id: string) => ({ volumes: [{ name: "osd", device: `/dev/disk/by-id/${id}` }] });
    const hosts = (more: Over) => ({
      cp: { address: "10.0.0.11" },
      a: { address: "10.0.0.12", ...disk("a") },
      b: { address: "10.0.0.13", ...disk("b") },
      c: { address: "10.0.0.14", ...more },
    });
    const pools = { worker: { nodes: { a: {}, b: {}, c: {} } } };
    const over = {
      cluster: { controlPlane: { nodes: { cp: {} } }, pools },
      platform: { storage: { kind: "rookCeph", pool: "worker" }, loadBalancer: { kind: "metallb", range: "10.0.0.200-10.0.0.220" } },
    };
    const pathsOf = (more: Over) =>
      planFile(hostsFile({ hosts: hosts(more), nfs: undefined }, over)).problems.map(({ path, remedy }) => [path, /osd/.test(remedy)]);
    assert.deepEqual(pathsOf({}), [["infrastructure.existing.hosts.c.volumes", true]]);
    assert.deepEqual(pathsOf(disk("c")), []);
  });
});

/** What an environment with Ceph was brought to, as it is read again. */
const appliedOf = (plan: Parameters<typeof appliedState>[0]): Applied =>
  parseApplied(JSON.parse(JSON.stringify(appliedState(plan))), "demo")!;

/** `KEY:ACTION PATH` of what would be dangerous. */
function dangers(before: Over, after: Over): string[] {
  const first = plannedFile(environmentFile(before));
  const { plan } = plannedFile(environmentFile(after), first.lock);
  return findDangers(appliedOf(first.plan), plan).map(({ key, action, path }) => `${key}:${action} ${path}`);
}

const nodes = (...keys: string[]) => ({ nodes: Object.fromEntries(keys.map((key) => [key, {}])) });
const four = ceph({}, nodes("a", "b", "c", "d"));
const NODES = "cluster.pools.worker.nodes";

describe("the guard of Ceph", () => {
  for (const [what, before, after, expected] of [
    ["nothing for no change", four, four, []],
    ["nothing for a machine more", ceph(), ceph({}, { nodes: 4 }), []],
    ["nothing for one disk more", four, ceph({}, { ...nodes("a", "b", "c", "d"), volumes: [...OSD, { name: "b", sizeGiB: 50 }] }), []],
    ["one machine that goes, as any with volumes", four, ceph({}, nodes("a", "b", "c")), [`d:remove ${NODES}`]],
    [
      "two that go at once",
      ceph({}, nodes("a", "b", "c", "d", "e")),
      ceph({}, nodes("a", "b", "c")),
      [`d:remove ${NODES}`, `e:remove ${NODES}`, `environment:never ${NODES}`],
    ],
    [
      "two that are rebuilt at once",
      four,
      ceph({}, { nodes: { a: { generation: 2 }, b: { generation: 2 }, c: {}, d: {} } }),
      [`a:rebuild ${NODES}.a.generation`, `b:rebuild ${NODES}.b.generation`, `environment:never ${NODES}`],
    ],
    [
      "two of five copies, which may",
      ceph({ replicas: 5 }, nodes("a", "b", "c", "d", "e", "f", "g")),
      ceph({ replicas: 5 }, nodes("a", "b", "c", "d", "e")),
      [`f:remove ${NODES}`, `g:remove ${NODES}`],
    ],
    [
      "a disk taken from all",
      ceph({}, { volumes: [...OSD, { name: "b", sizeGiB: 50 }] }),
      ceph(),
      [
        ...["worker-1", "worker-2", "worker-3"].map((key) => `${key}:discard-volume cluster.pools.worker.volumes`),
        `environment:never ${NODES}`,
      ],
    ],
    ["another kind of storage", ceph(), { platform: {} }, ["never"]],
    ["fewer copies", ceph({ replicas: 4 }, { nodes: 4 }), ceph({}, { nodes: 4 }), ["environment:unprotect platform.storage.replicas"]],
    ["one copy", ceph(), ceph({ replicas: 1 }), ["environment:never platform.storage.replicas"]],
    [
      "copies that would be laid anew because a zone came",
      ceph({}, nodes("a", "b", "c"), { zones: ["az-1", "az-2"] }),
      ceph({}, { nodes: { a: {}, b: {}, c: {}, d: { zone: "az-3" } } }, { zones: ["az-1", "az-2", "az-3"] }),
      ["environment:never platform.storage.failureDomain"],
    ],
  ] as const)
    it(`names ${what}`, () => {
      const found = dangers(before, after);
      if (expected[0] === "never") assert.ok(found.includes("environment:never platform.storage"), found.join(", "));
      else assert.deepEqual(found, expected);
    });

  it("counts the machines of one zone as one where copies are kept apart by zones", () => {
    const zoned = (...keys: string[]) =>
      ceph(
        {},
        { nodes: Object.fromEntries(keys.map((key) => [key, { zone: `az-${key.charAt(1)}` }])) },
        { zones: ["az-1", "az-2", "az-3"] },
      );
    const all = zoned("a1", "b1", "a2", "b2", "c2", "a3");
    assert.deepEqual(dangers(all, zoned("a1", "b1", "a2", "a3")), [`b2:remove ${NODES}`, `c2:remove ${NODES}`]);
    assert.ok(dangers(all, zoned("a1", "a2", "b2", "a3")).includes(`environment:never ${NODES}`));
  });

  it("asks before a host with disks leaves, though the file counts its pool", () => {
    const hosts = Object.fromEntries(
      ["a", "b", "c", "d"].map((key, index) => [
        key,
        { address: `10.0.0.${12 + index}`, volumes: [{ name: "osd", device: `/dev/disk/by-id/${key}` }] },
      ]),
    );
    const file = (...keys: string[]) =>
      hostsFile(
        { hosts: { cp: { address: "10.0.0.11" }, ...hosts }, nfs: undefined },
        {
          cluster: { controlPlane: { nodes: { cp: {} } }, pools: { worker: nodes(...keys) } },
          platform: { storage: { kind: "rookCeph", pool: "worker" }, loadBalancer: { kind: "metallb", range: "10.0.0.200-10.0.0.220" } },
        },
      );
    const first = plannedFile(file("a", "b", "c", "d"));
    const { plan } = plannedFile(file("a", "b", "c"), first.lock);
    const counted = { ...plan, counted: ["worker"] };
    assert.deepEqual(
      findDangers(appliedOf(first.plan), counted).map(({ key, action, path }) => `${key}:${action} ${path}`),
      [`d:remove ${NODES}`],
    );
  });
});
