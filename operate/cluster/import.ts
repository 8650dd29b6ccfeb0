import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { OperationFailedError } from "../../engine/errors";
import { writeWhole } from "../../host/files";
import { memoryFolder, withTemporaryFolder } from "../../host/temporary";
import { importInventory } from "../../model/cluster/inventory-import";
import { tagFor } from "../../model/cluster/releases";
import { reportSteps } from "../../model/cluster/report";
import { compareCluster, lockOf, unlikeNodes } from "../../model/cluster/take-over";
import type { ClusterHost, ClusterNode, ClusterSpec } from "../../model/cluster/types";
import { diffLocks } from "../../model/lock";
import { nodeSubnet } from "../../model/plan/subnets";
import type { EnvironmentPlan } from "../../model/plan/types";
import { type Finding, InvalidInputError, type Problem, RefusedError } from "../../model/problems";
import type { HostAccess } from "../../plugin/kubespray/cluster-view";
import { DOORS } from "../doors";
import { type Operator, requireAgreement } from "../operator";
import { makeReady, type Ready, type Request, runJob } from "../ready";
import { changeOf } from "./change";
import { clockOf } from "./clock";
import { plannedAccess } from "./planned-access";
import { lookAt, usableKubespray } from "./run";
import type { TakeOver } from "./take-over";

/** What tells of a cluster that was made by hand. */
export interface ImportSource {
  /** The inventory that made it, or what `ansible-inventory --list` printed of it (`.json`). */
  readonly inventory: string;
  /** A kubeconfig of it, to make sure that the hosts carry that very cluster. */
  readonly kubeconfig?: string;
}

/** A cluster that was taken over. */
export interface Imported extends Ready {
  readonly takeOver: TakeOver;
  readonly seconds: number;
}

/**
 * Takes a cluster over that kubespray has made by hand: compares it with its file, and records it in the stack as it is. No playbook is run.
 * @throws InvalidInputError, RefusedError, DeclinedError, and what the engine's operations throw
 */
export async function importCluster(request: Request, source: ImportSource, operator: Operator, doors = DOORS): Promise<Imported> {
  const ready = await makeReady(request, operator, doors);
  const { loaded, target, planned } = ready;
  const problem = (finding: Finding) => ({ environment: loaded.name, ...finding, severity: "error" as const });
  requireHosts(target.plan, problem);
  const given = readSource(source, problem);
  const engine = await doors.engine();
  const { cluster } = await runJob("read", target, operator, engine.readRecorded);
  if (cluster)
    throw new RefusedError([
      problem({ path: "", reason: "its cluster is recorded already", remedy: "`kpaas cluster steps` shows what differs" }),
    ]);

  const access = await plannedAccess(target);
  const kubespray = await usableKubespray(ready, doors);
  const environment = loaded.name;
  const { printed, live, authority } = await lookAt(ready, operator, async ({ signal }) => {
    const inventory = given.printed ?? (await printedInventory(source.inventory, target.plan.cluster.kubespray, signal));
    const seen = await kubespray.view.read(target.plan.cluster, access);
    return { printed: inventory, live: seen, authority: seen && given.authority !== undefined ? authorityOf(seen.kubeconfig) : undefined };
  });
  if (!live) throw new OperationFailedError(`no control plane of ${environment} carries a cluster: there is nothing to take over`);
  if (given.authority !== authority)
    throw new InvalidInputError([
      problem({
        path: "--kubeconfig",
        value: source.kubeconfig,
        reason: "is of another cluster than the one on these hosts",
        remedy: "give that cluster's, or leave it out",
      }),
    ]);

  const { spec: imported, findings } = importInventory(environment, printed, live, tagFor(live.kubernetes, target.plan.cluster.kubespray));
  const wrong = [...findings.filter(({ severity }) => severity !== "warning"), ...unlikeNodes(imported, target.plan)];
  if (wrong.length > 0) throw new InvalidInputError(wrong.map(problem));
  const editor = await doors.editor();
  const relocked = editor.relocked(loaded, target.root, lockOf(planned.lock, imported));
  if (!relocked.planned) throw new InvalidInputError(relocked.problems);
  const { plan, lock } = relocked.planned;
  const { spec, differences, dropped } = compareCluster(imported, plan);
  const change = changeOf(plan, { cluster: { inputs: {}, outputs: { ...spec } } }, target.approvals, clockOf(target)());
  if (change.refused.length > 0) throw new RefusedError(change.refused);
  const notes = [
    ...findings.map(({ path, reason }) => `${path}: ${reason}`),
    ...(dropped.length > 0
      ? [`not in the file, so kubespray's defaults apply from the next run over all hosts on: ${dropped.join(", ")}`]
      : []),
  ];
  const takeOver: TakeOver = { differences, lock: diffLocks(planned.lock, lock), notes, change, steps: reportSteps(spec, change.steps) };
  await requireAgreement(operator.asker("cluster import"), { kind: "cluster import", environment, takeOver });

  (await doors.environments()).writeLock(relocked);
  const inputs = inputsOf(spec, plan, access);
  const { seconds } = await withTemporaryFolder(
    "import",
    async (folder) => {
      const importFile = join(folder, "cluster.json");
      writeWhole(importFile, JSON.stringify(inputs), { mode: 0o600, durable: false });
      return await runJob("up", { ...target, plan: { ...plan, cluster: spec }, importFile }, operator, engine.upEnvironment);
    },
    memoryFolder(),
  );
  return { loaded: relocked, planned: relocked.planned, target: { ...target, plan }, takeOver, seconds };
}

