import assert from "node:assert/strict";
import { z } from "zod";
import dates from "../../catalog/end-of-life.json";
import { registry } from "../../files/registry";
import { digestOf, findRelease, knownReleases, maintainedLine, type Release, type ReleaseService } from "../../model/catalog";
import { chartValues } from "../../model/charts/chart";
import { chartsOf } from "../../model/charts/charts-of";
import { compareVersions, installs, kubesprayRelease, minorOf } from "../../model/cluster/releases";
import { endOfLifeOf, hasEnded, productIn } from "../../model/end-of-life";
import { isFor } from "../../model/plan/compatibility";
import { productOf } from "../../model/plan/end-of-life";
import { INGRESS_KINDS } from "../../model/plan/ingress";

const day = z.string().regex(/^\d{4}-\d\d-\d\d$/);
const version = z.string().regex(/^v?\d+(\.\d+){1,3}$/);
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const https = z.url({ protocol: /^https$/ });
const quantities = z.partialRecord(z.enum(["cpu", "memory"]), z.string());
const amounts = z.strictObject({ requests: quantities, limits: quantities });
/** Licences by their names in SPDX's list, as far as the catalogue has any. */
const licence = z.enum(["Apache-2.0", "GPL-2.0-only", "MPL-2.0", "MIT", "AGPL-3.0-only", "BSD-3-Clause", "PostgreSQL"]);

const chart = z.strictObject({ name: z.string(), version, repository: z.url({ protocol: /^(https|oci)$/ }) });
const service = z.strictObject({
  version,
  namespace: z.string().regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/),
  added: z.literal(true).optional(),
  besides: z.array(z.string().regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/)).optional(),
  licence,
  source: https,
  kubernetes: z.union([z.array(z.string().regex(/^1\.\d+$/)).nonempty(), z.tuple([z.string().regex(/^1\.\d+\+$/)])]).optional(),
  chart: chart.optional(),
  charts: z.record(z.string(), chart).optional(),
  // With a registry, a path and an exact tag.
  images: z.record(z.string(), z.string().regex(/^[a-z0-9.-]+\.[a-z]+\/[a-z0-9._/-]+:v?\d[\w.-]*$/)),
  values: z.record(z.string(), z.unknown()).optional(),
  stays: z.string().min(20).optional(),
  instead: z.string().min(20).optional(),
  defaults: z.strictObject({
    replicas: z.int().min(1),
    sizeGiB: z.int().min(1).optional(),
    resources: amounts.optional(),
    parts: z.record(z.string(), amounts).optional(),
  }),
});
const release = z.strictObject({
  release: z.string().regex(/^\d+\.\d+\.\d+(\+maintained|\+step-\d+)?$/),
  date: day,
  maintains: z.string().optional(),
  leadsTo: z.string().optional(),
  kubespray: z.string().regex(/^v\d+\.\d+\.\d+$/),
  kubernetes: version,
  cluster: z.strictObject({ proxyMode: z.enum(["ipvs", "nftables"]) }),
  platform: z.strictObject({ ingress: z.enum(INGRESS_KINDS) }),
  services: z.record(z.string(), service),
  moves: z
    .record(
      z.string(),
      z.array(z.strictObject({ when: z.enum(["before", "by up", "after", "nobody says"]), service: z.string(), what: z.string().min(20) })),
    )
    .optional(),
  clouds: z.record(z.string(), z.strictObject({ controller: service.optional(), volumes: service.optional() })),
});

/** What a project allows to go up by at once, of major and minor: Rook (its upgrade guide), Ceph (its two majors before), Istio (its upgrade in place). */
const MOST: Readonly<Record<string, readonly [major: number, minor: number]>> = { rookCeph: [0, 1], ceph: [2, 99], istio: [0, 1] };
const STEPS: Readonly<Record<string, (release: Release) => readonly string[]>> = {
  rookCeph: ({ services }) => services.rookCeph!.version.split("."),
  istio: ({ services }) => services.istio!.version.split("."),
  ceph: ({ services }) => productIn(services.rookCeph!.images.ceph!)!.version.split("."),
};
/** The first of each major of Ceph that a minor of Rook runs, by `Documentation/Getting-Started/maintenance-and-support.md` of Rook 1.20. */
const RUNS: Readonly<Record<string, readonly string[]>> = {
  "1.18": ["18.2.0", "19.2.0", "20.2.0"],
  "1.19": ["19.2.0", "20.2.1"],
  "1.20": ["19.2.0", "20.2.1"],
};
/** Parts of which no project says when they end, or whose end is told by their images: docs/catalogue.md has the list. */
const NOBODY_SAYS = [
  ...["gatewayApi", "storage", "metricsServer", "mariadbOperator", "chartmuseum", "monitoring", "portal", "pipeline", "sourceControl"],
  ...["kubeflow", "logging", "logCollector", "nodeExporter", "tracing", "kpaasServer"],
];
/** Charts of Istio's beside istiod's, whose version and end they have. */
const OF_ISTIO = ["istioBase", "istioCni", "istioGateway"];
/** How old what is known of an end may be on the day a line was chosen: a project that announces none may have ended since. Days. */
const MARGIN = 150;

