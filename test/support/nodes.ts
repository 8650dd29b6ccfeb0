import { dirname, join, resolve } from "node:path";
import { REGISTRY, RealNodes } from "../../dev/nodes/nodes";
import { keyFile, machineProblem, missingParts } from "../../dev/nodes/parts";
import { makeFolder, writeWhole } from "../../host/files";
import { hostVariables, inventoryVariables } from "../../model/cluster/inventory";
import { type Playbook, playbooks } from "../../model/cluster/playbooks";
import { type CompileOptions, compileSteps } from "../../model/cluster/steps/compile";
import type { ClusterSpec, ClusterStep } from "../../model/cluster/types";
import { ansiblePython } from "./ansible";

/** The test double of kubespray. */
export const DOUBLE = resolve(__dirname, "..", "..", "..", "test", "nodes", "kubespray");
/** Our own collection. */
const OURS = resolve(DOUBLE, "..", "..", "..", "ansible");

/** Nodes of a test's own, and Ansible for them; called in a `before` hook. Where they cannot be had the tests are skipped, and say why. */
export async function nodesForTests(this: Mocha.Context, name: string): Promise<{ nodes: RealNodes; ansible: string }> {
  this.timeout(600_000);
  const [missing] = missingParts();
  const problem = machineProblem() ?? (missing && `${missing} is not there: \`node dist/dev/nodes/main.js build\` makes it, once.`);
  if (problem !== undefined) {
    console.warn(`SKIPPED ${this.currentTest?.fullTitle() ?? this.test?.fullTitle()}\n${problem}`);
    return this.skip();
  }
  const python = await ansiblePython();
  if (python === undefined) return this.skip();
  return { ansible: join(dirname(python), "ansible-playbook"), nodes: await RealNodes.own(name) };
}

/** Two web servers on different nodes where possible, and how many of them must stay. */
export const web = (minAvailable: number): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 1
      topologySpreadConstraints: [{ maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, labelSelector: { matchLabels: { app: web } } }]
      containers:
        - name: web
          image: ${REGISTRY}/library/busybox:1.35
          command: [sh, -c, "mkdir /www; hostname > /www/index.html; exec httpd -f -p 8080 -h /www"]
          readinessProbe: { httpGet: { port: 8080, path: / }, periodSeconds: 1 }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web }
