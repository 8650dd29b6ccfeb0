import assert from "node:assert/strict";
import { parse } from "yaml";
import { planContent } from "../../files/plan-content";
import { registry } from "../../files/registry";
import { findRelease, knownReleases } from "../../model/catalog";
import { chartValues } from "../../model/charts/chart";
import { placedParts } from "../../model/charts/placement";
import type { CloudDefinition } from "../../model/cloud";
import type { CloudPartName } from "../../model/cloud-parts";
import { kubernetesVersions, minorOf } from "../../model/cluster/releases";
import { appliedState } from "../../model/guard/applied";
import { findDangers } from "../../model/guard/dangers";
import { isFor } from "../../model/plan/compatibility";
import { Findings } from "../../model/problems";
import { planFile } from "../support/environment";
import { type FileContent, merge } from "../support/plan";

const FIELDS: Readonly<Record<CloudPartName, readonly [field: string, platform: FileContent]>> = {
  controller: ["platform.loadBalancer", { loadBalancer: { kind: "cloud", services: true } }],
  volumes: ["platform.storage", { storage: { kind: "cloud" } }],
};
const PARTS = Object.keys(FIELDS) as CloudPartName[];

const newestOfEachMinor = kubernetesVersions.filter((each, index) => kubernetesVersions.map(minorOf).indexOf(minorOf(each)) === index);

/** What `init` writes for a cloud, with a part of its platform. */
function planned(cloud: CloudDefinition, platform: FileContent, over: FileContent = {}) {
  return planFile(merge(merge(written(cloud), { platform }), over));
}

function written({ name, template }: CloudDefinition): FileContent {
  return parse(`name: seoul\ninfrastructure:\n  provider: ${name}\n${template}`) as FileContent;
}

