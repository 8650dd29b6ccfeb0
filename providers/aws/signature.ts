import { createHash, createHmac } from "node:crypto";

/** Whose signature it is, and for what. */
export interface Signer {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region: string;
  readonly service: string;
}

/** What is signed: a request whose path and query need no escapes. */
export interface Signed {
  readonly method: string;
  readonly path: string;
  /** By lower-case names, `host` among them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * The headers of a request with its signature of version 4 (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
 * @param now when it is sent: AWS takes it for some minutes
 */
export function signed(
  { method, path, headers, body }: Signed,
  { accessKey, secretKey, region, service }: Signer,
  now: Date,
): Record<string, string> {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = [time.slice(0, 8), region, service, "aws4_request"];
  const all: Record<string, string> = { ...headers, "x-amz-date": time };
  const names = Object.keys(all).sort();
  const canonical = [method, path, "", ...names.map((name) => `${name}:${all[name]?.trim()}`), "", names.join(";"), sha256(body)].join(
    "\n",
  );
  const text = ["AWS4-HMAC-SHA256", time, scope.join("/"), sha256(canonical)].join("\n");
  const key = scope.reduce<Buffer | string>((last, part) => createHmac("sha256", last).update(part).digest(), `AWS4${secretKey}`);
  const signature = createHmac("sha256", key).update(text).digest("hex");
  const credential = `${accessKey}/${scope.join("/")}`;
  return { ...all, authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(";")}, Signature=${signature}` };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
