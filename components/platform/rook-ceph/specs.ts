import type { Input } from "@pulumi/pulumi";
import { daemonResources } from "../../../model/ceph-daemons";
import { poolLabel } from "../../../model/kubernetes-names";
import type { CephPlan, ResourcesPlan } from "../../../model/plan/types";
import type { Devices } from "./args";
import { keysSpec } from "./keys";
import { DATA_FOLDER, GATEWAY_PORT, NAMES } from "./names";

type Ceph = Omit<CephPlan, "kind">;

/** Three agree on what is written when one of them is lost; fewer machines have one. */
const MONITORS = 3;

/** What the helpers of the daemons may take. */
const HELPERS = {
  // It is there once for each disk, and reads much of it.
  prepareosd: { requests: { cpu: "250m", memory: "50Mi" } },
  crashcollector: amounts("10m", "60Mi", "100Mi"),
  exporter: amounts("50m", "50Mi", "128Mi"),
  logcollector: amounts("50m", "100Mi", "1Gi"),
  cleanup: amounts("50m", "100Mi", "1Gi"),
} as const satisfies Record<string, ResourcesPlan>;

function amounts(cpu: string, memory: string, limit: string): ResourcesPlan {
  return { requests: { cpu, memory }, limits: { memory: limit } };
}

/** What pods say to be let onto nodes of those taints, `key=value:Effect`. */
export function tolerations(taints: readonly string[]): Record<string, string>[] {
  return taints.map((taint): Record<string, string> => {
    const [, key = "", value, effect = ""] = /^([^=:]+)(?:=([^:]*))?:(.+)$/.exec(taint) ?? [];
    return value === undefined ? { key, operator: "Exists", effect } : { key, operator: "Equal", value, effect };
  });
}

/** On the machines that have the disks, and on no other. */
function placement({ pool, taints }: Ceph): object {
  const terms = [{ matchExpressions: [{ key: poolLabel, operator: "In", values: [pool] }] }];
  return {
    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } },
    ...(taints.length === 0 ? {} : { tolerations: tolerations(taints) }),
  };
}

/** The cluster: it takes the disks that the plan names, each by a path that stays, and never another one. */
export function clusterSpec(ceph: Ceph, image: string, devices: Devices): object {
  const { machines, failureDomain } = ceph;
  const { mds: _mds, rgw: _rgw, ...daemons } = daemonResources(ceph.daemons);
  return {
    cephVersion: { image },
    dataDirHostPath: DATA_FOLDER,
    mon: {
      count: machines.length < MONITORS ? 1 : MONITORS,
      allowMultiplePerNode: false,
      ...(failureDomain === "zone" ? { failureDomainLabel: "topology.kubernetes.io/zone" } : {}),
    },
    mgr: { count: Math.min(2, machines.length), allowMultiplePerNode: false },
    // Its pages would show everything to whoever has one password.
    dashboard: { enabled: false },
    network: { connections: { encryption: { enabled: true }, requireMsgr2: true } },
    ...keysSpec(image),
    logCollector: { enabled: true, periodicity: "daily", maxLogSize: "500M" },
    disruptionManagement: { managePodBudgets: true },
    // A machine that left: once its data are on others, what Ceph knows of its disks goes too.
    removeOSDsIfOutAndSafeToRemove: true,
    priorityClassNames: { mon: "system-node-critical", osd: "system-node-critical", mgr: "system-cluster-critical" },
    placement: { all: placement(ceph) },
    resources: { ...daemons, ...HELPERS },
    storage: {
      useAllNodes: false,
      useAllDevices: false,
      nodes: machines.map(({ name, volumes }) => ({
        name,
        devices: volumes.map((volume) => ({ name: deviceOf(name, volume, devices) })),
      })),
    },
  };
}

/** @throws Error where nobody knows a path that stays: the disk of another name could be taken tomorrow */
function deviceOf(node: string, { name, device }: Ceph["machines"][number]["volumes"][number], devices: Devices): Input<string> {
  const known = devices[node]?.[name] ?? (device.startsWith("/dev/disk/by-") ? device : undefined);
  if (known === undefined) throw new Error(`The plan has the disk ${name} of ${node} for Ceph: give its path in \`devices\`.`);
  return known;
}

/** Copies of a pool's blocks. */
function copies({ replicas: size, failureDomain }: Ceph): { failureDomain: string; replicated: object } {
  return { failureDomain, replicated: { size, ...(size === 1 ? { requireSafeReplicaSize: false } : {}) } };
}

/** A pool of blocks. */
export function blockPoolSpec(ceph: Ceph): object {
  return copies(ceph);
}

/** A file system. What is in it outlives its object. */
export function fileSystemSpec(ceph: Ceph): object {
  return {
    metadataPool: copies(ceph),
    dataPools: [{ name: "data0", ...copies(ceph) }],
    preserveFilesystemOnDelete: true,
    metadataServer: {
      activeCount: 1,
      activeStandby: ceph.machines.length > 1,
      placement: { ...placement(ceph), podAntiAffinity: apart("rook-ceph-mds") },
      priorityClassName: "system-cluster-critical",
      resources: daemonResources(ceph.daemons).mds,
    },
  };
}

/** A store of buckets, reached by TLS only. What is in it outlives its object. */
export function objectStoreSpec(ceph: Ceph): object {
  return {
    metadataPool: copies(ceph),
    dataPool: copies(ceph),
    preservePoolsOnDelete: true,
    gateway: {
      securePort: GATEWAY_PORT,
      sslCertificateRef: NAMES.objectsTls,
      instances: Math.min(2, ceph.machines.length),
      placement: { ...placement(ceph), podAntiAffinity: apart("rook-ceph-rgw") },
      priorityClassName: "system-cluster-critical",
      resources: daemonResources(ceph.daemons).rgw,
    },
  };
}

/** On different nodes, as far as there are enough. */
function apart(app: string): object {
  const term = { labelSelector: { matchLabels: { app } }, topologyKey: "kubernetes.io/hostname" };
  return { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] };
}