describe("what clouds have of their own in the cluster", () => {
  for (const cloud of Object.values(registry.clouds))
    for (const part of PARTS) {
      const [field, platform] = FIELDS[part];
      const own = cloud.inCluster?.[part];
      const { problems, planned: found } = planned(cloud, platform);
      const errors = problems.filter(({ severity, path }) => severity === "error" && path.startsWith(field));
      if (own === undefined) {
        it(`is refused for ${cloud.title}, which has no ${part}, with the way out`, () => {
          assert.equal(errors.length, 1, JSON.stringify(problems));
          assert.match(errors[0]?.reason ?? "", new RegExp(`^${cloud.title} has `));
          assert.match(errors[0]?.remedy ?? "", /^(use|take it out)/);
        });
        continue;
      }
      it(`is planned for ${cloud.title}: ${part}, from the catalogue, before who takes of it`, () => {
        assert.deepEqual(errors, []);
        const plan = found?.plan;
        const service = plan?.services.find(({ needs }) => (needs?.cloud as { part?: string } | undefined)?.part === part);
        assert.ok(plan && service, "no such service");
        for (const release of knownReleases) assert.ok(findRelease(release)?.clouds?.[cloud.name]?.[part]?.licence);
        assert.equal(service.chart === undefined, own.values === undefined, "a chart where there are values of it, and nowhere else");
        assert.equal(service.chart && chartValues(service.chart.name, service.chart.version)?.version, service.chart?.version);
        const kind = part === "controller" ? "loadBalancer" : "storage";
        const takers = plan.services.filter(({ needs = {}, name }) => kind in needs && name !== service.name);
        for (const { name, dependsOn } of takers) assert.ok(dependsOn.includes(service.name), name);
        assert.ok(plan.services.indexOf(service) < Math.min(...takers.map((each) => plan.services.indexOf(each))));
        assert.ok(!plan.services.some(({ name }) => name === (part === "controller" ? "metallb" : "storage")));
      });
      it(`is told of where the cluster's Kubernetes is none that its project names, on ${cloud.title}: ${part}`, () => {
        const entry = findRelease("1.7.0")?.clouds?.[cloud.name]?.[part];
        assert.ok(entry?.kubernetes, "the project says of which, or its catalogue entry what is nearest to it");
        const who = `${entry.chart?.name ?? found?.plan.services.find((each) => each.version === entry.version)?.name} ${entry.version}`;
        for (const kubernetes of newestOfEachMinor) {
          const content = merge(written(cloud), { platform, cluster: { kubernetes } });
          const given = { registry, content, whole: true, fallbackName: "seoul", readLock: () => undefined };
          const { problems } = planContent(given, new Findings(), "2026-11-26");
          const said = problems.filter(({ path, reason }) => path === "cluster.kubernetes" && reason.includes(`${who} is for Kubernetes `));
          assert.equal(said.length, isFor(entry.kubernetes, minorOf(kubernetes)) ? 0 : 1, `${kubernetes}: ${JSON.stringify(problems)}`);
        }
      });
      it(`opens nothing to the world that the file does not, on ${cloud.title}: ${part}`, () => {
        const flows = found?.plan.flows ?? [];
        const before = planned(cloud, {}).planned?.plan.flows ?? [];
        const added = flows.filter((flow) => !before.some((each) => JSON.stringify(each) === JSON.stringify(flow)));
        const { adminCidrs = [], ingressCidrs = [] } = found?.plan.access ?? {};
        const { inside = [], outside = [] } = cloud.passing ?? {};
        const allowed = [found?.plan.network.cidr, ...adminCidrs, ...ingressCidrs, ...inside, ...outside].map((cidr) => `cidr:${cidr}`);
        for (const { from, reason } of added) assert.ok(!from.startsWith("cidr:") || allowed.includes(from), `${from}: ${reason}`);
      });
    }

  const airGap = { registry: "registry.intra:5000", files: "https://files.intra" };

  for (const cloud of Object.values(registry.clouds).filter(({ inCluster }) => inCluster !== undefined))
    it(`is let to the same of ${cloud.title} where images and files come from mirrors`, () => {
      const parts = PARTS.filter((part) => cloud.inCluster?.[part] !== undefined);
      const platform = parts.reduce((all, part) => merge(all, FIELDS[part][1]), {});
      const ways = (over: FileContent) =>
        planned(cloud, platform, over)
          .planned?.plan.flows.filter(({ from, to }) => (from === "nodes" || from === "control-plane") && to.startsWith("cidr:"))
          .map(({ to, protocol, ports }) => `${to} ${protocol} ${ports.join(" ")}`) ?? [];
      const [open, behindMirrors] = [ways({}), ways({ cluster: { airGap } })];
      assert.ok(open.includes("cidr:0.0.0.0/0 tcp 80 443"), "clouds without ports of their own are asked there");
      assert.deepEqual(
        open.filter((way) => !behindMirrors.includes(way)),
        [],
      );
      assert.deepEqual(
        behindMirrors.filter((way) => !open.includes(way)),
        ["cidr:0.0.0.0/0 tcp 5000"].filter((way) => !open.includes(way)),
        "the mirrors' port, and no second way to what is open",
      );
    });

  // GCP's network leads to Google's API by itself.
  for (const [name, field, options, asks] of [
    ["aws", "infrastructure.aws.natGateways", { natGateways: "none" }, true],
    ["azure", "infrastructure.azure.natGateways", { natGateways: "none" }, true],
    ["gcp", "infrastructure.gcp.nat", { nat: false }, false],
  ] as const)
    it(`is warned of on ${name} where no gateway leads out to whom it asks`, () => {
      const cloud = registry.clouds[name];
      assert.ok(cloud);
      const said = (platform: FileContent, over: FileContent) =>
        planned(cloud, platform, merge({ infrastructure: { [name]: options } }, over))
          .problems.filter(({ path, severity }) => path === field && severity === "warning")
          .map(({ reason }) => reason);
      const { volumes } = FIELDS;
      const proxy = { cluster: { variables: { https_proxy: "http://10.20.9.9:3128" } } };
      assert.match(said({}, {}).join(), /by which packages and images are fetched$/);
      for (const over of [proxy, { cluster: { airGap } }]) {
        assert.deepEqual(said({}, over), []);
        assert.equal(said(volumes[1], over).join().endsWith("by which the driver of volumes asks the cloud"), asks, JSON.stringify(over));
      }
    });

  for (const cloud of Object.values(registry.clouds).filter(({ inCluster }) => inCluster?.controller?.leadsToIngress))
    it(`keeps whoever leads to the ingress, in both directions, on ${cloud.title}`, () => {
      const [without, with_] = [{}, FIELDS.controller[1]].map((platform) => planned(cloud, platform).planned?.plan);
      assert.ok(without && with_);
      for (const [was, becomes] of [
        [without, with_],
        [with_, without],
      ] as const) {
        const dangers = findDangers(appliedState(was), becomes).filter(({ path }) => path.startsWith("platform.loadBalancer"));
        assert.deepEqual(
          dangers.map(({ action, path }) => [action, path]),
          [["never", "platform.loadBalancer.services"]],
        );
      }
    });

  it("is warned of where its project makes one for each minor of Kubernetes, and the cluster is of another", () => {
    const said = (kubernetes: string) => {
      const content = {
        name: "demo",
        infrastructure: { provider: "openstack" },
        cluster: { kubernetes },
        platform: { loadBalancer: { kind: "cloud" } },
      };
      const given = { registry, content, whole: true, fallbackName: "demo", readLock: () => undefined };
      return planContent(given, new Findings(), "2026-11-26")
        .problems.filter(({ reason }) => reason.includes("cloud-controller-manager"))
        .map(({ severity, path, reason, remedy }) => `${severity} ${path}: ${reason}; ${remedy}`);
    };
    for (const fits of ["1.33.5", "1.34.3"]) assert.deepEqual(said(fits), [], fits);
    for (const other of ["1.32.9", "1.35.1"]) {
      assert.equal(said(other).length, 1, other);
      assert.match(
        said(other)[0] ?? "",
        /^warning cluster\.kubernetes: .*openstack-cloud-controller-manager 1\.33\.1 is for Kubernetes 1\.33 and 1\.34, .*; use a version of 1\.33, or metallb/,
      );
    }
  });

  it("is not followed by advice to leave the minors that it is for", () => {
    const advice = (over: FileContent) => {
      const content = { name: "demo", infrastructure: { provider: "openstack" }, ...over };
      const given = { registry, content, whole: true, fallbackName: "demo", readLock: () => undefined };
      return planContent(given, new Findings(), "2026-11-26")
        .problems.filter(({ path, reason }) => path === "cluster.kubernetes" && reason.includes("end of life"))
        .map(({ remedy }) => remedy)
        .join();
    };
    const maintained = { release: "1.7.0+maintained", cluster: { kubernetes: "1.34.3" } };
    assert.match(advice(maintained), /^set cluster\.kubernetes to "1\.35\.\d+", which is mended until 2027-02-28/);
    const [, controller] = FIELDS.controller;
    assert.match(
      advice({ cluster: { kubernetes: "1.33.5" }, platform: controller }),
      /^a new environment gets 1\.35\.4 with release: "1\.7\.0\+maintained"; not for 1\.35\.4: openstack-cloud-controller-manager 1\.33\.1 \(for 1\.33 and 1\.34\), ingress-nginx 1\.13\.3 \(for 1\.29 to 1\.33\)$/,
    );
  });

  it("keeps a cluster's Services with whoever gave them their addresses", () => {
    const file = (loadBalancer: object) => ({ name: "demo", infrastructure: { provider: "openstack" }, platform: { loadBalancer } });
    assert.deepEqual(
      planFile(file({ kind: "cloud", services: false }))
        .problems.map(({ path, reason }) => `${path}: ${reason}`)
        .filter((each) => /loadB/.test(each)),
      ["platform.loadBalancer.services: without the cloud's controller nothing would lead to the ingress"],
    );
  });
});

