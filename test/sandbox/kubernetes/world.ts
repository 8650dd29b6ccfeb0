import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CheckFailure, DiffResult, Properties, Provider, ReadResult } from "../../../plugin/rpc/provider";
import { createKubernetesProvider } from "../../../sandbox/kubernetes/provider";
import { Store } from "../../../sandbox/store";

export type Fields = Readonly<Record<string, unknown>>;

/** A created resource as the engine would record it. */
export interface Recorded {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
}

const SERVER = "https://10.20.1.11:6443";

export function kubeconfig(server = SERVER): string {
  return JSON.stringify({
    apiVersion: "v1",
    clusters: [{ name: "demo", cluster: { server } }],
    contexts: [{ name: "admin@demo", context: { cluster: "demo", user: "admin" } }],
    "current-context": "admin@demo",
  });
}

/** What the world's cluster.json holds of a cluster of one control plane and two workers. */
export function clusterFile(change: Fields = {}): Fields {
  const node = (roles: string[], address: string): Fields => ({ ready: true, roles, labels: {}, taints: [], address });
  const nodes = {
    "cp-1": node(["control-plane", "etcd"], "10.20.1.11"),
    "general-1": node(["worker"], "10.20.1.21"),
    "general-2": node(["worker"], "10.20.1.22"),
  };
  return { name: "demo", server: SERVER, kubernetes: "1.33.5", nodes, ...change };
}

/** A simulated world with a cluster of one control plane and two workers, and one provider that reaches it. */
export class World {
  readonly folder = mkdtempSync(join(tmpdir(), "kpaas-kubernetes-"));
  readonly provider: Provider;
  readonly lines: string[] = [];

  constructor() {
    this.writeCluster();
    this.provider = createKubernetesProvider(this.folder, { quietMs: 20 });
  }

  async configure(config: Fields = {}): Promise<this> {
    await this.provider.configure?.({ kubeconfig: kubeconfig(), ...config });
    return this;
  }

  writeCluster(change: Fields = {}): void {
    writeFileSync(join(this.folder, "cluster.json"), JSON.stringify(clusterFile(change)));
  }

  /** A machine of the world's cloud, as its provider keeps it. */
  machine(instance: Fields & { readonly id: string }): void {
    new Store(join(this.folder, "openstack")).put("instance", instance);
  }

  removeCluster(): void {
    rmSync(join(this.folder, "cluster.json"));
  }

  /** The path of an object's file, e.g. `deployments.apps/default_web`. */
  path(file: string): string {
    const [type, id] = file.split("/") as [string, string];
    return join(this.folder, "kubernetes", type, `${encodeURIComponent(id).replaceAll(".", "%2E")}.json`);
  }

  edit(file: string, change: (object: Fields) => Fields): void {
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(this.path(file), JSON.stringify(change(JSON.parse(readFileSync(this.path(file), "utf8")))));
  }

  private call(type: string, name: string) {
    return {
      urn: `urn:pulumi:demo::kpaas::${type}::${name}`,
      type,
      name,
      signal: new AbortController().signal,
      log: async (severity: string, message: string) => {
        this.lines.push(`${severity}: ${message}`);
      },
      status: async () => {},
    };
  }

  async check(
    type: string,
    name: string,
    news: Properties,
    olds: Properties = {},
  ): Promise<{ inputs: Properties; failures: readonly CheckFailure[] }> {
    return this.provider.check({ ...this.call(type, name), olds, news, randomSeed: Buffer.from(name) });
  }

  /** Check and create; fails on a check failure. */
  async create(type: string, name: string, news: Properties): Promise<Recorded> {
    const { inputs, failures } = await this.check(type, name, news);
    if (failures.length > 0) throw new Error(failures.map(({ property, reason }) => `${property}: ${reason}`).join("\n"));
    const { id, properties } = await this.provider.create({ ...this.call(type, name), inputs, preview: false, timeout: 0 });
    return { type, name, id, inputs, outputs: properties };
  }

  async preview(type: string, name: string, news: Properties): Promise<Properties> {
    const { inputs } = await this.check(type, name, news);
    return (await this.provider.create({ ...this.call(type, name), inputs, preview: true, timeout: 0 })).properties;
  }

  async diff(old: Recorded, news: Properties, ignoreChanges: readonly string[] = []): Promise<DiffResult> {
    const { inputs } = await this.check(old.type, old.name, news, old.inputs);
    return this.provider.diff({
      ...this.call(old.type, old.name),
      id: old.id,
      oldInputs: old.inputs,
      olds: old.outputs,
      news: inputs,
      ignoreChanges,
    });
  }

  /** @param ignoreChanges paths at which `news` has what was recorded, as the engine sees to */
  async update(old: Recorded, news: Properties, preview = false, ignoreChanges: readonly string[] = []): Promise<Recorded> {
    const { inputs } = await this.check(old.type, old.name, news, old.inputs);
    const update = {
      ...this.call(old.type, old.name),
      id: old.id,
      oldInputs: old.inputs,
      olds: old.outputs,
      news: inputs,
      ignoreChanges,
      preview,
      timeout: 0,
    };
    return { ...old, inputs, outputs: (await this.provider.update(update)).properties };
  }

  async read(old: Recorded): Promise<ReadResult> {
    return this.provider.read({ ...this.call(old.type, old.name), id: old.id, inputs: old.inputs, properties: old.outputs });
  }

  async delete(old: Recorded): Promise<void> {
    await this.provider.delete({ ...this.call(old.type, old.name), id: old.id, inputs: old.inputs, properties: old.outputs, timeout: 0 });
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A Deployment of one container, selected by `app: NAME`. */
export function deployment(
  name: string,
  change: { readonly spec?: Fields; readonly pod?: Fields; readonly container?: Fields } = {},
): Properties {
  const labels = { app: name };
  const container = { name: "main", image: "registry.example.org/web:1.0.0", ...change.container };
  const template = { metadata: { labels }, spec: { containers: [container], ...change.pod } };
  return { metadata: { name }, spec: { replicas: 1, selector: { matchLabels: labels }, template, ...change.spec } };
}

export const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
export const SERVICE = "kubernetes:core/v1:Service";
export const NAMESPACE = "kubernetes:core/v1:Namespace";
export const RELEASE = "kubernetes:helm.sh/v3:Release";

/** A MetalLB Release in its own namespace. */
export const METALLB: Properties = {
  name: "metallb",
  chart: "metallb",
  version: "0.14.9",
  repositoryOpts: { repo: "https://metallb.github.io/metallb" },
  namespace: "metallb-system",
  createNamespace: true,
};

export function pool(name: string, addresses: readonly string[], spec: Fields = {}): Properties {
  return { metadata: { name, namespace: "metallb-system" }, spec: { addresses, ...spec } };
}

export const POOL = "kubernetes:metallb.io/v1beta1:IPAddressPool";