/** Machines of clouds have ids that no inventory names, and what three stacks hold is brought up layer by layer. */
function requireHosts({ provider, layers }: EnvironmentPlan, problem: Told): void {
  if (provider !== "existing")
    throw new InvalidInputError([
      problem({
        ...{
          path: "infrastructure.provider",
          value: provider,
          reason: "makes machines of its own, and a cluster stands on machines that are there",
        },
        remedy: "name its hosts with the provider existing",
      }),
    ]);
  if (layers === "three")
    throw new InvalidInputError([
      problem({
        path: "layers",
        value: layers,
        reason: "a cluster is taken over into one stack",
        remedy: "leave it out; it can be split afterwards",
      }),
    ]);
}

type Told = (finding: Finding) => Problem;

/** What the files that the source names say, as far as they are read here. @throws InvalidInputError with what is wrong with all of them */
function readSource({ inventory, kubeconfig }: ImportSource, problem: Told): { readonly printed?: unknown; readonly authority?: string } {
  const problems: Problem[] = [];
  const read = <T>(path: string, value: string, content: (text: string) => T, remedy: string): T | undefined => {
    try {
      return content(readFileSync(value, "utf8"));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const reason = "code" in error ? `cannot be read (${error.code})` : error.message;
      problems.push(problem({ path, value, reason, remedy }));
      return undefined;
    }
  };
  const list = "give the inventory that made the cluster, or what `ansible-inventory --list` printed of it";
  const printed = inventory.endsWith(".json")
    ? read("--inventory", inventory, (text) => parsed(text, JSON.parse, "is no JSON"), list)
    : undefined;
  if (!inventory.endsWith(".json") && !existsSync(inventory))
    problems.push(problem({ path: "--inventory", value: inventory, reason: "there is no such file or folder", remedy: list }));
  const authority =
    kubeconfig === undefined
      ? undefined
      : read("--kubeconfig", kubeconfig, authorityOf, "give that cluster's, with certificate-authority-data in it, or leave it out");
  if (problems.length > 0) throw new InvalidInputError(problems);
  return { ...(printed === undefined ? {} : { printed }), ...(authority === undefined ? {} : { authority }) };
}

async function printedInventory(path: string, tag: string, signal: AbortSignal | undefined): Promise<unknown> {
  const { readInventory } = await import("../../plugin/kubespray/ansible/read-inventory.js");
  return await readInventory(path, tag, { tell: () => {}, ...(signal ? { signal } : {}) });
}

/** What tells one cluster from another. @throws Error where the kubeconfig does not say it */
function authorityOf(kubeconfig: string): string {
  const said = parsed(kubeconfig, parse, "is no YAML") as { clusters?: { cluster?: { "certificate-authority-data"?: string } }[] } | null;
  const data = said?.clusters?.[0]?.cluster?.["certificate-authority-data"];
  if (data === undefined) throw new Error("names no authority of a cluster");
  return parsed(Buffer.from(data, "base64").toString(), (pem) => new X509Certificate(pem), "holds no certificate of an authority")
    .fingerprint256;
}

function parsed<T>(text: string, parser: (text: string) => T, otherwise: string): T {
  try {
    return parser(text);
  } catch {
    // The parser's own words quote the file, which may hold secrets.
    throw new Error(otherwise);
  }
}

function inputsOf(spec: ClusterSpec, plan: EnvironmentPlan, { machines, ssh }: HostAccess): Record<string, unknown> {
  const networkCidr = nodeSubnet(plan);
  const { hosts, ...cluster } = spec;
  const withMachines = (entries: Readonly<Record<string, ClusterNode | ClusterHost>>) =>
    Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, { ...entry, ...machines[name] }]));
  return {
    ...cluster,
    nodes: withMachines(cluster.nodes),
    ...(hosts ? { hosts: withMachines(hosts) } : {}),
    ssh,
    ...(networkCidr === undefined ? {} : { networkCidr }),
  };
}