describe("what the fields of storage and load balancer say of pods", () => {
  const SAID = {
    resources: { requests: { cpu: "77m" } },
    nodeSelector: { "kubernetes.io/os": "linux" },
    tolerations: ["front:NoSchedule"],
  };
  const worker = { nodes: 3, volumes: [{ name: "osd", sizeGiB: 100 }] };
  const clouds = Object.values(registry.clouds).filter(({ inCluster }) => inCluster !== undefined);
  const openstack = clouds.find(({ name }) => name === "openstack")!;
  const aws = clouds.find(({ name }) => name === "aws")!;
  /** Every kind of both, with the service that it is of; undefined where nothing of ours runs for it. */
  const kinds: readonly (readonly [cloud: CloudDefinition, field: string, kind: FileContent, service: string | undefined])[] = [
    [openstack, "storage", { kind: "nfs" }, "storage"],
    [openstack, "storage", { kind: "rookCeph", pool: "worker" }, "rookCeph"],
    [openstack, "storage", { kind: "existing", className: "fast" }, undefined],
    [openstack, "loadBalancer", { kind: "metallb" }, "metallb"],
    [aws, "loadBalancer", { kind: "cloud" }, undefined],
    ...clouds.flatMap((cloud) => [
      ...(cloud.inCluster?.volumes ? [[cloud, "storage", { kind: "cloud" }, "cloudStorage"] as const] : []),
      ...(cloud.inCluster?.controller ? [[cloud, "loadBalancer", { kind: "cloud", services: true }, "cloudController"] as const] : []),
    ]),
  ];
  for (const [cloud, field, kind, service] of kinds) {
    const told = (said: object) =>
      planned(cloud, { [field]: { ...kind, ...said } }, kind.kind === "rookCeph" ? { cluster: { pools: { worker } } } : {});
    const refusals = (said: object) =>
      told(said)
        .problems.filter(({ severity, path }) => severity === "error" && path.startsWith("platform."))
        .map(({ path, reason }) => `${path.replace(`platform.${field}.`, "")}: ${reason}`);
    const of = `${field} of kind ${String(kind.kind)}${kind.services === true ? " with Services" : ""} on ${cloud.title}`;

    if (service === undefined)
      it(`is refused where nothing of the platform's runs: ${of}`, () => {
        const found = refusals({ ...SAID, values: { a: 1 } }).map((each) => each.replace(/:.*there are no pods.*/, ""));
        assert.deepEqual(found.sort(), ["nodeSelector", "resources", "tolerations", "values"]);
      });
    else if (registry.services[service]?.stays !== undefined)
      it(`is refused of nodes where the cloud's own runs on control planes: ${of}`, () => {
        const { nodeSelector, tolerations, ...rest } = SAID;
        assert.deepEqual(
          refusals({ nodeSelector, tolerations }).map((each) => each.replace(/: its pods stay .*control planes.*/, "")),
          ["nodeSelector", "tolerations"],
        );
        assert.deepEqual(refusals(rest), []);
        assert.deepEqual(told(rest).planned?.plan.services.find(({ name }) => name === service)?.resources, SAID.resources);
      });
    else
      it(`is planned: ${of}`, () => {
        assert.deepEqual(refusals(SAID), []);
        const plan = told(SAID).planned?.plan.services.find(({ name }) => name === service);
        assert.deepEqual({ resources: plan?.resources, nodeSelector: plan?.nodeSelector, tolerations: plan?.tolerations }, SAID);
        assert.ok(plan?.chart && placedParts(plan.chart).length > 0);
      });

    if (service !== undefined)
      it(`holds values against the chart, or says that there is none: ${of}`, () => {
        const [only, ...others] = refusals({ values: { nonsense: 1 } });
        assert.deepEqual(others, []);
        assert.match(only ?? "", /^values(\.nonsense: |: \w+ is not installed from a chart)/);
      });
  }
});
