import { expiringCertificates } from "./certificates";
import type { ClusterSpec } from "./types";

/** What was seen of a cluster. */
export interface SeenCluster {
  readonly kubernetes: string;
  readonly nodes: Readonly<
    Record<string, { readonly roles: readonly string[]; readonly kubelet: string; readonly ready: boolean; readonly cordoned?: boolean }>
  >;
  /** The members of etcd; absent where none could be asked. */
  readonly etcd?: readonly { readonly name: string; readonly healthy: boolean; readonly reason?: string }[];
  /** When certificates end (ISO 8601), by kubeadm's names. */
  readonly certificates: Readonly<Record<string, string>>;
}

/** How well a part is: `failed` where what it is for does not work, `degraded` where it will not for long, or not without luck. */
export type HealthState = "healthy" | "degraded" | "failed";

/** One part of a cluster's health. */
export interface HealthPart {
  readonly state: HealthState;
  /** What is wrong, each with what to do about it; empty where nothing is. */
  readonly problems: readonly { readonly subject: string; readonly reason: string; readonly remedy: string }[];
}

/** A cluster's health, part by part. The shape `--json` prints. */
export interface ClusterHealth {
  readonly state: HealthState;
  readonly api: HealthPart;
  readonly nodes: HealthPart & { readonly ready: number; readonly total: number };
  /** `tolerates`: how many more members may be lost before nothing can be written any more. */
  readonly etcd: HealthPart & { readonly healthy: number; readonly total: number; readonly tolerates: number };
  readonly certificates: HealthPart & { readonly ends: Readonly<Record<string, string>> };
}

/** Why nothing is seen of the cluster, or what is. */
export type Look = { readonly cluster: SeenCluster } | { readonly reason: string };

type Problem = HealthPart["problems"][number];

/**
 * Judges what was seen of a cluster.
 * @param silent nodes whose hosts do not answer
 */
export function judgeHealth(spec: ClusterSpec, look: Look, silent: readonly string[], now: Date): ClusterHealth {
  const seen = "cluster" in look ? look.cluster : undefined;
  const parts = {
    api: judgeApi(look),
    nodes: judgeNodes(spec, seen, silent),
    etcd: judgeEtcd(spec, seen, silent),
    certificates: judgeCertificates(seen, now),
  };
  return { state: worst(Object.values(parts).map(({ state }) => state)), ...parts };
}

function judgeApi(look: Look): HealthPart {
  if ("cluster" in look) return { state: "healthy", problems: [] };
  const remedy = "look at the control planes: `kpaas ssh`, then `crictl ps -a` and `journalctl -u kubelet`";
  return { state: "failed", problems: [{ subject: "API", reason: look.reason, remedy }] };
}

function judgeNodes(spec: ClusterSpec, seen: SeenCluster | undefined, silent: readonly string[]): ClusterHealth["nodes"] {
  const expected = Object.keys(spec.nodes);
  const remedies = {
    gone: "`kpaas refresh` records that it is gone, and `kpaas up` joins it again",
    silent: "bring its machine back; where it is lost for good, raise its generation and say `--approve KEY:lost`",
    stuck: "look at `kubectl describe node` and its kubelet: `journalctl -u kubelet`",
    cordoned: "`kubectl uncordon`, where nobody works on it any more",
    version: "`kpaas up` goes on with an upgrade that broke off",
  };
  const problems = expected.flatMap((name): Problem[] => {
    if (silent.includes(name)) return [{ subject: name, reason: "its host does not answer", remedy: remedies.silent }];
    const node = seen?.nodes[name];
    if (!seen) return [];
    if (!node) return [{ subject: name, reason: "the cluster has no such node", remedy: remedies.gone }];
    if (!node.ready) return [{ subject: name, reason: "it is not Ready", remedy: remedies.stuck }];
    if (node.cordoned) return [{ subject: name, reason: "no pods are scheduled to it", remedy: remedies.cordoned }];
    if (node.kubelet !== "" && node.kubelet !== seen.kubernetes)
      return [{ subject: name, reason: `its kubelet is ${node.kubelet}, and the API server ${seen.kubernetes}`, remedy: remedies.version }];
    return [];
  });
  const strangers = Object.keys(seen?.nodes ?? {}).filter((name) => !spec.nodes[name]);
  const foreign = strangers.map((subject) => ({
    subject,
    reason: "the environment knows no such node: somebody else joined it",
    remedy: "take it over in the file, or remove it: `kubectl delete node`",
  }));
  const ready = expected.filter((name) => seen?.nodes[name]?.ready && !silent.includes(name)).length;
  const isFailed = expected.length > 0 && ready === 0;
  return { state: stateOf([...problems, ...foreign], isFailed), problems: [...problems, ...foreign], ready, total: expected.length };
}

function judgeEtcd(spec: ClusterSpec, seen: SeenCluster | undefined, silent: readonly string[]): ClusterHealth["etcd"] {
  const members = seen?.etcd;
  if (!members || members.length === 0) {
    const answering = spec.etcd.filter((name) => !silent.includes(name)).length;
    const problem = {
      subject: "etcd",
      reason: `its members cannot be asked; the hosts of ${answering} of ${spec.etcd.length} answer`,
      remedy: "look at one of these hosts: `systemctl status etcd`, or the pod etcd-NODE",
    };
    const hasQuorum = answering * 2 > spec.etcd.length;
    return { state: hasQuorum ? "degraded" : "failed", problems: [problem], healthy: 0, total: spec.etcd.length, tolerates: 0 };
  }
  const healthy = members.filter((member) => member.healthy).length;
  const quorum = Math.floor(members.length / 2) + 1;
  const lost = members.filter((member) => !member.healthy);
  const problems = [
    ...lost.map(({ name, reason }) => ({
      subject: name,
      reason: reason ?? "it does not answer",
      remedy: "bring its machine back, or replace it: `kpaas cluster replace-node`",
    })),
    ...(members.length % 2 === 0
      ? [
          {
            subject: "etcd",
            reason: `it has ${members.length} members, and survives no more losses than with ${members.length - 1}`,
            remedy: "`kpaas up` goes on with a change that broke off; else add or remove one",
          },
        ]
      : []),
  ];
  const tolerates = Math.max(0, healthy - quorum);
  return { state: stateOf(problems, healthy < quorum), problems, healthy, total: members.length, tolerates };
}

function judgeCertificates(seen: SeenCluster | undefined, now: Date): ClusterHealth["certificates"] {
  const ends = seen?.certificates ?? {};
  const { renewable, authorities } = expiringCertificates(ends, now);
  const isOver = Object.values(ends).some((end) => Date.parse(end) <= now.getTime());
  const problems = [
    ...renewable.map((subject) => ({
      subject,
      reason: "it ends soon",
      remedy: "`kpaas cluster renew-certificates`, or the next `kpaas up`",
    })),
    ...authorities.map((subject) => ({
      subject,
      reason: "everything in the cluster trusts it, and it ends soon",
      remedy: "plan another environment or a rotation by hand: kubeadm cannot renew it",
    })),
  ];
  return { state: stateOf(problems, isOver), problems, ends };
}

function stateOf(problems: readonly Problem[], isFailed: boolean): HealthState {
  if (isFailed) return "failed";
  return problems.length > 0 ? "degraded" : "healthy";
}

function worst(states: readonly HealthState[]): HealthState {
  return (["failed", "degraded"] as const).find((state) => states.includes(state)) ?? "healthy";
}
