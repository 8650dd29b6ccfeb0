import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { type WebSocket, WebSocketServer } from "ws";
import { stringify } from "yaml";
import { doorsOf, forwardPort, tunnelPort } from "../../model/plan/tunnel";
import { type ForwardOptions, type Forwards, openForwards } from "../../reach/forward";
import { environmentFile, plannedFile } from "../support/environment";
import { type HttpsServer, startHttps } from "../support/https-server";

describe("the way to where a service is administered", () => {
  const ends: (() => Promise<unknown>)[] = [];
  let api: HttpsServer;
  let pod: Server;
  let asked: string[];
  let pods: object[];
  /** What the kubelet says of the pod's port; undefined: it leads there. */
  let refusal: string | undefined;

  before(async () => {
    pod = createServer((socket) => socket.pipe(socket)).listen(0, "127.0.0.1");
    await once(pod, "listening");
    api = await startHttps({ type: "ip", value: "127.0.0.1" }, (request, response) => {
      asked.push(`${request.headers.authorization} ${request.url}`);
      response.end(JSON.stringify({ items: pods }));
    });
    // A kubelet's first messages come in one piece with the answer that opens the way.
    api.server.on("upgrade", (_request, socket) => {
      socket.cork();
      process.nextTick(() => socket.uncork());
    });
    const sockets = new WebSocketServer({ server: api.server, handleProtocols: () => "v4.channel.k8s.io" });
    sockets.on("connection", (channels, { headers, url }) => {
      asked.push(`${headers.authorization} ${url}`);
      lead(channels);
    });
  });
  after(async () => {
    await api.close();
    pod.close();
  });
  beforeEach(() => {
    asked = [];
    pods = [ready("keycloak-0", "False"), ready("keycloak-1", "True")];
    refusal = undefined;
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  /** The API server's end of a port-forward, and the kubelet's. */
  function lead(channels: WebSocket): void {
    const port = Buffer.alloc(2);
    port.writeUInt16LE(8443);
    for (const channel of [0, 1]) channels.send(Buffer.concat([Buffer.from([channel]), port]));
    if (refusal !== undefined) {
      channels.send(Buffer.concat([Buffer.from([1]), Buffer.from(refusal)]));
      return;
    }
    const socket = connect((pod.address() as AddressInfo).port, "127.0.0.1");
    socket.on("data", (data) => channels.send(Buffer.concat([Buffer.from([0]), data])));
    channels.on("message", (message: Buffer) => socket.write(message.subarray(1))).on("close", () => socket.destroy());
  }

  const ready = (name: string, status: string): object => ({ metadata: { name }, status: { conditions: [{ type: "Ready", status }] } });

  function kubeconfig(): string {
    return stringify({
      "current-context": "admin",
      contexts: [{ name: "admin", context: { cluster: "seoul", user: "admin" } }],
      clusters: [
        {
          name: "seoul",
          cluster: {
            server: `https://127.0.0.1:${api.port}`,
            "certificate-authority-data": Buffer.from(api.certificate).toString("base64"),
          },
        },
      ],
      users: [{ name: "admin", user: { token: "canary" } }],
    });
  }

  async function free(): Promise<number> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    return port;
  }

  async function open(local: number, over: Partial<ForwardOptions> = {}): Promise<{ forwards: Forwards; told: string[] }> {
    const told: string[] = [];
    const doors = [{ of: "demo", namespace: "keycloak", workload: "keycloak", port: 8443, local }];
    const forwards = await openForwards({ doors, tell: (text) => told.push(text), times: { ready: 150, retry: 5 }, ...over });
    ends.push(() => forwards.close());
    return { forwards, told };
  }

  async function call(local: number, text: string): Promise<string> {
    const socket: Socket = connect(local, "127.0.0.1");
    ends.push(async () => socket.destroy());
    socket.on("error", () => undefined).write(text);
    const [data] = await Promise.race([once(socket, "data"), once(socket, "close").then(() => ["cut"])]);
    return String(data);
  }

  it("leads through the API server to a pod that is ready", async () => {
    const local = await free();
    const { forwards, told } = await open(local);
    forwards.use(kubeconfig());
    const first = await call(local, "hello");
    assert.deepEqual([first, told], ["hello", []]);
    assert.deepEqual(asked, [
      "Bearer canary /api/v1/namespaces/keycloak/pods?labelSelector=app.kubernetes.io%2Fname%3Dkeycloak",
      "Bearer canary /api/v1/namespaces/keycloak/pods/keycloak-1/portforward?ports=8443",
    ]);
    assert.deepEqual(told, []);
  });

  it("carries more than fits into its buffers, in order", async () => {
    const local = await free();
    const { forwards } = await open(local);
    forwards.use(kubeconfig());
    const socket = connect(local, "127.0.0.1");
    ends.push(async () => socket.destroy());
    const sent = Array.from({ length: 200_000 }, (_, index) => String(index % 10)).join("");
    socket.write(sent);
    let got = "";
    while (got.length < sent.length) got += String((await once(socket, "data"))[0]);
    assert.equal(got, sent);
  });

  it("waits for a cluster and a pod that come, and says what did not", async () => {
    const local = await free();
    const { forwards, told } = await open(local);
    assert.equal(await call(local, "too early"), "cut");
    // The port answers, whatever it leads to.
    const answer = call(local, "in time");
    forwards.use(kubeconfig());
    assert.equal(await answer, "in time");
    pods = [ready("keycloak-0", "False")];
    assert.equal(await call(local, "nobody"), "cut");
    refusal = "connection refused";
    pods = [ready("keycloak-0", "True")];
    assert.equal(await call(local, "refused"), "cut");
    assert.deepEqual(told, [
      "there is no cluster yet",
      "no pod of keycloak in keycloak is ready, so nothing in it can be changed",
      "the way to keycloak in keycloak broke off: connection refused",
    ]);
    assert.ok(!told.join().includes("canary"));
  });

  it("takes its port over from whoever has it, and says so", async () => {
    const local = await free();
    const first = await open(local);
    const second = await open(local);
    second.forwards.use(kubeconfig());
    assert.match(second.told.join(), /^127\.0\.0\.1:\d+, which leads to keycloak in the cluster, cannot be listened at \(EADDRINUSE\)/);
    await first.forwards.close();
    for (let tries = 0; tries < 100 && (await call(local, "a").catch(() => "")) !== "a"; tries++) await wait(5);
    assert.equal(await call(local, "b"), "b");
  });

  it("is refused a port that somebody else has, where whoever speaks through it could not tell", async () => {
    const local = await free();
    const other = createServer().listen(local, "127.0.0.1");
    await once(other, "listening");
    ends.push(async () => void other.close());
    const door = { of: "demo", namespace: "openbao", workload: "openbao", port: 8200, local, unproven: true } as const;
    await assert.rejects(open(local, { doors: [door] }), /demo: platform\.services: .*end what uses it/s);
  });

  it("refuses a kubeconfig that needs a program to log in", async () => {
    const local = await free();
    const { forwards, told } = await open(local);
    forwards.use(kubeconfig().replace("token: canary", "exec: {}"));
    assert.equal(await call(local, "a"), "cut");
    assert.match(told.join(), /neither by a client certificate nor by a token/);
  });

  it("has a port of its own for each service, which stays", () => {
    const doors = doorsOf(plannedFile(environmentFile()).plan);
    assert.deepEqual(doors, [
      { of: "demo", namespace: "keycloak", workload: "keycloak", port: 8443, local: forwardPort("demo", "keycloak") },
    ]);
    assert.equal(new Set([tunnelPort("demo"), forwardPort("demo", "keycloak"), forwardPort("seoul", "keycloak")]).size, 3);
    // It is recorded in states.
    assert.equal(forwardPort("demo", "keycloak"), 19_603);
  });
});
