import type { ClusterSpec } from "../../../model/cluster/types";
import type { HostAccess, LiveCluster } from "../cluster-view";
import { type ApiCluster, type EtcdMember, liveCluster, parseCertificates, parseCluster, parseEtcd } from "./live-cluster";
import { CERTIFICATES_SCRIPT, CLUSTER_SCRIPT, ETCD_SCRIPT, PODS_SCRIPT } from "./live-scripts";
import { knownMachines } from "./open-hosts";
import { askAll, printed, type RemoteHosts } from "./remote-hosts";

const READ_MS = 120_000;

/** All that a cluster tells of itself; undefined where none is. @throws Error where none of its control planes answers */
export async function readCluster(hosts: RemoteHosts, spec: ClusterSpec, access: HostAccess): Promise<LiveCluster | undefined> {
  const found = await askControlPlanes(hosts, spec, access, `${CLUSTER_SCRIPT}${PODS_SCRIPT}`);
  if (!found) return undefined;
  const known = knownMachines(access.machines);
  const signing = [...new Set([...spec.controlPlane, ...spec.etcd])].filter((node) => known[node]);
  const [etcd, certificates] = await Promise.all([
    readEtcd(
      hosts,
      spec.etcd.filter((node) => known[node]),
    ),
    askAll(signing, (node) => printed(hosts, node, CERTIFICATES_SCRIPT, { become: true, timeoutMs: READ_MS })),
  ]);
  return liveCluster(spec, found, etcd, parseCertificates([...certificates.answers.values()]));
}

/** What the first control plane says whose API server answers. @throws Error where none does, though there is a cluster, or may be */
export async function askControlPlanes(
  hosts: RemoteHosts,
  spec: ClusterSpec,
  { machines }: HostAccess,
  script = CLUSTER_SCRIPT,
): Promise<ApiCluster | undefined> {
  const known = knownMachines(machines);
  const reasons: string[] = [];
  for (const node of spec.controlPlane.filter((name) => known[name])) {
    try {
      const found = parseCluster(await printed(hosts, node, script, { become: true, timeoutMs: READ_MS }));
      if (found) return found;
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  if (reasons.length > 0) throw new Error(`no control plane tells what the cluster is: ${reasons.join("; ")}`);
  return undefined;
}

/** The members of etcd as the first of these hosts tells them that does; none where none does. */
export async function readEtcd(hosts: RemoteHosts, nodes: readonly string[]): Promise<readonly EtcdMember[]> {
  for (const node of nodes) {
    try {
      const members = parseEtcd(await printed(hosts, node, ETCD_SCRIPT, { become: true, timeoutMs: READ_MS }));
      if (members.length > 0) return members;
    } catch {
      // Another one may know; where none does, nothing is said of etcd's members.
    }
  }
  return [];
}
