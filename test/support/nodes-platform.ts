import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { REGISTRY } from "../../dev/nodes/nodes";
import { scriptPlace, sources } from "../../dev/nodes/parts";
import { inRegistry } from "../../dev/nodes/platform-images";
import { openLog, removeFolder } from "../../host/files";
import { namePath } from "../../sandbox/servers/record";
import { type ProjectOnNodes, projectForTests } from "./nodes-project";

const KUBECTL = "kubectl --kubeconfig /etc/kubernetes/admin.conf";
const API = "https://10.20.0.2:6443";
/** An image that only waits: what it stands in for is played, or of no use here. */
const WAITS = ["/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 1; done"];

/**
 * The platform's layer on real nodes. The objects are the product's, by the sandbox's kubernetes provider on the cluster's own API (docs/sandbox.md):
 * kubelets, pods, exec, probes and DNS are real. Helm's charts are what the sandbox knows of them, so what they run only waits; the NFS provisioner
 * and addresses are played (nodes-hardware.ts).
 */
export class PlatformOnNodes {
  private playing: ChildProcess | undefined;

  constructor(readonly laptop: ProjectOnNodes) {}

  /** Lets the provider into the cluster that is there, and has images for what is only to be there. To be called once the cluster is up. */
  async connect(): Promise<void> {
    const { laptop } = this;
    await this.kubectl("create serviceaccount tester -n kube-system");
    await this.kubectl("create clusterrolebinding tester --clusterrole=cluster-admin --serviceaccount=kube-system:tester");
    const token = await this.kubectl("create token tester -n kube-system --duration=24h");
    const ca = await this.laptop.nodes.ssh("cp-1", "cat /etc/kubernetes/ssl/ca.crt");
    mkdirSync(this.world, { recursive: true });
    writeFileSync(join(this.world, "cluster.json"), JSON.stringify({ name: "seoul", server: API, nodes: {} }));
    writeFileSync(namePath(this.world), JSON.stringify({ server: API, ca, token }), { mode: 0o600 });
    await this.standIns(await laptop.run("plan", "seoul", "--show", "images"));
    const log = openLog(join(laptop.root, "hardware.log"), true);
    const program = [join(__dirname, "nodes-hardware.js"), this.world, laptop.nodes.shares];
    this.playing = spawn("nsenter", laptop.nodes.inside(process.execPath, program), { stdio: ["ignore", log, log] });
    closeSync(log);
  }

  stop(): void {
    this.playing?.kill("SIGKILL");
  }

  /** kubectl as the administrator. */
  async kubectl(command: string): Promise<string> {
    return (await this.laptop.nodes.ssh("cp-1", `${KUBECTL} ${command}`)).trim();
  }

  /** Runs a script in a workload's pod. */
  async inside(namespace: string, workload: string, script: string): Promise<string> {
    return await this.kubectl(`exec -i -n ${namespace} ${workload} -- sh -eu <<'EOT'\n${script}\nEOT`);
  }

  /** Waits until something holds, for a while at most. */
  async until(what: string, holds: () => Promise<boolean>, seconds = 300): Promise<void> {
    const end = Date.now() + seconds * 1_000;
    while (!(await holds().catch(() => false))) {
      if (Date.now() > end) throw new Error(`after ${seconds} s: ${what}\n${await this.kubectl("get pods -A -o wide")}`);
      await pause(2_000);
    }
  }

  private get world(): string {
    return join(this.laptop.root, "world");
  }

  /** Puts an image that waits into the nodes' registry under the name of each that is not there. */
  private async standIns(images: string): Promise<void> {
    const { nodes } = this.laptop;
    const folder = mkdtempSync(join(this.laptop.root, "waits-"));
    mkdirSync(join(folder, "bin"));
    await nodes.run("cp", [join(scriptPlace("debian"), "busybox-static/bin/busybox"), join(folder, "bin/sh")]);
    await nodes.run("ln", ["-s", "sh", join(folder, "bin/sleep")]);
    for (const image of images.split("\n").filter((line) => line.includes("/"))) {
      const [path = "", tag = ""] = inRegistry(image).split(" ");
      const there = ["-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", "Accept: application/vnd.oci.image.manifest.v1+json"];
      if ((await nodes.run("curl", [...there, `http://${REGISTRY}/v2/${path}/manifests/${tag}`])).trim() === "200") continue;
      await nodes.run("python3", [join(sources, "image/push.py"), REGISTRY, path, tag, folder, ...WAITS]);
    }
    removeFolder(folder);
  }
}

/** Nodes with a project on them, whose registry has what the platform runs; called in a `before` hook. Else the tests are skipped, and say why. */
export async function platformForTests(
  this: Mocha.Context,
  name: string,
  addresses: Readonly<Record<string, string>>,
): Promise<PlatformOnNodes> {
  if (!existsSync(scriptPlace("platform"))) {
    console.warn(
      `SKIPPED ${this.test?.parent?.fullTitle()}\n${scriptPlace("platform")} is not there: \`node dist/dev/nodes/main.js build platform\` makes it, once.`,
    );
    return this.skip();
  }
  return new PlatformOnNodes(await projectForTests.call(this, name, addresses));
}
