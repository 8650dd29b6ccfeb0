import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { HEADERS } from "../../server/http/headers";
import type {
  Account,
  AccountForm,
  AuditEntry,
  Environment,
  Grant,
  Line,
  Machine,
  Operation,
  Plan,
  Webhook,
  WholeEnvironment,
} from "../../server/page/browser/shapes";
import { pageRoutes } from "../../server/page/page";

/** A service that a test plays, in the shapes of the real one, with a fleet of any size; what is sent to it is kept. */
export interface PageWorld {
  readonly url: string;
  readonly operation: string;
  readonly sent: readonly {
    readonly method: string;
    readonly path: string;
    readonly body: unknown;
    readonly headers: IncomingMessage["headers"];
  }[];
  /** Ends every stream, as a service that goes away does, and answers nothing until it is called again. */
  fail(isAway: boolean): void;
  stop(): Promise<void>;
}

const DAY = 86_400_000;
const id = (number: number) => `3f2b7c1e-0000-4000-8000-${String(number).padStart(12, "0")}`;
const PROVIDERS = ["openstack", "nhn", "aws", "gcp", "azure", "vsphere", "existing"] as const;
const STATES = ["up", "up", "up", "up", "up", "failed", "working", "new", "gone"] as const;

export function fleetOf(count: number, now: number): Environment[] {
  return Array.from({ length: count }, (_, index): Environment => {
    const isPlanned = index === 0;
    const state = isPlanned ? "planned" : (STATES[index % STATES.length] ?? "up");
    const name = isPlanned ? "seoul" : `edge-${String(index).padStart(4, "0")}`;
    return {
      ...{ name, labels: { team: index % 3 === 0 ? "platform" : "edge", site: `s${index % 17}` }, state },
      ...{ provider: PROVIDERS[index % PROVIDERS.length] ?? "aws", release: index % 4 === 0 ? "1.6.2" : "1.7.0" },
      ...{ kubernetes: index % 4 === 0 ? "1.32.9" : "1.33.5", machines: 4 + (index % 9), lock: index % 11 === 0 ? "outdated" : "current" },
      ...(isPlanned ? { operation: id(1) } : {}),
      last: { id: id(index + 1), kind: "up", state: isPlanned ? "planned" : state === "failed" ? "failed" : "done" },
      drift: { drifted: index % 10 === 3, at: new Date(now - DAY).toISOString() },
      certificatesUntil: new Date(now + ((index * 7) % 400) * DAY).toISOString(),
    };
  });
}

const ACCOUNTS: readonly Account[] = [
  {
    ...{ id: 1, name: "team platform", provider: "OPENSTACK", region: "KR1", project: "platform", environments: ["seoul", "busan"] },
    ...{ created: "2026-11-20T08:00:00.000Z", modified: "2026-11-20T08:00:00.000Z" },
  },
];
const FORMS: readonly AccountForm[] = [
  { provider: "AWS", needs: ["region"], credentials: ["accessKey", "secretKey"], makes: true },
  { provider: "OPENSTACK", needs: ["region", "project"], credentials: ["auth_url", "user_name", "password"], makes: true },
];
const WEBHOOKS: readonly Webhook[] = [
  {
    ...{ id: id(9), url: "https://hooks.example.org/kpaas", events: ["failed", "planned"], createdBy: "test#lee" },
    created: "2026-11-20T08:00:00.000Z",
  },
];

const PLAN: Plan = {
  ...{ operation: "3f2b7c1e-0000-4000-8000-000000000001", environment: "seoul", kind: "up", fingerprint: "9b1f" },
  digest: "9b1f6f3f5f7c1f2a9b1f6f3f5f7c1f2a9b1f6f3f5f7c1f2a9b1f6f3f5f7c1f2a",
  commit: "4f1c0de",
  counts: { create: 4, update: 2, replace: 0, delete: 3, same: 180 },
  changes: [
    { effect: "created", what: "machine worker-3", detail: "worker, m1.xlarge, az-2, ubuntu-22.04, 10.20.0.6" },
    { effect: "changed", what: "cluster", detail: "Cluster kubespray: nodes" },
    { effect: "deleted", what: "machine worker-1", detail: "port, machine, volume" },
  ],
  risks: [
    {
      effect: "lost",
      what: "machine worker-1",
      detail: "worker, m1.xlarge, 10.20.0.3, drained first, what its boot volume and its pods' local volumes hold is gone",
    },
    { effect: "restarted", what: "keycloak", detail: "its pods move to another node" },
  ],
  steps: [
    {
      playbook: "scale",
      command: "scale.yml --limit worker-3",
      minutes: { from: 15, to: 60, basis: "estimated" },
      workloads: "nothing that runs is touched; new nodes take pods when they are Ready",
      reason: "1 node joins the cluster (worker-3)",
    },
    {
      playbook: "remove-node",
      command: "remove-node.yml -e node=worker-1",
      minutes: { from: 5, to: 15, basis: "estimated" },
      workloads: "pods of worker-1 are evicted",
      reason: "1 node leaves the cluster (worker-1)",
    },
  ],
  approvals: [
    {
      approval: "cluster.pools.worker:delete",
      name: "worker-1",
      path: "cluster.pools.worker",
      reason: "worker-1 is deleted with what its local volumes hold",
    },
  ],
  ...{ lost: [], kept: [], needs: ["worker-1"], fourEyes: true },
};

