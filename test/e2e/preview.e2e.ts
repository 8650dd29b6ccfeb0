import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { previewEnvironment, upEnvironment } from "../../engine/operations";
import { readOutputs } from "../../engine/read";
import { bindToPlan } from "../../model/guard/approvals";
import type { Lock } from "../../model/lock";
import { changeLines } from "../../model/preview/lines";
import { toMarkdown } from "../../model/preview/markdown";
import { previewReport } from "../../model/preview/report";
import type { PreviewReport } from "../../model/preview/types";
import { engineForTests } from "../support/engine";
import { plannedFile } from "../support/environment";
import { assertAllTold, withEvents } from "../support/told";

type File = Record<string, unknown>;

/** The environment that stands: `over` is laid over parts of its file. */
function file(over: { infrastructure?: File; pool?: File; cluster?: File; platform?: File; services?: File; top?: File } = {}): File {
  return {
    name: "shown",
    profile: "standard",
    infrastructure: {
      provider: "openstack",
      access: { adminCidrs: ["203.0.113.0/24"], ingressCidrs: ["0.0.0.0/0"] },
      ...over.infrastructure,
    },
    cluster: {
      pools: { general: { nodes: { a: {}, b: {}, c: {} }, volumes: [{ name: "scratch", sizeGiB: 100 }], ...over.pool } },
      ...over.cluster,
    },
    platform: { domain: "seoul.example.org", services: { metricsServer: false, ...over.services }, ...over.platform },
    ...over.top,
  };
}

interface Case {
  readonly title: string;
  readonly file: File;
  readonly approvals?: readonly string[];
  /** `effect kind name` of every impact, sorted. */
  readonly impacts?: readonly string[];
  readonly steps?: readonly string[];
  readonly ports?: readonly string[];
  /** Lines that the changes hold, at the depth diff. */
  readonly lines?: readonly RegExp[];
  readonly later?: readonly RegExp[];
}

const PORTAL = ["api", "common-api", "ui"].map((name) => `workload cp-portal/cp-portal-${name}-deployment`);

