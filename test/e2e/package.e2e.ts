import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { engineForTests } from "../support/engine";

const ROOT = join(__dirname, "..", "..", "..");
/** The files of a door. */
interface Door {
  readonly types: string;
  readonly default: string;
}
const MANIFEST: { devDependencies: Record<string, string>; exports: Record<string, Door | string | null>; main: string; types: string } =
  JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const run = promisify(execFile);

const ENVIRONMENT = `
import { Environment } from "kpaas";

const seoul = new Environment("seoul", {
  profile: "standard",
  infrastructure: { provider: "openstack", zones: ["az-1", "az-2"] },
  lock: "seoul.lock.yaml",
});
export const urls = seoul.platform.urls;
`;

/** Two components in a cluster that is there already, and no cloud. */
const COMPONENTS = `
import { Provider } from "@pulumi/kubernetes/provider";
import { CertManager, MetricsServer } from "kpaas/platform";

const provider = new Provider("existing", { kubeconfig: "{}" });
export const metrics = new MetricsServer("metrics", { kubeletCertificates: "selfSigned" }, { provider });
export const certificates = new CertManager("certificates", { issuer: { kind: "none" } }, { provider });
`;

/** What pulumi's language host does, by the Automation API of the folder's own SDK; prints what came of it as its last line. */
const PREVIEW = `
const { join } = require("node:path");
const { LocalWorkspace, PulumiCommand } = require("@pulumi/pulumi/automation");
const [program, pulumi, stack] = process.argv.slice(2);
(async () => {
  const pulumiCommand = await PulumiCommand.get({ root: pulumi });
  const made = await LocalWorkspace.createOrSelectStack(
    { stackName: stack, projectName: "platform", program: async () => ({ ...require(join(process.cwd(), program)) }) },
    { workDir: process.cwd(), pulumiCommand },
  );
  const { changeSummary } = await made.preview();
  const loaded = Object.keys(require.cache);
  process.stdout.write("\\n" + JSON.stringify({ changeSummary, loaded }));
  process.exit(0);
})().catch((error) => { console.error(error.message); process.exit(1); });
`;

interface Previewed {
  readonly changeSummary: Readonly<Record<string, number>>;
  readonly loaded: readonly string[];
}

