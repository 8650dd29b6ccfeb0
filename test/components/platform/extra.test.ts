import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadEnvironment } from "../../../files/load";
import { at } from "../../../model/data";
import { appliedState } from "../../../model/guard/applied";
import { findDangers } from "../../../model/guard/dangers";
import type { Graph } from "../../../testing/graph";
import type { Bag } from "../../../testing/mocks";
import { environmentFile, planFile, plannedFile } from "../../support/environment";
import { temporaryFolders } from "../../support/temporary";
import { platformGraph } from "./fixtures";

const claim = { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name: "data", namespace: "shop" }, spec: {} };
const role = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name: "shop-reader" }, rules: [] };
const container = { name: "web", image: "docker.io/library/nginx:1.29.3" };
const web = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "shop" },
  spec: { template: { spec: { containers: [container] } } },
};
const redis = { chart: "redis", repository: "https://charts.example.org", version: "1.2.3", namespace: "shop" };
const fileWith = (extra: Bag, tenant: Bag = {}): Record<string, unknown> =>
  environmentFile({ name: "seoul", platform: { tenants: { shop: tenant }, extra } });
const open = { podSecurity: "baseline" };

describe("charts and objects of the user's own", () => {
  const folder = temporaryFolders();
  let g: Graph;
  before(async () => {
    const values = { sidecar: { image: { repository: "quay.io/own/side", tag: "2.0.0" } } };
    const extra = { releases: { cache: { ...redis, values } }, manifests: [web, role, claim] };
    const { plan } = plannedFile(fileWith(extra, open));
    for (const image of ["docker.io/library/nginx:1.29.3", "quay.io/own/side:2.0.0"]) assert.ok(plan.images.includes(image), image);
    assert.ok(plan.bom.some(({ kind, name, version }) => kind === "chart" && name === "redis" && version === "1.2.3"));
    g = await platformGraph(plan);
  });

  it("come after all of the platform, what is of the whole cluster first and charts last", () => {
    const waits = (name: string, other: string) => g.get(name).options.dependsOn?.some((each) => each.includes(other)) === true;
    const [deployment, all, release] = [
      "seoul-extra-apps/Deployment/shop/web",
      "seoul-extra-rbac.authorization.k8s.io/ClusterRole/shop-reader",
      "seoul-extra-release-cache",
    ];
    assert.ok(waits(all, "seoul-tenant-shop"), JSON.stringify(g.get(all).options));
    assert.ok(waits(deployment, "shop-reader"));
    assert.ok(waits(release, "Deployment/shop/web"));
    assert.equal(g.get(deployment).type, "kubernetes:apps/v1:Deployment");
    assert.equal((g.get(release).inputs as Bag).version, "1.2.3");
  });

  it("go with their namespace or the cluster, releases by themselves; claims are protected", () => {
    const of = (name: string) => g.get(`seoul-extra-${name}`).options;
    assert.equal(of("apps/Deployment/shop/web").deletedWith, "seoul-tenant-shop-namespace");
    assert.equal(of("rbac.authorization.k8s.io/ClusterRole/shop-reader").deletedWith, "cluster");
    assert.equal(of("release-cache").deletedWith, undefined);
    assert.deepEqual([of("PersistentVolumeClaim/shop/data").protect, of("release-cache").protect ?? false], [true, false]);
  });

  it("leave the file with an approval only where they may hold data", () => {
    const first = plannedFile(fileWith({ releases: { cache: redis }, manifests: [role, claim] }));
    const { plan } = plannedFile(fileWith({}), first.lock);
    const dangers = findDangers(appliedState(first.plan), plan);
    assert.deepEqual(
      dangers.map(({ action, path, value }) => [action, path, value]),
      [
        ["drop-extra", "platform.extra.releases.cache", "cache"],
        ["drop-extra", "platform.extra.manifests", "shop/data"],
      ],
    );
    assert.deepEqual(findDangers(appliedState(first.plan), first.plan), []);
  });

  it("are refused with all that is wrong at once", () => {
    const in_ = (namespace: string) => ({ metadata: { name: "x", namespace } });
    const { problems } = planFile(
      fileWith({
        releases: { cache: { ...redis, namespace: "keycloak" } },
        manifests: [
          { apiVersion: "v1", kind: "ConfigMap", ...in_("kube-system") },
          { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x" } },
          { apiVersion: "v1", kind: "Namespace", metadata: { name: "mine" } },
          { apiVersion: "v1", kind: "Secret", ...in_("shop"), stringData: { password: "hunter2" } },
          { apiVersion: "networking.k8s.io/v1", kind: "IngressClass", metadata: { name: "nginx" } },
          web,
          role,
          { ...role, apiVersion: "rbac.authorization.k8s.io/v1beta1" },
        ],
      }),
    );
    assert.deepEqual(
      problems.map(({ path, reason }) => `${path.replace("platform.extra.", "")}: ${reason.slice(0, 44)}`),
      [
        "manifests.0: kube-system is no tenant's namespace",
        "manifests.1: ConfigMap x says no namespace, and would lan",
        "manifests.2: Namespace mine would have neither walls nor ",
        "manifests.3: Secret shop/x holds its stringData in clear",
        "manifests.4: IngressClass nginx bears a name of the platf",
        "manifests.5: the pods of Deployment shop/web would be ref",
        "manifests.7: ClusterRole shop-reader is there already",
        "releases.cache.namespace: keycloak is no tenant's namespace",
      ],
    );
    assert.doesNotMatch(JSON.stringify(problems), /hunter2/);
  });

  it("take no host of the platform's own; one of theirs they may share", () => {
    const ingress = (name: string, ...hosts: string[]) => ({
      ...{ apiVersion: "networking.k8s.io/v1", kind: "Ingress", metadata: { name, namespace: "shop" } },
      spec: { rules: hosts.map((host) => ({ host })) },
    });
    const route = { apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute", metadata: { name: "api", namespace: "shop" } };
    const manifests = [
      ingress("web", "shop.x.org", "keycloak.x.org"),
      ingress("too", "shop.x.org"),
      { ...route, spec: { hostnames: ["api.x.org"] } },
    ];
    const cluster = { apiEndpoint: { kind: "loadBalancer", domain: "api.x.org" } };
    const { problems } = planFile(environmentFile({ cluster, platform: { domain: "x.org", tenants: { shop: {} }, extra: { manifests } } }));
    assert.deepEqual(
      problems.filter(({ severity }) => severity === "error").map(({ path, reason }) => `${path} ${reason}`),
      [
        "platform.extra.manifests.0 Ingress shop/web would be met at keycloak.x.org, which is the host of Keycloak",
        "platform.extra.manifests.2 HTTPRoute shop/api would be met at api.x.org, which is the host of the Kubernetes API",
      ],
    );
  });

  it("have one version, and a repository without a log-in", () => {
    const wrong = { ...redis, version: "^1.2", repository: "https://me:secret@charts.example.org" };
    const { problems } = planFile(fileWith({ releases: { cache: wrong } }));
    assert.deepEqual(
      problems.filter(({ severity }) => severity === "error").map(({ path }) => path.split(".").at(-1)),
      ["repository", "version"],
    );
    assert.doesNotMatch(JSON.stringify(problems), /me:secret/);
  });

  it("stand in files of the environment's folder, and nowhere else", () => {
    const root = folder();
    const own = join(root, "environments");
    mkdirSync(own);
    writeFileSync(join(root, "outside.yaml"), JSON.stringify(claim));
    writeFileSync(join(own, "shop.yaml.txt"), `${JSON.stringify({ kind: "List", items: [claim] })}\n---\n${JSON.stringify(role)}\n`);
    const load = (manifests: unknown[]) => {
      writeFileSync(join(own, "seoul.yaml"), JSON.stringify(fileWith({ manifests })));
      return loadEnvironment("seoul", root);
    };
    const { planned, problems } = load(["./shop.yaml.txt"]);
    assert.deepEqual(
      planned?.plan.extra?.objects.map(({ kind }) => kind),
      ["PersistentVolumeClaim", "ClusterRole"],
      JSON.stringify(problems),
    );
    const refused = load(["../outside.yaml", ".", "./none.yaml"]).problems.filter(({ severity }) => severity === "error");
    assert.deepEqual(
      refused.map(({ reason }) => reason.slice(0, 20)),
      ["is outside the envir", "environments is a fo", "none.yaml cannot be "],
    );
  });

  describe("come of kustomizations", () => {
    /** Writes files below a new environment's folder, and loads it with one of them named. */
    const load = (files: Readonly<Record<string, unknown>>, path = "./shop") => {
      const root = folder();
      const own = join(root, "environments");
      for (const [name, content] of Object.entries({ ...files, "seoul.yaml": fileWith({ manifests: [path] }) })) {
        mkdirSync(dirname(join(own, name)), { recursive: true });
        writeFileSync(join(own, name), JSON.stringify(content));
      }
      const { planned, problems } = loadEnvironment("seoul", root);
      const errors = problems.filter(({ severity }) => severity === "error").map(({ path, reason }) => `${path}: ${reason}`);
      return { objects: planned?.plan.extra?.objects, errors };
    };
    const base = { "base/kustomization.yaml": { resources: ["claim.yaml"] }, "base/claim.yaml": claim };
    const patch = {
      target: { kind: "PersistentVolumeClaim" },
      patch: JSON.stringify([{ op: "replace", path: "/metadata/name", value: "own" }]),
    };
    const overlay = { resources: ["../base"], patches: [patch] };

    it("as kubectl writes them out, from one folder to another within the environment's", function () {
      if (spawnSync("kubectl", ["version", "--client"]).error) return this.skip();
      const { objects, errors } = load({ ...base, "shop/kustomization.yaml": overlay });
      assert.deepEqual(errors, []);
      assert.deepEqual(
        objects?.map(({ kind, metadata }) => `${kind} ${at(metadata, "name")}`),
        ["PersistentVolumeClaim own"],
      );
      // What it generates is held to the same rules as what is written.
      const generating = { ...overlay, secretGenerator: [{ name: "login", namespace: "shop", literals: ["password=hunter2"] }] };
      const refused = load({ ...base, "shop/kustomization.yaml": generating }).errors.join("\n");
      assert.match(refused, /Secret shop\/login\S* holds its data in clear/);
      assert.doesNotMatch(refused, /hunter2/);
      assert.match(
        load({ "shop/kustomization.yaml": { resources: [], patchs: [] } }).errors.join(),
        /kubectl kustomize \.\/shop` failed: .*patchs/,
      );
    });

    it("and of nothing that is elsewhere", () => {
      const elsewhere: [string, object, string][] = [
        ["the network", { resources: ["https://example.org/all.yaml"] }, "https://example.org/all.yaml"],
        ["a repository", { resources: ["github.com/example/app?ref=v1"] }, "github.com/example/app?ref=v1"],
        ["above the environment's folder", { components: ["../.."] }, "../.."],
        ["a base's base", { resources: ["../base", "../far"] }, "git@example.org:far.git"],
        ["a patch", { patches: [{ path: "https://example.org/patch.yaml" }] }, "https://example.org/patch.yaml"],
        ["a generator", { configMapGenerator: [{ name: "a", files: ["x=https://example.org/x"] }] }, "https://example.org/x"],
      ];
      for (const [what, kustomization, named] of elsewhere) {
        const far = { "far/kustomization.yaml": { bases: ["git@example.org:far.git"] } };
        const { errors } = load({ ...base, ...far, "shop/kustomization.yaml": kustomization });
        assert.deepEqual(errors, [`platform.extra.manifests.0: takes ${named}, which is not in the environment's folder`], what);
      }
    });

    it("or not at all, where nothing writes them out", () => {
      const path = process.env.PATH;
      process.env.PATH = folder();
      try {
        const { errors } = load({ ...base, "shop/kustomization.yaml": overlay });
        assert.deepEqual(errors, [
          "platform.extra.manifests.0: is a kustomization, which kubectl or kustomize writes out: neither is on PATH",
        ]);
      } finally {
        process.env.PATH = path;
      }
    });
  });
});
