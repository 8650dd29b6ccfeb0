import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { stringify } from "yaml";
import { FILES, REGISTRY, type RealNodes } from "../../dev/nodes/nodes";
import { keyFile } from "../../dev/nodes/parts";
import { pythonEnvironment, requirementsOf } from "../../plugin/kubespray/ansible/python";
import { releaseOf } from "../../plugin/kubespray/ansible/source";
import { PACKAGES } from "../../sandbox/packages";
import { engineForTests } from "./engine";
import { DOUBLE, nodesForTests } from "./nodes";
import { type FileContent, merge } from "./plan";

const DIST = join(__dirname, "..", "..");
const TAG = "v2.29.0";

export interface Ended {
  readonly code: number | null;
  readonly said: string;
}

/** A command that runs. */
export interface Running {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** What it has printed so far. */
  said(): string;
}

/** Which hosts are what: keys with addresses. */
export interface Hosts {
  readonly controlPlane: readonly string[];
  readonly workers: readonly string[];
  /** Hosts that are described and have no task yet. */
  readonly free?: readonly string[];
}

/**
 * A user's project on real machines: `kpaas` with existing hosts, without the sandbox, in the machines' own network. kubespray is the double's,
 * which kubeadm, etcd and kubelets are real behind. What the platform's layer takes besides is in nodes-platform.ts.
 */
export class ProjectOnNodes {
  constructor(
    readonly root: string,
    readonly nodes: RealNodes,
    /** Of every host, by key. */
    readonly addresses: Readonly<Record<string, string>>,
  ) {}

  /** Writes the environment's file: these hosts, and what else of the file is said. */
  write({ controlPlane, workers, free = [] }: Hosts, content: FileContent = {}): void {
    const described = [...controlPlane, ...workers, ...free].map((key) => [key, { address: this.addresses[key] }]);
    const nodes = (keys: readonly string[]) => Object.fromEntries(keys.map((key) => [key, {}]));
    const environment = {
      name: "seoul",
      layers: "three",
      infrastructure: {
        provider: "existing",
        network: { cidr: "10.20.0.0/24" },
        access: { ssh: { privateKey: { file: keyFile() } } },
        existing: { hosts: Object.fromEntries(described) },
      },
      cluster: {
        network: { plugin: "flannel", proxyMode: "iptables" },
        runtime: "containerd",
        kubespray: { source: "../kubespray" },
        controlPlane: { nodes: nodes(controlPlane) },
        pools: { worker: { nodes: nodes(workers) } },
        variables: {
          // A drain that nothing can end must not take the twenty minutes of kubespray's defaults.
          ...{ drain_grace_period: 10, drain_timeout: "30s", drain_retries: 2, drain_retry_delay_seconds: 1 },
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
    writeFileSync(this.file, stringify(merge(environment, content)));
  }

  get file(): string {
    return join(this.root, "environments", "seoul.yaml");
  }

  /** Makes the project: kubespray's folder, the backend, and how providers are started. */
  make(): void {
    const source = join(this.root, "kubespray");
    cpSync(DOUBLE, source, { recursive: true });
    // By its table of versions a folder is told to be the tag.
    const table = releaseOf(TAG).kubernetes.versions.map((version) => `    ${version}: sha256:0\n`);
    mkdirSync(join(source, "roles/kubespray_defaults/vars/main"), { recursive: true });
    writeFileSync(join(source, "roles/kubespray_defaults/vars/main/checksums.yml"), `kubelet_checksums:\n  amd64:\n${table.join("")}`);
    this.wire();
  }

  /** Has the project's files of the engine lead to its own folder. */
  wire(): void {
    const launchers = Object.keys(PACKAGES).map((name) => {
      const path = join(this.root, "plugins", name);
      mkdirSync(path, { recursive: true });
      const command = [process.execPath, join(DIST, "sandbox", "main.js"), name, join(this.root, "world")]
        .map((word) => `'${word}'`)
        .join(" ");
      writeFileSync(join(path, `pulumi-resource-${name}`), `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
      return { name, path: name === "vault" ? (process.env.KPAAS_TEST_VAULT ?? path) : path };
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

  start(...args: readonly string[]): Running {
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
  async up(...options: readonly string[]): Promise<string> {
    await this.prepare(...options);
    return await this.run("up", "seoul", "--yes", "--layer", "cluster", ...options);
  }

  /** The lock and the infrastructure's layer: all that the cluster's stands on. */
  async prepare(...options: readonly string[]): Promise<void> {
    await this.run("lock", "seoul");
    await this.run("up", "seoul", "--yes", "--layer", "infrastructure", ...options);
  }

  /** Has a host's key forgotten, whose disk is another one. */
  forgetKey(host: string): void {
    const known = join(this.root, ".kpaas", "known_hosts", "seoul");
    const lines = readFileSync(known, "utf8").split("\n");
    writeFileSync(known, lines.filter((line) => line.split(" ")[0] !== host).join("\n"), { mode: 0o600 });
  }

  /** Waits until a command has printed something. It fails where the command ends before. */
  async until(run: Running, text: RegExp): Promise<void> {
    while (!text.test(run.said())) {
      assert.ok(await Promise.race([run.ended.then(() => false), pause(500, true)]), run.said());
    }
  }

  /** Kills a command, and goes on with what it had begun: the engine ends that, and the next command is told to wait for it. */
  async killAndGoOn(run: Running): Promise<string> {
    process.kill(run.pid, "SIGKILL");
    await run.ended;
    for (;;) {
      const { code, said } = await this.start("up", "seoul", "--yes", "--layer", "cluster").ended;
      if (code === 0) return said;
      assert.match(said, /is being changed by/);
      await pause(3_000);
    }
  }
}

/** Nodes that run and a project on them, called in a `before` hook. Where they cannot be had the tests are skipped, and say why. */
export async function projectForTests(
  this: Mocha.Context,
  name: string,
  addresses: Readonly<Record<string, string>>,
): Promise<ProjectOnNodes> {
  await engineForTests.call(this);
  const { nodes } = await nodesForTests.call(this, name);
  const release = releaseOf(TAG);
  await pythonEnvironment(requirementsOf(release), release.ansible.python, { tell: console.warn });
  const project = new ProjectOnNodes(join(nodes.folder, "laptop"), nodes, addresses);
  project.make();
  return project;
}
