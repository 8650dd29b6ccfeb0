import assert from "node:assert/strict";
import fc from "fast-check";
import type { Member } from "../../../model/fleet/member";
import { parseFleet } from "../../../model/fleet/parse";
import { type FleetPlan, planFleet, selectEnvironments } from "../../../model/fleet/plan";
import { Findings } from "../../../model/problems";

const OUTLINE = { provider: "openstack", machines: 3, services: 5, kubernetes: "1.33.5", release: "1.7.0", isNew: true, changes: [] };

function member(name: string, more: Partial<Member> = {}): Member {
  return { name, labels: { provider: "openstack" }, serves: [], names: new Set(), outline: OUTLINE, ...more };
}

function planned(file: Record<string, unknown>, members: readonly (string | Member)[] = ["busan", "jeju", "seoul"]) {
  const findings = new Findings();
  const known = members.map((each) => (typeof each === "string" ? member(each) : each));
  const parsed = parseFleet({ name: "korea", environments: ["*"], ...file }, findings);
  const names = selectEnvironments(
    parsed.file,
    known.map(({ name }) => name),
    findings,
  );
  const plan = planFleet(
    parsed,
    known.filter(({ name }) => names.includes(name)),
    names,
    findings,
  );
  return { plan, problems: findings.toProblems("korea").filter(({ severity }) => severity === "error") };
}

const placed = (plan: FleetPlan) => plan.waves.map(({ name, clusters }) => [name, clusters.map((each) => each.name)]);

