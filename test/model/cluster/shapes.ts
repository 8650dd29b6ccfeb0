import type { CompileOptions } from "../../../model/cluster/steps/compile";
import type { ClusterNode, ClusterSpec } from "../../../model/cluster/types";
import { controlPlane, worker } from "./fixtures";

/** How many of each there are: all that tells clusters apart up to renaming. */
export interface Shape {
  readonly controlPlanes: number;
  /** Machines of their own; 0: etcd is on the control planes. */
  readonly etcd: number;
  readonly workers: number;
}

/** Every cluster of at most 5 control planes, 3 external etcd members and 3 workers. */
export const shapes: readonly Shape[] = [0, 1, 3].flatMap((etcd) =>
  [1, 2, 3, 4, 5]
    .filter((controlPlanes) => etcd > 0 || controlPlanes % 2 === 1)
    .flatMap((controlPlanes) => [1, 2, 3].map((workers) => ({ controlPlanes, etcd, workers }))),
);

/** A change of a cluster, and what the specs do not say about it. */
export interface Change {
  readonly name: string;
  /** Undefined where it does not go with this cluster. */
  readonly of: (spec: ClusterSpec) => ClusterSpec | undefined;
  readonly options?: (spec: ClusterSpec) => CompileOptions;
}

const endpoint = { host: "10.20.0.11", port: 6443 };

/** The cluster of a shape, with its first names. */
export function clusterOf({ controlPlanes, etcd, workers }: Shape, changes: Partial<ClusterSpec> = {}): ClusterSpec {
  const own = Array.from({ length: controlPlanes }, (_, index) => `cp-${index + 1}`);
  const external = Array.from({ length: etcd }, (_, index) => `etcd-${index + 1}`);
  const nodes: Record<string, ClusterNode> = {};
  own.forEach((name, index) => {
    const node = controlPlane(name, index + 11);
    const { etcdMember: _member, ...plain } = node;
    nodes[name] = etcd === 0 ? node : { ...plain, roles: ["control-plane"] };
  });
  external.forEach((name, index) => {
    nodes[name] = { ...controlPlane(name, index + 41), roles: ["etcd"] };
  });
  for (let id = 1; id <= workers; id += 1) nodes[`worker-${id}`] = worker(`worker-${id}`, id);
  return {
    name: "demo",
    kubespray: "v2.28.0",
    kubernetes: "1.31.8",
    nodes,
    controlPlane: own,
    etcd: etcd === 0 ? own : external,
    variables: { container_manager: "containerd", kube_pods_subnet: "10.233.64.0/18" },
    apiEndpoint: endpoint,
    onDelete: "forget",
    ...changes,
  };
}

/** Takes nodes out and puts nodes in, in the place of those they replace, else behind. */
function exchange(spec: ClusterSpec, gone: readonly string[], added: Readonly<Record<string, ClusterNode>>): ClusterSpec {
  const successor = (name: string): readonly string[] => Object.keys(added).filter((other) => added[other]?.key === spec.nodes[name]?.key);
  const listed = (list: readonly string[], role: string): string[] => {
    const kept = list.flatMap((name) => (gone.includes(name) ? successor(name) : [name]));
    return [...kept, ...Object.keys(added).filter((name) => added[name]?.roles.some((each) => each === role) && !kept.includes(name))];
  };
  const nodes = Object.fromEntries(Object.entries(spec.nodes).filter(([name]) => !gone.includes(name)));
  const changed: ClusterSpec = {
    ...spec,
    nodes: { ...nodes, ...added },
    controlPlane: listed(spec.controlPlane, "control-plane"),
    etcd: listed(spec.etcd, "etcd"),
  };
  // The endpoint of a cluster without balancer is its first control plane.
  const host = changed.nodes[changed.controlPlane[0] ?? ""]?.address;
  const local = spec.variables.loadbalancer_apiserver === undefined && host !== undefined;
  return local ? { ...changed, apiEndpoint: { ...spec.apiEndpoint, host } } : changed;
}

const isStacked = (spec: ClusterSpec): boolean => spec.controlPlane.some((name) => spec.etcd.includes(name));
const namesOf = (spec: ClusterSpec, group: Group): readonly string[] =>
  group === "worker"
    ? Object.keys(spec.nodes)
        .filter((name) => spec.nodes[name]?.roles.includes("worker"))
        .sort()
    : spec[group];

type Group = "controlPlane" | "etcd" | "worker";
const LIMITS: Readonly<Record<Group, number>> = { controlPlane: 5, etcd: 3, worker: 3 };
const BASES: Readonly<Record<Group, number>> = { controlPlane: 60, etcd: 90, worker: 120 };

function added(spec: ClusterSpec, group: Group, count: number): ClusterSpec | undefined {
  const names = namesOf(spec, group);
  if (group === "etcd" && isStacked(spec)) return undefined;
  if (names.length + count > LIMITS[group]) return undefined;
  const like = spec.nodes[names[0] ?? ""];
  if (!like) return undefined;
  const fresh = Array.from({ length: count }, (_, index) => {
    const key = `${group === "controlPlane" ? "cp" : group}-${names.length + index + 1}-new`.toLowerCase();
    const address = `10.20.7.${BASES[group] + names.length + index}`;
    return [key, { ...like, key, generation: 1, address, ...(like.etcdMember === undefined ? {} : { etcdMember: key }) }] as const;
  });
  return exchange(spec, [], Object.fromEntries(fresh));
}

