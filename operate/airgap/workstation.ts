import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { packageRoot, pinnedVersion } from "../../engine/paths";
import { registry } from "../../files/registry";
import { parseFile, readIfThere } from "../../host/files";
import type { Module, Workstation } from "../../model/airgap/entries";
import { at, fields, given, text } from "../../model/data";
import type { EnvironmentPlan } from "../../model/plan/types";
import { cloudOf } from "../../model/registry";
import { requirementsOf } from "../../plugin/kubespray/ansible/python";
import { releaseOf } from "../../plugin/kubespray/ansible/source";

/** The SDKs that every environment may need: all that this package asks for beside those of clouds, which are optional. */
function commonSdks(): string[] {
  const manifest: unknown = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8"));
  const optional = fields(at(manifest, "peerDependenciesMeta"));
  return Object.keys(fields(at(manifest, "peerDependencies"))).filter((name) => !(name in optional) && name !== "@pulumi/pulumi");
}

/** What this machine takes from the internet to bring an environment up. @param root the project's folder */
export function workstationOf(plan: EnvironmentPlan, root: string, env: NodeJS.ProcessEnv = process.env): Workstation {
  const { sdk, plugin } = cloudOf(plan.provider, registry);
  const release = releaseOf(plan.cluster.kubespray);
  const arch = { x64: "amd64" }[process.arch as string] ?? process.arch;
  return {
    engine: pinnedVersion(),
    platform: { engine: `${process.platform}-${process.arch}`, plugin: `${process.platform}-${arch}` },
    plugins: [...commonSdks().map((name) => pluginOf(name, root)), ...(plugin ?? (sdk === undefined ? [] : [pluginOf(sdk, root)]))],
    index: (env.PIP_INDEX_URL || env.UV_DEFAULT_INDEX || "https://pypi.org/simple").replace(/\/+$/, ""),
    python: pythonPackages(requirementsOf(release)),
    modules: modulesOf(join(root, "package-lock.json")),
    commit: release.commit,
  };
}

/** The plugin that an SDK asks the engine for. @throws Error where the SDK is not installed */
function pluginOf(sdk: string, root: string): { readonly name: string; readonly version: string } {
  const file = [root, packageRoot()].map((folder) => resolved(`${sdk}/package.json`, folder)).find((path) => path !== undefined);
  if (file === undefined) throw new Error(`${sdk} is not installed: \`npm install ${sdk}\``);
  const manifest: unknown = JSON.parse(readFileSync(file, "utf8"));
  const version = text(at(manifest, "pulumi.version")) ?? text(at(manifest, "version")) ?? "";
  return { name: text(at(manifest, "pulumi.name")) ?? sdk.slice(sdk.lastIndexOf("/") + 1), version: version.replace(/^v/, "") };
}

function resolved(what: string, folder: string): string | undefined {
  try {
    return createRequire(join(folder, "package.json")).resolve(what);
  } catch {
    return undefined;
  }
}

/** The packages of a requirements file with hashes. */
function pythonPackages(requirements: string): Workstation["python"] {
  return requirements.split("\n").flatMap((line) => {
    const [, name, version] = /^([\w.-]+)==([^\s;]+)/.exec(line) ?? [];
    if (name === undefined || version === undefined) return [];
    return [{ name, version, hashes: Array.from(line.matchAll(/--hash=(sha256:[0-9a-f]{64})/g), ([, hash = ""]) => hash) }];
  });
}

/** What npm's lock file says of packages that are not for development alone. */
function modulesOf(file: string): Module[] {
  const content = readIfThere(file);
  if (content === undefined) return [];
  const packages = Object.entries(fields(at(parseFile(file, content, "`npm install` writes it anew"), "packages")));
  return packages.flatMap(([place, said]): Module[] => {
    const { version, dev, link } = fields(said);
    const name = text(at(said, "name")) ?? place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length);
    if (!place.includes("node_modules/") || dev === true || link === true || typeof version !== "string") return [];
    return [{ name, version, ...given("integrity", text(at(said, "integrity"))), ...given("licence", text(at(said, "license"))) }];
  });
}
