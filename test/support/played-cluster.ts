import { spawn } from "node:child_process";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type WebSocket, WebSocketServer } from "ws";
import { stringify } from "yaml";
import { ClusterApi } from "../../reach/cluster-api";
import { type HttpsServer, startHttps } from "./https-server";

/** A workload that a played cluster has. */
export interface PlayedWorkload {
  replicas: number;
  annotations: Record<string, string | null>;
}

/** A Kubernetes API that a test plays: pods are this machine, and commands in them run here. */
export class PlayedCluster {
  /** By `NAMESPACE/KIND/NAME`. */
  readonly workloads: Record<string, PlayedWorkload> = {};
  /** By `NAMESPACE/NAME`. */
  readonly secrets: Record<string, Record<string, string>> = {};
  /** What was asked for and done, in order. */
  readonly events: string[] = [];
  /** Gives what runs in place of a command: its text and variables. */
  as: (script: string, namespace: string) => { script: string; env?: NodeJS.ProcessEnv } = (script) => ({ script });
  /** Cuts the next command's connection off after so many bytes of its input. */
  cutAfter: number | undefined;
  token = "an-account's-token";
  private server: HttpsServer | undefined;

  async start(): Promise<void> {
    this.server = await startHttps({ type: "ip", value: "127.0.0.1" }, (request, response) => void this.answer(request, response));
    const sockets = new WebSocketServer({ server: this.server.server, handleProtocols: () => "v4.channel.k8s.io" });
    sockets.on("connection", (channels, { url = "" }) => this.run(channels, new URL(url, "https://x")));
  }

  async stop(): Promise<void> {
    await this.server?.close();
  }

  get kubeconfig(): string {
    const { port = 0, certificate = "" } = this.server ?? {};
    const authority = Buffer.from(certificate).toString("base64");
    return stringify({
      "current-context": "admin",
      contexts: [{ name: "admin", context: { cluster: "seoul", user: "admin" } }],
      clusters: [{ name: "seoul", cluster: { server: `https://127.0.0.1:${port}`, "certificate-authority-data": authority } }],
      users: [{ name: "admin", user: { token: "canary" } }],
    });
  }

  get api(): ClusterApi {
    return new ClusterApi(this.kubeconfig);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = "";
    for await (const piece of request) text += String(piece);
    const url = new URL(request.url ?? "", "https://x");
    const say = (body: object): void => void response.end(JSON.stringify(body));
    const [, namespace = "", kind = "", name] = /\/namespaces\/([^/]+)\/([^/]+)(?:\/([^/]+))?/.exec(url.pathname) ?? [];
    if (kind === "pods") {
      const labels = url.searchParams.get("labelSelector")?.split(",") ?? [];
      const pod = labels.map((label) => label.split("=")[1]).join("-");
      return say({ items: [{ metadata: { name: `${pod}-0` }, status: { conditions: [{ type: "Ready", status: "True" }] } }] });
    }
    if (kind === "secrets") {
      const data = this.secrets[`${namespace}/${url.searchParams.get("fieldSelector")?.split("=")[1]}`];
      const coded = data && Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString("base64")]));
      return say({ items: coded === undefined ? [] : [{ data: coded }] });
    }
    if (kind === "serviceaccounts") return say({ status: { token: this.token } });
    const object = (path: string, { replicas, annotations }: PlayedWorkload) => {
      const metadata = { name: path.split("/")[2], annotations, managedFields: [] };
      return { metadata, spec: { replicas }, status: { replicas, readyReplicas: replicas } };
    };
    if (name !== undefined) {
      const path = `${namespace}/${kind}/${name}`;
      const workload = this.workloads[path];
      if (workload === undefined) return void response.writeHead(404).end("{}");
      if (request.method === "PATCH") {
        const { spec, metadata } = JSON.parse(text) as {
          spec: { replicas: number };
          metadata: { annotations: Record<string, string | null> };
        };
        workload.replicas = spec.replicas;
        for (const [key, value] of Object.entries(metadata.annotations))
          if (value === null) delete workload.annotations[key];
          else workload.annotations[key] = value;
        this.events.push(`${path} has ${spec.replicas}`);
      }
      return say(object(path, workload));
    }
    const items = Object.entries(this.workloads).filter(([path]) => path.startsWith(`${namespace}/${kind}/`));
    say({ items: items.map(([path, workload]) => object(path, workload)) });
  }

  /** The API server's end of an exec. */
  private run(channels: WebSocket, { pathname, searchParams }: URL): void {
    const namespace = /namespaces\/([^/]+)/.exec(pathname)?.[1] ?? "";
    const [shell = "", options = "", script = "", ...rest] = searchParams.getAll("command");
    const { script: played, env } = this.as(script, namespace);
    this.events.push(`in ${namespace}/${searchParams.get("container")}: ${script.split("\n").at(-1)}`);
    const child = spawn(shell, [options, played, ...rest], { env: { ...process.env, ...env }, stdio: "pipe" });
    const send = (channel: number, content: Buffer | string) =>
      channels.send(Buffer.concat([Buffer.from([channel]), Buffer.from(content)]));
    child.stdout.on("data", (data: Buffer) => send(1, data));
    child.stderr.on("data", (data: Buffer) => send(2, data));
    child.stdin.on("error", () => undefined);
    let taken = 0;
    const limit = searchParams.has("stdin") ? this.cutAfter : undefined;
    channels.on("message", (message: Buffer) => {
      taken += message.length - 1;
      child.stdin.write(message.subarray(1));
      if (limit === undefined || taken <= limit) return;
      this.cutAfter = undefined;
      channels.terminate();
    });
    channels.on("close", () => child.stdin.end());
    void once(child, "close").then(([code]) => {
      const causes = [{ reason: "ExitCode", message: String(code) }];
      const failure = { status: "Failure", message: "command terminated", details: { causes } };
      if (channels.readyState === channels.OPEN) send(3, JSON.stringify(code === 0 ? { status: "Success" } : failure));
      channels.close();
    });
  }
}
