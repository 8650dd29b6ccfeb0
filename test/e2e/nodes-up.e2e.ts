import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { stringify } from "yaml";
import { FILES, REGISTRY, type RealNodes } from "../../dev/nodes/nodes";
import { keyFile } from "../../dev/nodes/parts";
import { pythonEnvironment, requirementsOf } from "../../plugin/kubespray/ansible/python";
import { releaseOf } from "../../plugin/kubespray/ansible/source";
import { PACKAGES } from "../../sandbox/packages";
import { engineForTests } from "../support/engine";
import { DOUBLE, nodesForTests } from "../support/nodes";

const DIST = join(__dirname, "..", "..");
const TAG = "v2.29.0";
const ADDRESSES = { "cp-1": "10.20.0.2", "worker-1": "10.20.0.3", "worker-2": "10.20.0.4" };

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

/**
 * A user's project on real machines: `kpaas up` of existing hosts, without the sandbox, in the machines' own network. kubespray is the double's,
 * which kubeadm, etcd and kubelets are real behind; objects inside the cluster are another matter, so the platform's layer is left out.
 */
class Copy {
  constructor(
    readonly root: string,
    private readonly nodes: RealNodes,
  ) {}

  write(workers: readonly string[]): void {
    const environment = {
      name: "seoul",
      layers: "three",
      infrastructure: {
        provider: "existing",
        network: { cidr: "10.20.0.0/24" },
        access: { ssh: { privateKey: { file: keyFile() } } },
        existing: { hosts: Object.fromEntries(Object.entries(ADDRESSES).map(([key, address]) => [key, { address }])) },
      },
      cluster: {
        network: { plugin: "flannel", proxyMode: "iptables" },
        runtime: "containerd",
        kubespray: { source: "../kubespray" },
        controlPlane: { nodes: { "cp-1": {} } },
        pools: { worker: { nodes: Object.fromEntries(workers.map((key) => [key, {}])) } },
        variables: {
          ...{ drain_grace_period: 10, drain_timeout: "20s", drain_retries: 1, drain_retry_delay_seconds: 1 },
          ...{
            kube_image_repo: REGISTRY,
            docker_image_repo: REGISTRY,
            dl_k8s_io_url: `http://${FILES}/k8s`,
            github_url: `http://${FILES}/github`,
          },
        },
      },
      platform: { storage: { kind: "existing", className: "local" }, loadBalancer: { kind: "metallb", range: "10.20.0.200-10.20.0.220" } },
    };
    mkdirSync(join(this.root, "environments"), { recursive: true });
    writeFileSync(join(this.root, "environments", "seoul.yaml"), stringify(environment));
    const launchers = Object.keys(PACKAGES).map((name) => {
      const path = join(this.root, "plugins", name);
      mkdirSync(path, { recursive: true });
      const command = [process.execPath, join(DIST, "sandbox", "main.js"), name, join(this.root, "world")]
        .map((word) => `'${word}'`)
        .join(" ");
      writeFileSync(join(path, `pulumi-resource-${name}`), `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
      return { name, path };
    });
    mkdirSync(join(this.root, "state"), { recursive: true });
    const own = { name: "kpaas", path: join(DIST, "..", "plugin", "resource") };
    const project = {
      name: "platform",
      runtime: "nodejs",
      backend: { url: `file://${this.root}/state` },
      plugins: { providers: [own, ...launchers] },
    };
    writeFileSync(join(this.root, "Pulumi.yaml"), stringify(project));
  }

  start(...args: readonly string[]): { readonly pid: number; readonly ended: Promise<Ended>; said(): string } {
    const inside = this.nodes.inside(process.execPath, [join(DIST, "cli", "main.js"), ...args]);
    const env = {
      ...process.env,
      PULUMI_CONFIG_PASSPHRASE: "hush",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_OPTION_SKIP_PLUGIN_PRE_INSTALL: "true",
      PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
    };
    const child = spawn("nsenter", inside, { cwd: this.root, env, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
    const ended = new Promise<Ended>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve({ code, said }));
    });
    return { pid: child.pid ?? 0, ended, said: () => said };
  }

  async run(...args: readonly string[]): Promise<string> {
    const { code, said } = await this.start(...args).ended;
    assert.equal(code, 0, said);
    return said;
  }

  /** Infrastructure and cluster. */
  async up(): Promise<string> {
    await this.run("lock", "seoul");
    await this.run("up", "seoul", "--yes", "--layer", "infrastructure");
    return await this.run("up", "seoul", "--yes", "--layer", "cluster");
  }
}

describe("three hosts and a key, on real machines", function () {
  this.timeout(1_200_000);
  let nodes: RealNodes;
  let laptop: Copy;
  const ready = async () => {
    const lines = (await nodes.ssh("cp-1", "kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes --no-headers")).trim().split("\n");
    return lines.filter((line) => / Ready/.test(line)).map((line) => line.split(" ")[0]);
  };

  before(async function () {
    await engineForTests.call(this);
    nodes = (await nodesForTests.call(this, "up")).nodes;
    const release = releaseOf(TAG);
    await pythonEnvironment(requirementsOf(release), release.ansible.python, { tell: console.warn });
    await nodes.boot(ADDRESSES);
    laptop = new Copy(join(nodes.folder, "laptop"), nodes);
    const source = join(laptop.root, "kubespray");
    cpSync(DOUBLE, source, { recursive: true });
    // By its table of versions a folder is told to be the tag.
    const table = release.kubernetes.versions.map((version) => `    ${version}: sha256:0\n`);
    mkdirSync(join(source, "roles/kubespray_defaults/vars/main"), { recursive: true });
    writeFileSync(join(source, "roles/kubespray_defaults/vars/main/checksums.yml"), `kubelet_checksums:\n  amd64:\n${table.join("")}`);
  });
  after(async () => await nodes?.down());

  it("become a cluster by `kpaas up`, and the second one has nothing to do", async () => {
    laptop.write(["worker-1"]);
    assert.match(await laptop.up(), /seoul is up/);
    assert.deepEqual(await ready(), ["cp-1", "worker-1"]);
    assert.match(await laptop.run("up", "seoul", "--yes", "--layer", "cluster"), /no changes/);
    assert.match(await laptop.run("cluster", "health", "seoul"), /seoul is healthy/);
  });

  it("are one laptop's at a time; a run that is killed in the middle is gone on with", async () => {
    laptop.write(["worker-1", "worker-2"]);
    await laptop.run("lock", "seoul");
    await laptop.run("up", "seoul", "--yes", "--layer", "infrastructure");
    const other = new Copy(join(nodes.folder, "other"), nodes);
    cpSync(laptop.root, other.root, { recursive: true, filter: (path) => !path.endsWith("/.kpaas") });
    other.write(["worker-1", "worker-2"]);
    const run = laptop.start("up", "seoul", "--yes", "--layer", "cluster");
    while (!/scale\.yml: \d+ /.test(run.said())) {
      assert.ok(await Promise.race([run.ended.then(() => false), pause(500, true)]), run.said());
    }
    const refused = await other.start("up", "seoul", "--yes", "--layer", "cluster").ended;
    assert.notEqual(refused.code, 0);
    assert.match(refused.said, /another run is working on this cluster/);
    process.kill(run.pid, "SIGKILL");
    await run.ended;
    // The engine ends what it has begun, and the next command is told to wait for it.
    for (;;) {
      const { code, said } = await laptop.start("up", "seoul", "--yes", "--layer", "cluster").ended;
      if (code === 0) break;
      assert.match(said, /is being changed by/);
      await pause(3_000);
    }
    assert.deepEqual(await ready(), ["cp-1", "worker-1", "worker-2"]);
  });

  it("give a worker up, drained", async () => {
    laptop.write(["worker-2"]);
    assert.match(await laptop.up(), /remove-node/);
    assert.deepEqual(await ready(), ["cp-1", "worker-2"]);
  });

  it("are reset by a destroy, and bear nothing of it; the key was written nowhere", async () => {
    const key = readFileSync(keyFile(), "utf8").split("\n")[1] ?? "";
    const files = readdirSync(join(laptop.root, ".kpaas"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const { parentPath, name } of files) assert.ok(!readFileSync(join(parentPath, name), "utf8").includes(key), name);
    for (const layer of ["cluster", "infrastructure"]) await laptop.run("destroy", "seoul", "--yes", "--layer", layer);
    for (const name of nodes.names()) {
      const paths = "/etc/kubernetes /var/lib/etcd /var/lib/kubelet /var/lib/kpaas/clusters/seoul";
      assert.equal(await nodes.ssh(name, `ls -d ${paths} 2> /dev/null; pgrep -l 'kubelet|etcd|containerd'; true`), "", name);
    }
    rmSync(laptop.root, { recursive: true });
  });
});
