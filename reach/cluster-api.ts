import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { request } from "node:https";
import type { Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { parse } from "yaml";
import { z } from "zod";

const kubeconfigSchema = z.object({
  "current-context": z.string(),
  contexts: z.array(z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: z.string() }) })),
  clusters: z.array(
    z.object({
      name: z.string(),
      cluster: z.object({
        server: z.string(),
        "certificate-authority-data": z.string().optional(),
        "tls-server-name": z.string().optional(),
        "proxy-url": z.string().optional(),
      }),
    }),
  ),
  users: z.array(
    z.object({
      name: z.string(),
      user: z.object({
        "client-certificate-data": z.string().optional(),
        "client-key-data": z.string().optional(),
        token: z.string().optional(),
      }),
    }),
  ),
});

const podsSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), deletionTimestamp: z.string().optional() }),
      status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]) }),
    }),
  ),
});

/** How long an API server may take to answer, in milliseconds. */
const ANSWER = 20_000;

/** A cluster's API server as a kubeconfig leads to it, by client certificate or token, and through the proxy that it names. */
export class ClusterApi {
  readonly headers: Readonly<Record<string, string>>;
  /** Without a slash at its end. */
  readonly url: string;
  private readonly tls: { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer; readonly servername?: string };
  private readonly proxy: URL | undefined;

  /** @throws Error for a text that is no kubeconfig, or one that logs in by other means */
  constructor(kubeconfig: string) {
    const config = kubeconfigSchema.parse(parse(kubeconfig));
    const context = config.contexts.find(({ name }) => name === config["current-context"])?.context;
    const cluster = config.clusters.find(({ name }) => name === context?.cluster)?.cluster;
    const user = config.users.find(({ name }) => name === context?.user)?.user;
    if (cluster === undefined || user === undefined)
      throw new Error("the kubeconfig's current context names no cluster and user of its own");
    const { "client-certificate-data": cert, "client-key-data": key, token } = user;
    if (token === undefined && (cert === undefined || key === undefined))
      throw new Error("the kubeconfig logs in neither by a client certificate nor by a token that it holds");
    const { "certificate-authority-data": ca, "tls-server-name": servername, "proxy-url": proxy } = cluster;
    this.url = cluster.server.replace(/\/$/, "");
    this.headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    this.tls = { ...decoded({ ca, cert, key }), ...(servername === undefined ? {} : { servername }) };
    this.proxy = proxy === undefined ? undefined : new URL(proxy);
  }

  /** Name of a pod of a workload that is ready; undefined where none is. */
  async readyPod(namespace: string, workload: string, labels: Readonly<Record<string, string>> = {}): Promise<string | undefined> {
    const all = Object.entries({ "app.kubernetes.io/name": workload, ...labels }).map(([name, value]) => `${name}=${value}`);
    const selector = encodeURIComponent(all.join(","));
    const { items } = podsSchema.parse(await this.call(`/api/v1/namespaces/${namespace}/pods?labelSelector=${selector}`));
    const ready = items.find(
      ({ metadata, status }) =>
        metadata.deletionTimestamp === undefined && status.conditions.some(({ type, status: is }) => type === "Ready" && is === "True"),
    );
    return ready?.metadata.name;
  }

  /** A connection to the server, encrypted. */
  async connect(): Promise<TLSSocket> {
    const { hostname, port } = new URL(this.url);
    const at = { host: hostname, port: Number(port || 443) };
    const through = this.proxy === undefined ? at : { socket: await throughProxy(this.proxy, `${at.host}:${at.port}`) };
    const socket = connectTls({
      servername: /^[\d.]+$/.test(hostname) ? "" : hostname,
      ...this.tls,
      ...through,
      ALPNProtocols: ["http/1.1"],
    });
    // A caller that is gone ends nothing else.
    socket.on("error", () => undefined);
    await once(socket, "secureConnect", { signal: AbortSignal.timeout(ANSWER) });
    socket.unref();
    return socket;
  }

  /** When the server's certificate ends, and the client's where one logs in by it, as ISO dates. */
  async certificateEnds(): Promise<Readonly<Record<string, string>>> {
    const socket = await this.connect();
    const { valid_to: server } = socket.getPeerCertificate();
    socket.destroy();
    const own = this.ownEnd;
    return { "of the API server": new Date(server).toISOString(), ...(own === undefined ? {} : { "of the kubeconfig": own }) };
  }

  /** When the certificate ends by which one logs in, as an ISO date; undefined where a token does. @throws Error for one that is none */
  get ownEnd(): string | undefined {
    const { cert } = this.tls;
    return cert === undefined ? undefined : new Date(new X509Certificate(cert).validTo).toISOString();
  }

  /**
   * Asks for something, or sends it.
   * @param sent by which method, and as which form of JSON
   * @throws ApiRefusedError
   */
  async call(
    path: string,
    sent?: { readonly method: "POST" | "PATCH" | "DELETE"; readonly body: object; readonly type?: string },
  ): Promise<unknown> {
    const socket = await this.connect();
    try {
      const text = sent && JSON.stringify(sent.body);
      // Node names no length for the body of a DELETE by itself.
      const length = text === undefined ? {} : { "content-length": Buffer.byteLength(text) };
      const headers = { ...this.headers, ...(sent ? { "content-type": sent.type ?? "application/json", ...length } : {}) };
      const method = sent?.method ?? "GET";
      const asked = request(`${this.url}${path}`, { method, headers, createConnection: () => socket });
      asked.end(text);
      const [response] = await once(asked, "response", { signal: AbortSignal.timeout(ANSWER) });
      let body = "";
      for await (const chunk of response.setEncoding("utf8")) body += chunk;
      if (response.statusCode < 200 || response.statusCode > 299) throw new ApiRefusedError(response.statusCode, path);
      return JSON.parse(body);
    } finally {
      socket.destroy();
    }
  }
}

/** Raised where the API server refuses. What it says is left out: it repeats what it was sent. */
export class ApiRefusedError extends Error {
  constructor(
    readonly status: number,
    path: string,
  ) {
    super(`the cluster's API answered ${status} to ${path}`);
    this.name = "ApiRefusedError";
  }
}

/** A connection through an HTTP proxy. */
async function throughProxy({ hostname, port }: URL, target: string): Promise<Socket> {
  const asked = httpRequest({ host: hostname, port, method: "CONNECT", path: target, agent: false }).end();
  const [response, socket] = await once(asked, "connect", { signal: AbortSignal.timeout(ANSWER) });
  if (response.statusCode === 200) return socket;
  socket.destroy();
  throw new Error(`the proxy ${hostname}:${port} does not lead to ${target}: ${response.statusMessage}`);
}

function decoded<Key extends string>(texts: Readonly<Record<Key, string | undefined>>): { [key in Key]?: Buffer } {
  const given = Object.entries<string | undefined>(texts).flatMap(([key, text]) =>
    text === undefined ? [] : [[key, Buffer.from(text, "base64")]],
  );
  return Object.fromEntries(given);
}
