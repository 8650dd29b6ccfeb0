import { join } from "node:path";
import { parseFile, readIfThere } from "../../host/files";
import { isAlive, type Owner } from "../../host/processes";

/** The programs of a real control plane, each with its path. */
export type Programs = Readonly<Record<ProgramName, string>>;

/** The programs of a real control plane by name. */
export const PROGRAMS = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"] as const;
export type ProgramName = (typeof PROGRAMS)[number];

/** Who keeps the servers of a world, as it says in `servers/keeper.json`. */
export interface KeeperRecord {
  readonly keeper: Owner;
  /** The servers' own processes: they outlive a keeper that was killed. */
  readonly servers: readonly Owner[];
  /** Whether they answer. */
  readonly ready: boolean;
  /** The cluster whose objects they hold. */
  readonly cluster?: string;
}

/** Where the servers of a world keep everything of theirs: data, keys, logs. */
export function serversFolder(world: string): string {
  return join(world, "servers");
}

/** What names a world's API server, with the key to it: `{ server, ca, token }`. It is there for as long as the environment has a real one. */
export function namePath(world: string): string {
  return join(world, "api.json");
}

/** The record of a world's keeper. */
export function recordPath(world: string): string {
  return join(serversFolder(world), "keeper.json");
}

/** What is touched whenever the servers are used: nobody's use for an hour ends them. */
export function usePath(world: string): string {
  return join(serversFolder(world), "used");
}

/** Who keeps the servers of a world; undefined where nobody ever did, or ended in order. */
export function readRecord(world: string): KeeperRecord | undefined {
  const path = recordPath(world);
  const content = readIfThere(path);
  return content === undefined
    ? undefined
    : (parseFile(path, content, "delete it: the next operation starts the servers anew") as KeeperRecord);
}

/** Whether the servers of a world are being kept. */
export function isKept(record: KeeperRecord | undefined): record is KeeperRecord {
  return record !== undefined && isAlive(record.keeper);
}

/** Ends what a killed keeper left running. */
export function endOrphans(record: KeeperRecord): void {
  for (const server of record.servers) if (isAlive(server)) process.kill(server.pid, "SIGKILL");
}
