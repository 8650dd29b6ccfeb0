import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ClusterSpec } from "../../../model/cluster/types";
import { KUBESPRAY_CLUSTER } from "../../../model/type-tokens";
import type { Clock } from "../../../plugin/clock";
import { type Kubespray, sandboxKubespray } from "../../../plugin/kubespray/kubespray";
import { KubesprayProvider } from "../../../plugin/kubespray/provider";
import { kpaasPackage } from "../../../plugin/package";
import type { Properties } from "../../../plugin/rpc/provider";
import { cluster, worker } from "../../model/cluster/fixtures";
import { type Diff, ProviderClient } from "../../support/provider-client";
import { temporaryFolders } from "../../support/temporary";

/** A private key that must show up nowhere. */
export const CANARY = "canary-private-key";

/** The resource's inputs for a spec: every node on a machine of its own. */
export function inputsOf(spec: ClusterSpec = cluster(), changes: Properties = {}): Properties {
  const nodes = Object.entries(spec.nodes).map(([name, node]) => [
    name,
    { ...node, machineId: `machine-of-${name}`, dialAddress: node.address },
  ]);
  return {
    ...spec,
    nodes: Object.fromEntries(nodes),
    networkCidr: "10.20.0.0/16",
    ssh: { user: "ubuntu", privateKey: CANARY },
    ...changes,
  };
}

/** The inputs with some properties of one node changed. */
export function withNode(inputs: Properties, name: string, changes: Properties): Properties {
  const nodes = inputs.nodes as Readonly<Record<string, Properties>>;
  return { ...inputs, nodes: { ...nodes, [name]: { ...nodes[name], ...changes } } };
}

/** The resource before and after it was created. */
export const ref = { type: KUBESPRAY_CLUSTER, name: "demo-kubespray" };
export const known = { ...ref, id: "demo" };

/** The fixture's cluster with three workers. */
export const three = (): ClusterSpec =>
  cluster({ "worker-1": worker("worker-1", 1), "worker-2": worker("worker-2", 2), "worker-3": worker("worker-3", 3) });

/** The fixture's cluster with a variable that `cluster.yml` has to set. */
export const audited = (): ClusterSpec => cluster(undefined, { variables: { ...cluster().variables, kubernetes_audit: true } });

/** The playbook runs of an output, as a person would type them. */
export const commands = (properties: Properties): string[] =>
  (properties.steps as readonly { command: string }[]).map((step) => step.command);

/** The property paths a difference names. */
export const changed = (diff: Diff): string[] => Object.keys(diff.detailed).sort();

/** Serves the package with the cluster as its resource. */
export async function serveKubespray(kubespray: Kubespray, clock?: Clock): Promise<ProviderClient> {
  return await ProviderClient.serve(kpaasPackage("1.2.3", { [KUBESPRAY_CLUSTER]: new KubesprayProvider(kubespray, clock) }));
}

/** Serves the provider with the sandbox's runner, in a world and at a time of its own for each test of the enclosing `describe`. */
export function servedCluster() {
  const folder = temporaryFolders();
  const served = new ServedCluster();
  beforeEach(() => served.start(folder()));
  afterEach(() => served.client.close());
  return served;
}

class ServedCluster {
  declare world: string;
  declare client: ProviderClient;
  private now = new Date();

  async start(world: string): Promise<void> {
    this.world = world;
    this.now = new Date("2027-01-01T00:00:00Z");
    const clock = () => this.now;
    this.client = await serveKubespray(sandboxKubespray(world, clock), clock);
  }

  create(spec?: ClusterSpec) {
    return this.client.create(ref, inputsOf(spec));
  }

  /** Lets days pass. */
  pass(days: number): void {
    this.now = new Date(this.now.getTime() + days * 86_400_000);
  }

  /** The world's cluster. */
  file() {
    return JSON.parse(readFileSync(join(this.world, "cluster.json"), "utf8"));
  }

  journal() {
    const lines = readFileSync(join(this.world, "journal.jsonl"), "utf8").trim().split("\n");
    return lines.map((line) => JSON.parse(line));
  }

  fault(faults: object): void {
    writeFileSync(join(this.world, "faults.json"), JSON.stringify({ kubespray: faults }));
  }
}
