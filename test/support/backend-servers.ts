import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { once } from "node:events";
import { chownSync, existsSync, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Gate } from "./gate";

/** A port of the loopback address that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** A server that a test has started. */
export interface TestServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** A server that keeps states, reached through a gate alone. */
export interface BackendServer extends TestServer {
  readonly gate: Gate;
  /** What whoever uses it has to be told beside its URL. */
  readonly variables: Readonly<Record<string, string>>;
}

async function serverOf(child: ChildProcess, url: string, answers: () => Promise<boolean> | boolean): Promise<TestServer> {
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", (text: string) => (log += text));
  for (let tries = 0; !(await answers()); tries++) {
    if (tries > 300 || child.exitCode !== null) throw new Error(`no server at ${url}: ${log}`);
    await pause(200);
  }
  const stop = async () => {
    if (child.exitCode !== null) return;
    child.kill("SIGINT");
    await once(child, "close");
  };
  return { url, stop };
}

function behind(gate: Gate, { url, stop }: TestServer, variables: Readonly<Record<string, string>> = {}): BackendServer {
  return { url, gate, variables, stop: () => gate.cut().then(stop) };
}

const answer = (url: string, init?: RequestInit) =>
  fetch(url, init).then(
    ({ status }) => status < 500,
    () => false,
  );

