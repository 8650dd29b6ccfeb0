import { createServer } from "node:http";
import type { Address } from "../settings";
import { HEADERS } from "./headers";
import type { Metrics } from "./metrics";

/** Tells metrics at an address of their own, to whoever gets there, and nothing else. Gives what ends that. */
export async function tellMetrics({ host, port }: Address, metrics: Pick<Metrics, "text">): Promise<() => Promise<void>> {
  const server = createServer((request, response) => {
    if (request.method !== "GET" || request.url !== "/metrics") {
      response.writeHead(404, HEADERS).end();
      return;
    }
    metrics.text().then(
      (text) => response.writeHead(200, { ...HEADERS, "content-type": "text/plain; version=0.0.4; charset=utf-8" }).end(text),
      () => response.writeHead(500, HEADERS).end(),
    );
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
}
