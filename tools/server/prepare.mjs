// Puts the engine, the plugins of the SDKs that package-lock.json has, kubespray and Ansible into the image. Run in its build, after the compilation.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const require = createRequire(join(root, "package.json"));
const { locateEngine } = require("./dist/engine/locate");
const { kubespraySource, releaseOf } = require("./dist/plugin/kubespray/ansible/source");
const { pythonEnvironment, requirementsOf } = require("./dist/plugin/kubespray/ansible/python");

const tell = (text) => console.log(text);
const engine = await locateEngine({ onProgress: tell });
// Empty: none of them. Without the variable all plugins, and the tag of the newest release.
const listed = (text) => text?.split(",").filter((name) => name !== "");
const plugins = listed(process.env.KPAAS_PLUGINS);
const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
for (const [path, { version }] of Object.entries(packages)) {
  const [, name] = /^node_modules\/@pulumi\/([a-z-]+)$/.exec(path) ?? [];
  // The engine's own SDK has no plugin.
  if (name === undefined || name === "pulumi" || plugins?.includes(name) === false) continue;
  tell(`plugin ${name} ${version}`);
  execFileSync(engine.command, ["plugin", "install", "resource", name, version, "--exact"], { stdio: "inherit" });
}
for (const name of listed(process.env.KPAAS_TAGS) ?? ["v2.29.0"]) {
  const release = releaseOf(name);
  await kubespraySource(name, undefined, { tell });
  await pythonEnvironment(requirementsOf(release), release.ansible.python, { tell });
}
