import assert from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Context } from "../../cli/context";
import { diagnose } from "../../cli/doctor";
import type { Finding } from "../../cli/finding";
import { modules } from "../../cli/modules";
import { artifactHosts } from "../../cli/reach";
import { temporaryFolders } from "../support/temporary";
import { PLAN, planWith } from "./fixture";

describe("the doctor", () => {
  const folder = temporaryFolders();

  /** What it finds in a project with one environment, in so many variables. */
  async function findings(env: Context["env"], offline = true, root = folder()): Promise<Readonly<Record<string, Finding>>> {
    mkdirSync(join(root, "environments"), { recursive: true });
    writeFileSync(join(root, "environments", "seoul.yaml"), "name: seoul\ninfrastructure: { provider: openstack }\n");
    const sink = { write: () => undefined };
    const locator = async () => ({ diagnoseEngine: async () => ({ wanted: "3.259.0", tested: "~3.259.0", candidates: [] }) });
    const context: Context = { cwd: root, env: { HOME: root, ...env }, stdout: sink, stderr: sink, modules: { ...modules, locator } };
    const { checks } = await diagnose(context, offline);
    return Object.fromEntries(checks.map((check) => [check.name, check]));
  }

  it("names the variables that a login lacks", async () => {
    const lacking = (await findings({ OS_AUTH_URL: "http://127.0.0.1/v3", OS_USERNAME: "u" }))["credentials of seoul"];
    assert.match(lacking?.detail ?? "", /but not OS_PASSWORD, OS_PROJECT_NAME or OS_PROJECT_ID/);
    const whole = { OS_AUTH_URL: "x", OS_APPLICATION_CREDENTIAL_ID: "x", OS_APPLICATION_CREDENTIAL_SECRET: "x" };
    assert.equal((await findings(whole))["credentials of seoul"]?.status, "ok");
  });

  it("looks for the named cloud in clouds.yaml", async () => {
    const root = folder();
    writeFileSync(join(root, "clouds.yaml"), "clouds: { here: { auth: { auth_url: 'http://127.0.0.1:5000' } } }\n");
    assert.equal((await findings({ OS_CLOUD: "here" }, true, root))["credentials of seoul"]?.status, "ok");
    assert.match((await findings({ OS_CLOUD: "gone" }, true, root))["credentials of seoul"]?.detail ?? "", /has no cloud gone/);
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

  it("knows the hosts that images and charts come from", () => {
    const chart = { name: "a", version: "1", repository: "https://charts.example.org/stable" };
    const services = PLAN.services.map((service) => ({ ...service, chart }));
    const plan = planWith({ images: ["quay.io/a/b:1", "mariadb:11", "docker.io/library/x:1"], services });
    assert.deepEqual(artifactHosts([plan]), ["charts.example.org", "quay.io", "registry-1.docker.io"]);
  });
});