/** A PostgreSQL server with nothing in it, in a folder; its programs are in another one. */
export async function startPostgreSql(programs: string, folder: string): Promise<BackendServer> {
  const port = await freePort();
  const gate = await Gate.to(port);
  const owner = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  if (owner.uid !== undefined) chownSync(folder, owner.uid, owner.gid);
  const env = { PATH: `${programs}${delimiter}${process.env.PATH}`, LC_ALL: "C.UTF-8" };
  const options = { cwd: folder, env, ...owner };
  const made = spawnSync("initdb", ["-D", join(folder, "data"), "-U", "postgres", "-A", "trust"], { ...options, encoding: "utf8" });
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
  const listens = ["-D", join(folder, "data"), "-p", String(port), "-k", folder, "-c", "listen_addresses=127.0.0.1"];
  const child = spawn("postgres", listens, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const ask = (sql: string) =>
    spawnSync("psql", ["-h", "127.0.0.1", "-p", String(port), "-U", "postgres", "-c", sql], options).status === 0;
  const url = `postgres://postgres@127.0.0.1:${gate.port}/postgres?sslmode=disable`;
  return behind(gate, await serverOf(child, url, () => ask("SELECT 1")));
}

/** Moto's server with one bucket in it, and keys of AWS. @param program `moto_server` */
export async function startMoto(program: string): Promise<BackendServer> {
  const port = await freePort();
  const gate = await Gate.to(port);
  const child = spawn(program, ["-H", "127.0.0.1", "-p", String(port)], { stdio: ["ignore", "pipe", "pipe"] });
  const url = `s3://states?region=us-east-1&endpoint=${gate.url}&s3ForcePathStyle=true`;
  const server = await serverOf(child, url, () => answer(`http://127.0.0.1:${port}/states`, { method: "PUT" }));
  return behind(gate, server, { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" });
}

/** A stand-in for Google Cloud Storage with one bucket in it. @param program `fake-gcs-server` */
export async function startGcs(program: string, folder: string): Promise<BackendServer> {
  const port = await freePort();
  const gate = await Gate.to(port);
  const place = ["-backend", "filesystem", "-filesystem-root", join(folder, "buckets")];
  // Uploads go on where it says that it is, and objects are read by the name that it is asked under.
  const args = [
    "-scheme",
    "http",
    "-host",
    "127.0.0.1",
    "-port",
    String(port),
    "-external-url",
    gate.url,
    "-public-host",
    `127.0.0.1:${gate.port}`,
    ...place,
  ];
  const child = spawn(program, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const bucket = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ name: "states" }) };
  const server = await serverOf(child, "gs://states", () => answer(`http://127.0.0.1:${port}/storage/v1/b?project=test`, bucket));
  return behind(gate, server, { STORAGE_EMULATOR_HOST: `127.0.0.1:${gate.port}`, GOOGLE_OAUTH_ACCESS_TOKEN: "test" });
}

/** Azurite with one container in it. @param program `azurite-blob` */
export async function startAzurite(program: string, folder: string): Promise<BackendServer> {
  const port = await freePort();
  const gate = await Gate.to(port);
  const key = randomBytes(64).toString("base64");
  const place = join(folder, "azurite");
  mkdirSync(place);
  const args = [
    "--blobHost",
    "127.0.0.1",
    "--blobPort",
    String(port),
    "--location",
    place,
    "--silent",
    "--disableTelemetry",
    "--skipApiVersionCheck",
  ];
  const env = { ...process.env, AZURITE_ACCOUNTS: `kpaas:${key}` };
  const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  const url = `azblob://states?storage_account=kpaas&protocol=http&localemu=true&domain=127.0.0.1:${gate.port}`;
  const server = await serverOf(child, url, () => makeContainer(`http://127.0.0.1:${port}`, "kpaas", key, "states"));
  return behind(gate, server, { AZURE_STORAGE_ACCOUNT: "kpaas", AZURE_STORAGE_KEY: key });
}

/** Makes a container by an account's shared key (https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key). */
async function makeContainer(endpoint: string, account: string, key: string, name: string): Promise<boolean> {
  const headers = { "x-ms-date": new Date().toUTCString(), "x-ms-version": "2021-08-06" };
  const told = Object.entries(headers).map(([header, value]) => `${header}:${value}\n`);
  const text = `PUT${"\n".repeat(12)}${told.join("")}/${account}/${account}/${name}\nrestype:container`;
  const signature = createHmac("sha256", Buffer.from(key, "base64")).update(text).digest("base64");
  const authorization = `SharedKey ${account}:${signature}`;
  return await fetch(`${endpoint}/${account}/${name}?restype=container`, { method: "PUT", headers: { ...headers, authorization } }).then(
    async (response) => {
      if (response.status !== 201) throw new Error(`no container: ${response.status} ${await response.text()}`);
      return true;
    },
    () => false,
  );
}

/** A server that keeps a key, reached through a gate alone. */
export interface KeyServer extends BackendServer {
  /** As `kpaas state secrets` names it. */
  readonly provider: string;
}

/** A development server of OpenBao with a key `kpaas`, by its program `bao`. */
export async function startTransit(program: string): Promise<KeyServer> {
  const port = await freePort();
  const gate = await Gate.to(port);
  const args = ["server", "-dev", "-dev-root-token-id=root", "-dev-no-store-token", `-dev-listen-address=127.0.0.1:${port}`];
  const url = `http://127.0.0.1:${port}`;
  const server = await serverOf(spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] }), url, () => answer(`${url}/v1/sys/health`));
  const headers = { "X-Vault-Token": "root" };
  for (const [path, body] of [
    ["sys/mounts/transit", { type: "transit" }],
    ["transit/keys/kpaas", {}],
  ] as const) {
    const { ok, status } = await fetch(`${url}/v1/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    if (!ok) throw new Error(`OpenBao refuses ${path}: ${status}`);
  }
  return { ...behind(gate, server, { VAULT_ADDR: gate.url, VAULT_TOKEN: "root" }), provider: "hashivault://kpaas" };
}

/** Moto's server with a key `alias/kpaas` in KMS. @param program `moto_server` */
export async function startKms(program: string): Promise<KeyServer> {
  const { gate, variables, ...server } = await startMoto(program);
  const ask = async (action: string, body: object): Promise<string> => {
    const scope = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/kms/aws4_request, SignedHeaders=host, Signature=none";
    const headers = { "x-amz-target": `TrentService.${action}`, "content-type": "application/x-amz-json-1.1", authorization: scope };
    const response = await fetch(gate.url, { method: "POST", headers, body: JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`KMS refuses ${action}: ${text}`);
    return text;
  };
  const { KeyMetadata } = JSON.parse(await ask("CreateKey", {}));
  await ask("CreateAlias", { AliasName: "alias/kpaas", TargetKeyId: KeyMetadata.KeyId });
  const provider = "awskms://alias/kpaas?region=us-east-1";
  return { ...server, gate, variables: { ...variables, AWS_ENDPOINT_URL_KMS: gate.url }, provider };
}

/** The programs that stand in for clouds' stores, and how each is had. */
const PROGRAMS = {
  moto_server: { variable: "KPAAS_TEST_MOTO", had: "`pip install 'moto[server]==5.1.16'` in a virtual environment" },
  "fake-gcs-server": { variable: "KPAAS_TEST_GCS", had: "`go install github.com/fsouza/fake-gcs-server@v1.52.2`" },
  "azurite-blob": { variable: "KPAAS_TEST_AZURITE", had: "`npm install azurite@3.35.0` in a folder of its own" },
} as const;

/**
 * The program of that name: what its variable names, or one on PATH. Where there is none the tests are skipped and say so; called in a `before`
 * hook.
 */
export function serverForTests(this: Mocha.Context, name: keyof typeof PROGRAMS): string {
  const { variable, had } = PROGRAMS[name];
  const named = process.env[variable];
  const onPath = (process.env.PATH ?? "").split(delimiter).map((each) => join(each, name));
  const found = [...(named ? [named] : []), ...onPath].find(existsSync);
  if (found !== undefined) return found;
  console.warn(`SKIPPED ${this.test?.parent?.fullTitle()}\nno ${name}: ${had}, and ${variable}`);
  return this.skip();
}