describe("the package", function () {
  // An installation of some ten thousand files, and their removal, on whatever machine there is.
  this.timeout(180_000);
  let folder = "";
  const inFolder = (...path: string[]): string => join(folder, ...path);

  before(async function () {
    folder = mkdtempSync(join(tmpdir(), "kpaas-package-"));
    const packed = await run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], { cwd: ROOT });
    const [{ filename }] = JSON.parse(packed.stdout);
    writeFileSync(inFolder("package.json"), '{ "name": "platform", "private": true }\n');
    const sdk = `@pulumi/openstack@${MANIFEST.devDependencies["@pulumi/openstack"]}`;
    const options = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=0"];
    const types = `@types/node@${MANIFEST.devDependencies["@types/node"]}`;
    const installed = await run("npm", ["install", ...options, `./${filename}`, sdk, types], { cwd: folder }).catch(
      (error: { stderr?: string }) => String(error.stderr),
    );
    if (typeof installed === "string") {
      if (!/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED/.test(installed)) throw new Error(installed);
      console.warn(`SKIPPED the package\nIts dependencies cannot be installed here, the registry does not answer:\n${installed}`);
      this.skip();
    }
    writeFileSync(inFolder("environment.ts"), ENVIRONMENT);
    writeFileSync(inFolder("components.ts"), COMPONENTS);
    writeFileSync(inFolder("preview.js"), PREVIEW);
    cpSync(join(ROOT, "examples"), inFolder("examples"), { recursive: true });
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** Type-checks and compiles one program; the files the compiler read, relative to the folder. */
  function compile(programs: string | readonly string[], compiler: string, ...options: readonly string[]): string[] {
    const tsc = join(ROOT, "node_modules", compiler, "bin", "tsc");
    const fixed = ["--target", "es2022", "--strict", "--skipLibCheck", "--types", "node", "--listFiles"];
    const { status, stdout } = spawnSync(process.execPath, [tsc, ...fixed, ...options, ...[programs].flat()], {
      cwd: folder,
      encoding: "utf8",
    });
    assert.equal(status, 0, stdout);
    return stdout.trim().split("\n");
  }

  /** Previews a compiled program with the sandbox's providers, our own plugin from the installed package. */
  async function preview(program: string, pulumi: string): Promise<Previewed> {
    const engine = require(inFolder("node_modules", "kpaas", "dist", "engine", "sandbox.js")) as typeof import("../../engine/sandbox");
    const folders = engine.prepareSandbox(folder, "seoul");
    const simulated = ["openstack", "keycloak", "kubernetes", "random", "tls", "vault"].map((name) => ({
      name,
      path: join(folders.project, "plugins", name),
    }));
    const providers = [...simulated, { name: "kpaas", path: "node_modules/kpaas/plugin/resource" }];
    writeFileSync(inFolder("Pulumi.yaml"), JSON.stringify({ name: "platform", runtime: "nodejs", plugins: { providers } }));
    writeFileSync(
      join(folders.world, "world.json"),
      JSON.stringify({
        zones: ["az-1", "az-2"],
        images: ["ubuntu-22.04"],
        flavors: ["m1.medium", "m1.large", "m1.xlarge"],
        externalNetworks: ["public"],
      }),
    );
    const env = {
      ...engine.sandboxEnvironment(folders),
      KPAAS_RUNNER: "sandbox",
      KPAAS_WORLD: folders.world,
      KPAAS_NODE: process.execPath,
    };
    const { stdout } = await run(process.execPath, ["preview.js", program, pulumi, program.replace(".js", "")], { cwd: folder, env });
    return JSON.parse(stdout.slice(stdout.lastIndexOf("\n")));
  }

  const sdks = (files: readonly string[]): string[] =>
    [...new Set(files.flatMap((file) => /node_modules\/@pulumi\/([^/]+)\//.exec(file)?.[1] ?? []))].sort();

  it("holds no test, no development tool, and a plugin that can be started", () => {
    const { stdout } = spawnSync("tar", ["tzvf", inFolder("kpaas-0.1.0.tgz")], { encoding: "utf8" });
    assert.doesNotMatch(stdout, /package\/(dist\/)?(test|dev|environments|node_modules|tools\/nodes)\/|\.map$/m);
    assert.match(stdout, /^-rwxr-xr-x .*package\/plugin\/resource\/pulumi-resource-kpaas$/m);
    assert.match(stdout, /package\/tools\/pulumi\/go\.sum$/m);
  });

  it("lets a user's own environment be compiled and previewed with the SDK of its one cloud only", async function () {
    const engine = await engineForTests.call(this);
    const checked = compile("environment.ts", "typescript7", "--module", "nodenext");
    const { changeSummary, loaded } = await preview("environment.js", engine.root);
    assert.ok((changeSummary.create ?? 0) > 100, JSON.stringify(changeSummary));
    assert.deepEqual(sdks(loaded), ["keycloak", "kubernetes", "openstack", "pulumi", "random", "tls", "vault"]);
    // The cloud's component is loaded when an environment needs it: a program's types do not pass through any cloud.
    assert.deepEqual(sdks(checked), ["kubernetes", "pulumi"]);
    assert.ok(
      loaded.every((file) => file.startsWith(dirname(require.resolve(inFolder("package.json"))))),
      "something was loaded from elsewhere",
    );
  });

  it("lets single components be composed by hand, with no cloud's SDK at all", async function () {
    const engine = await engineForTests.call(this);
    const checked = compile("components.ts", "typescript7", "--module", "nodenext");
    const { changeSummary, loaded } = await preview("components.js", engine.root);
    assert.ok((changeSummary.create ?? 0) > 5, JSON.stringify(changeSummary));
    assert.deepEqual(sdks(checked), ["kubernetes", "pulumi"]);
    assert.deepEqual(sdks(loaded), ["keycloak", "kubernetes", "pulumi", "random", "tls", "vault"]);
  });

  it("has a file behind each of its doors, whose types every resolution finds, and no other way in", () => {
    const { exports, main, types } = MANIFEST;
    const any = exports["./*"] as Door;
    // A file of library/ is a door; the pattern leads through it by its name.
    const doors = readdirSync(join(ROOT, "library"))
      .map((file) => file.replace(/\.ts$/, ""))
      .map((name): [string, Door] =>
        name === "index"
          ? [".", exports["."] as Door]
          : [`./${name}`, { types: any.types.replace("*", name), default: any.default.replace("*", name) }],
      );
    for (const [door, files] of doors)
      for (const file of Object.values(files)) assert.ok(existsSync(inFolder("node_modules/kpaas", file)), `${door}: ${file}`);
    assert.deepEqual([`./${types}`, `./${main}`], Object.values(exports["."] as Door));
    const specifiers = doors.map(([door]) => `kpaas${door.slice(1)}`);
    const imports = specifiers.map((door, index) => `import * as door${index} from "${door}"; export { door${index} };`);
    writeFileSync(inFolder("doors.ts"), imports.join("\n"));
    const examples = readdirSync(inFolder("examples")).map((file) => join("examples", file));
    compile(["doors.ts", ...examples], "typescript7", "--module", "nodenext");
    compile("doors.ts", "typescript7", "--noEmit", "--module", "esnext", "--moduleResolution", "bundler");
    const old = ["--module", "commonjs", "--moduleResolution", "node10", "--ignoreDeprecations", "6.0"];
    const checked = compile("doors.ts", "typescript", "--noEmit", ...old);
    for (const [, { types: file }] of doors)
      assert.ok(
        checked.some((each) => each.endsWith(join("node_modules/kpaas", file))),
        file,
      );
    const inside = ["kpaas/index", "kpaas/stacks/environment", "kpaas/dist/library/index.js", "kpaas/model/lock"];
    for (const path of inside)
      assert.throws(() => require.resolve(path, { paths: [folder] }), { code: /^(ERR_PACKAGE_PATH_NOT_EXPORTED|MODULE_NOT_FOUND)$/ });
  });
});
