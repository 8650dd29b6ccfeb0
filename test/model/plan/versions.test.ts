import assert from "node:assert/strict";
import dates from "../../../catalog/end-of-life.json";
import { versionNotice } from "../../../cli/lock";
import { planContent } from "../../../files/plan-content";
import { registry } from "../../../files/registry";
import { kubernetesVersions, kubesprayRelease, minorOf } from "../../../model/cluster/releases";
import type { Lock } from "../../../model/lock";
import { Findings } from "../../../model/problems";
import { environmentFile } from "../../support/environment";

function planned(kubernetes: unknown, lock?: Lock, today = "2026-01-01", network: Record<string, unknown> = {}) {
  const cluster = kubernetes === undefined ? { network } : { kubernetes, network };
  return planContent(
    { registry, content: environmentFile({ cluster }), whole: true, fallbackName: "demo", readLock: () => lock },
    new Findings(),
    today,
  );
}

const versionsOf = (content: ReturnType<typeof planned>): string =>
  `${content.planned?.plan.cluster.kubernetes} by ${content.planned?.plan.cluster.kubespray}`;

describe("the version of Kubernetes", () => {
  it("is the release's, by the release's kubespray, where the file names none", () => {
    assert.equal(versionsOf(planned(undefined)), "1.33.5 by v2.29.0");
    assert.equal(versionsOf(planned("1.33.4")), "1.33.4 by v2.29.0");
  });

  it("may be any that a kubespray tag installs: by the release's tag, else by the newest that does", () => {
    assert.equal(versionsOf(planned("1.35.4")), "1.35.4 by v2.31.0");
    assert.equal(versionsOf(planned("1.34.3")), "1.34.3 by v2.31.0");
    assert.equal(versionsOf(planned("1.33.7")), "1.33.7 by v2.31.0");
    assert.equal(versionsOf(planned("1.32.10")), "1.32.10 by v2.30.0");
  });

  it("is planned without a problem, for every version and plugin", () => {
    for (const version of kubernetesVersions)
      for (const plugin of ["calico", "cilium", "flannel"]) {
        const content = planned(version, undefined, "2020-01-01", { plugin });
        assert.deepEqual(
          content.problems.filter(({ severity, path }) => severity === "error" || path.startsWith("cluster.variables")),
          [],
          `${version} ${plugin}`,
        );
        const { kubespray, kubernetes } = content.planned?.plan.cluster ?? { kubespray: "", kubernetes: "" };
        assert.equal(kubernetes, version);
        assert.ok(kubesprayRelease(kubespray)?.kubernetes.versions.includes(version));
        assert.ok(kubesprayRelease(kubespray)?.components[minorOf(version)]);
        const written = kubesprayRelease(kubespray)?.kubernetes.writtenWithV ? `v${version}` : version;
        assert.match(JSON.stringify(content.planned?.plan.inventory), new RegExp(`"kube_version":"${written}"`));
      }
  });

  it("keeps the tag that the lock has for it, and takes another one only with another version", () => {
    const lock = planned("1.33.7").planned?.lock;
    assert.ok(lock);
    assert.equal(versionsOf(planned("1.33.7", { ...lock, kubespray: "v2.29.1" })), "1.33.7 by v2.29.1");
    assert.equal(versionsOf(planned(undefined, { ...lock, kubespray: "v2.29.1" })), "1.33.7 by v2.29.1");
    assert.equal(versionsOf(planned("1.35.4", { ...lock, kubespray: "v2.29.1" })), "1.35.4 by v2.31.0");
    assert.equal(versionsOf(planned("1.33.5", lock)), "1.33.5 by v2.29.0");
  });

  it("other than the release's is told beside the release's own", () => {
    const told = (kubernetes?: string) => versionNotice({ ...planned(kubernetes), file: "demo.yaml", lockFile: "demo.lock.yaml" });
    assert.deepEqual(told(), []);
    assert.deepEqual(told("1.35.4"), [
      "demo: K-PaaS 1.7.0 ships Kubernetes 1.33.5 by kubespray v2.29.0; this environment runs 1.35.4 by v2.31.0",
    ]);
  });

  it("that none installs, or that is not whole, is told with the nearest one", () => {
    const cases: readonly (readonly [value: unknown, reason: RegExp, remedy: RegExp])[] = [
      ["1.35.9", /no kubespray release/, /"1\.35\.4"/],
      ["1.99.0", /no kubespray release/, /"1\.35\.4"/],
      ["1.10.1", /no kubespray release/, /"1\.28\.15"/],
      ["1.35", /minor version/, /"1\.35\.4"/],
      [1.35, /minor version/, /"1\.35\.4"/],
      [1.3, /minor version/, /"1\.30\.\d+"/],
      [1, /full version/, /"1\.35\.4"/],
      ["v1.34.3", /without a leading v/, /"1\.34\.3"/],
      ["latest", /full version/, /"1\.35\.4"/],
    ];
    for (const [value, reason, remedy] of cases) {
      const errors = planned(value).problems.filter(({ severity }) => severity === "error");
      assert.deepEqual(
        errors.map(({ path }) => path),
        ["cluster.kubernetes"],
        String(value),
      );
      assert.match(errors[0]?.reason ?? "", reason);
      assert.match(errors[0]?.remedy ?? "", remedy);
    }
  });

  it("has an end of life that the catalogue knows, whichever it is", () => {
    for (const minor of new Set(kubernetesVersions.map(minorOf)))
      assert.match(new Map(Object.entries(dates.kubernetes)).get(minor) ?? "", /^\d{4}-\d\d-\d\d$/, minor);
  });

  it("past its end of life is warned of with one that is mended", () => {
    const [warning] = planned(undefined, undefined, "2026-11-25").problems.filter(({ path }) => path === "cluster.kubernetes");
    assert.equal(warning?.severity, "warning");
    assert.match(warning?.remedy ?? "", /cluster\.kubernetes to "1\.35\.4", which is mended until 2027-02-28/);
    const content = planned("1.35.4", undefined, "2026-11-25");
    assert.deepEqual(
      content.problems.filter(({ path }) => path === "cluster.kubernetes"),
      [],
    );
    const [late] = planned(undefined, undefined, "2030-01-01").problems.filter(({ path }) => path === "cluster.kubernetes");
    assert.match(late?.remedy ?? "", /plan the move/);
  });
});
