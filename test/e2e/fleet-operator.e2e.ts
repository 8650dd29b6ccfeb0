import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parse, parseAllDocuments, stringify } from "yaml";
import { loadEnvironment, writeLock } from "../../files/load";
import { exportFleet } from "../../fleet/export";
import { at, list } from "../../model/data";
import { decodeJournal } from "../../model/fleet/records";
import { HttpClient } from "../../sandbox/kubernetes/real/client";
import { namePath } from "../../sandbox/servers/record";
import { PlayedOperator } from "../support/played-operator";
import { RealCluster } from "../support/real-cluster";
import { serversForTests } from "../support/servers";

const CHILD = join(__dirname, "..", "support", "fleet-runner-child.js");
const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const NAMES = ["a", "b", "c"];
const HOW = "KPAAS_OPERATOR_CRDS names the folder deploy/crds of github.com/pulumi/pulumi-kubernetes-operator at v2.9.0";

/** The operator's real definitions at a real API server; its own part is played by a test double. */
describe("A fleet by the Pulumi Kubernetes Operator, whose part a test double plays", function () {
  this.timeout(600_000);
  const root = mkdtempSync(join(tmpdir(), "kpaas-e2e-"));
  let cluster: RealCluster | undefined;
  let operator: PlayedOperator | undefined;
  let http: HttpClient;

  const fleet = (more: object) => {
    const image = `registry.example.org/kpaas@sha256:${"0".repeat(64)}`;
    const own = {
      repository: "https://git.example.org/p",
      image,
      kubeconfig: { file: "../kubeconfig" },
      gitSecret: "git",
      directory: "korea",
    };
    const waves = [
      { name: "canary", select: ["a"], ...more },
      { name: "rest", select: ["*"] },
    ];
    const content = { name: "three", environments: ["*"], waves, after: { c: ["b"] }, via: { operator: own } };
    writeFileSync(join(root, "environments", "fleet.yaml"), stringify(content));
  };
  const send = (object: unknown, namespace = String(at(object, "metadata.namespace") ?? "")) => {
    const [apiVersion, kind, name] = ["apiVersion", "kind", "metadata.name"].map((path) => String(at(object, path)));
    const plural = `${kind?.toLowerCase()}s`;
    const place = `${apiVersion?.includes("/") ? "/apis" : "/api"}/${apiVersion}${namespace === "" ? "" : `/namespaces/${namespace}`}`;
    const path = `${place}/${plural}/${name}?fieldManager=test&fieldValidation=Strict`;
    return http.request("PATCH", path, object as Record<string, unknown>, "application/apply-patch+yaml");
  };

  before(async function () {
    const crds = process.env.KPAAS_OPERATOR_CRDS ?? "";
    if (crds === "") {
      console.warn(`SKIPPED ${this.test?.parent?.fullTitle()}\n${HOW}`);
      this.skip();
    }
    const programs = await serversForTests.call(this);
    const world = join(root, "world");
    cluster = await RealCluster.start(join(root, "servers"), world, programs);
    const { server, ca, token } = JSON.parse(readFileSync(namePath(world), "utf8"));
    http = new HttpClient({ server, ca, token });
    for (const name of readdirSync(crds)) {
      const definition = parse(readFileSync(join(crds, name), "utf8"));
      await http.request("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition);
    }
    const served = () =>
      http.request("GET", "/apis/pulumi.com/v1/stacks").then(
        () => true,
        () => false,
      );
    while (!(await served())) await pause(200);
    const data = Buffer.from(ca).toString("base64");
    const kubeconfig = {
      ...{ apiVersion: "v1", kind: "Config", "current-context": "it" },
      contexts: [{ name: "it", context: { cluster: "it", user: "it" } }],
      clusters: [{ name: "it", cluster: { server, "certificate-authority-data": data } }],
      users: [{ name: "it", user: { token } }],
    };
    writeFileSync(join(root, "kubeconfig"), stringify(kubeconfig), { mode: 0o600 });
    mkdirSync(join(root, "environments"));
    const project = { name: "kpaas", runtime: "nodejs", stackConfigDir: "environments", backend: { url: "s3://states" } };
    writeFileSync(join(root, "Pulumi.yaml"), stringify(project));
    for (const name of NAMES) {
      const infrastructure = { provider: "openstack", region: "RegionOne" };
      writeFileSync(join(root, "environments", `${name}.yaml`), stringify({ name, infrastructure }));
      writeFileSync(join(root, "environments", `Pulumi.${name}.yaml`), "secretsprovider: awskms://alias/kpaas?region=x\n");
      writeLock(loadEnvironment(name, root));
    }
    operator = new PlayedOperator(http);
  });
  after(async () => {
    await operator?.stop();
    await cluster?.stop();
    rmSync(root, { recursive: true, force: true });
  });

  it("is taken by its definitions, strictly, and begun in the order of its waves", async () => {
    assert.ok(operator);
    fleet({});
    const folder = join(root, "deploy");
    exportFleet({ file: undefined, root, via: "operator", folder, commit: COMMIT, check: false });
    for (const name of NAMES) operator.held.add(name);
    for (const file of readdirSync(folder).sort())
      for (const document of parseAllDocuments(readFileSync(join(folder, file), "utf8"))) await send(document.toJS());
    const begun = async (count: number) => {
      const end = Date.now() + 30_000;
      while (operator!.updates.size < count && Date.now() < end) await pause(50);
      await pause(500);
      return [...operator!.updates.keys()];
    };
    for (const [index, name] of NAMES.entries()) {
      assert.deepEqual(await begun(index + 1), NAMES.slice(0, index + 1));
      operator.held.delete(name);
    }
    for (const stack of await operator.stacks())
      await http.request("DELETE", `/apis/pulumi.com/v1/namespaces/kpaas/stacks/${String(at(stack, "metadata.name"))}`);
    operator.updates.clear();
  });

  it("has one wave at a time, through a kill of its runner, and nothing is begun twice", async () => {
    assert.ok(operator);
    fleet({ bake: "1s" });
    writeFileSync(join(root, ".gitignore"), "kubeconfig\nworld/\nservers/\ndeploy/\n");
    const git = (...args: string[]) => execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.org", ...args], { cwd: root });
    git("init", "-q");
    git("add", "-A");
    git("commit", "-qm", "Begin");
    const journal = join(root, ".kpaas", "fleet", "three", "journal");
    const records = () => (existsSync(journal) ? decodeJournal(readFileSync(journal, "utf8")).records : []);
    const start = (verb: string) => spawn(process.execPath, [CHILD, root, verb], { stdio: ["ignore", "pipe", "pipe"] });

    operator.held.add("a").add("b");
    const first = start("up");
    let said = "";
    for (const stream of [first.stdout, first.stderr]) stream.on("data", (chunk) => (said += String(chunk)));
    const until = async (name: string) => {
      while (operator!.updates.get(name) === undefined) {
        assert.equal(first.exitCode, null, said);
        await pause(50);
      }
    };
    await until("a");
    await pause(1_000);
    assert.deepEqual(
      (await operator.stacks()).map((stack) => at(stack, "metadata.name")),
      ["a"],
    );
    operator.held.delete("a");
    await until("b");
    const killed = new Promise((resolve) => first.once("close", resolve));
    first.kill("SIGKILL");
    await killed;
    assert.ok(records().some((each) => each.event === "baked" && each.part === "canary"));

    const second = start("resume");
    let output = "";
    for (const stream of [second.stdout, second.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
    setTimeout(() => operator?.held.clear(), 2_000);
    assert.equal(await new Promise((resolve) => second.once("close", resolve)), 0, output);
    assert.deepEqual(Object.fromEntries(operator.updates), { a: 1, b: 1, c: 1 });
    const stacks = await operator.stacks();
    assert.deepEqual(
      stacks.map((stack) => list(at(stack, "spec.prerequisites"))),
      [[], [], []],
      "the runner keeps the order",
    );
    const done = records().flatMap((each) =>
      each.event === "ended" && each.step === "up" && each.outcome === "done" ? [each.cluster] : [],
    );
    assert.deepEqual(done, NAMES);
  });
});
