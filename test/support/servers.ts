import { existsSync, readFileSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { goBuild } from "../../engine/build";
import { programsProblem, recordPrograms } from "../../engine/checksums";
import { withLock } from "../../engine/lock";
import { engineCache, packageRoot } from "../../engine/paths";

/** The modules under tools/ that hold the servers, and their programs by name. */
const MODULES = [
  { tool: "etcd", of: "go.etcd.io/etcd/server/v3", packages: { etcd: "go.etcd.io/etcd/server/v3" } },
  {
    tool: "kubernetes",
    of: "k8s.io/kubernetes",
    packages: {
      "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
      "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
      "kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler",
    },
  },
  { tool: "kwok", of: "sigs.k8s.io/kwok", packages: { kwok: "sigs.k8s.io/kwok/cmd/kwok" } },
] as const;

/** The servers by name. */
export type Programs = Readonly<Record<"etcd" | "kube-apiserver" | "kube-controller-manager" | "kube-scheduler" | "kwok", string>>;

/**
 * The servers of a real cluster, as {@link servers} gives them; called in a `before` hook. Where they cannot be had, the tests are skipped
 * and say what is missing.
 */
export async function serversForTests(this: Mocha.Context): Promise<Programs> {
  this.timeout(30 * 60_000);
  try {
    return await servers();
  } catch (error) {
    console.warn(`SKIPPED ${this.currentTest?.fullTitle() ?? this.test?.fullTitle()}\n${error instanceof Error ? error.message : error}`);
    return this.skip();
  }
}

/**
 * The servers of a real cluster, from the cache or built from their published modules, pinned under tools/.
 * @throws Error where neither is possible
 */
export async function servers(): Promise<Programs> {
  const programs: Record<string, string> = {};
  for (const module of MODULES) {
    const bin = await builtModule(module).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      const remedy = "Install Go 1.26 or newer from https://go.dev/dl/ and the servers will be built, once.";
      throw new Error(`${module.tool} cannot be built: ${reason}\n${remedy}`, { cause: error });
    });
    for (const name of Object.keys(module.packages)) programs[name] = join(bin, name);
  }
  return programs as Programs;
}

async function builtModule({ tool, of, packages }: (typeof MODULES)[number]): Promise<string> {
  const module = join(packageRoot(), "tools", tool);
  const version = new RegExp(`^\\s*(?:require )?${of.replaceAll(".", "\\.")} v(\\S+)`, "m").exec(
    readFileSync(join(module, "go.mod"), "utf8"),
  )?.[1];
  if (version === undefined) throw new Error(`${module}/go.mod does not require ${of}`);
  const cache = join(dirname(engineCache()), "servers");
  const root = join(cache, `${tool}-${version}`);
  const bin = join(root, "bin");
  const usable = async (): Promise<boolean> => existsSync(bin) && (await programsProblem(root)) === undefined;
  if (await usable()) return bin;
  await mkdir(cache, { recursive: true });
  const say = (text: string): void => console.log(`      ${text}`);
  const onWait = ({ pid }: { pid: number }): void => say(`waiting for process ${pid}, which builds servers`);
  // One build at a time: the largest needs most of a small machine's memory.
  return withLock(join(cache, "lock"), { onWait }, async () => {
    if (await usable()) return bin;
    // Under a name of its own until it is whole; what a killed build left is in the way of nobody.
    const into = `${root}.building`;
    await rm(into, { recursive: true, force: true });
    await mkdir(into);
    try {
      await goBuild({
        what: `${tool} ${version}`,
        module,
        into,
        env: process.env,
        packages,
        flags: `-s -w${tool === "kubernetes" ? ` -X k8s.io/component-base/version.gitVersion=v${version}` : ""}`,
        estimate: "some minutes",
        onProgress: say,
      });
      await recordPrograms(into);
      await rm(root, { recursive: true, force: true });
      await rename(into, root);
      return bin;
    } finally {
      await rm(into, { recursive: true, force: true });
    }
  });
}
