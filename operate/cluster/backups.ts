import type { SeenBackups } from "../../plugin/kubespray/cluster-view";
import type { Operator } from "../operator";
import { lookAt, type StandingCluster } from "./run";

export type Backups = SeenBackups;

/** The backups of a cluster's etcd, as its hosts tell them. */
export async function backupsOf(cluster: StandingCluster, operator: Operator): Promise<Backups> {
  const { kubespray, spec, access } = cluster;
  return await lookAt(cluster, operator, () => kubespray.view.backups(spec, access));
}
