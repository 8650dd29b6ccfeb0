import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { PRIVATE, parseFile, readIfThere, writeWhole } from "../../host/files";
import { expiringCertificates } from "../../model/cluster/certificates";
import { applyStep, type ClusterState, type NodeState, PlaybookFailure, type SimulatedWorld } from "../../model/cluster/simulate";
import { hostsOf, taintIdentity } from "../../model/cluster/steps";
import type { ClusterNode, ClusterSpec, ClusterStep } from "../../model/cluster/types";
import { changedVariables, isConnectionVariable } from "../../model/cluster/variables";
import { type Clock, systemClock } from "../clock";
import { type KubesprayFaults, parseFaults } from "../faults-file";
import { UNKNOWN } from "../rpc/provider";
import { isSealed, seal, unseal } from "../sealed";
import { FileJournal, type Journal } from "./journal";
import { type ClusterPki, createPki, kubeconfigOf, type NamedServer, renewPki, tokenKubeconfigOf } from "./pki";
import type { LiveCluster, LiveNode, Runner, StepContext } from "./runner";

/** `cluster.json` of a sandbox world. The simulated Kubernetes provider reads `name`, `server`, `uid`, `kubernetes` and `nodes`. */
interface ClusterFile extends Omit<ClusterState, "nodes"> {
  readonly server: string;
  /** Another one for each cluster that is made, as the UID of the namespace kube-system is. */
  readonly uid: string;
  readonly nodes: Readonly<Record<string, NodeState & { readonly machineId: string }>>;
  /** By kubeadm's name. */
  readonly certificates: Readonly<Record<string, { readonly notAfter: string }>>;
  readonly facts: readonly string[];
}

/** Simulates kubespray: the cluster is a file in the world's folder and changes by kubespray's own rules. */
export class SandboxRunner implements Runner {
  /** @param now the world's time, which its certificates are made and renewed at */
  constructor(
    private readonly world: string,
    private readonly now: Clock = systemClock,
  ) {}

