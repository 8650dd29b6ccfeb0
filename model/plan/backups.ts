import type { WantedBackups } from "../environment/types";
import type { Flow } from "./infrastructure-types";
import { serverOf, wayTo } from "./servers";

/** The variable of ours by which the playbooks know of backups. */
export const backupVariable = "kpaas_backup";

/** The fields that hold its secrets, by where they are among the variables. */
export const backupSecrets: Readonly<Record<string, string>> = {
  [`${backupVariable}.to.s3.access_key`]: "cluster.backups.etcd.to.s3.accessKey",
  [`${backupVariable}.to.s3.secret_key`]: "cluster.backups.etcd.to.s3.secretKey",
};

/** What the playbooks are told, with references for secrets. */
export function backupSettings(environment: string, { schedule, keep, encryptTo, to }: WantedBackups): Readonly<Record<string, unknown>> {
  const plain = { name: environment, schedule, keep, encrypt_to: encryptTo };
  if (!("s3" in to)) return { ...plain, to };
  const { accessKey, secretKey, ...place } = to.s3;
  return { ...plain, to: { s3: { ...place, access_key: accessKey, secret_key: secretKey } } };
}

/** The way to where backups are kept. */
export function backupFlows({ to }: WantedBackups): Flow[] {
  if ("local" in to) return [];
  const server = "nfs" in to ? { host: to.nfs.server, port: 2049 } : serverOf(to.s3.endpoint);
  return wayTo("control-plane", server, "backups of etcd");
}