function whole(environment: Environment): WholeEnvironment {
  const machine = (key: string, roles: string[], zone: string, host: number): Machine => ({
    ...{
      key,
      name: `seoul-${key}`,
      generation: 1,
      roles,
      zone,
      pool: key.startsWith("worker") ? "worker" : "",
      address: `10.20.0.${host}`,
      size: "m1.xlarge",
    },
  });
  const machines = [
    machine("cp-1", ["control-plane", "etcd"], "az-1", 2),
    machine("cp-2", ["control-plane", "etcd"], "az-2", 3),
    machine("cp-3", ["control-plane", "etcd"], "az-3", 4),
    ...Array.from({ length: 7 }, (_, index) => machine(`worker-${index + 1}`, ["worker"], `az-${(index % 3) + 1}`, 10 + index)),
    machine("nfs", ["nfs"], "az-1", 40),
  ];
  return {
    ...environment,
    problems: [
      {
        path: "platform.domain",
        reason: "nobody outside may reach the platform yet",
        remedy: "name who may in infrastructure.network.adminCidrs",
        severity: "warning",
      },
    ],
    history: [{ id: "4f1c0de4f1c0de", at: "2026-11-27T08:30:00.000Z", author: "kim", subject: "Scale worker of seoul to 7" }],
    text: `name: ${environment.name}\nprofile: standard\ninfrastructure:\n  provider: ${environment.provider}\n`,
    ...{ commit: "4f1c0de4f1c0de", fourEyes: true },
    topology: {
      ...{ pools: [{ name: "worker", machines: 7 }], machines, apiEndpoint: "https://10.20.0.100:6443" },
      services: [
        { name: "keycloak", version: "26.4.0", host: "keycloak.seoul.example.org" },
        { name: "mariadb", version: "10.11.14" },
      ],
    },
  };
}