  /** What is wrong with the world's faults.json. */
  get unusable(): string | undefined {
    try {
      this.faults();
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  async prepare(): Promise<void> {
    mkdirSync(this.world, { recursive: true });
  }

  async run(step: ClusterStep, context: StepContext, onLine: (line: string) => void, signal: AbortSignal): Promise<void> {
    onLine(`simulated on ${step.limit.length || Object.keys(context.inventory.nodes).length} hosts`);
    const faults = this.faults();
    await pause(faults.paceMs ?? 0, undefined, { signal });
    const failing = this.isToFail(step, faults);
    if (failing && faults.loseAnswer !== true)
      throw new PlaybookFailure(`${step.playbook}.yml failed, as the sandbox's faults.json demands`);
    await this.reachMachines(step, context);
    const file = this.readFile();
    const after = applyStep(toWorld(file, await this.silentNodes(file)), step, context.inventory);
    if (step.playbook === "renew-certificates") await this.renewPki();
    if (after.cluster) this.writeCluster(await this.toFile(after.cluster, after, file, step, context));
    else if (file) rmSync(this.clusterPath);
    if (failing) throw new PlaybookFailure(`${step.playbook}.yml: the connection was lost before it told its end`);
  }

  async probe(step: ClusterStep, context: StepContext): Promise<"done" | "notDone"> {
    return this.isDone(step, context) ? "done" : "notDone";
  }

  async readCluster(): Promise<LiveCluster | undefined> {
    const file = this.readFile();
    if (!file) return undefined;
    const real = readJson<NamedServer>(this.path("api.json"));
    const silent = await this.silentNodes(file);
    return {
      kubernetes: file.kubernetes,
      nodes: Object.fromEntries(Object.entries(file.nodes).map(([name, node]) => [name, liveNode(seen(name, node, silent))])),
      kubeconfig: real ? tokenKubeconfigOf(file.name, real) : kubeconfigOf(file.name, file.server, await this.pki()),
      certificates: Object.fromEntries(Object.entries(file.certificates).map(([name, { notAfter }]) => [name, notAfter])),
    };
  }

  journal(): Journal {
    return new FileJournal(this.path("journal.jsonl"));
  }

  async forget(_spec: ClusterSpec): Promise<void> {
    // The objects were in the cluster's etcd, which goes with its machines.
    for (const name of ["cluster.json", "cluster-pki.json", "journal.jsonl", "kubernetes"])
      rmSync(this.path(name), { recursive: true, force: true });
  }

  private isDone(step: ClusterStep, context: StepContext): boolean {
    const file = this.readFile();
    if (step.playbook === "reset") return file === undefined;
    if (!file) return false;
    const joined = (name: string) => file.nodes[name]?.ready === true && file.nodes[name].machineId === context.machines[name]?.machineId;
    switch (step.playbook) {
      case "facts":
        return false; // cheap, and the cache may be stale
      case "scale":
        return step.limit.every(joined);
      case "remove-node":
        return step.nodes.every((name) => !file.nodes[name]);
      case "cluster":
        return (
          step.nodes.every((name) => joined(name) && hasMetadata(file.nodes[name], context.inventory.nodes[name])) &&
          (step.limit.length > 0 || changedVariables(file.variables, context.inventory.variables).every(isConnectionVariable))
        );
      case "node-metadata":
        return step.limit.every((name) => file.nodes[name] && !carries(file.nodes[name], step));
      case "upgrade-cluster":
      case "recover-control-plane":
      case "renew-certificates": // renews only what is due
        return false;
    }
  }

  private get clusterPath(): string {
    return this.path("cluster.json");
  }

  private path(name: string): string {
    return join(this.world, name);
  }

  private readFile(): ClusterFile | undefined {
    const file = readJson<ClusterFile>(this.clusterPath);
    return file && { ...file, variables: unsealedVariables(file.variables) };
  }

  private faults(): KubesprayFaults {
    const path = this.path("faults.json");
    const content = readIfThere(path);
    return content === undefined ? {} : parseFaults(path, content).kubespray;
  }

  private isToFail(step: ClusterStep, faults: KubesprayFaults): boolean {
    if ((faults.failStep !== step.playbook && faults.failStep !== step.id) || faults.times === 0) return false;
    if (faults.times !== undefined) {
      const all = readJson<Readonly<Record<string, unknown>>>(this.path("faults.json")) ?? {};
      writeWhole(this.path("faults.json"), JSON.stringify({ ...all, kubespray: { ...faults, times: faults.times - 1 } }));
    }
    return true;
  }

  /** Every host a run works on must be there and answer. */
  private async reachMachines(step: ClusterStep, context: StepContext): Promise<void> {
    const hosts = hostsOf(step, context.inventory);
    for (const name of hosts) {
      const id = context.machines[name]?.machineId;
      if (id === undefined || id === "" || id === UNKNOWN) throw new PlaybookFailure(`${name} is unreachable: it has no machine`);
    }
    const silent = await this.silent(Object.fromEntries(Object.entries(context.machines).filter(([name]) => hosts.includes(name))));
    if (silent.length > 0) throw new PlaybookFailure(`${silent.join(", ")} is unreachable: it does not answer`);
  }

  /** The nodes of the cluster whose hosts do not answer. */
  private silentNodes(file: ClusterFile | undefined): Promise<string[]> {
    const machines = Object.entries(file?.nodes ?? {}).map(([name, { machineId, address }]) => [name, { machineId, dialAddress: address }]);
    return this.silent(Object.fromEntries(machines));
  }

  /** A host answers as long as its machine is there and runs. A world without a cloud, as hosts of one's own have it, has no machine to look at. */
  async silent(machines: StepContext["machines"]): Promise<string[]> {
    const folder = this.path(join("openstack", "instance"));
    if (!existsSync(folder)) return [];
    return Object.entries(machines).flatMap(([name, { machineId }]) => {
      if (machineId === "" || machineId === UNKNOWN) return [];
      const machine = readJson<{ readonly powerState?: string; readonly status?: string }>(join(folder, `${machineId}.json`));
      return machine !== undefined && (machine.powerState ?? "active") === "active" && machine.status !== "ERROR" ? [] : [name];
    });
  }

  private async toFile(
    cluster: ClusterState,
    world: SimulatedWorld,
    before: ClusterFile | undefined,
    step: ClusterStep,
    context: StepContext,
  ): Promise<ClusterFile> {
    const pki = await this.pki();
    const joining = new Set(step.playbook === "scale" ? step.limit : []);
    const machineId = (name: string) =>
      (joining.has(name) ? undefined : before?.nodes[name]?.machineId) ?? context.machines[name]?.machineId ?? "";
    return {
      ...cluster,
      variables: sealedVariables(cluster.variables, context.secretVariables),
      nodes: Object.fromEntries(
        Object.entries(cluster.nodes).map(([name, node]) => [
          name,
          // A node whose host was silent is Ready again when that answers.
          { ...node, ready: before?.nodes[name]?.ready ?? node.ready, machineId: machineId(name) },
        ]),
      ),
      server: `https://${cluster.apiEndpoint.host}:${cluster.apiEndpoint.port}`,
      uid: before?.uid ?? randomUUID(),
      certificates: Object.fromEntries(Object.entries(datesOf(pki)).map(([name, notAfter]) => [name, { notAfter }])),
      facts: world.facts,
    };
  }

  private writeCluster(file: ClusterFile): void {
    writeWhole(this.clusterPath, `${JSON.stringify(file, undefined, 2)}\n`, { mode: PRIVATE });
  }

  /** Made once for a cluster and kept beside it, sealed. */
  private async pki(): Promise<ClusterPki> {
    const path = this.path("cluster-pki.json");
    const existing = readIfThere(path);
    if (existing !== undefined) return JSON.parse(unseal(existing.trim()));
    const pki = await createPki(this.now());
    this.writePki(pki);
    return pki;
  }

  private async renewPki(): Promise<void> {
    const pki = await this.pki();
    if (expiringCertificates(datesOf(pki), this.now()).renewable.length > 0) this.writePki(await renewPki(pki, this.now()));
  }

  private writePki(pki: ClusterPki): void {
    writeWhole(this.path("cluster-pki.json"), `${seal(JSON.stringify(pki))}\n`, { mode: PRIVATE });
  }
}

type Variables = ClusterState["variables"];

/** The variables as the file keeps them: those that hold secrets as one sealed text each. */
function sealedVariables(variables: Variables, secrets: readonly string[]): Variables {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => {
      const sealed = secrets.includes(name) ? seal(JSON.stringify(value)) : "";
      return [name, isSealed(sealed) ? sealed : value];
    }),
  );
}

