import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AirGapEntry } from "../../model/airgap/entries";
import { InvalidInputError, type Problem } from "../../model/problems";
import { bundle } from "../../operate/airgap/bundle";
import { push } from "../../operate/airgap/push";
import { verify } from "../../operate/airgap/verify";
import { doors, doorsTo, operator, type Prepared, planned, prepare, request, unpinned } from "../support/airgap";
import { chartArchive, digestOf, FakeInternet, FakeRegistry, fileAt, publishedAt } from "../support/fake-internet";
import { temporaryFolders } from "../support/temporary";

const folder = temporaryFolders();
const internet = new FakeInternet();

const prepared = (): Promise<Prepared> => prepare(internet, folder());

/** Images whose digests the catalogue knows, which nothing made up has. */
const isPinned = ({ digests, kind }: AirGapEntry): boolean => kind === "image" && digests !== undefined;

async function problemsOf(work: Promise<unknown>): Promise<readonly Problem[]> {
  return await work.then(
    () => [],
    (error: unknown) => (error instanceof InvalidInputError ? error.problems : assert.fail(String(error))),
  );
}

describe("a bundle", () => {
  beforeEach(() => {
    internet.asked.length = 0;
    internet.interfere = () => undefined;
    internet.begin();
  });
  afterEach(() => internet.end());

  it("holds all that an environment pulls, each thing by its digest, and names what is something else than it must be", async () => {
    const { entries, choice } = await prepared();
    const made = await bundle(request(), choice, operator(), doors);
    const pinned = entries.filter(isPinned);
    assert.ok(pinned.length > 0);
    assert.deepEqual(made.failed.map(({ entry }) => entry.source).sort(), pinned.map(({ source }) => source).sort());
    for (const { reason } of made.failed) assert.match(reason, /has the digest sha256:\w+, and must have sha256:/);
    assert.equal(made.fetched, entries.length - 1 - pinned.length, "all others but the module");
    assert.deepEqual(
      made.carried.map(({ name }) => name),
      ["zod"],
    );
    const { artefacts } = JSON.parse(readFileSync(join(choice.to, "bundle.json"), "utf8")) as { artefacts: Record<string, unknown>[] };
    const kubelet = artefacts.find(({ name }) => name === "kubelet");
    assert.equal(kubelet?.digest, digestOf(fileAt("https://dl.k8s.io/release/v1.33.5/bin/linux/amd64/kubelet")));
    assert.equal(kubelet?.path, "dl.k8s.io/release/v1.33.5/bin/linux/amd64/kubelet");
    const node = artefacts.find(({ name }) => name === "quay.io/calico/node");
    const { index, amd64 } = publishedAt("calico/node");
    assert.deepEqual([node?.digest, node?.home], [digestOf(amd64), digestOf(index)], "for the nodes' platform alone");
    assert.ok(!internet.asked.some((url) => url.includes(digestOf("the layer of calico/node for arm64"))));
    const layout = JSON.parse(readFileSync(join(choice.to, "index.json"), "utf8")) as { manifests: { annotations: object }[] };
    assert.ok(layout.manifests.some(({ annotations }) => Object.values(annotations).includes("charts/cert-manager:v1.19.6")));
  });

  it("is gone on with where it was broken off, and asks for nothing twice", async () => {
    const { entries, choice } = await prepared();
    const stop = new AbortController();
    internet.interfere = () => {
      if (internet.asked.length > 40) stop.abort(new Error("stopped"));
      return undefined;
    };
    await assert.rejects(bundle(request(), choice, operator(stop.signal), doors), /stopped/);
    const before = new Set(internet.asked.filter((url) => url.includes("/blobs/") || !url.includes("/v2/")));
    const { artefacts } = JSON.parse(readFileSync(join(choice.to, "bundle.json"), "utf8")) as { artefacts: { source: string }[] };
    assert.ok(artefacts.length > 3 && artefacts.length < entries.length / 2, String(artefacts.length));
    internet.interfere = () => undefined;
    internet.asked.length = 0;
    const made = await bundle(request(), choice, operator(), doors);
    assert.equal(made.there, artefacts.length);
    for (const { source } of artefacts.filter(({ source }) => source.startsWith("https:")))
      assert.ok(!internet.asked.includes(source), source);
    assert.ok(internet.asked.filter((url) => before.has(url)).length <= 12, "what was under way, and lists of charts");
    internet.asked.length = 0;
    const again = await bundle(request(), choice, operator(), doors);
    assert.deepEqual([again.fetched, again.digest], [0, made.digest]);
    assert.ok(
      internet.asked.every((url) => entries.filter(isPinned).some(({ name }) => url.includes(`/${name.split("/").slice(1).join("/")}/`))),
      "only what failed before",
    );
    assert.deepEqual(readdirSync(choice.to).sort(), ["blobs", "bundle.json", "index.json", "oci-layout"]);
  });

  it("keeps nothing of what is wrong, cut off or refused, and says so of each at once", async () => {
    const { choice } = await prepared();
    const refused = ["kubectl", "pulumi-resource-random", "calico/cni", "cert-manager-v1.19.6.tgz", "jmespath-1.0"];
    const statuses = [200, 403, 401, 200, 200];
    internet.interfere = (url) => {
      const at = refused.findIndex((part) => url.includes(part));
      if (at < 0) return undefined;
      return new Response("another", { status: statuses[at] ?? 200 });
    };
    const made = await bundle(request(), choice, operator(), doors);
    const failed = made.failed.filter(({ entry }) => !isPinned(entry)).map(({ entry, reason }) => `${entry.name}: ${reason}`);
    assert.equal(failed.length, refused.length, failed.join("\n"));
    for (const each of [
      "kubectl: .*must have",
      "random: .*403",
      "calico/cni: .*docker login quay.io",
      "cert-manager: .*must have",
      "jmespath: .*must have",
    ])
      assert.ok(
        failed.some((text) => new RegExp(each).test(text)),
        `${each} in ${failed.join("\n")}`,
      );
    const kept = readdirSync(join(choice.to, "blobs", "sha256"));
    assert.ok(!kept.includes(digestOf("another").slice("sha256:".length)));
  });

  it("takes the kubespray that the file names where that is here, for it may be where the mirrors are", async () => {
    const { choice } = await prepared();
    const asked: (string | undefined)[] = [];
    for (const kubesprayFrom of ["/nowhere/kubespray.tar.gz", "."]) {
      const named = doorsTo({ ...planned, plan: { ...planned.plan, images: [], kubesprayFrom } });
      const kubespray: typeof choice.kubespray = async (tag, from, making) => {
        asked.push(from);
        return await choice.kubespray!(tag, from, making);
      };
      await bundle(request(), { ...choice, to: join(folder(), "bundle"), kubespray }, operator(), named);
    }
    assert.deepEqual(asked, [undefined, "/"]);
  });

  it("tells what is wrong with every environment, and what two of them would put into one place, before anything is asked for", async () => {
    const { choice } = await prepared();
    const wrong = (environment: string) => {
      throw new InvalidInputError([{ environment, path: "", reason: "is no environment", remedy: "name one", severity: "error" }]);
    };
    const none = { ...doors, environments: async () => ({ ...(await doors.environments()), loadEnvironment: wrong }) };
    const problems = await problemsOf(bundle(request(["one", "two"]), choice, operator(), none));
    assert.deepEqual(
      problems.map(({ environment }) => environment),
      ["one", "two"],
    );
    const images = ["quay.io/team/app:1", "ghcr.io/team/app:1"];
    const clashes = await problemsOf(bundle(request(), choice, operator(), doorsTo({ ...planned, plan: { ...planned.plan, images } })));
    assert.match(
      clashes[0]?.reason ?? "",
      /^ghcr\.io\/team\/app:1 and quay\.io\/team\/app:1 would have one place in the registry: team\/app:1$/,
    );
    assert.deepEqual(internet.asked, []);
  });

  it("asks again where a server is only busy, and ends at once where the disk is full", async () => {
    const { choice } = await prepared();
    const busy = new Set<string>();
    internet.interfere = (url) => {
      if (!url.endsWith("/kubelet") || busy.has(url)) return undefined;
      busy.add(url);
      return new Response("", { status: 503 });
    };
    const made = await bundle(request(), choice, operator(), doors);
    assert.equal(busy.size, 1);
    assert.ok(made.failed.every(({ entry }) => isPinned(entry)));
    const { choice: other } = await prepared();
    internet.asked.length = 0;
    internet.interfere = (url) => {
      if (!url.endsWith("/kubelet")) return undefined;
      // What a write to a full disk throws, thrown by what is written.
      const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC", syscall: "write" });
      return new Response(new ReadableStream({ pull: (body) => body.error(full) }));
    };
    await assert.rejects(bundle(request(), { ...other, parallel: 1 }, operator(), doors), /ENOSPC/);
    assert.ok(existsSync(join(other.to, "bundle.json")), "what was fetched before is taken down");
    assert.ok(!internet.asked.some((url) => url.includes("get.pulumi.com")), "nothing after it is begun");
  });

  it("is verified byte by byte: what is damaged, missing or changed is named", async () => {
    const { entries, choice } = await prepared();
    const pinned = new Set(entries.filter(isPinned).map(({ source }) => source));
    await bundle(request(), choice, operator(), doors);
    const check = (references?: string[], expected?: string) =>
      verify({ folder: choice.to, expected }, request(references), operator(), doors);
    const good = await check([]);
    assert.deepEqual(
      [
        good.damaged.length,
        Object.values(good.missing)
          .flat()
          .filter((each) => !pinned.has(each.source)).length,
      ],
      [0, 0],
    );
    assert.ok((await check(["demo"])).missing.demo?.every(({ source }) => pinned.has(source)));
    const blob = (digest: string) => join(choice.to, "blobs", "sha256", digest.slice("sha256:".length));
    const shared = digestOf("a layer that all images share");
    writeFileSync(blob(shared), "a layer that all images shape");
    rmSync(blob(digestOf(fileAt("https://dl.k8s.io/release/v1.33.5/bin/linux/amd64/kubelet"))));
    const bad = await check([]);
    const of = (name: string) => bad.damaged.find(({ artefact }) => artefact.name === name)?.reason;
    assert.match(of("kubelet") ?? "", /is not there/);
    assert.match(of("quay.io/calico/node") ?? "", /is something else/);
    assert.ok(bad.damaged.every(({ blob, reason }) => blob === shared || /not there/.test(reason)));
    assert.match((await problemsOf(check([], `sha256:${"0".repeat(64)}`)))[0]?.reason ?? "", /another one: its digest is sha256:/);
    // What is damaged is fetched anew, and then all is well.
    await bundle(request(), choice, operator(), doors);
    assert.equal((await check([])).damaged.length, 0);
    const file = join(choice.to, "bundle.json");
    writeFileSync(file, readFileSync(file, "utf8").replace("1.33.5", "1.33.6"));
    assert.match((await problemsOf(check([])))[0]?.reason ?? "", /was changed/);
    assert.match((await problemsOf(verify({ folder: folder() }, request(), operator(), doors)))[0]?.reason ?? "", /holds no bundle\.json/);
  });
});

