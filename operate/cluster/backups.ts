import type { SeenBackups } from "../../plugin/kubespray/cluster-view";
import type { StandingCluster } from "./run";

export type Backups = SeenBackups;

/** The backups of a cluster's etcd, as its hosts tell them. */
export async function backupsOf({ kubespray, spec, access }: StandingCluster): Promise<Backups> {
  return await kubespray.view.backups(spec, access);
}