function unsealedVariables(variables: Variables): Variables {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => {
      const text = typeof value === "string" && isSealed(value) ? unseal(value) : undefined;
      return [name, text === undefined || text === value ? value : JSON.parse(text)];
    }),
  );
}

/** When the certificates end. Those of the API server are stood for by the administrator's: kubeadm makes and renews them together. */
function datesOf(pki: ClusterPki): Record<string, string> {
  return { "admin.conf": pki.adminNotAfter, apiserver: pki.adminNotAfter, ca: pki.caNotAfter };
}

/** A node as the API shows it: not Ready while its host does not answer. */
function seen<T extends NodeState>(name: string, node: T, silent: readonly string[]): T {
  return silent.includes(name) ? { ...node, ready: false } : node;
}

function toWorld(file: ClusterFile | undefined, silent: readonly string[]): SimulatedWorld {
  if (!file) return { facts: [] };
  const { server: _server, uid: _uid, certificates: _certificates, facts, nodes, ...cluster } = file;
  const states = Object.entries(nodes).map(([name, { machineId: _machineId, ...node }]) => [name, seen(name, node, silent)] as const);
  return { facts, cluster: { ...cluster, nodes: Object.fromEntries(states) } };
}

function liveNode(node: NodeState): LiveNode {
  const { roles, address, kubelet, ready, etcdMember, labels, taints } = node;
  return { roles, address, kubelet, ready, labels, taints, ...(etcdMember === undefined ? {} : { etcdMember }) };
}

function hasMetadata(node: NodeState | undefined, wanted: ClusterNode | undefined): boolean {
  return (
    node !== undefined &&
    Object.entries(wanted?.labels ?? {}).every(([key, value]) => node.labels[key] === value) &&
    (wanted?.taints ?? []).every((taint) => node.taints.includes(taint))
  );
}

/** Whether the node still has a label or taint that the step takes off. */
function carries(node: NodeState, step: ClusterStep): boolean {
  const labels = String(step.extraVars.remove_labels ?? "").split(",");
  const taints = String(step.extraVars.remove_taints ?? "").split(",");
  return labels.some((key) => Object.hasOwn(node.labels, key)) || node.taints.some((taint) => taints.includes(taintIdentity(taint)));
}

/** The file's content, or undefined where there is no such file. */
function readJson<T>(path: string): T | undefined {
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  return parseFile(path, text, "mend it, or begin anew with `rm -r .kpaas/sandbox` (all of it is simulated)") as T;
}