function removed(spec: ClusterSpec, group: Group, at: readonly number[]): ClusterSpec | undefined {
  const names = namesOf(spec, group);
  if ((group === "etcd" && isStacked(spec)) || at.some((index) => names[index] === undefined) || names.length <= at.length)
    return undefined;
  return exchange(
    spec,
    at.flatMap((index) => names[index] ?? []),
    {},
  );
}

/** The members in these places, or all of them, in their next generation. */
function rebuilt(spec: ClusterSpec, group: Group, at: readonly number[]): ClusterSpec | undefined {
  const names = namesOf(spec, group);
  if ((group === "etcd" && isStacked(spec)) || at.some((index) => names[index] === undefined)) return undefined;
  const gone = at.flatMap((index) => names[index] ?? []);
  const next = gone.map((name): [string, ClusterNode] => {
    const node = spec.nodes[name] as ClusterNode;
    const generation = node.generation + 1;
    const successor = `${node.key}-g${generation}`;
    const last = node.address.split(".").at(-1);
    return [
      successor,
      { ...node, generation, address: `10.20.9.${last}`, ...(node.etcdMember === undefined ? {} : { etcdMember: successor }) },
    ];
  });
  return exchange(spec, gone, Object.fromEntries(next));
}

const everyNode = (spec: ClusterSpec, changes: Partial<ClusterNode>): ClusterSpec => ({
  ...spec,
  nodes: Object.fromEntries(Object.entries(spec.nodes).map(([name, node]) => [name, { ...node, ...changes }])),
});

const variables =
  (set: Readonly<Record<string, unknown>>): Change["of"] =>
  (spec) => ({ ...spec, variables: { ...spec.variables, ...set } });

const places = [[0], [1], [2], [4], [0, 1], [1, 2], [0, 1, 2]] as const;
const isOdd = (spec: ClusterSpec | undefined): ClusterSpec | undefined => (spec && spec.etcd.length % 2 === 1 ? spec : undefined);

/** Every single change that an owner can make. */
export const changes: readonly Change[] = [
  ...(["controlPlane", "etcd", "worker"] as const).flatMap((group): Change[] => [
    ...[1, 2].map((count) => ({ name: `add ${count} ${group}`, of: (spec: ClusterSpec) => isOdd(added(spec, group, count)) })),
    ...places.map((at) => ({ name: `remove ${group} ${at}`, of: (spec: ClusterSpec) => isOdd(removed(spec, group, at)) })),
    ...places.map((at) => ({ name: `rebuild ${group} ${at}`, of: (spec: ClusterSpec) => rebuilt(spec, group, at) })),
  ]),
  { name: "upgrade one minor", of: (spec) => ({ ...spec, kubespray: "v2.28.1", kubernetes: "1.32.8" }) },
  { name: "upgrade a patch", of: (spec) => ({ ...spec, kubespray: "v2.28.1", kubernetes: "1.31.12" }) },
  { name: "upgrade by a ladder", of: (spec) => ({ ...spec, kubespray: "v2.31.0", kubernetes: "1.35.4" }) },
  { name: "another runtime", of: variables({ container_manager: "crio" }) },
  { name: "an audit log", of: variables({ kubernetes_audit: true }) },
  { name: "a kubelet's setting", of: variables({ kubelet_max_pods: 50 }) },
  { name: "a variable that takes a whole run", of: variables({ upstream_dns_servers: ["10.0.0.2"] }) },
  { name: "backups", of: variables({ kpaas_backup: { schedule: "0 * * * *" } }) },
  {
    name: "a balancer",
    of: (spec) => ({
      ...spec,
      apiEndpoint: { host: "10.20.0.250", port: 6443 },
      variables: { ...spec.variables, loadbalancer_apiserver: { address: "10.20.0.250", port: 6443 } },
    }),
  },
  { name: "a reboot", of: (spec) => everyNode(spec, { reboot: "2026-11-26" }) },
  { name: "a patch", of: (spec) => everyNode(spec, { patch: "2026-11-26" }) },
  {
    name: "a label and a taint",
    of: (spec) => everyNode(spec, { labels: { disk: "ssd" }, taints: ["gpu=true:NoSchedule"] }),
  },
];

/** What is lost, with what takes its place: a successor, or the machine built anew under the same name. */
export const losses: readonly Change[] = (["controlPlane", "etcd", "worker"] as const).flatMap((group) =>
  places.flatMap((at): Change[] => {
    const gone = (spec: ClusterSpec): string[] => at.flatMap((index) => namesOf(spec, group)[index] ?? []);
    const left = (spec: ClusterSpec): boolean => {
      const list = group === "worker" ? namesOf(spec, group) : spec[group];
      const rest = list.length - at.length;
      // Where etcd has lost its quorum, kubespray goes on with one member.
      return rest > 0 && (!spec.etcd.includes(gone(spec)[0] ?? "") || rest === 1 || rest * 2 > list.length);
    };
    return [
      {
        name: `lose ${group} ${at}, with successors`,
        of: (spec) => (left(spec) ? rebuilt(spec, group, at) : undefined),
        options: (spec) => ({ lost: gone(spec) }),
      },
      {
        name: `lose ${group} ${at}, built anew under the same name`,
        of: (spec) => (left(spec) && rebuilt(spec, group, at) ? spec : undefined),
        options: (spec) => ({ rebuiltInPlace: gone(spec) }),
      },
    ];
  }),
);
