import type { Context } from "../../cli/context";
import { run } from "../../cli/program";
import type { EngineTarget, OperationResult, RunOptions } from "../../engine/types";
import type { LoadedEnvironment } from "../../files/load";
import type { Lock } from "../../model/lock";
import type { MachinePlan } from "../../model/plan/infrastructure-types";
import type { EnvironmentPlan } from "../../model/plan/types";
import { PROGRAMS, type Programs } from "../../sandbox/servers/record";
import { type BehindDoors, playedDoors } from "../support/doors";

function machine(key: string, roles: MachinePlan["roles"], address: string): MachinePlan {
  return {
    key,
    name: key,
    generation: 1,
    roles,
    group: key.replace(/-\d+$/, ""),
    zone: "az-1",
    size: "m1.large",
    image: "ubuntu-22.04",
    address,
    volumes: roles.includes("worker") ? [{ name: "osd", sizeGiB: 100, device: "/dev/vdb" }] : [],
    labels: {},
    taints: [],
    spread: true,
  };
}

/** A small plan, made by hand so that no other part has to work. */
export const PLAN: EnvironmentPlan = {
  environment: "seoul",
  release: "1.7.0",
  profile: "minimal",
  provider: "openstack",
  cloud: {
    ...{ provider: "openstack", place: {}, firstBoot: {} },
    ...{ externalNetwork: "public", loadBalancerProvider: "amphora", bootVolumeGiB: 40 },
  },
  layers: "one",
  labels: {},
  zones: [],
  counted: [],
  protectData: true,
  retain: [],
  machines: [
    machine("cp-1", ["control-plane", "etcd"], "10.20.0.11"),
    machine("general-1", ["worker"], "10.20.0.12"),
    machine("nfs-1", ["nfs"], "10.20.0.13"),
  ],
  network: {
    cidr: "10.20.0.0/16",
    subnets: [{ name: "node", cidr: "10.20.0.0/16", gateway: "10.20.0.1", cloudRange: { first: "10.20.0.2", last: "10.20.0.10" } }],
    dns: [],
    floating: {},
    podCidr: "10.233.64.0/18",
    serviceCidr: "10.233.0.0/18",
  },
  access: { adminCidrs: [], ingressCidrs: ["10.20.0.0/16"], bastion: false, api: "direct", ssh: { user: "ubuntu" } },
  flows: [{ from: "worker", to: "control-plane", protocol: "tcp", ports: [6443], reason: "the Kubernetes API" }],
  apiEndpoint: { kind: "node", address: "10.20.0.11", port: 6443 },
  cluster: {
    name: "seoul",
    kubespray: "v2.29.0",
    kubernetes: "1.33.5",
    nodes: {},
    controlPlane: ["cp-1"],
    etcd: ["cp-1"],
    variables: {},
    apiEndpoint: { host: "10.20.0.11", port: 6443 },
    onDelete: "forget",
  },
  inventory: { _meta: { hostvars: { "cp-1": { ip: "10.20.0.11" } } }, kube_control_plane: { hosts: ["cp-1"] } },
  platform: {
    domain: "seoul.example.org",
    tls: { kind: "selfSigned" },
    storage: { kind: "nfs", server: "10.20.0.13", path: "/srv/nfs", sizeGiB: 200 },
    storageClass: "nfs",
    loadBalancer: { kind: "cloud" },
    ingress: { kind: "nginx", className: "nginx", address: "10.20.0.200" },
  },
  services: [
    {
      name: "mariadb",
      namespace: "mariadb",
      version: "11.4.7",
      dependsOn: [],
      images: { server: "docker.io/library/mariadb:11.4.7" },
      replicas: 1,
      sizeGiB: 20,
      values: { rootPassword: "canary-values" },
    },
  ],
  images: ["docker.io/library/mariadb:11.4.7"],
  files: ["https://dl.k8s.io/release/v1.33.5/bin/linux/amd64/kubelet"],
  bom: [{ name: "mariadb", version: "11.4.7", kind: "software", licence: "GPL-2.0" }],
};

/** Another plan that differs in some fields. */
export function planWith(changes: Partial<EnvironmentPlan>): EnvironmentPlan {
  return { ...PLAN, ...changes };
}

/** The outputs of the environment, with what must never be shown unasked. */
export const OUTPUTS: Record<string, unknown> = {
  apiEndpoint: "https://10.20.0.11:6443",
  kubeconfig: [
    "apiVersion: v1",
    "kind: Config",
    "current-context: admin@cluster.local",
    "clusters: [{ name: cluster.local, cluster: { server: 'https://10.20.0.11:6443' } }]",
    "users: [{ name: admin, user: { token: canary-token } }]",
    "contexts: [{ name: admin@cluster.local, context: { cluster: cluster.local, user: admin } }]",
  ].join("\n"),
  urls: { portal: "https://portal.seoul.example.org" },
  credentials: { portal: { username: "admin", password: "canary-password" } },
};

