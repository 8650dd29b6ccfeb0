import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { parse } from "yaml";
import { list } from "../../../model/data";
import { type KPaasService, startKPaasService } from "../../support/kpaas-service";
import { PlayedRunner } from "../../support/played-work";
import { startRealm } from "../../support/realm";
import { playRegistered, type RegisteredCluster } from "../../support/registered-cluster";
import { serviceFolders } from "../../support/service-folders";
import { AFTER, CONVERSATION, type Exchange, LOG, PRIVATE_KEY, TEXT } from "./conversation";

describe("K-PaaS's portal", () => {
  const folder = serviceFolders();
  let data: string;
  let runner: PlayedRunner;
  let service: KPaasService;
  let cluster = "";
  let said = "";

  let there: RegisteredCluster;
  const named = <T>(value: T): T =>
    JSON.parse(
      JSON.stringify(value)
        .replaceAll("CLUSTER", cluster || "CLUSTER")
        .replaceAll("REGISTERED", there.url)
        .replaceAll("FINGERPRINT", there.fingerprint),
    );
  const exchange = async ({ send, status = 200, reads, items }: Exchange) => {
    const answer = await service.send(...(named(send) as Exchange["send"]));
    said += answer.text;
    const what = send.slice(0, 2).join(" ");
    assert.equal(answer.status, status, `${what}: ${answer.text}`);
    if (what === "POST /clusters") cluster = String(answer.body.clusterId);
    for (const [name, value] of Object.entries(named(reads)))
      assert.deepEqual(answer.body[name], value, `${what}: ${name} in ${answer.text}`);
    if (Object.keys(reads).length === 0) assert.equal(answer.text, "", what);
    if (items === undefined) return;
    const found = list(answer.body.items) as Record<string, unknown>[];
    assert.equal(found.length, items.length, what);
    named(items).forEach((item, index) => {
      for (const [name, value] of Object.entries(item)) assert.deepEqual(found[index]?.[name], value, `${what}: ${name}`);
    });
  };
  const lines = async () =>
    list((await service.send("GET", `/clusters/logs/${cluster}`)).body.items).map((item) => (item as { logMessage: string }).logMessage);

  before(async () => {
    there = await playRegistered("canary-token");
  });
  after(() => there.close());
  beforeEach(async () => {
    data = folder();
    cluster = said = "";
    runner = new PlayedRunner(({ step }) => (step === "up" ? undefined : { outcome: "done" }));
    service = await startKPaasService(data, runner, { webhookNetwork: ["127.0.0.0/8"] });
  });
  afterEach(() => service.stop());

  it("talks with the service as with its own programs, and no secret comes back", async () => {
    for (const each of CONVERSATION) await exchange(each);
    while (!runner.launched.includes("up.2")) await new Promise(setImmediate);
    assert.deepEqual(await lines(), LOG.slice(4));
    assert.deepEqual(runner.launched, ["preview.1", "up.2"], "one run, however often it was begun");
    runner.end("up", { outcome: "done" });
    await service.work.idle();
    assert.deepEqual(await lines(), LOG);
    for (const each of AFTER) await exchange(each);
    assert.ok(!/canary/.test(said + service.logged()));
    const log = execFileSync("git", ["-C", join(data, "environments.git"), "log", "--format=%an <%ae> %s", "main", "--", "environments"], {
      encoding: "utf8",
    });
    assert.equal(log, "K-PaaS <compatible#admin> Add seoul\n");
    const file = readFileSync(join(data, "project", "environments", "seoul.yaml"), "utf8");
    assert.match(file, /^# Two workers are enough\.\nname: seoul\n/);
    assert.deepEqual(parse(file).infrastructure.access.ssh.privateKey, { env: "KPAAS_SSH_PRIVATE_KEY" });
    assert.match(readFileSync(join(data, "project", "environments", "seoul.lock.yaml"), "utf8"), /^environment: seoul$/m);
  });

  it("is told at which field why a cluster that is registered cannot be asked, and nothing of it is kept", async () => {
    const refused = async (clusterApiUrl: string, clusterToken = "canary-token") => {
      const sent = { resourceName: "kt", providerType: "KT", isClusterRegister: true, clusterApiUrl, clusterToken };
      const { body } = await service.send("POST", "/clusters", sent);
      assert.equal(body.resultCode, "FAIL");
      return String(body.resultMessage);
    };
    const { url, fingerprint } = there;
    const known = there.asked.length;
    assert.match(await refused(url), new RegExp(`clusterApiUrl: nobody here knows who signed its certificate .*SHA-256 is ${fingerprint}`));
    assert.match(await refused(`${url}#sha256=${"0".repeat(64)}`), /clusterApiUrl: its certificate is another one than was named/);
    assert.match(await refused(`${url}#sha256=short`), /clusterApiUrl: what follows # is no fingerprint/);
    assert.match(await refused("https://127.0.0.1:1"), /clusterApiUrl: the cluster does not answer \(ECONNREFUSED\)/);
    assert.match(await refused("https://169.254.169.254"), /clusterApiUrl: .*a cloud's metadata/);
    assert.equal(there.asked.length, known, "nothing was sent to whom nobody knows");
    assert.match(await refused(`${url}#sha256=${fingerprint}`, "another"), /clusterToken: the cluster does not take this token/);
    assert.deepEqual((await service.send("GET", "/clusters")).body.items, []);
    assert.ok(!/canary/.test(service.logged()));
  });

  it("sees a cluster that could not be made as failed, and may begin it again", async () => {
    for (const each of CONVERSATION) await exchange(each);
    while (!runner.launched.includes("up.2")) await new Promise(setImmediate);
    runner.end("up", { outcome: "failed", reason: "quota" });
    await service.work.idle();
    assert.deepEqual(await lines(), ["ERROR - OpenTofu apply is failed.", ...LOG.slice(4)]);
    assert.equal((await service.send("GET", `/clusters/${cluster}`)).body.status, "D");
    await service.send("POST", "/clusters/create/container", { clusterId: cluster, provider: "OPENSTACK", seq: "1", sshKey: "key" });
    while (runner.launched.length < 4) await new Promise(setImmediate);
    assert.deepEqual([await lines(), (await service.send("GET", `/clusters/${cluster}`)).body.status], [LOG.slice(4), "C"]);
  });

  it("is answered at once, with nothing, where it begins a cluster that is not known", async () => {
    for (const clusterId of ["3f2b7c1e-0000-4000-8000-000000000000", "'; drop table clusters; --", "", null]) {
      const answer = await service.send("POST", "/clusters/create/container", { clusterId, provider: "AWS", seq: "x", sshKey: "$(id)" });
      assert.deepEqual([answer.status, answer.text], [200, ""]);
    }
    assert.deepEqual(runner.launched, []);
  });

  it("is told in its own shape why a text is refused: HCL, no YAML, another cloud, one that reaches for files, one that cannot be planned", async () => {
    const refused = async (hclScript: string) => {
      const { status, body } = await service.send("POST", "/templates", { resourceName: "t", providerType: "OPENSTACK", hclScript });
      assert.deepEqual([status, body.resultCode], [200, "FAIL"], hclScript);
      return String(body.resultMessage);
    };
    for (const hcl of ['provider "openstack" {\n  region = "x"\n}\n', 'resource "openstack_compute_instance_v2" "a" { name = "x" }'])
      assert.match(await refused(hcl), /this is HCL, which nothing here runs/);
    assert.match(await refused("a: [b"), /this is no YAML/);
    assert.match(await refused("[".repeat(50_000)), /this is no YAML/);
    assert.match(
      await refused("a: &a [x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]"),
      /nested too deeply/,
    );
    assert.match(await refused("just words"), /has no fields/);
    assert.match(await refused("infrastructure: { provider: aws }"), /infrastructure.provider: must be openstack/);
    assert.match(await refused(`extends: /etc/passwd\n${TEXT}`), /extends: it reaches for other files/);
    assert.match(
      await refused(`${TEXT}  credentials: { file: /etc/shadow }\n`),
      /credentials.file: the machine that the service runs on is not read/,
    );
    assert.match(await refused(`${TEXT}  credentials: { env: KPAAS_DATABASE_URL }\n`), /is not read/);
  });

  it("has no cluster, and no file of one, where its text cannot be planned", async () => {
    for (const each of CONVERSATION.slice(0, 9)) await exchange(each);
    const [, , sent] = CONVERSATION[9]!.send;
    const { body } = await service.send("POST", "/clusters", { ...(sent as object), hclScript: `${TEXT}clustr: {}\n` });
    assert.equal(body.resultCode, "FAIL");
    assert.match(String(body.resultMessage), /hclScript\.clustr/);
    assert.deepEqual((await service.send("GET", "/clusters")).body.items, []);
    assert.equal(execFileSync("git", ["-C", join(data, "project"), "status", "--porcelain"], { encoding: "utf8" }), "");
  });

  it("may write any characters into any field, and they are characters", async () => {
    const nasty = fc.oneof(
      fc.constantFrom(
        "'; drop table clusters; --",
        "$(touch /tmp/x)",
        "`id`",
        "a && b | c > d",
        '"\\\n',
        "../../etc/passwd",
        "%00%2e",
        "<script>",
        "한국어",
        "{{7*7}}",
        "--upload-pack=x",
      ),
      fc.string({ unit: "grapheme", maxLength: 60 }).filter((text) => !text.includes("\0") && text.trim() !== "" && !/^\.\.?$/.test(text)), // a client leads these out of a path
    );
    await fc.assert(
      fc.asyncProperty(nasty, nasty, nasty, async (resourceName, region, project) => {
        const account = {
          resourceName,
          providerType: "OPENSTACK",
          region,
          project,
          providerInfo: { auth_url: region, user_name: project, password: resourceName },
        };
        const made = await service.send("POST", "/accounts", account);
        assert.deepEqual(
          [made.body.resultCode, made.body.name, made.body.region, made.body.project],
          ["SUCCESS", resourceName, region, project],
          made.text,
        );
        const key = await service.send("POST", `/clusters/${encodeURIComponent(resourceName)}/keys`, {
          resourceName: `${resourceName}${made.body.id}`,
          privateKey: PRIVATE_KEY,
          providerType: "NHN",
        });
        assert.equal(key.body.resultCode, "SUCCESS", key.text);
        const cloudAccountId = String(made.body.id);
        const wanted = {
          resourceName,
          providerType: "OPENSTACK",
          description: region,
          cloudAccountId,
          sshKey: `${resourceName}${made.body.id}`,
          hclScript: TEXT,
          clusterType: "sub",
        };
        const one = await service.send("POST", "/clusters", wanted);
        assert.deepEqual([one.body.resultCode, one.body.name, one.body.description], ["SUCCESS", resourceName, region], one.text);
        const found = await service.send("GET", `/clusters?searchName=${encodeURIComponent(resourceName)}`);
        assert.ok(list(found.body.items).length > 0);
      }),
      { numRuns: 12 },
    );
    const files = execFileSync("git", ["-C", join(data, "project"), "ls-files", "environments"], { encoding: "utf8" })
      .trim()
      .split("\n");
    assert.deepEqual(
      files.filter((file) => !/^environments\/[a-z][a-z0-9-]{0,29}(\.lock)?\.yaml$/.test(file)),
      [],
    );
  });

  it("is told of no account of a cloud that it does not know, nor works with one", async () => {
    await service.stop();
    const realm = await startRealm();
    service = await startKPaasService(data, runner, { issuer: realm.issuer, audience: "kpaas" });
    try {
      const answer = await fetch(`${service.url}/api/v1/accounts`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          authorization: `Bearer ${await realm.token("kim", ["cp-cluster-admin-role"])}`,
        },
        body: JSON.stringify({ name: "vc", provider: "VSPHERE", credentials: { vsphereServer: "vc", user: "kim", password: "canary" } }),
      });
      const { id } = (await answer.json()) as { readonly id: number };
      assert.equal(answer.status, 201);
      assert.deepEqual((await service.send("GET", "/accounts")).body.items, []);
      assert.equal((await service.send("GET", `/accounts/${id}`)).body.resultCode, "FAIL");
      assert.equal((await service.send("DELETE", `/accounts/${id}`)).body.resultCode, "FAIL");
      const cluster = { resourceName: "c", providerType: "OPENSTACK", description: "", sshKey: "", hclScript: TEXT };
      const made = await service.send("POST", "/clusters", { ...cluster, cloudAccountId: String(id) });
      assert.deepEqual([made.body.resultCode, /account/i.test(made.text)], ["FAIL", true]);
    } finally {
      await realm.close();
    }
  });

  it("is answered with a problem in its own shape where fields are wrong, all at once", async () => {
    const { status, body } = await service.send("POST", "/accounts", {
      resourceName: "",
      providerType: "OPENSTACK",
      region: "",
      providerInfo: {},
    });
    assert.deepEqual([status, body.resultCode, body.httpStatusCode], [200, "FAIL", 400]);
    for (const path of ["resourceName", "region", "project", "providerInfo.auth_url", "providerInfo.password"])
      assert.match(String(body.resultMessage), new RegExp(`${path}: `));
    for (const id of ["0", "x", "9999999999", "1%20or%201=1"])
      assert.equal((await service.send("GET", `/accounts/${id}`)).body.resultCode, "FAIL", id);
  });
});
