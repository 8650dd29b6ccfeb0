import { readFileSync } from "node:fs";
import { join } from "node:path";
import { minVersion } from "semver";
import { cacheFolder } from "../host/cache";

/** The folder of the installed package (where package.json, plugin/resource and tools/pulumi lie): two above dist/engine. */
export function packageRoot(): string {
  return join(__dirname, "..", "..");
}

/** The Pulumi version this package is built for: the lowest of its range of `@pulumi/pulumi`, the only place it is written. */
export function pinnedVersion(): string {
  const manifest: { peerDependencies: Record<string, string> } = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8"));
  const version = minVersion(manifest.peerDependencies["@pulumi/pulumi"] ?? "");
  if (version === null) throw new Error("package.json names no version of @pulumi/pulumi");
  return version.version;
}

/** Where engines are kept, one folder per version. */
export function engineCache(env: NodeJS.ProcessEnv = process.env): string {
  return join(cacheFolder(env), "engine");
}