describe("a fleet's waves", () => {
  it("are one of all clusters where the file has none", () => {
    const { plan, problems } = planned({});
    assert.deepEqual(problems, []);
    assert.deepEqual(placed(plan), [["all", ["busan", "jeju", "seoul"]]]);
  });

  it("take clusters by name, glob and label, and by * what is left", () => {
    const edge = (name: string) => member(name, { labels: { team: "edge" } });
    const { plan, problems } = planned(
      {
        waves: [
          { name: "canary", select: ["busan"], bake: "10m" },
          { name: "edges", select: [{ labels: { team: "edge" } }] },
          { name: "rest", select: ["*"], maxConcurrent: 5, maxFailures: 1, approval: true },
          { name: "last", select: ["s*l"] },
        ],
      },
      ["busan", edge("cam-1"), edge("cam-2"), "jeju", "seoul"],
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(placed(plan), [
      ["canary", ["busan"]],
      ["edges", ["cam-1", "cam-2"]],
      ["rest", ["jeju"]],
      ["last", ["seoul"]],
    ]);
    assert.deepEqual(
      plan.waves.map(({ bakeSeconds, maxFailures, approval }) => [bakeSeconds, maxFailures, approval]),
      [
        [600, 0, false],
        [0, 0, false],
        [0, 1, true],
        [0, 0, false],
      ],
    );
  });

  it("begin no cluster before those that it comes after, as declared or by what its fields name", () => {
    const { plan, problems } = planned({ after: { busan: ["jeju"] } }, [
      "busan",
      member("jeju", { names: new Set(["harbor.seoul.example.org"]) }),
      member("seoul", { serves: ["harbor.seoul.example.org"] }),
    ]);
    assert.deepEqual(problems, []);
    assert.deepEqual(placed(plan), [["all", ["seoul", "jeju", "busan"]]]);
    assert.equal(plan.waves[0]?.clusters[1]?.after[0]?.reason, "it names harbor.seoul.example.org, which seoul serves");
  });

  it("hold every cluster once, in an order that keeps to what is declared", () => {
    const names = Array.from({ length: 8 }, (_, index) => `c${index}`);
    const graphs = fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 12 });
    fc.assert(
      fc.property(graphs, (edges) => {
        const after: Record<string, string[]> = {};
        for (const [a, b] of edges)
          if (a !== b) after[`c${Math.max(a, b)}`] = [...new Set([...(after[`c${Math.max(a, b)}`] ?? []), `c${Math.min(a, b)}`])];
        const { plan, problems } = planned({ after }, [...names].reverse());
        assert.deepEqual(problems, []);
        const order = plan.waves[0]?.clusters.map(({ name }) => name) ?? [];
        assert.deepEqual([...order].sort(), names);
        for (const [cluster, before] of Object.entries(after))
          for (const other of before) assert.ok(order.indexOf(other) < order.indexOf(cluster));
      }),
    );
  });

  type Refused = readonly [title: string, file: Record<string, unknown>, problems: readonly (readonly [path: string, reason: RegExp])[]];
  const refused: readonly Refused[] = [
    ["a slip in a field", { wave: [] }, [["wave", /did you mean "waves"/]]],
    ["a slip in a wave's field", { waves: [{ name: "a", select: ["*"], maxConcurent: 2 }] }, [["waves.0.maxConcurent", /"maxConcurrent"/]]],
    ["an environment that is none", { environments: ["*", "soul"] }, [["environments.1", /did you mean "seoul"/]]],
    ["a cluster in no wave", { waves: [{ name: "a", select: ["busan", "jeju"] }] }, [["waves", /seoul is in no wave/]]],
    [
      "a cluster in two waves",
      {
        waves: [
          { name: "a", select: ["busan", "s*"] },
          { name: "b", select: ["seoul", "jeju"] },
        ],
      },
      [["waves.1.select.0", /seoul is in wave a too/]],
    ],
    ["a circle", { after: { busan: ["jeju"], jeju: ["seoul"], seoul: ["busan"] } }, [["after", /busan → jeju → seoul → busan/]]],
    ["one that comes after itself", { after: { busan: ["busan"] } }, [["after", /busan → busan/]]],
    [
      "what comes after something of a later wave",
      {
        waves: [
          { name: "a", select: ["busan"] },
          { name: "b", select: ["*"] },
        ],
        after: { busan: ["seoul"] },
      },
      [["waves.0.select", /busan comes after seoul .* later wave b/]],
    ],
    [
      "a wave for which nothing is left",
      {
        waves: [
          { name: "a", select: ["*so*", "busan", "jeju", "seoul"] },
          { name: "b", select: ["*"] },
        ],
      },
      [
        ["waves.0.select.0", /matches no cluster/],
        ["waves.1.select", /nothing is left/],
      ],
    ],
    [
      "as many canaries as clusters",
      { waves: [{ name: "a", select: ["*"], canary: 3 }] },
      [["waves.0.canary", /fewer than the wave's clusters/]],
    ],
    [
      "a secret in clear",
      { registered: { kt: { kubeconfig: "apiVersion: v1" } } },
      [["registered.kt.kubeconfig", /reference to a secret/]],
    ],
    [
      "a secret of an operation's",
      { registered: { kt: { kubeconfig: { config: "kt" } } } },
      [["registered.kt.kubeconfig", /no Pulumi configuration/]],
    ],
    [
      "a registered cluster in a wave",
      { registered: { kt: { kubeconfig: { env: "KT" } } }, waves: [{ name: "a", select: ["kt", "*"] }] },
      [["waves.0.select.0", /registered cluster/]],
    ],
    [
      "a blackout that ends before it begins",
      { maintenance: { timeZone: "UTC", blackout: [{ from: "2027-01-02", to: "2026-12-28" }] } },
      [["maintenance.blackout.0", /would never count/]],
    ],
    ["a time zone that is none", { maintenance: { timeZone: "Asia/Soul" } }, [["maintenance.timeZone", /no time zone/]]],
    [
      "hours that are none",
      { maintenance: { timeZone: "UTC", windows: [{ hours: "25:00-26:00" }] } },
      [["maintenance.windows.0.hours", /22:00-04:00/]],
    ],
    [
      "hours that begin when they end: the whole day, or no moment of it",
      { maintenance: { timeZone: "UTC", windows: [{ hours: "22:00-22:00" }, { hours: "00:00-24:00" }] } },
      [["maintenance.windows.0.hours", /begins when it ends/]],
    ],
    ["deployments that name no namespace", { health: { deployments: ["portal"] } }, [["health.deployments.0", /NAMESPACE\/NAME/]]],
    [
      "what is for later",
      {
        mesh: { kind: "istio", trustDomain: "korea.local", clusters: ["seoul"] },
        federation: { kind: "karmada", host: "seoul", members: [] },
        ...{ managed: { eks: {} }, edge: [] },
      },
      [
        ["edge", /later version: KubeEdge/],
        ["federation", /later version: Karmada/],
        ["managed", /later version: .*`registered`/],
        ["mesh", /later version: .*common authority/],
      ],
    ],
    [
      "slips in some waves, beside what is wrong with the others",
      {
        waves: [
          { name: "a", select: ["busan"], bake: "10 minutes", canary: 1 },
          { name: "a", select: ["ghost", "busan"], maxFailures: -1 },
          { select: ["seoul"] },
          { name: "d", select: ["*"], canary: 9 },
          { name: "e", select: [] },
        ],
        after: { busan: ["jeju"] },
      },
      [
        ["waves.0.bake", /duration/],
        ["waves.0.canary", /of which there are 1/],
        ["waves.0.select", /busan comes after jeju .* later wave d/],
        ["waves.1.maxFailures", /at least 0/],
        ["waves.1.name", /wave 1 has the same name/],
        ["waves.1.select.0", /no cluster/],
        ["waves.1.select.1", /wave a too/],
        ["waves.2.name", /is required/],
        ["waves.3.canary", /of which there are 1/],
        ["waves.4.select", /must not be empty/],
      ],
    ],
    [
      "a selection that cannot be read: who is in no wave is not known then",
      { waves: [{ name: "a", select: [{ label: { team: "edge" } }, "busan"] }] },
      [["waves.0.select.0.label", /did you mean "labels"/]],
    ],
    [
      "a list of environments that is wrong in one place, beside what is wrong with the others",
      { environments: ["busan", "soul", "busan"], after: { seoul: ["busan"] } },
      [
        ["after.seoul", /no cluster/],
        ["environments.1", /did you mean "seoul"/],
        ["environments.2", /in the list already/],
      ],
    ],
    [
      "an environment that is no name: what others say of clusters cannot be held against the list then",
      { environments: ["soul", 7], after: { seoul: ["ghost"] }, waves: [{ name: "a", select: ["ghost"] }] },
      [
        ["environments.0", /did you mean "seoul"/],
        ["environments.1", /must be a text/],
      ],
    ],
    [
      "a slip in the place of a kubeconfig",
      { registered: { kt: { kubeconfg: { env: "KT" } } } },
      [["registered.kt.kubeconfg", /did you mean "kubeconfig"/]],
    ],
    [
      "several at once",
      { wave: [], health: { nodesReady: "101%" }, after: { soul: ["busan"] } },
      [
        ["after.soul", /did you mean "seoul"/],
        ["health.nodesReady", /percentage/],
        ["wave", /no known field/],
      ],
    ],
  ];
  for (const [title, file, expected] of refused)
    it(`are refused with ${title}`, () => {
      const { problems } = planned(file);
      assert.deepEqual(
        problems.map(({ path }) => path),
        expected.map(([path]) => path),
        JSON.stringify(problems, undefined, 1),
      );
      problems.forEach(({ reason, remedy, value }, index) => {
        assert.match(reason, expected[index]![1]);
        assert.notEqual(remedy, "");
        assert.doesNotMatch(JSON.stringify(value ?? ""), /apiVersion/);
      });
    });
});
