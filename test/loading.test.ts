import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolders } from "./support/temporary";

const DIST = join(__dirname, "..");
const MAIN = join(DIST, "cli", "main.js");

/** What a process of its own has loaded at its end: packages by name, modules of ours by path, such as `model/plan/plan`. */
function loadedBy(code: string, argv: readonly string[] = [], cwd: string = DIST): { packages: string[]; own: string[] } {
  const probe = `
    process.on("exit", () => process.stderr.write("LOADED " + JSON.stringify(Object.keys(require.cache)) + "\\n"));
    process.argv.splice(1, 0, ${JSON.stringify(MAIN)});
    ${code}`;
  const { stderr } = spawnSync(process.execPath, ["--eval", probe, "--", ...argv], { cwd, encoding: "utf8" });
  const files: string[] = JSON.parse(/LOADED (.*)/.exec(stderr)?.[1] ?? assert.fail(stderr));
  const names = files.flatMap((path) => /.*node_modules\/((@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  const own = files.flatMap((path) => (path.startsWith(DIST) && !path.includes("node_modules") ? [path.slice(DIST.length + 1)] : []));
  return { packages: [...new Set(names)].sort(), own: own.map((path) => path.replace(/\.js$/, "")) };
}

describe("What is loaded", () => {
  const folder = temporaryFolders();

  it("by --help is no part but the command line's own", () => {
    const { packages, own } = loadedBy(`require(${JSON.stringify(MAIN)})`, ["--help"]);
    assert.deepEqual(packages, ["commander", "fastest-levenshtein", "picocolors"]);
    assert.deepEqual(
      ofFolders(own, ["components", "files/yaml", "files/load", "model/environment/schema", "model/plan/plan", "stacks"]),
      [],
    );
  });

  it("by the service's help is nothing of what serves", () => {
    const { packages, own } = loadedBy(`require(${JSON.stringify(MAIN)})`, ["server", "--help"]);
    assert.deepEqual([packages, ofFolders(own, ["server"])], [["commander", "fastest-levenshtein", "picocolors"], []]);
  });

  it("by check and plan is what reads and plans a file, no engine and no SDK", () => {
    const project = folder();
    spawnSync(process.execPath, [MAIN, "init", "seoul", "--provider", "openstack"], { cwd: project });
    for (const argv of [
      ["check", "environments/seoul.yaml"],
      ["plan", "seoul"],
    ]) {
      const { packages, own } = loadedBy(`require(${JSON.stringify(MAIN)})`, argv, project);
      assert.deepEqual(packages, ["commander", "fastest-levenshtein", "picocolors", "yaml", "zod"], argv.join(" "));
      assert.deepEqual(
        ofFolders(own, ["providers/openstack/infrastructure", "stacks", "plugin", "sandbox", "engine/operations"]),
        [],
        argv.join(" "),
      );
    }
  });

  it("is kept compiled where that can be, and a command runs where it cannot", () => {
    for (const cache of [folder(), "/proc/none"]) {
      const env = { ...process.env, XDG_CACHE_HOME: cache };
      const { status } = spawnSync(process.execPath, [MAIN, "--version"], { env, timeout: 15_000 });
      assert.deepEqual([status, existsSync(join(cache, "kpaas", "compiled"))], [0, cache !== "/proc/none"]);
    }
  });

  it("for an operation of the engine is of the SDK what is used, and the rest when it is asked for", () => {
    const drive = `
      const { DOORS } = require("./operate/doors");
      DOORS.engine().then(async () => {
        await import("@pulumi/pulumi/automation/stack.js");`;
    const ofOthers = ({ packages }: { packages: string[] }) => packages.filter((name) => ["typescript", "pacote"].includes(name));
    assert.deepEqual(ofOthers(loadedBy(`${drive} });`)), []);
    const serialized = `${drive}
        const { text } = await require("@pulumi/pulumi").runtime.serializeFunction(() => DIST);
        if (!text.includes("() => DIST")) process.exit(1);
      });
      const DIST = 1;`;
    assert.deepEqual(ofOthers(loadedBy(serialized)), ["typescript"]);
  });

  it("by the library is neither what plans nor YAML nor SSH before an environment is written as fields", () => {
    const { packages, own } = loadedBy('require("./stacks/environment")');
    assert.deepEqual(ofOurs(packages), []);
    assert.deepEqual(
      ofFolders(own, ["files/load", "model/environment/schema", "model/plan/plan", "providers/openstack/infrastructure"]),
      [],
    );
  });

  it("by an environment written as fields is its own cloud, and no SSH", () => {
    const { packages, own } = loadedBy(`
      const { runtime } = require("@pulumi/pulumi");
      runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: ({ inputs }) => inputs });
      const { Environment } = require("./stacks/environment");
      new Environment("seoul", { infrastructure: { provider: "openstack" } });
      process.exit();`);
    // First boots are written in YAML.
    assert.deepEqual(ofOurs(packages), ["yaml", "zod"]);
    assert.ok(own.includes("providers/openstack/infrastructure"));
  });
});

/** Of the packages those that we use beside Pulumi's, and that take their time. */
function ofOurs(packages: readonly string[]): string[] {
  return packages.filter((name) => ["zod", "yaml", "ssh2", "@peculiar/x509", "commander", "log-update"].includes(name));
}

function ofFolders(own: readonly string[], paths: readonly string[]): string[] {
  return own.filter((module) => paths.some((path) => module === path || module.startsWith(`${path}/`)));
}
