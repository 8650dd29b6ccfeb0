import type { ClusterSpec, ClusterStep } from "../types";
import { members, Sequence } from "./sequence";

/*
 * Runs that somebody asks for by themselves, whatever the file says.
 */

/** More days than any certificate lasts. */
export const ALL_CERTIFICATES = 36_500;

/** Renews what kubeadm signed, where it ends within so many days. */
export function compileRenewal(spec: ClusterSpec, days = ALL_CERTIFICATES): readonly ClusterStep[] {
  const { controlPlane } = spec;
  const what = days === ALL_CERTIFICATES ? "all certificates that kubeadm signed" : `certificates that end within ${days} days`;
  return one(spec, {
    playbook: "renew-certificates",
    limit: controlPlane,
    extraVars: { renew_within_days: days },
    nodes: controlPlane,
    reason: `${what} are renewed, as it was asked for`,
    precondition: "every control plane answers",
    check: "the API answers with its new certificate",
  });
}

/** Makes a backup of etcd at once. The cluster's file has to ask for backups: where they go is written there. */
export function compileBackup(spec: ClusterSpec): readonly ClusterStep[] {
  const { controlPlane } = spec;
  return one(spec, {
    playbook: "etcd-backup",
    limit: controlPlane,
    extraVars: { backup_now: true },
    nodes: controlPlane,
    reason: "a backup of etcd is made, as it was asked for",
    precondition: "etcd has its quorum",
    check: "the backup is where backups are kept",
  });
}

/**
 * Puts a snapshot into a cluster that runs, or would if etcd had its quorum: what came after it is lost.
 * @param snapshot its name at the place of the backups, its path on this machine, or `latest`
 */
export function compileRollback(spec: ClusterSpec, snapshot: string): readonly ClusterStep[] {
  return one(spec, {
    playbook: "etcd-restore",
    limit: members(spec),
    extraVars: { phase: "data", snapshot },
    nodes: members(spec),
    reason: `etcd goes back to the snapshot ${snapshot}; what came after it is lost`,
    precondition: "every control plane and etcd member answers",
    check: "every etcd member is healthy and the API answers",
  });
}

function one(spec: ClusterSpec, run: Parameters<Sequence["run"]>[0]): readonly ClusterStep[] {
  const sequence = new Sequence(spec, spec);
  sequence.run(run);
  return sequence.steps;
}
