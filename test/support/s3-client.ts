import { createHash, createHmac } from "node:crypto";
import { request } from "node:http";

/** A store that speaks S3 by plain HTTP, and as whom it is asked. */
export interface S3Login {
  readonly port: number;
  readonly user: string;
  readonly key: string;
}

/** What a store answers. */
export interface S3Answer {
  readonly status: number;
  readonly body: string;
}

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
const signed = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

/** Asks a store, signed as its clients sign (AWS Signature, version 4). The path goes as it is written, escaped or not. */
export function askStore({ port, user, key }: S3Login, method: string, path: string, body = ""): Promise<S3Answer> {
  const host = `127.0.0.1:${port}`;
  const time = `${new Date().toISOString().replace(/[-:]|\.\d+/g, "")}`;
  const day = time.slice(0, 8);
  const [at = "", query = ""] = path.split("?");
  const sent: Readonly<Record<string, string>> = { host, "x-amz-content-sha256": hash(body), "x-amz-date": time };
  const names = Object.keys(sent).join(";");
  const sorted = query.split("&").sort().join("&");
  const canonical = [method, at, sorted, ...Object.entries(sent).map(([name, value]) => `${name}:${value}`), "", names, hash(body)].join(
    "\n",
  );
  const scope = `${day}/us-east-1/s3/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", time, scope, hash(canonical)].join("\n");
  const secret = ["us-east-1", "s3", "aws4_request"].reduce<Buffer>((before, part) => signed(before, part), signed(`AWS4${key}`, day));
  const signature = signed(secret, text).toString("hex");
  const authorization = `AWS4-HMAC-SHA256 Credential=${user}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return new Promise((told, failed) => {
    const headers = { ...sent, authorization, "content-length": Buffer.byteLength(body) };
    const asked = request({ host: "127.0.0.1", port, path, method, headers }, (answer) => {
      let said = "";
      answer.setEncoding("utf8").on("data", (part: string) => {
        said += part;
      });
      answer.on("end", () => told({ status: answer.statusCode ?? 0, body: said }));
    });
    asked.on("error", failed).end(body);
  });
}
