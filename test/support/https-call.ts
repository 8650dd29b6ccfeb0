import { type IncomingMessage, request as openly } from "node:http";
import { request } from "node:https";

/** What is asked, beside where. */
export interface HttpsQuestion {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What has to have signed the server's certificate. */
  readonly ca?: string;
  /** Who the server has to be, where it is met at an address. */
  readonly servername?: string;
}

/** What a server answers. */
export interface HttpsAnswer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** Asks a server whose certificate an authority of the test's own has signed, and goes nowhere else where it is sent there. */
export function httpsCall(url: string, { method = "GET", headers = {}, body, ca, servername }: HttpsQuestion = {}): Promise<HttpsAnswer> {
  return new Promise((told, failed) => {
    const asked = (answer: IncomingMessage): void => {
      let text = "";
      answer.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
      });
      answer.on("end", () => told({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }));
    };
    const options = { method, headers, ...(ca === undefined ? {} : { ca }), ...(servername === undefined ? {} : { servername }) };
    const sent = url.startsWith("https:") ? request(url, options, asked) : openly(url, { method, headers }, asked);
    sent.setTimeout(60_000, () => sent.destroy(new Error(`${url} does not answer`)));
    sent.on("error", failed).end(body);
  });
}