/** Typical changes of an environment that stands. */
const CASES: readonly Case[] = [
  { title: "nothing changes", file: file() },
  {
    title: "a worker is added",
    file: file({ pool: { nodes: { a: {}, b: {}, c: {}, d: {} } } }),
    steps: ["facts", "scale"],
    lines: [/^machine d: worker, m1\.xlarge, ubuntu-22\.04, 10\.20\.0\.7, scratch 100 GiB$/m, /nodes\.d: \+ \{/],
  },
  {
    title: "a worker is removed",
    file: file({ pool: { nodes: { a: {}, c: {} } } }),
    approvals: ["b:remove"],
    impacts: ["lost machine b", "lost volume scratch of b"],
    steps: ["remove-node"],
    lines: [/nodes\.b: - \{/],
  },
  {
    title: "a worker is built anew",
    file: file({ pool: { nodes: { a: {}, b: { generation: 2 }, c: {} } } }),
    approvals: ["b:rebuild"],
    impacts: ["rebuilt machine b"],
    steps: ["facts", "scale", "remove-node"],
    lines: [/instanceId \(replaces\): \S+ → known after up/],
  },
  {
    title: "a pool gets another size",
    file: file({ pool: { size: "m1.large" } }),
    approvals: ["a:resize", "b:resize", "c:resize"],
    impacts: ["restarted machine a", "restarted machine b", "restarted machine c"],
    lines: [/flavorName: m1\.xlarge → m1\.large/],
  },
  {
    title: "more administrators may enter",
    file: file({ infrastructure: { access: { adminCidrs: ["203.0.113.0/24", "198.51.100.0/24"], ingressCidrs: ["0.0.0.0/0"] } } }),
    ports: ["opened cidr:198.51.100.0/24 control-plane tcp 6443"],
  },
  {
    title: "the ingress moves",
    file: file({ platform: { ingress: { address: "10.20.255.230" } } }),
    approvals: ["environment:move-ingress"],
    impacts: [
      "may restart chart ingress-nginx/ingress-nginx",
      "moved address ingress inside the network",
      ...PORTAL.map((each) => `restarted ${each}`),
    ],
    lines: [/spec\.addresses\[0\]: 10\.20\.255\.223\/32 → 10\.20\.255\.230\/32/],
  },
  {
    title: "a variable of Kubernetes changes",
    file: file({ cluster: { variables: { kubelet_max_pods: 150 } } }),
    steps: ["cluster"],
    lines: [/variables\.kubelet_max_pods: \+ 150/],
  },
  { title: "a service is switched on", file: file({ services: { metricsServer: true } }), lines: [/^metrics-server: [\d.]+, 1 replica$/m] },
  {
    title: "a service gets replicas and another gets values",
    file: file({ services: { keycloak: { replicas: 2 }, certManager: { values: { global: { logLevel: 4 } } } } }),
    impacts: ["may restart chart cert-manager/cert-manager", "restarted workload keycloak/keycloak"],
    lines: [/values\.global\.logLevel: \+ 4/, /spec\.replicas: 1 → 2/],
  },
  {
    title: "another image",
    file: file({ infrastructure: { image: "ubuntu-24.04", access: { adminCidrs: ["203.0.113.0/24"], ingressCidrs: ["0.0.0.0/0"] } } }),
    later: [/ubuntu-22\.04 → ubuntu-24\.04/],
  },
  {
    title: "the domain changes",
    file: file({ platform: { domain: "busan.example.org" } }),
    approvals: ["environment:move-domain"],
    impacts: [
      "moved authority of the platform's certificates",
      ...["moved url keycloak", "moved url portal", "restarted workload keycloak/keycloak"],
      ...PORTAL.map((each) => `restarted ${each}`),
    ],
    lines: [/KC_HOSTNAME\.value: https:\/\/keycloak\.seoul\.example\.org → https:\/\/keycloak\.busan\.example\.org/, /secret changes/],
  },
  {
    title: "labels change",
    file: file({ pool: { labels: { tier: "gold" } }, top: { labels: { team: "data" } } }),
    impacts: [
      ...["restarted workload keycloak/keycloak", "restarted workload mariadb/mariadb", "runs again job mariadb/mariadb-schemas-HASH"],
      ...PORTAL.map((each) => `restarted ${each}`),
    ],
    steps: ["cluster"],
    lines: [/nodes\.a\.labels\.tier: \+ gold/, /metadata\.labels\.team: \+ data/],
  },
];

/** What a preview of each typical change shows, against what the engine reports. */
describe("a preview that can be approved", function () {
  this.timeout(600_000);
  const root = mkdtempSync(join(tmpdir(), "kpaas-shown-"));
  let lock: Lock;
  let secrets: readonly string[] = [];

  const preview = async (content: File, approvals: readonly string[] = []): Promise<PreviewReport> => {
    const { plan } = plannedFile(content, lock);
    const target = { plan, root, sandbox: true, approvals: approvals.map((each) => bindToPlan(each, plan)) };
    const { result, events } = await withEvents(() => previewEnvironment(target));
    assertAllTold(events, result.resources);
    return previewReport({ plan, result });
  };

  before(engineForTests);
  it("is asked for where an environment stands", async () => {
    const planned = plannedFile(file());
    lock = planned.lock;
    const target = { plan: planned.plan, root, sandbox: true, approvals: [] };
    await upEnvironment(target);
    const { credentials, kubeconfig } = (await readOutputs(target, { showSecrets: true })) ?? {};
    const key = /client-key-data: (\S+)/.exec(String(kubeconfig))?.[1];
    secrets = [
      ...Object.values(credentials as Record<string, { password: string }>).map(({ password }) => password),
      ...(key ? [key] : []),
    ];
    assert.ok(secrets.length >= 4);
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  for (const each of CASES) {
    it(`tells all of it and nothing else where ${each.title}`, async () => {
      const report = await preview(each.file, each.approvals);
      assert.deepEqual(
        report.impacts.map(({ effect, kind, name }) => `${effect} ${kind} ${name.replace(/[0-9a-f]{10}$/, "HASH")}`).sort(),
        (each.impacts ?? []).toSorted(),
      );
      assert.deepEqual(
        report.steps.map(({ playbook }) => playbook),
        each.steps ?? [],
      );
      assert.deepEqual(
        report.ports.changes.map(({ change, from, to, protocol, ports }) => [change, from, to, protocol, ports.join()].join(" ")),
        each.ports ?? [],
      );
      assert.equal(report.later.length, each.later?.length ?? 0);
      for (const [index, pattern] of (each.later ?? []).entries()) assert.match(report.later[index] ?? "", pattern);
      const told = changeLines(report.groups, "diff").lines.join("\n");
      for (const pattern of each.lines ?? []) assert.match(told, pattern);
      const everything = `${JSON.stringify(report)}${toMarkdown(report, "Preview")}`;
      for (const secret of secrets.flatMap((value) => [value, Buffer.from(value).toString("base64")]))
        assert.ok(!everything.includes(secret));
      assert.ok(!/PRIVATE KEY|client-key-data/.test(everything));
    });
  }
});

describe("a preview of three layers", function () {
  this.timeout(600_000);
  const root = mkdtempSync(join(tmpdir(), "kpaas-shown-"));
  const access = (...adminCidrs: string[]): File => ({ provider: "openstack", access: { adminCidrs, ingressCidrs: [] } });
  const content = (nodes: File, infrastructure: File): File => ({
    ...{ name: "layers", layers: "three", infrastructure },
    cluster: { pools: { worker: { nodes } } },
  });

  before(engineForTests);
  after(() => rmSync(root, { recursive: true, force: true }));

  it("is one report of all of them", async () => {
    const { plan: standing, lock } = plannedFile(content({ a: {}, b: {} }, access("203.0.113.0/24")));
    await upEnvironment({ plan: standing, root, sandbox: true, approvals: [] });
    const { plan } = plannedFile(content({ a: {} }, access("198.51.100.0/24")), lock);
    const { result, events } = await withEvents(() =>
      previewEnvironment({ plan, root, sandbox: true, approvals: [bindToPlan("b:remove", plan)] }),
    );
    assertAllTold(events, result.resources);
    const report = previewReport({ plan, result });
    assert.deepEqual(
      report.impacts.map(({ effect, name, detail }) => `${effect} ${name} ${/drained first/.test(detail)}`),
      ["lost b true"],
    );
    assert.deepEqual(
      report.groups.map(({ name }) => name),
      ["machine b", "network", "cluster"],
    );
    assert.deepEqual(
      report.steps.map(({ playbook }) => playbook),
      ["remove-node"],
    );
    assert.deepEqual(report.ports.source, "recorded");
    assert.deepEqual(
      report.ports.changes.map(({ change, from }) => `${change} ${from}`),
      ["opened cidr:198.51.100.0/24", "closed cidr:203.0.113.0/24"],
    );
  });
});
