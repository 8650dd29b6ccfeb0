import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { request as httpsRequest } from "node:https";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { engineCache } from "../../engine/paths";
import { findRelease, knownReleases } from "../../model/catalog";
import type { Graph } from "../../testing/graph";
import { type Bag, unwrapSecret } from "../../testing/mocks";
import { at, ofKind } from "../components/platform/fixtures";

/** The versions that the catalogue has, the oldest first. */
export const OPENBAO_VERSIONS: readonly string[] = [
  ...new Set(knownReleases.flatMap((release) => findRelease(release)?.services.openbao?.version ?? [])),
].sort();

/** The program `bao` of that version. Where there is none the tests are skipped and say so; called in a `before` hook. */
export function openBaoForTests(this: Mocha.Context, version: string): string {
  const program = join(process.env.KPAAS_TEST_OPENBAO ?? join(dirname(engineCache()), "openbao"), version, "bao");
  if (existsSync(program) && process.platform === "linux") return program;
  console.warn(
    `SKIPPED ${this.test?.parent?.fullTitle()}\nno ${program}: \`dev/openbao.sh CHECKOUT ${version}\` builds it from a checkout of https://github.com/openbao/openbao`,
  );
  return this.skip();
}

/** A certificate authority and a server's certificate for addresses, all PEM. */
export interface Certificates {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** Makes real certificates, as the recorded ones are none. */
export function makeCertificates(folder: string, addresses: readonly string[]): Certificates {
  const file = (name: string) => join(folder, name);
  const openssl = (line: string) => execFileSync("openssl", line.split(" "), { stdio: "pipe" });
  const made = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30";
  openssl(`${made} -subj /CN=test-CA -keyout ${file("ca.key")} -out ${file("ca.crt")}`);
  const names = addresses.map((each) => `IP:${each}`).join(",");
  openssl(
    `${made} -subj /CN=openbao -addext subjectAltName=${names} -CA ${file("ca.crt")} -CAkey ${file("ca.key")} -keyout ${file("tls.key")} -out ${file("tls.crt")}`,
  );
  const read = (name: string) => readFileSync(file(name), "utf8");
  return { ca: read("ca.crt"), certificate: read("tls.crt"), key: read("tls.key") };
}

/** Stands in for the one thing of the Kubernetes API that OpenBao asks for: whose a token is. */
export class TokenReviews {
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      let text = "";
      request.on("data", (part: Buffer) => {
        text += part.toString();
      });
      request.on("end", () => {
        const { token } = (JSON.parse(text) as { spec: { token: string } }).spec;
        const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as Bag;
        const user = { username: claims.sub, uid: "0", groups: [] };
        response.writeHead(201, { "content-type": "application/json" });
        response.end(JSON.stringify({ kind: "TokenReview", status: { authenticated: true, user, audiences: claims.aud } }));
      });
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.close();
  }
}

/** A token of an account as Kubernetes would write it, but for the signature: whose it is says the review. */
export function accountToken(namespace: string, name: string, audience = "openbao"): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: "https://kubernetes.default.svc",
    sub: `system:serviceaccount:${namespace}:${name}`,
    aud: [audience],
    iat: now,
    nbf: now,
    exp: now + 600,
    "kubernetes.io": { namespace, serviceaccount: { name, uid: "0" } },
  };
  return `${part({ alg: "RS256", kid: "k" })}.${part(claims)}.${"A".repeat(342)}`;
}

/** What is asked, beside where. */
interface ApiRequest {
  readonly token?: string;
  readonly body?: object | Buffer;
}

/** What a server answers. */
export interface Answer {
  readonly status: number;
  /** Where else to ask. */
  readonly location?: string | undefined;
  readonly body: Bag;
  readonly bytes: Buffer;
}

/** What all members have in common. */
export interface Setting {
  readonly program: string;
  readonly graph: Graph;
  readonly certificates: Certificates;
  /** Of the stand-in for the Kubernetes API. */
  readonly reviews: string;
  /** The clients' port; the next one is the members'. */
  readonly port: number;
}

/**
 * One pod of the recorded StatefulSet with the real program: the same commands, files and variables, in a folder of its own and at a loopback
 * address of its own.
 */
export class OpenBaoMember {
  readonly address: string;
  /** What both containers printed. */
  log = "";
  /** How many requests it did not hand on, but sent their makers to whoever leads. */
  redirected = 0;
  private running: ChildProcess | undefined;

  constructor(
    private readonly setting: Setting,
    readonly folder: string,
    private readonly member = 0,
  ) {
    this.address = addressOf(String(member));
    mkdirSync(folder, { recursive: true });
  }

  /** Runs the init container and then the server, as a kubelet would; a container that fails is not started again. */
  async run(): Promise<"initialised" | "failed"> {
    const pod = this.pod();
    this.writeVolumes(pod);
    const [first] = pod.initContainers as Bag[];
    const [server] = pod.containers as Bag[];
    if ((await this.process(first)) !== 0) return "failed";
    void this.process(server);
    return "initialised";
  }

  /** Waits until it serves. */
  async serves(): Promise<void> {
    for (let tries = 0; tries < 300; tries++) {
      const answer = await this.call("GET", "sys/health?standbyok=true").catch(() => undefined);
      if (answer?.status === 200) return;
      await pause(200);
    }
    throw new Error(`OpenBao does not serve:\n${this.log}`);
  }

