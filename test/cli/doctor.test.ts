import assert from "node:assert/strict";
import { once } from "node:events";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import type { Context } from "../../cli/context";
import { diagnose } from "../../cli/doctor";
import type { Finding } from "../../cli/finding";
import { type Modules, modules } from "../../cli/modules";
import { artifactHosts, bastionFinding } from "../../cli/reach";
import type { EngineDiagnosis } from "../../engine/locate";
import { appliedState } from "../../model/guard/applied";
import { temporaryFolders } from "../support/temporary";
import { PLAN, planWith } from "./fixture";

describe("the doctor", () => {
  const folder = temporaryFolders();

  /** What an environment that is asked for its outputs says; the engine is there then. */
  interface Up {
    readonly infrastructure: Record<string, unknown>;
    readonly outputs: () => Record<string, unknown> | undefined;
  }

  /** What it finds in a project with one environment, in so many variables. */
  async function findings(env: Context["env"], offline = true, root = folder(), up?: Up): Promise<Readonly<Record<string, Finding>>> {
    mkdirSync(join(root, "environments"), { recursive: true });
    const file = { name: "seoul", infrastructure: { provider: "openstack", ...up?.infrastructure } };
    writeFileSync(join(root, "environments", "seoul.yaml"), JSON.stringify(file));
    const sink = { write: () => undefined };
    const engine: EngineDiagnosis["engine"] = up && {
      root: "/opt/pulumi",
      command: "/opt/pulumi/bin/pulumi",
      version: "3.259.0",
      source: "path",
    };
    const diagnosis = { wanted: "3.259.0", tested: "~3.259.0", candidates: [], ...(engine ? { engine } : {}) };
    const parts: Modules = {
      ...modules,
      locator: async () => ({ diagnoseEngine: async () => diagnosis }),
      engine: async () => ({ ...(await modules.engine()), readOutputs: async () => up?.outputs() }),
    };
    const context: Context = { cwd: root, env: { HOME: root, ...env }, stdout: sink, stderr: sink, modules: parts };
    const { checks } = await diagnose(context, offline);
    return Object.fromEntries(checks.map((check) => [check.name, check]));
  }

  it("names the variables that a login lacks", async () => {
    const lacking = (await findings({ OS_AUTH_URL: "http://127.0.0.1/v3", OS_USERNAME: "u" }))["credentials of seoul"];
    assert.match(lacking?.detail ?? "", /but not OS_PASSWORD, OS_PROJECT_NAME or OS_PROJECT_ID/);
    const whole = { OS_AUTH_URL: "x", OS_APPLICATION_CREDENTIAL_ID: "x", OS_APPLICATION_CREDENTIAL_SECRET: "x" };
    assert.equal((await findings(whole))["credentials of seoul"]?.status, "ok");
  });

  it("tells what real clusters need here, by the kubespray of the environments", async () => {
    const found = await findings({});
    assert.match(found.ssh?.detail ?? "", /OpenSSH|no `ssh`/);
    assert.ok(found.git);
    const ansible = found["ansible for v2.29.0"];
    const words =
      ansible?.status === "ok"
        ? /kubespray (in the cache|fetched at the first use), ansible-core 2\.17\.14 /
        : /needs Python 3\.10 to 3\.12/;
    assert.match(ansible?.detail ?? "", words);
  });

  it("looks for the named cloud in clouds.yaml", async () => {
    const root = folder();
    writeFileSync(join(root, "clouds.yaml"), "clouds: { here: { auth: { auth_url: 'http://127.0.0.1:5000' } } }\n");
    assert.equal((await findings({ OS_CLOUD: "here" }, true, root))["credentials of seoul"]?.status, "ok");
    assert.match((await findings({ OS_CLOUD: "gone" }, true, root))["credentials of seoul"]?.detail ?? "", /has no cloud gone/);
  });

  it("tells that no real API server is there for the sandbox, and how one is got", async () => {
    const finding = (await findings({}))["api server"];
    assert.equal(finding?.status, "warning");
    assert.match(finding?.detail ?? "", /checks no objects: no etcd \S+ in the cache/);
    assert.match(finding?.remedy ?? "", /`kpaas servers` gets Kubernetes 1\.\d+\.\d+, etcd and kwok/);
  });

  it("tells whether a backend's folder can be written", async () => {
    const root = folder();
    mkdirSync(join(root, "state"));
    const backend = async (path: string) => (await findings({ PULUMI_BACKEND_URL: `file://${path}` })).backend;
    assert.equal((await backend(join(root, "state")))?.status, "ok");
    assert.match((await backend(join(root, "gone")))?.detail ?? "", /is not there/);
    writeFileSync(join(root, "file"), "");
    assert.match((await backend(join(root, "file", "x")))?.detail ?? "", /is no folder/);
    // The superuser may write anywhere.
    if (process.getuid?.() === 0) return;
    chmodSync(join(root, "state"), 0o500);
    assert.match((await backend(join(root, "state")))?.detail ?? "", /may not be written to/);
  });

  it("tells whether the cloud answers, and asks nothing when it is to stay offline", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/v3`;
    // A proxy stands for all other hosts, so that the test leaves the machine alone.
    const env = { OS_AUTH_URL: url, HTTPS_PROXY: url };
    assert.equal((await findings(env, false))["reaching OpenStack"]?.status, "ok");
    assert.equal((await findings(env))["reaching OpenStack"], undefined);
    await new Promise((resolve) => server.close(resolve));
    const gone = (await findings(env, false))["reaching OpenStack"];
    assert.equal(gone?.status, "warning");
    assert.match(gone?.detail ?? "", /does not answer \(ECONNREFUSED\)/);
  });

  it("tells whether a bastion answers, and whether what answers is SSH", async () => {
    const greeting = async (text: string): Promise<Finding> => {
      const server = createServer((socket) => socket.end(text)).listen(0, "127.0.0.1");
      await once(server, "listening");
      const finding = await bastionFinding("seoul", "127.0.0.1", (server.address() as AddressInfo).port);
      await new Promise((resolve) => server.close(resolve));
      return finding;
    };
    const ok = await greeting("SSH-2.0-OpenSSH_9.2p1\r\n");
    assert.equal(ok.status, "ok");
    assert.match((await greeting("HTTP/1.1 400 Bad Request\r\n")).detail, /does not answer by SSH \(something else listens there\)/);
    assert.match((await greeting("")).detail, /does not answer by SSH \(it hung up\)/);
    const gone = await bastionFinding("seoul", "127.0.0.1", Number(/:(\d+)/.exec(ok.detail)?.[1]));
    assert.deepEqual([gone.name, gone.status], ["bastion of seoul", "warning"]);
    assert.match(gone.detail, /ECONNREFUSED\): the private API of seoul/);
    assert.match(gone.remedy ?? "", /adminCidrs/);
  });

  it("looks for the bastion of a private cluster that is up, unless it is to stay offline", async () => {
    const hidden = { access: { api: "bastion", bastion: true } };
    const up = { ssh: { user: "ubuntu", privateKey: "[secret]", where: "127.0.0.1" }, applied: appliedState(PLAN) };
    const found = async (outputs: Up["outputs"], infrastructure: Up["infrastructure"] = hidden, offline = false) => {
      const root = folder();
      const env = { PULUMI_BACKEND_URL: `file://${root}`, HTTPS_PROXY: "http://127.0.0.1:1" };
      return (await findings(env, offline, root, { infrastructure, outputs }))["bastion of seoul"];
    };
    assert.match((await found(() => up))?.detail ?? "", /^127\.0\.0\.1:22 /);
    for (const none of [await found(() => undefined), await found(() => up, {}), await found(() => up, hidden, true)])
      assert.equal(none, undefined);
    const unread = await found(() => assert.fail("incorrect passphrase\nat line 1"));
    assert.match(unread?.detail ?? "", /cannot be read from the stack's outputs: incorrect passphrase$/);
    assert.match(unread?.remedy ?? "", /kpaas outputs seoul/);
  });

  it("knows the hosts that images and charts come from", () => {
    const chart = { name: "a", version: "1", repository: "https://charts.example.org/stable" };
    const services = PLAN.services.map((service) => ({ ...service, chart }));
    const plan = planWith({ images: ["quay.io/a/b:1", "mariadb:11", "docker.io/library/x:1"], services });
    assert.deepEqual(artifactHosts([plan]), ["charts.example.org", "quay.io", "registry-1.docker.io"]);
    const airGap = { registry: "registry.intra:5000", files: "http://files.intra:8080" };
    assert.deepEqual(artifactHosts([{ ...plan, airGap }]), ["charts.example.org", "files.intra:8080", "registry.intra:5000"]);
  });
});