const releases: readonly Release[] = knownReleases.map((number) => findRelease(number)!);

function everyService({ services, clouds = {} }: Release): (readonly [name: string, service: ReleaseService])[] {
  return [
    ...Object.entries(services),
    ...Object.entries(clouds).flatMap(([cloud, parts]) => Object.entries(parts).map(([part, each]) => [`${cloud} ${part}`, each] as const)),
  ];
}

describe("the catalogue", () => {
  for (const each of releases) {
    it(`has every part of ${each.release} with version, licence, source and images`, () => {
      const read = release.safeParse(each);
      assert.ok(read.success, read.error && z.prettifyError(read.error));
    });

    it(`has a service of ${each.release} for each there is, and no other`, () => {
      const own = Object.values(registry.services).filter(({ cloudPart, entry }) => cloudPart === undefined && entry === undefined);
      assert.deepEqual(Object.keys(each.services).sort(), own.map(({ name }) => name).sort());
    });

    it(`knows kubespray's tag of ${each.release}, which installs its Kubernetes`, () => {
      const tag = kubesprayRelease(each.kubespray);
      assert.ok(tag && installs(tag, each.kubernetes));
      assert.ok(tag.allowed.proxy_modes?.includes(each.cluster.proxyMode));
    });

    it(`knows the values of every chart of ${each.release} in that version`, () => {
      for (const [name, service] of everyService(each))
        for (const chart of chartsOf(service)) assert.equal(chartValues(chart.name, chart.version)?.version, chart.version, name);
    });
  }

  it("has services for the Kubernetes of their own release", () => {
    for (const each of releases)
      for (const [name, { kubernetes = ["1.0+"] }] of everyService(each))
        assert.ok(isFor(kubernetes, minorOf(each.kubernetes)), `${each.release} ${name}`);
  });

  /** What goes by more at once than its project allows. */
  const leaps = (from: Release, to: Release): string[] =>
    Object.entries(MOST).flatMap(([name, [major, minor]]) => {
      const [was, becomes] = [from, to].map((each) => STEPS[name]!(each).map(Number)) as [number[], number[]];
      const [whole, part] = [becomes[0]! - was[0]!, becomes[1]! - was[1]!];
      return whole > major || (whole === 0 && part > minor) ? [name] : [];
    });

  it("goes from one release to a later one as projects allow, at once or by a step that leads there", () => {
    const inOrder = [...releases].sort((a, b) => a.date.localeCompare(b.date));
    const through: string[] = [];
    for (const [index, to] of inOrder.entries())
      for (const from of inOrder.slice(0, index)) {
        if (to.leadsTo !== undefined || leaps(from, to).length === 0) continue;
        const way = [from];
        for (const step of releases.filter(({ leadsTo }) => leadsTo === to.release))
          if (leaps(way.at(-1)!, to).length > 0 && step.release !== from.release && leaps(way.at(-1)!, step).length === 0) way.push(step);
        assert.deepEqual(leaps(way.at(-1)!, to), [], `${from.release} to ${to.release}`);
        through.push([...way, to].map(({ release }) => release).join(" "));
      }
    const on = "1.7.0+step-2 1.7.0+maintained";
    assert.deepEqual(through.toSorted(), [`1.6.2 1.7.0+step-1 ${on}`, `1.7.0 1.7.0+step-1 ${on}`, `1.7.0+step-1 ${on}`]);
  });

  it("has steps of which all but what they are for is the release that they lead on from", () => {
    for (const { leadsTo, services, kubernetes } of releases.filter((each) => each.leadsTo !== undefined)) {
      const base = findRelease(findRelease(leadsTo!)!.maintains!)!;
      const others = Object.keys(services).filter((name) => services[name]!.version !== base.services[name]!.version);
      assert.deepEqual([kubernetes, others.toSorted()], [base.kubernetes, ["istio", ...OF_ISTIO, "rookCeph"].toSorted()]);
    }
  });

  it("has Ceph of versions that its Rook runs", () => {
    for (const { release, services } of releases) {
      const { version, images } = services.rookCeph!;
      const known = RUNS[minorOf(version)] ?? assert.fail(`Rook ${version} runs what?`);
      const ceph = productIn(images.ceph!)!.version;
      const least = known.find((each) => each.split(".")[0] === ceph.split(".")[0]);
      assert.ok(least !== undefined && compareVersions(ceph, least) >= 0, `${release}: Rook ${version}, Ceph ${ceph}`);
    }
  });

  it("has a Kyverno that still knows the policies it is given", () => {
    for (const { services } of releases) assert.ok(compareVersions(services.kyverno!.version, "1.20.0") < 0);
  });

  it("has digests that are some, of images that a release names", () => {
    const images = releases.flatMap((each) => everyService(each).flatMap(([, { images }]) => Object.values(images)));
    const known = [...new Set(images)].filter((image) => digestOf(image) !== undefined);
    assert.ok(known.length >= 6);
    for (const image of known) assert.ok(digest.safeParse(digestOf(image)).success, image);
  });

  it("says of every end of life where it is told, and how that stood", () => {
    const product = z.strictObject({
      source: https,
      asOf: day,
      image: z.string().optional(),
      cycles: z.record(z.string().regex(/^\d+(\.\d+)?$/), day.nullable()),
    });
    const read = z.record(z.string(), product).safeParse(dates);
    assert.ok(read.success, read.error && z.prettifyError(read.error));
  });

  it("finds the line of a version, and nothing where nobody says", () => {
    assert.equal(endOfLifeOf("mariadb", "12.0.2")?.date, "2025-11-18");
    assert.equal(endOfLifeOf("mariadb", "12.03.1"), undefined);
    assert.equal(endOfLifeOf("ingress-nginx", "1.13.3")?.date, "2026-03-31");
    assert.deepEqual(endOfLifeOf("keycloak", "26.7.2"), { source: "https://endoflife.date/keycloak", asOf: "2026-08-22" });
    assert.equal(endOfLifeOf("nobody", "1.0.0"), undefined);
    assert.deepEqual(productIn("quay.io/ceph/ceph:v19.2.3"), { product: "ceph", version: "19.2.3" });
    assert.equal(productIn("quay.io/cephcsi/cephcsi:v3.15.0"), undefined);
  });
});

