import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { stringify } from "yaml";
import { upEnvironment } from "../engine/operations";
import { packageRoot } from "../engine/paths";
import { runOperation } from "../engine/run-operation";
import { sandboxFolders } from "../engine/sandbox";
import { loadEnvironment, writeLock } from "../files/load";
import { Environment } from "../stacks/environment";
import { type EnvironmentSpec, planSpec } from "../stacks/spec";

/*
 * Records what environments of this version leave behind, for test/upgrade: the files of a project after `kpaas up --sandbox`. Once a release,
 * with the release's own tree: `node dist/dev/record-states.js test/upgrade/VERSION`. What was recorded is never recorded again.
 */

/** The time at which the recorded environments stand still: certificates do not run out under the test. */
const NOW = JSON.stringify({ now: "2026-11-20T00:00:00Z" });

const zones = ["az-1", "az-2", "az-3"];

/** Environment files, each as the states it goes through. */
const FILES: readonly (readonly Record<string, unknown>[])[] = [
  [{ name: "minimal", infrastructure: { provider: "openstack" } }],
  // A private cluster that has lived: a worker left it, another was built anew.
  [
    { a: {}, b: {}, c: {} },
    { a: {}, b: { generation: 2 } },
  ].map((nodes) => ({
    name: "ha",
    profile: "highAvailability",
    labels: { team: "platform" },
    infrastructure: {
      provider: "openstack",
      region: "RegionOne",
      zones,
      access: { bastion: true, api: "bastion", adminCidrs: ["203.0.113.0/24"], ingressCidrs: ["0.0.0.0/0"] },
      openstack: { externalNetwork: "public", bootVolumeGiB: 40, bootVolumeType: "ssd" },
    },
    cluster: {
      pools: {
        general: { nodes, labels: { tier: "general" } },
        data: { nodes: 2, volumes: [{ name: "scratch", sizeGiB: 100 }], taints: ["kind=data:NoSchedule"] },
      },
      apiEndpoint: { domain: "api.ha.example.org" },
      hardening: { podSecurity: "baseline" },
      variables: { containerd_max_container_log_line_size: 32768 },
    },
    platform: { domain: "ha.example.org" },
  })),
  [{ name: "layers", profile: "standard", layers: "three", infrastructure: { provider: "openstack", zones, access: { bastion: true } } }],
];

/** An environment of a program's own, by its fields. */
const PROGRAM = {
  profile: "standard",
  infrastructure: { provider: "openstack", zones: ["az-1", "az-2"] },
  cluster: { pools: { worker: { nodes: 2 } } },
} satisfies EnvironmentSpec;

async function record(target: string): Promise<void> {
  process.env.KPAAS_SANDBOX_SERVER ??= "simulated";
  mkdirSync(target, { recursive: true });
  for (const states of FILES) {
    const name = String(states[0]?.name);
    await inProject(name, async (root) => {
      for (const state of states) {
        writeFileSync(join(root, "environments", `${name}.yaml`), stringify(state));
        const loaded = loadEnvironment(name, root);
        if (!loaded.planned) throw new Error(JSON.stringify(loaded.problems));
        writeLock(loaded);
        await upEnvironment({ plan: loaded.planned.plan, root, sandbox: true, approvals: [] });
      }
      keep(root, join(target, `${name}.json.gz`));
    });
  }
  await inProject("program", async (root) => {
    const lock = join(root, "program.lock.yaml");
    const program = async () => ({ urls: new Environment("program", { ...PROGRAM, lock }).platform.urls });
    const { plan } = planSpec("program", PROGRAM);
    await runOperation("up", { plan, root, sandbox: true, approvals: [] }, program, {});
    writeFileSync(join(root, "program.json"), JSON.stringify(PROGRAM));
    keep(root, join(target, "program.json.gz"));
  });
}

/** Works in a new project folder with a sandbox whose clock stands still. */
async function inProject(name: string, work: (root: string) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "kpaas-record-"));
  try {
    const { world } = sandboxFolders(root, name);
    for (const folder of [join(root, "environments"), world]) mkdirSync(folder, { recursive: true });
    writeFileSync(join(world, "clock.json"), NOW);
    await work(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Packs a project's own files and its stacks' states. Of the simulated world only what a preview asks: not what the cloud holds. */
function keep(root: string, file: string): void {
  const wanted =
    /^[^.]|^\.kpaas\/sandbox\/(passphrase|backend\/\.pulumi\/(meta\.yaml|stacks\/kpaas\/[^/]+\.json)|world\/[^/]+\/(clock|cluster)\.json)$/;
  const paths = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => wanted.test(path))
    .sort();
  // The engine notes where in the sources each resource is registered.
  const read = (path: string) => readFileSync(join(root, path), "utf8").replaceAll(packageRoot(), "/kpaas");
  const files = Object.fromEntries(paths.map((path) => [path, read(path)]));
  if (existsSync(file)) throw new Error(`${file} is there: what a version left behind is recorded once`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, gzipSync(JSON.stringify(files), { level: 9 }));
  process.stdout.write(`${file}: ${paths.length} files\n`);
}

record(process.argv[2] ?? "").catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