export const LOCK: Lock = {
  version: 1,
  environment: "seoul",
  release: "1.7.0",
  kubespray: "v2.29.0",
  kubernetes: "1.33.5",
  image: "ubuntu-22.04",
  network: { cloudRange: "10.20.0.2-10.20.0.10" },
  machines: {},
  retired: {},
};

type Planned = NonNullable<LoadedEnvironment["planned"]>;

/** What a test sets of the world a command sees. */
export interface World {
  /** Problems of the environment `seoul`; an error leaves it without a plan. */
  readonly problems?: LoadedEnvironment["problems"];
  readonly lockState?: Planned["lockState"];
  /** Answers to questions, in order; undefined: no terminal. */
  readonly answers?: readonly string[];
  readonly outputs?: Record<string, unknown> | undefined;
  /** Thrown by every engine operation. */
  readonly failure?: Error;
  readonly steps?: readonly unknown[];
  /** What stands for a plan that cannot be made. */
  readonly standIn?: Planned;
  /** What a destroy leaves. */
  readonly kept?: readonly string[];
  readonly resources?: OperationResult["resources"];
  readonly approved?: OperationResult["approved"];
  /** Changes of the plan. */
  readonly plan?: Partial<EnvironmentPlan>;
  /** The command's working folder. @default /work */
  readonly cwd?: string;
  /** Where programs are looked for. @default the test's own */
  readonly path?: string;
}

/** What a command did. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Engine operations and lock files written, in order. */
  readonly calls: readonly string[];
  readonly targets: readonly EngineTarget[];
}

/** Runs one command line in this process, the rest of the program replaced by the given world. */
export async function command(argv: readonly string[], world: World = {}): Promise<Ran> {
  const written = { stdout: "", stderr: "" };
  const calls: string[] = [];
  const targets: EngineTarget[] = [];
  const answers = [...(world.answers ?? [])];
  const behind: BehindDoors = {
    loaded: loaded(world),
    standIn: world.standIn,
    result: result(world),
    loss: { lost: ["volume osd of general-9, 100 GiB"], kept: world.kept ?? [], layers: "one" },
    outputs: "outputs" in world ? world.outputs : OUTPUTS,
    failure: world.failure,
  };
  const called = (name: string, target?: EngineTarget, options?: RunOptions) => {
    calls.push(name);
    if (target !== undefined) targets.push(target);
    options?.onProgress?.({ kind: "message", severity: "info", text: `${name} says hello`, ephemeral: false });
  };
  const context: Context = {
    cwd: world.cwd ?? "/work",
    env: { PATH: world.path ?? process.env.PATH },
    stdout: { write: (text) => (written.stdout += text) },
    stderr: { write: (text) => (written.stderr += text) },
    ...(world.answers === undefined
      ? {}
      : {
          ask: async (question: string) => {
            calls.push(`ask: ${question}`);
            return answers.shift() ?? "";
          },
        }),
    modules: {
      ...playedDoors(behind, called),
      schemas: async () => ({
        environmentJsonSchema: () => ({ title: "environment" }),
        fleetJsonSchema: () => ({ title: "fleet" }),
        pricesJsonSchema: () => ({ title: "prices" }),
      }),
      locator: async () => ({
        diagnoseEngine: async () => ({ wanted: "3.259.0", tested: "~3.259.0", candidates: [] }),
      }),
      server: () => import("../../server/server.js"),
      servers: async () => ({
        diagnoseServers: async () => ({ version: "1.36.3", reason: "no etcd 3.6.14 in the cache", build: "no `go` on PATH" }),
        installServers: async () => Object.fromEntries(PROGRAMS.map((name) => [name, `/cache/${name}`])) as Programs,
        runningServers: () => [],
        startSandboxServers: async () => true,
        stopSandboxServers: async (_root, names) => [...names],
      }),
    },
  };
  const code = await run(argv, context);
  return { code, ...written, calls, targets };
}

function loaded(world: World): LoadedEnvironment {
  const problems = world.problems ?? [];
  const lockState = world.lockState ?? "current";
  const identity = {
    name: "seoul",
    file: "/work/environments/seoul.yaml",
    lockFile: "/work/environments/seoul.lock.yaml",
    problems,
    content: {},
  };
  if (problems.some((problem) => problem.severity === "error")) return identity;
  const lockChanges = lockState === "current" ? [] : [{ path: "machines.cp-1.address", was: "10.20.0.9", becomes: "10.20.0.11" }];
  const plan = planWith(world.plan ?? {});
  return { ...identity, planned: { plan, lock: LOCK, lockState, lockChanges, shipped: plan.cluster } };
}

function result(world: World): OperationResult {
  return {
    environment: "seoul",
    changes: { create: 2, update: 0, replace: 0, delete: 0, same: 3 },
    steps: world.steps ?? [],
    outputs: OUTPUTS,
    before: {},
    seconds: 83.4,
    resources: world.resources ?? [
      { op: "create", urn: "urn:pulumi:seoul::kpaas::a:b:C::thing", type: "a:b:C", name: "thing", properties: [] },
    ],
    approved: world.approved ?? [],
  };
}