spec: { minAvailable: ${minAvailable}, selector: { matchLabels: { app: web } } }`;

/** A cluster on real nodes, brought from one spec to the next by the steps that the compiler gives, with Ansible itself. */
export class ClusterOnNodes {
  /** What was reached. */
  recorded: ClusterSpec | undefined;

  /** For inventories, logs and cached facts. */
  private readonly folder: string;

  /** @param name tells clusters of the same nodes apart */
  constructor(
    readonly nodes: RealNodes,
    readonly ansible: string,
    name: string,
  ) {
    this.folder = join(nodes.folder, name);
  }

  /** Boots what is new, takes every step, and destroys what left. */
  async reach(wanted: ClusterSpec, options: CompileOptions = {}): Promise<readonly ClusterStep[]> {
    const { steps, refusals } = compileSteps(this.recorded, wanted, options);
    if (refusals.length > 0) throw new Error(refusals.map(({ reason }) => reason).join("\n"));
    await this.boot(wanted);
    for (const step of steps) await this.play(step, step.inventory, step.broken);
    const left = Object.keys(this.recorded?.nodes ?? {}).filter((name) => wanted.nodes[name] === undefined);
    for (const name of left) await this.nodes.destroy(name);
    this.recorded = wanted;
    return steps;
  }

  /** Boots the machines of a spec that do not run. */
  async boot(spec: ClusterSpec): Promise<void> {
    const off = Object.entries(spec.nodes).filter(([name]) => !this.nodes.isUp(name));
    await this.nodes.boot(Object.fromEntries(off.map(([name, { address }]) => [name, address])));
  }

  /** Runs one playbook. @throws Error with the end of what Ansible printed */
  async play(
    step: Pick<ClusterStep, "playbook"> & Partial<ClusterStep>,
    inventory: ClusterSpec,
    broken: readonly string[] = [],
  ): Promise<string> {
    const { playbook, limit = [], tags = [], extraVars = {} } = step;
    makeFolder(this.folder);
    const [hosts, extra] = [join(this.folder, "inventory.json"), join(this.folder, "extra.json")];
    writeWhole(hosts, JSON.stringify(inventoryOf(inventory, broken)));
    writeWhole(extra, JSON.stringify(extraVars));
    const args = [
      ...["-i", hosts, "--private-key", keyFile(), "-e", `@${extra}`],
      ...(limit.length > 0 ? ["--limit", limit.join(",")] : []),
      ...(tags.length > 0 ? ["--tags", tags.join(",")] : []),
      fileOf(playbook),
    ];
    const env = {
      ...process.env,
      ANSIBLE_CONFIG: join(DOUBLE, "ansible.cfg"),
      ANSIBLE_ROLES_PATH: [OURS, DOUBLE].map((each) => join(each, "roles")).join(":"),
      ANSIBLE_CACHE_PLUGIN_CONNECTION: join(this.folder, "facts"),
      ANSIBLE_SSH_ARGS: "-o ControlMaster=auto -o ControlPersist=60 -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no",
      ANSIBLE_LOG_PATH: join(this.folder, "ansible.log"),
    };
    const started = Date.now();
    // Ansible tells its failures on the output, which `run` keeps only of a good run.
    const output = await this.nodes.run("sh", ["-c", '"$@" 2>&1 || echo "ended with $?"', "sh", this.ansible, ...args], {
      cwd: DOUBLE,
      env,
    });
    const failed = /^ended with \d+$/m.exec(output.slice(-40));
    console.log(
      `      ${playbook}${limit.length > 0 ? ` --limit ${limit.join(",")}` : ""}: ${Math.round((Date.now() - started) / 1_000)} s${failed ? ", failed" : ""}`,
    );
    if (failed) throw new Error(output.slice(-6_000));
    return output;
  }

  /** kubectl as the administrator, on the first control plane. */
  async kubectl(command: string): Promise<string> {
    const first = Object.keys(this.recorded?.nodes ?? {}).find((name) => name === this.recorded?.controlPlane[0]);
    if (first === undefined) throw new Error("there is no cluster");
    return (await this.nodes.ssh(first, `KUBECONFIG=/etc/kubernetes/admin.conf kubectl ${command}`)).trim();
  }

  /** Applies objects. */
  async apply(manifest: string): Promise<void> {
    await this.kubectl(`apply -f - > /dev/null <<'EOT'\n${manifest}\nEOT`);
  }

  /** Ready nodes by name, sorted. */
  async ready(): Promise<string[]> {
    const lines = (await this.kubectl("get nodes --no-headers")).split("\n");
    return lines.filter((line) => / Ready/.test(line)).map((line) => line.split(" ")[0] ?? "");
  }

  /** Names of etcd's members, sorted, once every one of them is healthy. */
  async etcdMembers(on: string): Promise<string[]> {
    const list = "set -a; . /etc/etcd.env; etcdctl endpoint health --cluster > /dev/null && etcdctl member list";
    return (await this.nodes.ssh(on, list))
      .trim()
      .split("\n")
      .map((line) => line.split(", ")[2] ?? "")
      .sort();
  }
}

function fileOf(playbook: Playbook): string {
  const file = playbook === "facts" ? "playbooks/facts.yml" : `${playbook}.yml`;
  return playbooks[playbook].of === "kubespray" ? join(DOUBLE, file) : join(OURS, "playbooks", file);
}

function inventoryOf(spec: ClusterSpec, broken: readonly string[]): unknown {
  const names = Object.keys(spec.nodes);
  const group = (hosts: readonly string[]) => ({ hosts: Object.fromEntries(hosts.map((name) => [name, {}])) });
  const groups = {
    kube_control_plane: group(spec.controlPlane),
    etcd: group(spec.etcd),
    kube_node: group(names.filter((name) => spec.nodes[name]?.roles.includes("worker"))),
    k8s_cluster: { children: { kube_control_plane: {}, kube_node: {} } },
    ...(broken.length === 0 ? {} : { broken_etcd: group(broken), broken_kube_control_plane: group(broken) }),
  };
  const hosts = Object.entries(spec.nodes).map(([name, node]) => [name, { ...hostVariables(node), ansible_host: node.address }]);
  return { all: { hosts: Object.fromEntries(hosts), children: groups, vars: inventoryVariables(spec) } };
}
