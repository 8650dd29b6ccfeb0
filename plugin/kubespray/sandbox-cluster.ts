import { rmSync } from "node:fs";
import { join } from "node:path";
import { namesIn, PRIVATE, parseFile, readIfThere, writeWhole } from "../../host/files";
import { expiringCertificates } from "../../model/cluster/certificates";
import type { ClusterState, NodeState, SimulatedWorld } from "../../model/cluster/simulate/state";
import type { Clock } from "../clock";
import { cloudFolder, MACHINES, objectFile } from "../cloud-folder";
import { UNKNOWN } from "../rpc/provider";
import { isSealed, seal, sealKey, unseal } from "../sealed";
import type { NodeMachine } from "./inputs";
import { type ClusterPki, createPki, renewPki } from "./pki";
import type { RunAccess } from "./runner";

/** `cluster.json` of a sandbox world. The simulated Kubernetes provider reads `name`, `server`, `uid`, `kubernetes` and `nodes`. */
export interface ClusterFile extends Omit<ClusterState, "nodes"> {
  readonly server: string;
  /** Another one for each cluster that is made, as the UID of the namespace kube-system is. */
  readonly uid: string;
  readonly nodes: Readonly<Record<string, NodeState & { readonly machineId: string }>>;
  /** By kubeadm's name. */
  readonly certificates: Readonly<Record<string, { readonly notAfter: string }>>;
  readonly facts: readonly string[];
}

/** How clouds call the state of a machine that runs. */
const RUNNING = /^(active|on|running)$/;

/** The simulated cluster as a sandbox world's folder keeps it. */
export class SandboxCluster {
  /**
   * @param now the world's time, which its certificates are made and renewed at
   * @param env names the passphrase that secrets are kept sealed with
   */
  constructor(
    readonly world: string,
    readonly now: Clock,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  path(name: string): string {
    return join(this.world, name);
  }

  /** The cluster; undefined where there is none. */
  read(): ClusterFile | undefined {
    const file = readJson<ClusterFile>(this.path("cluster.json"));
    return file && { ...file, variables: unsealedVariables(file.variables, sealKey(this.env)) };
  }

  /** @param secretVariables names of the variables that are kept sealed */
  write(file: ClusterFile, secretVariables: readonly string[]): void {
    const kept = { ...file, variables: sealedVariables(file.variables, secretVariables, sealKey(this.env)) };
    writeWhole(this.path("cluster.json"), `${JSON.stringify(kept, undefined, 2)}\n`, { mode: PRIVATE });
  }

  /** The objects were in the cluster's etcd, which goes with its machines. */
  forget(): void {
    for (const name of ["cluster.json", "cluster-pki.json", "journal.jsonl", "kubernetes"])
      rmSync(this.path(name), { recursive: true, force: true });
  }

  /** A host answers as long as its machine is there and runs. A world without a cloud, as hosts of one's own have it, has no machine to look at. */
  silent(machines: Readonly<Record<string, NodeMachine>>): string[] {
    const folder = cloudFolder(this.world);
    if (folder === undefined) return [];
    let byVmId: ReadonlyMap<string, Machine> | undefined;
    return Object.entries(machines).flatMap(([name, { machineId }]) => {
      if (machineId === "" || machineId === UNKNOWN) return [];
      const named = readJson<Machine>(join(folder, MACHINES, objectFile(machineId)));
      if (named === undefined) byVmId ??= machinesByVmId(folder);
      const machine = named ?? byVmId?.get(machineId);
      const { powerState, instanceState, status } = machine ?? {};
      return machine !== undefined && RUNNING.test(powerState ?? instanceState ?? "active") && status !== "ERROR" ? [] : [name];
    });
  }

  /** The nodes of the cluster whose hosts do not answer. */
  silentNodes(file: ClusterFile | undefined): string[] {
    const machines = Object.entries(file?.nodes ?? {}).map(([name, { machineId, address }]) => [name, { machineId, dialAddress: address }]);
    return this.silent(Object.fromEntries(machines));
  }

  /** Made once for a cluster and kept beside it, sealed. */
  async pki(): Promise<ClusterPki> {
    const path = this.path("cluster-pki.json");
    const existing = readIfThere(path);
    if (existing !== undefined) return JSON.parse(unseal(existing.trim(), sealKey(this.env)));
    const pki = await createPki(this.now());
    this.writePki(pki);
    return pki;
  }

  /** @param days what ends within so many is renewed */
  async renewPki(days: number): Promise<void> {
    const pki = await this.pki();
    if (expiringCertificates(datesOf(pki), this.now(), days).renewable.length > 0) this.writePki(await renewPki(pki, this.now()));
  }

  private writePki(pki: ClusterPki): void {
    writeWhole(this.path("cluster-pki.json"), `${seal(JSON.stringify(pki), sealKey(this.env))}\n`, { mode: PRIVATE });
  }
}

type Variables = ClusterState["variables"];

/** The variables as the file keeps them: those that hold secrets as one sealed text each. */
function sealedVariables(variables: Variables, secrets: readonly string[], key: Buffer | undefined): Variables {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => {
      const sealed = secrets.includes(name) ? seal(JSON.stringify(value), key) : "";
      return [name, isSealed(sealed) ? sealed : value];
    }),
  );
}

