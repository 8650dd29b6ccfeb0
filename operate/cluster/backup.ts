import { compileBackup } from "../../model/cluster/steps/now";
import { RefusedError } from "../../model/problems";
import { DOORS } from "../doors";
import type { Operator } from "../operator";
import type { Request } from "../ready";
import { type Backups, backupsOf } from "./backups";
import { type ClusterRun, loadToRun, runOnCluster } from "./run";

/** A backup that was made. */
export interface MadeBackup extends ClusterRun {
  readonly backups: Backups;
}

/** Makes a backup of etcd at once, to where the file says. @throws RefusedError where the cluster has been told of no place */
export async function backup(request: Request, operator: Operator, doors = DOORS): Promise<MadeBackup> {
  const cluster = await loadToRun(request, operator, doors);
  requireBackups(cluster.loaded.name, cluster.spec.variables);
  const run = await runOnCluster("cluster backup", cluster, compileBackup(cluster.spec), operator);
  return { ...run, backups: await backupsOf(cluster, operator) };
}

/** @throws RefusedError where the cluster is not told where its backups go */
function requireBackups(environment: string, variables: Readonly<Record<string, unknown>>): void {
  if (variables.kpaas_backup !== undefined) return;
  const reason = "the cluster makes no backups: nothing says where they go and to which key they are encrypted";
  const remedy = `set cluster.backups.etcd and run \`kpaas up ${environment}\` first`;
  throw new RefusedError([{ environment, path: "cluster.backups.etcd", reason, remedy, severity: "error" }]);
}
