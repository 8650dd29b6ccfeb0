import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { get, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { type AddressInfo, createServer } from "node:net";
import { dirname, join } from "node:path";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import { tunnelPort, tunnelTargets, tunnelUrl } from "../../model/plan/tunnel";
import { RefusedError } from "../../model/problems";
import type { Bastion } from "../../reach/bastion";
import { knownHostsFile } from "../../reach/known-hosts";
import { openTunnel, type Tunnel, type TunnelOptions } from "../../reach/tunnel";
import { PLAN } from "../cli/fixture";
import { type HttpsServer, startHttps } from "../support/https-server";
import { temporaryFolders } from "../support/temporary";
import { type BastionServer, newKey, startBastion } from "./bastion-server";

/** The name the API's certificate is for, which is not what is dialled. */
const API_NAME = "api.seoul.internal";

describe("the tunnel to a private cluster", () => {
  const folder = temporaryFolders();
  const [hostKey, otherHostKey, userKey, strangerKey] = [newKey(), newKey(), newKey(), newKey()];
  const ends: (() => Promise<unknown>)[] = [];
  let api: HttpsServer;
  let bastion: BastionServer;
  let root: string;
  let told: string[];

  before(async () => {
    api = await startHttps({ type: "dns", value: API_NAME }, (_request, response) => response.end("ok"));
  });
  after(() => api.close());
  beforeEach(async () => {
    root = folder();
    told = [];
    bastion = await startBastion(hostKey.privateKey, userKey.publicKey);
    ends.push(() => bastion.close());
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  const login = (over: Partial<Bastion> = {}): Bastion => ({
    host: "127.0.0.1",
    port: bastion.port,
    user: "ubuntu",
    privateKey: userKey.privateKey,
    names: ["bastion"],
    ...over,
  });

  async function open(over: Partial<TunnelOptions> = {}): Promise<Tunnel> {
    const plan = { ...PLAN, cluster: { ...PLAN.cluster, apiEndpoint: { host: "127.0.0.1", port: api.port } } };
    const times = { pauses: [1, 1], takeOver: 5, bastion: 50 };
    const tunnel = await openTunnel({ plan, root, tell: (text) => told.push(text), port: 0, times, ...over });
    ends.push(() => tunnel.close());
    return tunnel;
  }

  /** What the API answers through the tunnel, its certificate checked; the status line's text where the tunnel refuses. */
  async function ask(tunnel: Tunnel, target = `127.0.0.1:${api.port}`): Promise<string> {
    const dialled = await dial(tunnel, target);
    return typeof dialled === "string" ? dialled : await fetchThrough(dialled, api.certificate);
  }

  it("leads a client to the API, whose certificate still counts", async () => {
    const tunnel = await open();
    tunnel.use(login());
    assert.equal(await ask(tunnel), "ok");
    assert.equal(bastion.logins(), 1);
  });

  it("makes one SSH connection for everything, and none before it is needed", async () => {
    const tunnel = await open();
    tunnel.use(login());
    assert.equal(bastion.logins(), 0);
    assert.deepEqual(await Promise.all([ask(tunnel), ask(tunnel), ask(tunnel)]), ["ok", "ok", "ok"]);
    tunnel.use(login());
    assert.equal(await ask(tunnel), "ok");
    assert.equal(bastion.logins(), 1);
  });

  it("connects again after the connection was cut, and ends what went through it", async () => {
    const tunnel = await open();
    tunnel.use(login());
    const broken = await dial(tunnel, `127.0.0.1:${api.port}`);
    assert.ok(typeof broken !== "string");
    const closed = once(broken.resume(), "close");
    bastion.cut();
    await closed;
    assert.equal(await ask(tunnel), "ok");
    assert.equal(bastion.logins(), 2);
  });

  it("connects again where the bastion gives no sign of life any more", async () => {
    const tunnel = await open({ times: { pauses: [1, 1], ping: 10 } });
    tunnel.use(login());
    const silent = await dial(tunnel, `127.0.0.1:${api.port}`);
    assert.ok(typeof silent !== "string");
    const closed = once(silent.resume(), "close");
    bastion.fallSilent();
    await closed;
    assert.equal(await ask(tunnel), "ok");
  });

  it("waits for a bastion that is just starting", async () => {
    const { port } = bastion;
    await bastion.close();
    const tunnel = await open({ times: { pauses: [1, 20, 50, 100, 200, 400] } });
    tunnel.use(login({ port }));
    const answer = ask(tunnel);
    bastion = await startBastion(hostKey.privateKey, userKey.publicKey, port);
    assert.equal(await answer, "ok");
  });

  it("records the host key at first contact and says so once", async () => {
    const tunnel = await open();
    tunnel.use(login());
    await ask(tunnel);
    bastion.cut();
    await ask(tunnel);
    assert.equal(told.filter((text) => /first contact with the bastion of seoul .*SHA256:/.test(text)).length, 1);
    const recorded = readFileSync(knownHostsFile(root, "seoul"), "utf8");
    assert.equal(recorded, `bastion ${hostKey.publicKey.split(" ").slice(0, 2).join(" ")}\n`);
  });

  it("refuses a changed host key before it shows its own, and says what to do", async () => {
    record(`bastion ${otherHostKey.publicKey}\n`);
    const tunnel = await open();
    tunnel.use(login());
    assert.match(await ask(tunnel), /^502 .*bastion of seoul at 127\.0\.0\.1 shows the host key SHA256:.* delete its line \(bastion\) in /);
    assert.equal(bastion.logins(), 0);
  });

  it("takes the key of a successor that is being built, and the old one's as long as that answers", async () => {
    record(`bastion ${otherHostKey.publicKey}\n`);
    const tunnel = await open();
    tunnel.use(login({ names: ["bastion", "bastion-g2"] }));
    assert.equal(await ask(tunnel), "ok");
    assert.match(readFileSync(knownHostsFile(root, "seoul"), "utf8"), /^bastion-g2 ssh-ed25519 /m);
  });

  it("says which bastion does not answer and where to look", async () => {
    await bastion.close();
    const tunnel = await open();
    tunnel.use(login());
    const answer = await ask(tunnel);
    assert.match(answer, /^502 the bastion of seoul at 127\.0\.0\.1 does not answer \(.*ECONNREFUSED.*adminCidrs/);
    assert.deepEqual(told, [answer.slice("502 ".length)]);
  });

  it("says that a key is not accepted, or cannot be read, without showing it", async () => {
    const tunnel = await open();
    tunnel.use(login({ privateKey: strangerKey.privateKey }));
    assert.match(await ask(tunnel), /^502 .*does not accept the environment's SSH key for the user ubuntu/);
    tunnel.use(login({ privateKey: "canary-private-key" }));
    assert.match(await ask(tunnel), /^502 the SSH key of seoul cannot be read/);
    assert.doesNotMatch(told.join(), /canary|PRIVATE KEY/);
  });

  it("names the target that the bastion cannot reach", async () => {
    const free = createServer().listen(0, "127.0.0.1");
    await once(free, "listening");
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    const plan = { ...PLAN, cluster: { ...PLAN.cluster, apiEndpoint: { host: "127.0.0.1", port } } };
    const tunnel = await open({ plan });
    tunnel.use(login());
    assert.match(await ask(tunnel, `127.0.0.1:${port}`), new RegExp(`^502 the bastion of seoul .* cannot reach 127\\.0\\.0\\.1:${port}: `));
    assert.equal(bastion.logins(), 1);
  });

  it("leads to the API and the platform's services only", async () => {
    const tunnel = await open();
    tunnel.use(login());
    assert.match(await ask(tunnel, "10.20.0.13:22"), /^403 the tunnel of seoul leads to 127\.0\.0\.1:\d+ only/);
    assert.equal(bastion.logins(), 0);
    const [service] = PLAN.services;
    assert.ok(service);
    const services = [service, { ...service, host: "portal.seoul.example.org" }];
    assert.deepEqual(tunnelTargets({ ...PLAN, services }), ["10.20.0.11:6443", "portal.seoul.example.org:443"]);
  });

  it("waits until it is told where the bastion is, but not for ever", async () => {
    const tunnel = await open({ times: { bastion: 5_000 } });
    const answer = ask(tunnel);
    tunnel.use(login());
    assert.equal(await answer, "ok");
    assert.match(await ask(await open({ times: { bastion: 1 } })), /^502 the bastion of seoul has no address yet/);
  });

  it("shares the port with another operation on the environment, and takes it over", async () => {
    const first = await open();
    const second = await open({ port: first.port });
    second.use(login());
    await first.close();
    let answer = "";
    while (answer !== "ok") answer = await ask(second).catch((error: NodeJS.ErrnoException) => error.code ?? "");
    assert.equal(bastion.logins(), 1);
  });

  it("refuses a port that something else uses, and names another environment's tunnel", async () => {
    const first = await open();
    const plan = { ...PLAN, environment: "busan" };
    await assert.rejects(
      open({ plan, port: first.port }),
      (error) => error instanceof RefusedError && /tunnel of seoul/.test(error.message),
    );
    const other = createServer((socket) => socket.resume().end("hello\r\n")).listen(0, "127.0.0.1");
    await once(other, "listening");
    ends.push(() => new Promise((resolve) => other.close(resolve)));
    const taken = open({ port: (other.address() as AddressInfo).port });
    await assert.rejects(taken, (error) => error instanceof RefusedError && /is used by another program/.test(error.message));
  });

  it("closes everything at its end", async () => {
    const tunnel = await open();
    tunnel.use(login());
    const socket = await dial(tunnel, `127.0.0.1:${api.port}`);
    assert.ok(typeof socket !== "string");
    const closed = once(socket.resume(), "close");
    await tunnel.close();
    await closed;
    await assert.rejects(ask(tunnel), { code: "ECONNREFUSED" });
  });

  it("keeps no process from ending, which is what `pulumi up` waits for", async () => {
    const reach = join(__dirname, "..", "..", "reach");
    const script = `
      const [reach, root, login, api, plan] = process.argv.slice(1, 3).concat(process.argv.slice(3).map((each) => JSON.parse(each)));
      const { openTunnel } = require(reach + "/tunnel.js");
      const { BastionConnection } = require(reach + "/bastion.js");
      const { KnownHosts } = require(reach + "/known-hosts.js");
      const busy = setInterval(() => {}, 1000);
      openTunnel({ plan, root, port: 0, tell() {} }).then(async (tunnel) => {
        tunnel.use(login);
        await new BastionConnection("seoul", login, new KnownHosts(root + "/known"), () => {}).open("127.0.0.1", api);
        console.log("open");
        clearInterval(busy);
      });`;
    const args = [reach, root, JSON.stringify(login()), JSON.stringify(api.port), JSON.stringify(PLAN)];
    const child = spawn(process.execPath, ["-e", script, ...args], { stdio: ["ignore", "pipe", "inherit"], timeout: 10_000 });
    const [[output], [code]] = await Promise.all([once(child.stdout, "data"), once(child, "close")]);
    assert.deepEqual([String(output), code], ["open\n", 0]);
  });

  it("listens at the environment's own port, always the same, and only where the API is private", async () => {
    assert.equal(tunnelPort("seoul"), tunnelPort("seoul"));
    assert.notEqual(tunnelPort("seoul"), tunnelPort("busan"));
    assert.equal(tunnelUrl(PLAN), undefined);
    const access = { ...PLAN.access, api: "bastion" as const };
    assert.equal(tunnelUrl({ ...PLAN, access }), `http://127.0.0.1:${tunnelPort("seoul")}`);
    const tunnel = await openTunnel({ plan: { ...PLAN, environment: `seoul-${process.pid}` }, root, tell: () => undefined });
    ends.push(() => tunnel.close());
    assert.equal(tunnel.port, tunnelPort(`seoul-${process.pid}`));
    const [response] = await once(get({ host: "127.0.0.1", port: tunnel.port }), "response");
    assert.equal(response.resume().statusCode, 200);
  });

  function record(text: string): void {
    const file = knownHostsFile(root, "seoul");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
});

/** Asks the tunnel for a connection; the refusal as text. */
function dial(tunnel: Tunnel, target: string): Promise<Duplex | string> {
  return new Promise((resolve, reject) => {
    httpRequest({ host: "127.0.0.1", port: tunnel.port, method: "CONNECT", path: target, agent: false })
      .once("connect", (response, socket) => {
        if (response.statusCode === 200) resolve(socket.on("error", () => undefined));
        else resolve(`${response.statusCode} ${response.statusMessage}`);
      })
      .once("error", reject)
      .end();
  });
}

function fetchThrough(socket: Duplex, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const createConnection = () => connectTls({ socket, ca, servername: API_NAME });
    httpsRequest({ host: API_NAME, path: "/readyz", createConnection }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      response.once("end", () => resolve(body));
    })
      .once("error", reject)
      .end();
  });
}