describe("a push", () => {
  const registries: FakeRegistry[] = [];
  const started = async (login?: string): Promise<FakeRegistry> => {
    const registry = new FakeRegistry(login);
    registries.push(registry);
    await registry.start();
    return registry;
  };
  beforeEach(() => {
    internet.interfere = () => undefined;
    internet.begin();
  });
  afterEach(async () => {
    internet.end();
    for (const registry of registries.splice(0)) await registry.stop();
  });

  /** A bundle of an environment without what the fake internet cannot have. */
  async function bundled(): Promise<string> {
    const { choice } = await prepared();
    await bundle(request(), choice, operator(), doors);
    return choice.to;
  }
  const open = doorsTo(unpinned);

  it("puts images and charts into the registry and files into the folder, once, and says what the file is to name", async () => {
    const from = await bundled();
    const [registry, files] = [await started(), join(folder(), "files")];
    const choice = { from, registry: registry.host, files, parallel: 3, pauseMs: 0 };
    const made = await push(request(), choice, operator(), open);
    assert.deepEqual([made.failed, made.there], [[], 0]);
    assert.equal(digestOf(registry.manifests.get("calico/node:v3.30.3")?.content ?? ""), digestOf(publishedAt("calico/node").amd64));
    const chart = JSON.parse(registry.manifests.get("charts/cert-manager:v1.19.6")?.content.toString() ?? "{}");
    assert.equal(chart.config.mediaType, "application/vnd.cncf.helm.config.v1+json");
    assert.equal(chart.layers[0].digest, digestOf(chartArchive("cert-manager", "v1.19.6")));
    assert.deepEqual(JSON.parse(registry.blobs.get(chart.config.digest)?.toString() ?? ""), {
      apiVersion: "v2",
      name: "cert-manager",
      version: "v1.19.6",
    });
    const kubelet = "dl.k8s.io/release/v1.33.5/bin/linux/amd64/kubelet";
    assert.equal(readFileSync(join(files, kubelet), "utf8"), fileAt(`https://${kubelet}`));
    assert.ok(existsSync(join(files, "kubespray/v2.29.0.tar.gz")));
    assert.match(
      readFileSync(join(files, "pypi/simple/jmespath/index.html"), "utf8"),
      /href="\.\.\/\.\.\/jmespath\/jmespath-1\.0-py3-none-any\.whl#sha256=/,
    );
    assert.match(readFileSync(join(files, "kpaas.env"), "utf8"), /^export PIP_INDEX_URL='https:\/\/files\.intra\/pypi\/simple'$/m);
    assert.deepEqual(made.fields, { demo: { "cluster.kubespray.source": join(files, "kubespray/v2.29.0.tar.gz") } });
    registry.asked.length = 0;
    const again = await push(request(), choice, operator(), open);
    assert.deepEqual([again.pushed, again.there], [0, made.pushed]);
    assert.ok(
      registry.asked.every((line) => line.startsWith("HEAD ")),
      "nothing is put twice",
    );
    writeFileSync(join(files, kubelet), "torn");
    assert.equal((await push(request(), choice, operator(), open)).pushed, 1, "what is no more as it was is put anew");
  });

  it("logs in as docker does, and shows nothing of it where that is refused", async () => {
    const from = await bundled();
    const registry = await started("me:canary-password");
    const pushed = async (login: { user: string; password: string } | undefined) =>
      await push(request(), { from, registry: registry.host, parallel: 3, pauseMs: 0, login: async () => login }, operator(), open);
    const wrong = await pushed({ user: "me", password: "canary-wrong" });
    assert.ok(wrong.failed.length > 10 && wrong.pushed === 0);
    assert.match(wrong.failed[0]?.reason ?? "", /refuses the log-in .*docker login 127\.0\.0\.1/);
    assert.ok(!JSON.stringify(wrong).includes("canary"));
    assert.match((await pushed(undefined)).failed[0]?.reason ?? "", /wants a log-in, and docker's configuration has none/);
    assert.deepEqual((await pushed({ user: "me", password: "canary-password" })).failed, []);
  });

  it("goes on where the registry had refused, and finds the layer that is not what it was", async () => {
    const from = await bundled();
    const registry = await started();
    const choice = { from, registry: registry.host, parallel: 3, pauseMs: 0 };
    registry.refuse = (method, path) => (method === "PUT" && path.includes("/calico/") ? 507 : undefined);
    const refused = await push(request(), choice, operator(), open);
    assert.ok(
      refused.failed.length > 0 &&
        refused.failed.every(({ artefact, reason }) => artefact.path.includes("calico/") && /answers 507/.test(reason)),
    );
    registry.refuse = () => undefined;
    const on = await push(request(), choice, operator(), open);
    assert.deepEqual([on.failed, on.pushed, on.there], [[], refused.failed.length, refused.pushed]);
    const layer = digestOf("the layer of calico/node for amd64");
    writeFileSync(join(from, "blobs", "sha256", layer.slice("sha256:".length)), "the layer of calico/node for amd65");
    const other = await started();
    const torn = await push(request(), { ...choice, registry: other.host }, operator(), open);
    assert.deepEqual(
      torn.failed.map(({ artefact }) => artefact.name),
      ["quay.io/calico/node"],
    );
    assert.match(torn.failed[0]?.reason ?? "", /a layer of calico\/node:v3\.30\.3 has the digest/);
    assert.ok(!other.manifests.has("calico/node:v3.30.3"));
  });

  it("is refused where the bundle lacks something or no registry is named, all at once", async () => {
    const from = join(folder(), "empty");
    mkdirSync(from);
    writeFileSync(join(from, "bundle.json"), JSON.stringify({ version: 1, artefacts: [], environments: {}, digest: "?" }));
    assert.match((await problemsOf(push(request(), { from, parallel: 1 }, operator(), doors)))[0]?.reason ?? "", /was changed/);
    const whole = await bundled();
    const bare = { ...planned, plan: { ...planned.plan, airGap: undefined } } as unknown as typeof planned;
    const without = doorsTo(bare);
    const problems = await problemsOf(push(request(), { from: whole, parallel: 1 }, operator(), without));
    assert.ok(problems.some(({ path }) => path === "--registry"));
    assert.ok(problems.some(({ reason }) => /has no image registry\.k8s\.io\/ingress-nginx\/controller/.test(reason)));
  });
});