describe("a maintained line", () => {
  const lines = releases.filter(({ maintains }) => maintains !== undefined);

  it("is found by the release that it maintains", () => {
    assert.equal(maintainedLine("1.7.0")?.release, "1.7.0+maintained");
    assert.equal(maintainedLine("1.6.2"), undefined);
    for (const { release: number, maintains } of lines) assert.equal(number, `${maintains}+maintained`);
  });

  it("was mended in every part on the day it was chosen, but for what says why it stays", () => {
    for (const line of lines) {
      assert.equal(hasEnded("kubernetes", line.kubernetes, line.date), false);
      for (const [name, each] of everyService(line)) {
        const parts = [
          { product: productOf({ ...each, name }), version: each.version },
          ...Object.values(each.images).flatMap((image) => productIn(image) ?? []),
        ];
        const ended = parts.filter(({ product, version }) => hasEnded(product, version, line.date));
        assert.equal(ended.length > 0, each.stays !== undefined, `${line.release} ${name}: ${JSON.stringify(ended)}`);
      }
    }
  });

  it("installs nothing below the platform that had ended, but for what its kubespray has nothing newer of", () => {
    for (const line of lines) {
      const parts = kubesprayRelease(line.kubespray)!.components[minorOf(line.kubernetes)]!;
      const ended = Object.entries(parts).filter(([product, version]) => hasEnded(product, version, line.date));
      // One may choose it in place of CRI-O; 2.2 is the newest that this tag has checksums of.
      assert.deepEqual(ended, [["containerd", "2.2.3"]]);
    }
  });

  it("has nothing of which nobody was asked lately whether it is mended", () => {
    const days = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 86_400_000;
    for (const line of lines)
      for (const [name, each] of Object.entries(line.services)) {
        if (OF_ISTIO.includes(name)) assert.equal(each.version, line.services.istio?.version, name);
        const known = endOfLifeOf(
          productOf(OF_ISTIO.includes(name) ? { ...line.services.istio!, name: "istio" } : { ...each, name }),
          each.version,
        );
        assert.equal(known === undefined, NOBODY_SAYS.includes(name), `${name} ${each.version}`);
        if (known && known.date === undefined) assert.ok(days(known.asOf, line.date) <= MARGIN, `${name}: asked on ${known.asOf}`);
      }
  });

  it("has nothing older than the release it maintains", () => {
    const number = (text: string): number[] => text.replace(/^v/, "").split(".").map(Number);
    const older = (a: string, b: string): boolean => {
      const [left, right] = [number(a), number(b)];
      const at = left.findIndex((part, index) => part !== right[index]);
      return at >= 0 && left[at]! < (right[at] ?? 0);
    };
    for (const line of lines) {
      const base = findRelease(line.maintains ?? "")!;
      assert.equal(older(line.kubernetes, base.kubernetes), false);
      for (const [name, { version: now }] of Object.entries(line.services))
        assert.equal(older(now, base.services[name]!.version), false, name);
    }
  });
});
