import { X509Certificate } from "node:crypto";
import { startHttps } from "./https-server";

/** What plays a cluster's API, by a certificate that nobody signed. */
export interface RegisteredCluster {
  readonly url: string;
  /** Of its certificate: SHA-256, in hexadecimal. */
  readonly fingerprint: string;
  /** The paths that it was asked for. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** Starts one on loopback: two nodes, of which one is ready. @param token the one that it takes */
export async function playRegistered(token: string): Promise<RegisteredCluster> {
  const asked: string[] = [];
  const node = (status: string) => ({ status: { conditions: [{ type: "Ready", status }] } });
  const answers: Readonly<Record<string, object>> = {
    "/version": { gitVersion: "v1.33.5" },
    "/api/v1/nodes": { items: [node("True"), node("False")] },
  };
  const server = await startHttps({ type: "ip", value: "127.0.0.1" }, (request, answer) => {
    const path = request.url?.split("?")[0] ?? "";
    asked.push(path);
    const taken = request.headers.authorization === `Bearer ${token}`;
    answer.writeHead(!taken ? 401 : answers[path] === undefined ? 404 : 200, { "content-type": "application/json" });
    answer.end(JSON.stringify(taken ? (answers[path] ?? {}) : {}));
  });
  return {
    url: `https://127.0.0.1:${server.port}`,
    fingerprint: new X509Certificate(server.certificate).fingerprint256.replaceAll(":", "").toLowerCase(),
    asked,
    close: server.close,
  };
}
