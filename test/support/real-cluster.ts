import { createWriteStream, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RealApi } from "../../sandbox/kubernetes/real/api";
import { HttpClient } from "../../sandbox/kubernetes/real/client";
import { playHardware } from "../../sandbox/kubernetes/real/hardware";
import { at, type Fields } from "../../sandbox/kubernetes/values";
import { ControlPlane } from "../../sandbox/servers/control-plane";
import { namePath, type Programs } from "../../sandbox/servers/record";

/** A real control plane of a test's own, which ends with the test: a world takes it for a server of somebody else's. */
export class RealCluster {
  private readonly stopping = new AbortController();
  private readonly killAll = (): void => this.plane.kill();
  private playing: Promise<void> | undefined;

  /** Its API. */
  readonly api: RealApi;

  private constructor(private readonly plane: ControlPlane) {
    this.api = new RealApi(plane.named);
    // However the tests end, no server outlives them.
    process.once("exit", this.killAll);
  }

  /** Starts it in a folder, names it to the world and plays the world's hardware. */
  static async start(folder: string, worldDir: string, programs: Programs): Promise<RealCluster> {
    mkdirSync(folder, { recursive: true });
    const cluster = new RealCluster(await ControlPlane.in(folder, programs));
    try {
      await cluster.plane.start();
      mkdirSync(worldDir, { recursive: true });
      writeFileSync(namePath(worldDir), JSON.stringify(cluster.plane.named), { mode: 0o600 });
      const log = createWriteStream(join(folder, "hardware.log"));
      cluster.playing = playHardware(cluster.api, worldDir, cluster.stopping.signal, (error) => {
        log.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      }).finally(() => {
        log.end();
        rmSync(namePath(worldDir), { force: true });
      });
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  /** Whether the server lets a user do something, by what its authorization says of it. */
  async may(user: string, resourceAttributes: Fields): Promise<boolean> {
    const review = { apiVersion: "authorization.k8s.io/v1", kind: "SubjectAccessReview", spec: { user, resourceAttributes } };
    const http = new HttpClient(this.plane.named);
    return at(await http.request("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", review), "status.allowed") === true;
  }

  /** What an account of the cluster logs in with, as a kubeconfig. */
  async kubeconfigOf(namespace: string, account: string): Promise<object> {
    const { server, ca } = this.plane.named;
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
    const asked = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} };
    const token = at(await new HttpClient(this.plane.named).request("POST", path, asked), "status.token");
    return {
      ...{ apiVersion: "v1", kind: "Config", "current-context": "one" },
      clusters: [{ name: "one", cluster: { server, "certificate-authority-data": Buffer.from(ca).toString("base64") } }],
      users: [{ name: "one", user: { token } }],
      contexts: [{ name: "one", context: { cluster: "one", user: "one" } }],
    };
  }

  /** Ends every server, and waits until they have ended. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.plane.stop();
    await this.playing;
    process.removeListener("exit", this.killAll);
  }
}
