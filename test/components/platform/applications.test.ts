import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { exchangeScript } from "../../../components/platform/applications/administrator";
import type { Application, Family, FirstAdministrator } from "../../../components/platform/applications/application";
import { folderBackup } from "../../../components/platform/applications/backup";
import { PIPELINE, PIPELINE_APPS, SONARQUBE } from "../../../components/platform/pipeline/apps";
import { PORTAL, PORTAL_APPS } from "../../../components/platform/portal/apps";
import { SCM_MANAGER, SOURCE_CONTROL, SOURCE_CONTROL_APPS } from "../../../components/platform/source-control/apps";
import { podSecurityProblem } from "../../../model/pod-security";
import { unwrapSecret } from "../../../testing/mocks";
import { environmentFile, planFile, plannedFile } from "../../support/environment";
import { waitsFor } from "../../support/waits";
import { ROOT } from "../../support/written";
import { pipeline, run, sourceControl } from "./builds";
import { at, CANARY, ofKind, servicePlan, workloads } from "./fixtures";

const REFERENCE = join(ROOT, "..", "shared", "reference", "kpaas.md");

/** Each family, with the section of the reference that tells of it. */
const FAMILIES: readonly { readonly family: Family; readonly apps: readonly Application[]; readonly section: string }[] = [
  { family: PORTAL, apps: PORTAL_APPS, section: "### 3.5" },
  { family: PIPELINE, apps: PIPELINE_APPS, section: "### 3.6" },
  { family: SOURCE_CONTROL, apps: SOURCE_CONTROL_APPS, section: "### 3.7" },
];

/** What the reference says of an application: the row of its table. */
interface Told {
  readonly text: string;
  readonly port: number | undefined;
  readonly path: string | undefined;
  readonly volume: { readonly sizeGiB: number; readonly path: string } | undefined;
}