function unsealedVariables(variables: Variables, key: Buffer | undefined): Variables {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => {
      const text = typeof value === "string" && isSealed(value) ? unseal(value, key) : undefined;
      return [name, text === undefined || text === value ? value : JSON.parse(text)];
    }),
  );
}

/** When the certificates end. Those of the API server are stood for by the administrator's: kubeadm makes and renews them together. */
export function datesOf(pki: ClusterPki): Record<string, string> {
  return { "admin.conf": pki.adminNotAfter, apiserver: pki.adminNotAfter, ca: pki.caNotAfter };
}

/** A node as the API shows it: not Ready while its host does not answer. */
export function seen<T extends NodeState>(name: string, node: T, silent: readonly string[]): T {
  return silent.includes(name) ? { ...node, ready: false } : node;
}

/** Whether the node was made on another machine than the one there is now. */
export function isForeign(file: ClusterFile, name: string, { machines }: Pick<RunAccess, "machines">): boolean {
  return file.nodes[name] !== undefined && file.nodes[name].machineId !== machines[name]?.machineId;
}

/** The file's content, or undefined where there is no such file. */
export function readJson<T>(path: string): T | undefined {
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  return parseFile(path, text, "mend it, or begin anew with `rm -r .kpaas/sandbox` (all of it is simulated)") as T;
}

/** The cluster of a file as the simulation takes it; nodes of silent hosts are not Ready. */
export function worldOf(file: ClusterFile | undefined, silent: readonly string[]): SimulatedWorld {
  if (!file) return { facts: [] };
  const { server: _server, uid: _uid, certificates: _certificates, facts, nodes, ...cluster } = file;
  const states = Object.entries(nodes).map(([name, { machineId: _machineId, ...node }]) => [name, seen(name, node, silent)] as const);
  return { facts, cluster: { ...cluster, nodes: Object.fromEntries(states) } };
}

/** A machine of a simulated cloud, as far as that tells whether it answers; whichever of these its cloud has. */
interface Machine {
  readonly powerState?: string;
  readonly instanceState?: string;
  readonly status?: string;
  readonly vmId?: string;
}

/** Where a cloud's own id of a machine is its path, machines are known by another, `vmId`. */
function machinesByVmId(folder: string): ReadonlyMap<string, Machine> {
  const machines = namesIn(join(folder, MACHINES)).flatMap((name) => readJson<Machine>(join(folder, MACHINES, name)) ?? []);
  return new Map(machines.flatMap((machine) => (machine.vmId === undefined ? [] : [[machine.vmId, machine]])));
}
