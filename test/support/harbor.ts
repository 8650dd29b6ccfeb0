import type { IncomingMessage, ServerResponse } from "node:http";
import type { HarborCall } from "../../plugin/harbor/call";
import { FIRST_ROWS, type HarborRows } from "../../plugin/harbor/simulated/rows";
import { answerOf } from "../../plugin/harbor/simulated/server";
import { type HttpsServer, startHttps } from "./https-server";

/** The simulated Harbor behind a real HTTPS server on loopback, as the forward leads to a real one. */
export class HarborServer {
  rows: HarborRows = structuredClone(FIRST_ROWS);
  /** What was called and answered, in order. */
  readonly calls: (HarborCall & { readonly status: number })[] = [];
  /** Whether a call's connection breaks off: before it is carried out, or after. */
  cut: (call: HarborCall) => "before" | "after" | undefined = () => undefined;
  private server: HttpsServer | undefined;

  async start(): Promise<void> {
    this.server = await startHttps({ type: "ip", value: "127.0.0.1" }, (request, response) => void this.answer(request, response));
  }

  async stop(): Promise<void> {
    await this.server?.close();
  }

  /** What a provider's configuration says of it. */
  get configuration() {
    const { port = 0, certificate = "" } = this.server ?? {};
    return { harborUrl: `https://127.0.0.1:${port}`, harborUser: "admin", harborPassword: "canary-admin", harborCa: certificate };
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = "";
    for await (const piece of request) text += String(piece);
    const [user = "", password = ""] = Buffer.from(request.headers.authorization?.split(" ")[1] ?? "", "base64")
      .toString()
      .split(":");
    const body = text === "" ? {} : { body: JSON.parse(text) as object };
    const call: HarborCall = { method: request.method as HarborCall["method"], path: request.url ?? "", ...body };
    if (this.cut(call) === "before") return void request.socket.destroy();
    const { status, body: said } = answerOf(this.rows, call, { user, password });
    this.calls.push({ ...call, status });
    if (this.cut(call) === "after") return void request.socket.destroy();
    response.writeHead(status, { "content-type": "application/json" }).end(said === undefined ? "" : JSON.stringify(said));
  }
}