function sectionOf(reference: string, heading: string): string {
  const [, from = ""] = reference.split(`\n${heading} `);
  return from.split(/\n(?:###? |-{10,})/)[0] ?? "";
}

function toldOf(section: string, { name }: Application): Told | undefined {
  const row = section.split("\n").find((line) => line.startsWith(`| ${name} `));
  if (row === undefined) return undefined;
  const [, size, path] = /(\d+)Gi `?(\/[\w./-]+)/.exec(row) ?? [];
  return {
    text: row,
    port: Number(/\b(\d{4})\b/.exec(row.split("|").slice(2, 4).join("|"))?.[1]) || undefined,
    path: /\| `(\/\w*)` \|/.exec(row)?.[1],
    volume: size && path ? { sizeGiB: Number(size), path } : undefined,
  };
}

describe("the tables of K-PaaS's own applications", () => {
  for (const { family, apps, section } of FAMILIES)
    it(`say of ${family.name} what its manifests say, or why not`, () => {
      if (!existsSync(REFERENCE)) {
        console.error("      The reference is not there (shared/reference/kpaas.md beside the checkout), so tables go unchecked.");
        return;
      }
      // `ID/PASSWORD` stands for two names.
      const told = sectionOf(readFileSync(REFERENCE, "utf8"), section).replace(/\b([A-Z_]+_)([A-Z]+)\/([A-Z]+)\b/g, "$1$2 $1$3");
      assert.ok(told.length > 100, section);
      const used = new Set<string>();
      const holds = (key: string, right: boolean): void => {
        if (right) return;
        assert.ok(family.unsaid[key], `${key}: neither in the reference nor among what ${family.name} says of it`);
        used.add(key);
      };
      for (const app of apps) {
        const row = toldOf(told, app);
        holds(`${app.name}.port`, row?.port === app.port);
        if (row?.path !== undefined) assert.equal(app.path ?? "none", row.path.replace(/^\/$/, ""), app.name);
        const { volume } = app;
        holds(
          `${app.name}.volume`,
          volume === undefined ? row?.volume === undefined : row?.volume?.sizeGiB === volume.sizeGiB && row.volume.path === volume.path,
        );
        // The one pattern of all that have none of their own.
        holds(app.health === undefined ? "health" : `${app.name}.health`, app.health === undefined && /actuator\/health/.test(told));
        for (const key of [...app.config, ...app.secrets, ...Object.keys(app.fixed ?? {})])
          holds(key, new RegExp(`\\b${key}\\b`).test(told));
      }
      // What is left out on purpose is said too, and nothing that the reference has.
      const left = Object.keys(family.unsaid).filter((key) => !used.has(key) && !apps.some(({ config }) => config.includes(key)));
      for (const key of left) assert.match(family.unsaid[key] ?? "", /left out/, `${key} is in the reference as it is here`);
      const reasons = new Map<string, string[]>();
      for (const key of [...used, ...left]) reasons.set(family.unsaid[key]!, [...(reasons.get(family.unsaid[key]!) ?? []), key]);
      for (const [reason, keys] of reasons) console.log(`      ${keys.join(", ")}: ${reason}`);
    });
});

/** A program with one account, asked as SonarQube and SCM-Manager are. */
class Program {
  password: string;
  private readonly server = createServer((request, answer) => {
    void this.answer(request).then(([code, body]) => answer.writeHead(code, { connection: "close" }).end(body));
  });

  constructor(private readonly administrator: FirstAdministrator) {
    this.password = administrator.known;
  }

  async listen(): Promise<string> {
    await new Promise<void>((done) => this.server.listen(0, "127.0.0.1", done));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
  }

  private async answer(request: IncomingMessage): Promise<[code: number, body: string]> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const login = Buffer.from(request.headers.authorization?.split(" ")[1] ?? "", "base64").toString();
    const valid = login === `${this.administrator.user}:${this.password}`;
    switch (`${request.method} ${request.url}`) {
      case "GET /api/system/status":
        return [200, '{"id":"1","version":"8.5.1.38104","status":"UP"}'];
      case "GET /api/authentication/validate":
        return [200, JSON.stringify({ valid })];
      case "POST /api/users/change_password": {
        const form = new URLSearchParams(body);
        if (!valid || form.get("login") !== "admin" || form.get("previousPassword") !== this.password) return [401, ""];
        this.password = form.get("password") ?? "";
        return [204, ""];
      }
      case "GET /scm/":
        return [200, ""];
      case "GET /scm/api/rest/users/scmadmin.json":
        return valid ? [200, '{"name":"scmadmin"}'] : [401, ""];
      case "PUT /scm/api/rest/users/scmadmin.json": {
        const user = JSON.parse(body) as Record<string, unknown>;
        if (!valid || user.name !== "scmadmin" || user.admin !== true || user.active !== true) return [401, ""];
        this.password = String(user.password);
        return [204, ""];
      }
      default:
        return [404, ""];
    }
  }
}

function shell(script: string): Promise<{ readonly code: number | null; readonly told: string }> {
  return new Promise((done) => {
    const child = spawn("sh", ["-ec", script], { stdio: ["ignore", "pipe", "pipe"] });
    let told = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (told += String(chunk)));
    child.on("close", (code) => done({ code, told }));
  });
}

describe("an administrator whom everybody knows", () => {
  for (const { name, administrator } of [SONARQUBE, SCM_MANAGER]) {
    if (administrator === undefined) throw new Error(name);
    it(`of ${name} is given another password, once or again, from whichever it has, and nobody is told of it`, async () => {
      const program = new Program(administrator);
      const url = await program.listen();
      const folder = mkdtempSync(join(tmpdir(), "kpaas-exchange-"));
      const files = (all: Readonly<Record<string, string>>) => {
        for (const [file, text] of Object.entries(all)) writeFileSync(join(folder, file), text);
      };
      const exchange = () => shell(exchangeScript(administrator, url, folder, 1));
      try {
        files({ "former-0": administrator.known, current: "one" });
        assert.deepEqual(await exchange(), { code: 0, told: "" });
        assert.equal(program.password, "one");
        assert.deepEqual(await exchange(), { code: 0, told: "" }, "again");
        files({ "former-1": "one", "former-2": "two", current: "three" });
        assert.deepEqual(await exchange(), { code: 0, told: "" });
        assert.equal(program.password, "three");
        program.password = "changed by hand";
        const { code, told } = await exchange();
        assert.equal(code, 1);
        assert.match(told, /by hand/);
        assert.doesNotMatch(told, /three/);
      } finally {
        program.close();
        rmSync(folder, { recursive: true });
      }
    });
  }
});

describe("a folder that an application keeps", () => {
  it("is as it was once its backup is restored, but for what is left out", () => {
    const folder = mkdtempSync(join(tmpdir(), "kpaas-kept-"));
    const words = { workload: "w", file: "w.tar", holds: "all", not: "nothing" };
    const [part] = folderBackup({ ...words, folder, without: ["workspace", "init.groovy"] }).parts;
    const sh = (script: string, input = Buffer.alloc(0)) =>
      execFileSync("sh", ["-ec", script, "sh", String(input.length)], { input, maxBuffer: 2 ** 26, stdio: "pipe" });
    const write = (files: Readonly<Record<string, string>>) => {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
    };
    try {
      const kept = { "config.xml": "<one/>", "jobs/a b/config.xml": "<job/>", ".hidden": "x", "secrets/master.key": "k" };
      write({ ...kept, "workspace/big": "fetched", "init.groovy": "ours" });
      const backup = sh(part!.dump);
      write({ "config.xml": "<other/>", "jobs/later/config.xml": "<job/>", "workspace/big": "fetched anew", "init.groovy": "another" });
      sh(part!.restore, backup);
      sh(part!.verify);
      const found = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
      assert.deepEqual(Object.fromEntries(found.map((path) => [relative(folder, path), readFileSync(path, "utf8")])), {
        ...kept,
        "workspace/big": "fetched anew",
        "init.groovy": "another",
      });
      sh(part!.restore, backup);
      rmSync(join(folder, "config.xml"));
      rmSync(join(folder, "jobs"), { recursive: true });
      assert.throws(() => sh(part!.verify), /no settings/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("the pipeline", () => {
  const on = { mariadb: true, keycloak: true, postgresql: true, harbor: true, pipeline: true };
  const fileWith = (services: object) => environmentFile({ platform: { services: { ...on, ...services } } });

  it("is refused without Harbor, and without PostgreSQL, with both names", () => {
    for (const missing of ["harbor", "postgresql"]) {
      const found = planFile(fileWith({ [missing]: false })).problems.find(({ path }) => path === `platform.services.${missing}`);
      assert.match(found?.reason ?? "", new RegExp(`^pipeline needs ${missing}, which is switched off`));
    }
  });

  it("warns of what a privileged Jenkins may do, and only of that", () => {
    const path = "platform.services.pipeline.privileged";
    const warned = (options: object) => planFile(fileWith({ pipeline: options })).problems.filter((each) => each.path === path);
    assert.deepEqual(warned({}), []);
    assert.equal(warned({ privileged: true })[0]?.severity, "warning");
  });

  it("has privileged pods where that was chosen alone, and of Jenkins alone", async () => {
    const level = "pod-security.kubernetes.io/enforce";
    const plain = await run(pipeline());
    assert.equal(at(plain.get("pipeline-namespace").inputs, "metadata", "labels", level), "restricted");
    const chosen = await run(pipeline({ privileged: true }));
    assert.equal(at(chosen.get("pipeline-namespace").inputs, "metadata", "labels", level), "privileged");
    const privileged = workloads(chosen).filter(({ containers }) => at(containers[0]?.securityContext, "privileged") === true);
    assert.deepEqual(
      privileged.map(({ resource }) => resource.name),
      ["pipeline-jenkins"],
    );
    // What the namespace would say to it unless it was chosen.
    const [jenkins] = privileged;
    assert.match(String(podSecurityProblem({ ...jenkins?.pod, containers: jenkins?.containers }, "restricted")), /privileged/);
    assert.deepEqual(chosen.leaks(CANARY), []);
  });

  it("has Jenkins and SonarQube once where it has several of the others, and lets Jenkins alone out", async () => {
    const g = await run(pipeline({ plan: servicePlan("pipeline", { replicas: 2 }) }));
    const counted = ofKind(g, "apps/v1:Deployment").map(({ name, inputs }) => [name, at(inputs, "spec", "replicas")]);
    assert.deepEqual(
      counted
        .filter(([, replicas]) => replicas === 1)
        .map(([name]) => name)
        .sort(),
      ["pipeline-jenkins", "pipeline-sonarqube"],
    );
    const out = ofKind(g, "networking.k8s.io/v1:NetworkPolicy").filter(({ name }) => name.includes("-egress-"));
    assert.deepEqual(
      out.map(({ name }) => name),
      ["pipeline-egress-jenkins"],
    );
  });

  it("keeps the passwords that were before for whoever has been away, and uses the last one", async () => {
    const g = await run(pipeline({ plan: servicePlan("pipeline", { rotation: 3 }) }));
    const files = unwrapSecret(g.get("pipeline-sonarqube-administrator").inputs.stringData) as Record<string, string>;
    assert.deepEqual(Object.keys(files).sort(), ["current", "former-0", "former-1", "former-2"]);
    const used = unwrapSecret(g.get("pipeline-secret").inputs.stringData) as Record<string, string>;
    assert.equal(used.INSPECTION_ADMIN_PASSWORD, files.current);
    assert.notEqual(files.current, files["former-2"]);
  });

  it("asks for the memory that its idle parts are known to take, or what the file says", () => {
    const planned = (options: object) =>
      plannedFile(fileWith({ pipeline: options })).plan.services.find(({ name }) => name === "pipeline")?.parts;
    assert.equal(planned({})?.["cp-pipeline-jenkins"]?.requests?.memory, "1536Mi");
    const more = planned({ memory: { jenkins: "4Gi" } });
    assert.deepEqual(more?.["cp-pipeline-jenkins"], { requests: { cpu: "250m", memory: "4Gi" }, limits: { memory: "4Gi" } });
    assert.equal(more?.["cp-pipeline-sonarqube"]?.requests?.memory, "2Gi");
  });

  it("has its broker where a plan has an image of one, and a Cloud Foundry", async () => {
    const images = { ...servicePlan("pipeline").images, "cp-pipeline-broker": "r.example.org/broker:1" };
    const plan = servicePlan("pipeline", { images });
    const has = async (more: object) => (await run(pipeline({ plan, ...more }))).resources.some(({ name }) => name === "pipeline-broker");
    assert.deepEqual([await has({}), await has({ cloudFoundryUrl: "https://api.example.org" })], [false, true]);
  });
});

describe("source control", () => {
  it("serves its pages, and repositories below SCM-Manager's own path", async () => {
    const g = await run(sourceControl());
    assert.deepEqual(
      (at(g.get("scm-ingress").inputs, "spec", "rules", 0, "http", "paths") as { path: string }[]).map(({ path }) => path),
      ["/(.*)", "/(scm/.*)"],
    );
    assert.deepEqual(g.leaks(CANARY), []);
  });

  it("lets nobody in from outside before SCM-Manager's administrator has another password", async () => {
    assert.ok(waitsFor(await run(sourceControl()), "scm-ingress").has("scm-manager-exchange"));
  });
});