  /** Ends whatever runs, as the loss of its node would. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const { running } = this;
    if (running?.pid === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((resolve) => running.once("exit", resolve));
    process.kill(-running.pid, signal);
    await ended;
  }

  /** A request to its API. As clients do, it goes on where it is sent to, once. */
  async call(method: string, path: string, request: ApiRequest = {}): Promise<Answer> {
    const answer = await this.ask(this.address, method, path, request);
    if (answer.status !== 307) return answer;
    this.redirected++;
    return await this.ask(new URL(String(answer.location)).hostname, method, path, request);
  }

  private ask(host: string, method: string, path: string, { token, body }: ApiRequest): Promise<Answer> {
    const content = body === undefined ? undefined : Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const headers = token === undefined ? {} : { "X-Vault-Token": token };
    const { port, certificates } = this.setting;
    return new Promise((resolve, reject) => {
      const options = { host, port, path: `/v1/${path}`, method, headers, ca: certificates.ca, timeout: 20_000 };
      const call = httpsRequest(options, (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("end", () => {
          const bytes = Buffer.concat(parts);
          resolve({ status: response.statusCode ?? 0, location: response.headers.location, body: parsed(bytes), bytes });
        });
      });
      call.on("error", reject).on("timeout", () => call.destroy(new Error("timeout")));
      call.end(content);
    });
  }

  /** Logs in with a token of an account: the client's token, or the answer's errors. */
  async logIn(role: string, namespace: string, account: string, audience?: string): Promise<string> {
    const { body } = await this.call("POST", "auth/kubernetes/login", { body: { role, jwt: accountToken(namespace, account, audience) } });
    return String(at(body, "auth", "client_token") ?? JSON.stringify(body.errors));
  }

  private pod(): Bag {
    const [set] = ofKind(this.setting.graph, "apps/v1:StatefulSet");
    return at(set?.inputs, "spec", "template", "spec") as Bag;
  }

  /** Starts a container in a group of its own, which ends with it. */
  private process(container: Bag | undefined): Promise<number | null> {
    const [command = "", ...args] = ((container?.command ?? []) as string[]).map((each) => this.mapped(each));
    const named = Object.fromEntries(
      ((container?.env ?? []) as { name: string; value?: string }[]).map(({ name, value }) => [name, value ?? this.podName]),
    );
    const env = Object.fromEntries(
      Object.entries(named).map(([name, value]) => [name, this.mapped(value.replaceAll("$(POD_NAME)", this.podName))]),
    );
    const path = `${dirname(this.setting.program)}:${process.env.PATH}`;
    const child = spawn(command, args, { env: { ...env, PATH: path }, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    this.running = child;
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.log += text;
      });
    return new Promise((resolve) => child.once("close", (code) => resolve(code)));
  }

  private get podName(): string {
    return `openbao-${this.member}`;
  }

  private writeVolumes(pod: Bag): void {
    mkdirSync(join(this.folder, "openbao/data"), { recursive: true });
    const { certificates } = this.setting;
    const real: Readonly<Record<string, string>> = {
      "tls.crt": certificates.certificate,
      "tls.key": certificates.key,
      "ca.crt": certificates.ca,
    };
    const mounts = [...(pod.initContainers as Bag[]), ...(pod.containers as Bag[])].flatMap(({ volumeMounts }) => volumeMounts as Bag[]);
    for (const volume of pod.volumes as Bag[]) {
      const folder = String(mounts.find(({ name }) => name === volume.name)?.mountPath);
      if (!folder.startsWith("/openbao/")) continue;
      mkdirSync(join(this.folder, folder), { recursive: true });
      for (const [name, text] of Object.entries(this.contentOf(volume)))
        writeFileSync(join(this.folder, folder, name), real[name] ?? this.mapped(text), { mode: 0o600 });
    }
  }

  private contentOf({ secret, configMap }: Bag): Readonly<Record<string, string>> {
    const [kind, name] = secret ? ["core/v1:Secret", at(secret, "secretName")] : ["core/v1:ConfigMap", at(configMap, "name")];
    const found = ofKind(this.setting.graph, kind).find(({ inputs }) => at(inputs, "metadata", "name") === name);
    return (unwrapSecret(found?.inputs.stringData ?? found?.inputs.data) ?? {}) as Record<string, string>;
  }

  /** The same with this member's folder and addresses. */
  mapped(text: string): string {
    const { port, reviews, certificates } = this.setting;
    return text
      .replaceAll("/openbao/", `${this.folder}/openbao/`)
      .replaceAll("openbao-$member.openbao-internal", addressOf("$((member))"))
      .replace(/openbao-(\d)\.openbao-internal(\.openbao\.svc)?/g, (_, member: string) => addressOf(member))
      .replace(/(0\.0\.0\.0|127\.0\.0\.1):/g, `${this.address}:`)
      .replaceAll(":8200", `:${port}`)
      .replaceAll(":8201", `:${port + 1}`)
      .replaceAll(
        '"kubernetes_host":"https://kubernetes.default.svc"',
        `"kubernetes_host":"${reviews}","disable_local_ca_jwt":true,"kubernetes_ca_cert":${JSON.stringify(certificates.ca)}`,
      )
      .replaceAll("10.233.64.0/18", "127.0.0.0/8");
  }
}

/** Each member has an address of the loopback network. */
const addressOf = (member: string): string => `127.0.88.1${member}`;

function parsed(bytes: Buffer): Bag {
  try {
    return JSON.parse(bytes.toString()) as Bag;
  } catch {
    return {};
  }
}