/** Starts one. @param grants what whoever logs in may do @param issuer whom the page logs in by */
export async function playPageWorld(
  count: number,
  grants: readonly Grant[],
  issuer: { readonly issuer: string; readonly client: string },
): Promise<PageWorld> {
  const now = Date.now();
  const fleet = fleetOf(count, now);
  const pages = pageRoutes(issuer);
  const sent: PageWorld["sent"][number][] = [];
  const operations: Operation[] = fleet.slice(0, 60).map((each, index) => ({
    ...{
      id: id(index + 1),
      environment: each.name,
      kind: "up",
      state: each.last?.state ?? "done",
      askedBy: "test#lee",
      needsApproval: true,
      approvals: [],
      title: "scale worker to 7",
    },
    ...{ created: new Date(now - index * 3_600_000).toISOString(), started: new Date(now - index * 3_600_000 + 2_000).toISOString() },
    ...(index === 0 ? {} : { ended: new Date(now - index * 3_600_000 + 862_000).toISOString() }),
    ...(each.state === "failed" ? { reason: "the quota of cores is used up: ask for more, or take a smaller size" } : {}),
  }));
  const audit: AuditEntry[] = Array.from({ length: 30 }, (_, index) => ({
    ...{
      number: index + 1,
      at: new Date(now - (30 - index) * 60_000).toISOString(),
      actor: "https://login.example.org/realms/cp-realm#4f1c",
    },
    ...{ action: "operation.begin", target: "seoul", detail: { kind: "up" }, previous: "", hash: "" },
  }));
  const streams = new Set<ServerResponse>();
  /** Environments whose file somebody else has changed. */
  const changed = new Set<string>();
  let isAway = false;

  const turn = (operation: Operation, change: Partial<Operation>) => {
    operations[operations.indexOf(operation)] = { ...operation, ...change };
    const event = {
      operation: operation.id,
      environment: operation.environment,
      kind: operation.kind,
      state: change.state ?? operation.state,
    };
    for (const stream of streams)
      if (stream.req.url === "/api/v1/events") stream.write(`id: 1\nevent: turn\ndata: ${JSON.stringify(event)}\n\n`);
  };
  const lineOf = (number: number): Line => ({
    number,
    at: new Date(now + number).toISOString(),
    step: "up",
    text: `\u001b[32mline ${number}\u001b[0m of what was said`,
  });
  const stream = (request: IncomingMessage, answer: ServerResponse, path: string): void => {
    answer.writeHead(200, { ...HEADERS, "content-type": "text/event-stream" });
    streams.add(answer);
    answer.once("close", () => streams.delete(answer));
    answer.write(": \n\n");
    if (!path.endsWith("/log")) return;
    const after = Number(request.headers["last-event-id"] ?? 0);
    for (let number = after + 1; number <= after + 5; number++)
      answer.write(`id: ${number}\nevent: line\ndata: ${JSON.stringify(lineOf(number))}\n\n`);
  };
  const answerTo = (method: string, path: string, body: Record<string, unknown>): [status: number, body: unknown] => {
    const [, name = ""] = /^\/api\/v1\/environments\/([^/]+)$/.exec(path) ?? [];
    const [, of = "", call = ""] = /^\/api\/v1\/operations\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
    const operation = operations.find((each) => each.id === of);
    const environment = fleet.find((each) => each.name === name);
    if (path === "/api/v1/me") return [200, { id: "test#kim", name: "kim", roles: grants }];
    if (path === "/api/v1/environments") return [200, { items: fleet }];
    if (path === "/api/v1/operations") return [200, { items: operations }];
    if (path === "/api/v1/accounts") return method === "GET" ? [200, { items: ACCOUNTS }] : [201, ACCOUNTS[0]];
    if (path === "/api/v1/accounts/forms") return [200, { items: FORMS }];
    if (/^\/api\/v1\/accounts\/\d+\/test$/.test(path))
      return [200, { good: false, path: "credentials.password", reason: "the cloud does not take it", remedy: "give another one" }];
    if (path === "/api/v1/webhooks")
      return method === "GET" ? [200, { items: WEBHOOKS }] : [201, { ...WEBHOOKS[0], secret: "shown-this-once" }];
    if (path.endsWith("/deliveries")) return [200, { items: [{ id: id(1), event: 7, state: "done", tries: 1, due: "", status: 200 }] }];
    if (path === "/api/v1/audit") return [200, { items: audit }];
    if (path === "/api/v1/audit/verification") return [200, { entries: 30, heads: 2, faults: [] }];
    if (environment !== undefined && method === "GET") {
      const found = whole(environment);
      return [200, changed.has(name) ? { ...found, text: `${found.text}release: 1.7.0\n`, commit: "5a5a5a5a5a5a5a" } : found];
    }
    if (environment !== undefined && body.expects !== "4f1c0de4f1c0de") return [200, whole(environment)];
    if (environment !== undefined && String(body.text).includes("newer")) {
      changed.add(environment.name);
      return [412, problem(412, "It was changed since it was read", [], "precondition-failed")];
    }
    if (environment !== undefined)
      return [
        409,
        problem(409, "It is in the way of something else", [
          { path: "expects", reason: "the file was changed since", remedy: "read it again" },
        ]),
      ];
    if (operation !== undefined && call === "") return [200, operation];
    if (operation !== undefined && call === "plan")
      return operation.state === "planned" ? [200, PLAN] : [404, problem(404, "There is nothing here by this name")];
    if (operation !== undefined && call === "approval") {
      if (body.digest !== PLAN.digest) return [409, problem(409, "It is in the way of something else")];
      turn(operation, { state: "running", step: "up", approvedBy: "test#kim" });
      return [200, operation];
    }
    if (operation !== undefined && call === "rejection") {
      turn(operation, { state: "rejected", rejectedBy: "test#kim", reason: String(body.reason) });
      return [200, operation];
    }
    if (method === "POST" && path.startsWith("/api/v1/environments/")) return [202, operations[1]];
    return [404, problem(404, "There is nothing here by this name")];
  };

  const server = createServer((request, answer) => {
    const { url: path = "/", method = "GET" } = request;
    const [bare = "/"] = path.split("?");
    if (isAway) return void request.socket.destroy();
    const page = pages.find((route) => route.path === bare);
    if (page !== undefined) {
      void page.handle({} as Parameters<typeof page.handle>[0]).then((text) => {
        answer.writeHead(200, { ...HEADERS, ...page.headers, "content-type": page.text }).end(text);
      });
      return;
    }
    if (request.headers.authorization === undefined)
      return void answer.writeHead(401, HEADERS).end(JSON.stringify(problem(401, "Nobody is logged in")));
    if (request.headers.accept === "text/event-stream") return stream(request, answer, bare);
    let text = "";
    request.on("data", (piece) => (text += piece));
    request.on("end", () => {
      const body = text === "" ? {} : JSON.parse(text);
      if (method !== "GET") sent.push({ method, path: bare, body, headers: request.headers });
      const [status, answered] = answerTo(method, decodeURIComponent(bare), body);
      answer
        .writeHead(status, { ...HEADERS, "content-type": "application/json", "x-request-id": "request-0001" })
        .end(JSON.stringify(answered));
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    ...{ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, operation: id(1), sent },
    fail: (away) => {
      isAway = away;
      if (away) server.closeAllConnections();
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function problem(status: number, title: string, problems: readonly object[] = [], kind = "conflict") {
  return { type: `urn:kpaas:problem:${kind}`, title, status, requestId: "request-0001", ...(problems.length === 0 ? {} : { problems }) };
}
