import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { reportSteps } from "../../model/cluster/report";
import { compileDeletion, compileRestore } from "../../model/cluster/steps/deletion";
import { compileRollback } from "../../model/cluster/steps/now";
import type { ClusterSpec } from "../../model/cluster/types";
import { InvalidInputError, nearest, type Problem, RefusedError } from "../../model/problems";
import { DOORS, type Doors } from "../doors";
import { type Operator, requireAgreement } from "../operator";
import { type Request, runJob } from "../ready";
import { type Backups, backupsOf } from "./backups";
import { type ClusterRun, loadCluster, loadToRun, lookAt, runOnCluster, type StandingCluster } from "./run";

/** What is restored, and with what. */
export interface RestoreChoice {
  /** A name among the backups, `latest`, or the path of a file here. */
  readonly from: string;
  /** Path of the private key that backups are encrypted to; the sandbox needs none. */
  readonly key?: string;
}

/** A cluster that was restored. */
export interface Restored extends ClusterRun {
  readonly snapshot: string;
  readonly lost: readonly string[];
}

/** The backups there are. @throws as {@link restore} does */
export async function listBackups(request: Request, operator: Operator, doors = DOORS): Promise<{ environment: string; backups: Backups }> {
  const cluster = await loadCluster(request, operator, doors);
  return { environment: cluster.loaded.name, backups: await backupsOf(cluster, operator) };
}

/**
 * Brings etcd back to a backup: in a cluster that stands, or on hosts from which the whole cluster is gone, which then get its keys first.
 * @throws InvalidInputError, RefusedError, DeclinedError, and what a run throws
 */
export async function restore(request: Request, choice: RestoreChoice, operator: Operator, doors = DOORS): Promise<Restored> {
  const cluster = await onMachinesNow(await loadToRun(request, operator, doors), operator, doors);
  const environment = cluster.loaded.name;
  const { snapshot, key } = await found(cluster, choice, operator);
  // Only its path: the key itself never leaves this machine.
  const variables = { ...cluster.spec.variables, ...(key === undefined ? {} : { kpaas_backup_private_key_file: key }) };
  const spec = { ...cluster.spec, variables };
  const { restoring } = await backupsOf(cluster, operator);
  // What an earlier one has made until it broke off is no cluster yet.
  const bare = restoring === undefined ? await lookAt(cluster, operator, () => bareControlPlanes(cluster, spec)) : spec.controlPlane;
  if (bare.length > 0 && bare.length < spec.controlPlane.length) throw new RefusedError([mixed(environment, bare, spec)]);
  const steps = bare.length > 0 ? compileRestore(spec, snapshot) : compileRollback(spec, snapshot);
  const lost = [
    `all that was written into the cluster after ${snapshot} was made: objects, Secrets and ConfigMaps, and what is known of volumes made since`,
    ...(restoring === undefined ? [] : [`what was done in the cluster since the restore of ${restoring} was begun, which has not ended`]),
    ...(bare.length > 0 ? ["nothing else: no control plane carries a whole cluster, so it is made anew with its own keys"] : []),
  ];
  await requireAgreement(operator.asker("cluster restore"), {
    kind: "cluster restore",
    environment,
    steps: reportSteps(cluster.spec, steps),
    snapshot,
    lost,
  });
  return { ...(await runOnCluster("cluster restore", cluster, steps, operator)), snapshot, lost };
}

/** The snapshot and the key, as far as they can be looked for from here; all that is wrong with both at once. */
async function found(
  cluster: StandingCluster,
  { from, key }: RestoreChoice,
  operator: Operator,
): Promise<{ snapshot: string; key?: string }> {
  const problems: Problem[] = [];
  const wrong = (path: string, value: string | undefined, reason: string, remedy: string): void => {
    problems.push({
      ...{ environment: cluster.loaded.name, path, reason, remedy, severity: "error" },
      ...(value === undefined ? {} : { value }),
    });
  };
  const isFile = from.includes("/");
  let snapshot = isFile ? resolve(from) : from;
  if (isFile && !existsSync(snapshot)) wrong("--from", from, "there is no such file", "give the path of a backup, or the name of one");
  if (!isFile) {
    const { names } = await backupsOf(cluster, operator);
    const near = nearest(from, names);
    if (names.length === 0) wrong("--from", from, "there are no backups where the cluster keeps them", "give the path of a backup here");
    else if (from !== "latest" && !names.includes(from))
      wrong("--from", from, "there is no backup of this name", near ? `did you mean ${near}?` : `there are ${names.slice(-5).join(", ")}`);
    // What is agreed to must not be another one by the time it runs.
    else if (from === "latest") snapshot = names.at(-1) ?? from;
  }
  if (key === undefined && !cluster.target.sandbox)
    wrong(
      "--key",
      undefined,
      "is required: backups are encrypted",
      "give the path of the private key that belongs to cluster.backups.etcd",
    );
  if (key !== undefined && !existsSync(resolve(key))) wrong("--key", key, "there is no such file", "give the path of the private key");
  if (problems.length > 0) throw new InvalidInputError(problems);
  return { snapshot, ...(key === undefined ? {} : { key: resolve(key) }) };
}

/** The cluster with the machines that there are now: those that it is recorded with may be gone. */
async function onMachinesNow(cluster: StandingCluster, operator: Operator, doors: Doors): Promise<StandingCluster> {
  const ids = await runJob("read", cluster.target, operator, (await doors.engine()).readMachines);
  const machines = Object.fromEntries(
    Object.entries(cluster.access.machines).map(([name, machine]) => [name, { ...machine, machineId: ids[name] ?? machine.machineId }]),
  );
  return { ...cluster, access: { ...cluster.access, machines } };
}

/** The control planes on which no cluster is. */
async function bareControlPlanes({ kubespray, access }: StandingCluster, spec: ClusterSpec): Promise<string[]> {
  const [reset] = compileDeletion({ ...spec, onDelete: "reset" });
  const bare = [];
  for (const name of spec.controlPlane) {
    if (!reset) break;
    const step = { ...reset, limit: [name], nodes: [name] };
    if (await kubespray.view.isDone(step, { ...access, inventory: spec }, "finished")) bare.push(name);
  }
  return bare;
}

function mixed(environment: string, bare: readonly string[], { controlPlane }: ClusterSpec): Problem {
  const others = controlPlane.filter((name) => !bare.includes(name));
  return {
    environment,
    path: "",
    reason: `${bare.join(", ")} carry no cluster, and ${others.join(", ")} do: a snapshot goes into one cluster, or onto hosts that have none`,
    remedy: `replace what is missing by \`kpaas up ${environment}\`, or reset the others where the cluster is lost as a whole`,
    severity: "error",
  };
}
