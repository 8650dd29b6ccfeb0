import assert from "node:assert/strict";
import dates from "../../../catalog/end-of-life.json";
import { versionNotice } from "../../../cli/lock";
import { planContent } from "../../../files/plan-content";
import { registry } from "../../../files/registry";
import { knownReleases } from "../../../model/catalog";
import { kubernetesVersions, kubesprayRelease, minorOf } from "../../../model/cluster/releases";
import type { Lock } from "../../../model/lock";
import { saysEndOfLife } from "../../../model/plan/end-of-life";
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

const REST = { registry, whole: true, fallbackName: "demo" };

const versionsOf = (content: ReturnType<typeof planned>): string =>
  `${content.planned?.plan.cluster.kubernetes} by ${content.planned?.plan.cluster.kubespray}`;

/** An environment of that release, with its lock where it has one. */
function ofRelease(release: string | undefined, lock?: Lock, network: Record<string, unknown> = {}, kubernetes?: string) {
  const cluster = { network, ...(kubernetes === undefined ? {} : { kubernetes }) };
  const content = environmentFile({ cluster, ...(release === undefined ? {} : { release }) });
  return planContent({ registry, content, whole: true, fallbackName: "demo", readLock: () => lock }, new Findings(), "2026-01-01");
}

describe("the release", () => {
  const modeOf = (content: ReturnType<typeof ofRelease>) => content.planned?.plan.cluster.variables.kube_proxy_mode;

  it("gives versions to all: one that is left out is the newest of K-PaaS itself", () => {
    assert.equal(versionsOf(ofRelease(undefined)), "1.33.5 by v2.29.0");
    assert.equal(versionsOf(ofRelease("1.6.2")), "1.32.5 by v2.28.0");
    assert.equal(versionsOf(ofRelease("1.7.0+maintained")), "1.35.4 by v2.31.0");
    const { services = [] } = ofRelease("1.6.2").planned?.plan ?? {};
    const { version, images } = services.find(({ name }) => name === "keycloak") ?? {};
    assert.deepEqual([version, images?.server], ["25.0.6", "quay.io/keycloak/keycloak:25.0.6"]);
  });

  it("has no problem in itself, whichever it is", () => {
    for (const release of knownReleases)
      for (const plugin of ["calico", "cilium"]) {
        const { problems } = ofRelease(release, undefined, { plugin });
        const own = problems.filter((each) => each.severity === "error" || (each.path.startsWith("cluster.") && !saysEndOfLife(each)));
        assert.deepEqual(own, [], release);
      }
  });

  it("that has nothing mended of a part says why it stays, and how to do without", () => {
    for (const release of ["1.7.0", "1.7.0+maintained"]) {
      const content = environmentFile({ profile: "standard", release });
      const { problems } = planContent({ ...REST, content, readLock: () => undefined }, new Findings(), "2026-11-25");
      const told = problems.find(({ reason }) => reason.startsWith("sonarqube 8.5"));
      assert.match(told?.remedy ?? "", /^switch pipeline off where nobody needs it: K-PaaS builds it for SonarQube 8\.5/, release);
    }
  });

  it("that came before those is told of with the way", () => {
    const wrong = (number: string) => ofRelease(number).problems.find(({ path }) => path === "release");
    const source = wrong("1.6.1");
    assert.deepEqual([source?.path, source?.severity], ["release", "error"]);
    assert.match(source?.remedy ?? "", /Kubernetes 1\.31\.4 by kubespray v2\.27\.0.* upgrade source .*kpaas cluster import/);
    assert.match(wrong("1.4.0")?.remedy ?? "", /Kubernetes 1\.24\.6\) is told of/);
    assert.match(wrong("1.9.0")?.remedy ?? "", /use one of: 1\.7\.0, 1\.7\.0\+step-1, 1\.7\.0\+step-2, 1\.7\.0\+maintained, 1\.6\.2/);
  });

  it("decides how kube-proxy leads to Services of new clusters; one that stands keeps its own", () => {
    assert.equal(modeOf(ofRelease("1.7.0")), "ipvs");
    const maintained = ofRelease("1.7.0+maintained");
    assert.equal(modeOf(maintained), "nftables");
    assert.equal(maintained.planned?.lock.proxyMode, "nftables");
    const before = ofRelease("1.7.0").planned?.lock;
    assert.ok(before && !("proxyMode" in before), "locks of ipvs stay as they are");
    assert.equal(modeOf(ofRelease("1.7.0+maintained", before)), "ipvs");
    assert.equal(modeOf(ofRelease("1.7.0", maintained.planned?.lock, {}, "1.35.4")), "nftables");
    assert.equal(modeOf(ofRelease("1.7.0+maintained", undefined, { proxyMode: "iptables" })), "iptables");
    const written = ofRelease("1.7.0", before, { proxyMode: "iptables" }).planned?.lock;
    assert.ok(written && !("proxyMode" in written), "what the file says is not locked");
  });

  it("decides who leads to the services of new environments; what stands keeps its own, of which a silent lock says ingress-nginx", () => {
    const line = "1.7.0+maintained";
    const planOf = (release: string | undefined, lock?: Lock, ingress: Record<string, unknown> = {}, today = "2026-01-01") =>
      planContent(
        { ...REST, content: environmentFile({ platform: { ingress }, ...(release && { release }) }), readLock: () => lock },
        new Findings(),
        today,
      );
    const kindOf = (...of: Parameters<typeof planOf>) => planOf(...of).planned?.plan.platform.ingress.kind;
    const lockOf = (...of: Parameters<typeof planOf>) => planOf(...of).planned?.lock;
    assert.deepEqual([kindOf("1.7.0"), kindOf("1.6.2"), kindOf(line), kindOf(undefined)], ["nginx", "nginx", "traefik", "nginx"]);
    const [nginx, traefik] = [lockOf("1.7.0"), lockOf(line)];
    assert.ok(nginx && !("ingress" in nginx), "locks of ingress-nginx stay as they are");
    assert.equal(traefik?.ingress, "traefik");

    // What stands keeps it, whatever release it goes to, and by the lock's release where the file names none.
    assert.deepEqual([kindOf(line, nginx), kindOf(line, traefik), kindOf(undefined, traefik)], ["nginx", "traefik", "traefik"]);
    assert.deepEqual([lockOf(line, nginx)?.ingress, lockOf(undefined, traefik)?.ingress], [undefined, "traefik"]);
    assert.equal(planOf(line, traefik).planned?.lockState, "current");

    // A first plan keeps what its file says; later ones go by it, and leave the lock as it is.
    const first = lockOf("1.7.0", undefined, { kind: "traefik" });
    assert.equal(kindOf("1.7.0", first), "traefik");
    assert.equal(kindOf(line, lockOf(line, undefined, { kind: "nginx" })), "nginx");
    const moved = planOf(line, nginx, { kind: "traefik", beside: "nginx" });
    assert.equal(moved.planned?.plan.platform.ingress.kind, "traefik");
    assert.equal(moved.planned?.lock.ingress, undefined);
    assert.equal(lockOf(line, traefik, { kind: "nginx", beside: "traefik" })?.ingress, "traefik");

    // Fields beside it are of the one that is there, before anything is planned.
    const paths = (...of: Parameters<typeof planOf>) =>
      planOf(...of).problems.flatMap(({ severity, path }) => (severity === "error" ? [path] : []));
    assert.deepEqual(paths(line, undefined, { beside: "traefik" }), ["platform.ingress.beside"]);
    assert.deepEqual(paths(line, nginx, { beside: "traefik" }), []);
    assert.deepEqual(paths(line, undefined, { values: { nginx: {} } }), ["platform.ingress.values.nginx"]);
    assert.deepEqual(paths(line, nginx, { values: { nginx: {} } }), []);

    // Whoever keeps what nobody mends is told the way.
    const ended = (...of: Parameters<typeof planOf>) =>
      planOf(...of).problems.filter((each) => each.path === "platform.ingress.kind" && saysEndOfLife(each));
    assert.match(ended(line, nginx, {}, "2026-11-27")[0]?.remedy ?? "", /platform\.ingress\.beside/);
    assert.deepEqual(ended(line, undefined, {}, "2026-11-27"), []);
  });

  it("has Calico write nftables where kube-proxy does, and nowhere else; a kubespray that cannot is refused", () => {
    const calico = (content: ReturnType<typeof ofRelease>) => content.planned?.plan.cluster.variables.calico_nftable_mode;
    assert.equal(calico(ofRelease("1.7.0+maintained")), "Enabled");
    assert.equal(calico(ofRelease("1.7.0", undefined, { proxyMode: "nftables" })), "Enabled");
    assert.equal(calico(ofRelease("1.7.0")), undefined);
    assert.equal(calico(ofRelease("1.7.0+maintained", undefined, { plugin: "flannel" })), undefined);
    const errors = (content: ReturnType<typeof ofRelease>) => content.problems.filter(({ severity }) => severity === "error");
    const refused = errors(ofRelease("1.6.2", undefined, { proxyMode: "nftables" }));
    assert.deepEqual(
      refused.map(({ path, severity }) => `${severity} ${path}`),
      ["error cluster.network.proxyMode"],
    );
    assert.match(refused[0]?.remedy ?? "", /ipvs.*v2\.29\.0/);
    assert.deepEqual(errors(ofRelease("1.6.2", undefined, { proxyMode: "nftables", plugin: "flannel" })), []);
  });
});

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
      assert.match(new Map(Object.entries(dates.kubernetes.cycles)).get(minor) ?? "", /^\d{4}-\d\d-\d\d$/, minor);
  });

  it("past its end of life is warned of with one that is mended", () => {
    const [warning] = planned(undefined, undefined, "2026-11-25").problems.filter(({ path }) => path === "cluster.kubernetes");
    assert.equal(warning?.severity, "warning");
    assert.match(
      warning?.remedy ?? "",
      /^a new environment gets 1\.35\.4 with release: "1\.7\.0\+maintained"; not for 1\.35\.4: ingress-nginx 1\.13\.3 /,
    );
    const content = planned("1.35.4", undefined, "2026-11-25");
    const [told, ...more] = content.problems.filter(({ path }) => path === "cluster.kubernetes");
    assert.deepEqual([told && saysEndOfLife(told), more], [false, []]);
    assert.match(told?.reason ?? "", /^ingress-nginx 1\.13\.3 is for Kubernetes 1\.29 to 1\.33, by what its project/);
    assert.equal(told?.remedy, "use a version of 1.31 or 1.32 or 1.33");
    const [late] = planned(undefined, undefined, "2030-01-01").problems.filter(({ path }) => path === "cluster.kubernetes");
    assert.match(late?.remedy ?? "", /plan the move/);
  });
});
