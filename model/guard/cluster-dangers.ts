import { findRelease, knownReleases } from "../catalog";
import { endpointKind } from "../cluster/endpoint";
import { type Refusal, refusalsIn, refusedChanges } from "../cluster/refusals";
import type { ClusterSpec } from "../cluster/types";
import { referencesIn } from "../environment/variable-values";
import { fieldOfVariable, isSecretName } from "../environment/variables";
import { poolLabel } from "../kubernetes-names";
import { inputField } from "../plan/input-field";
import type { EnvironmentPlan } from "../plan/types";
import type { Problem } from "../problems";
import { type Danger, never } from "./danger";

type Variables = ClusterSpec["variables"];

/**
 * What the running cluster would refuse, by the same rules, before anything below it is touched; named by the fields of the environment file.
 * @param recorded the cluster as its resource records it
 * @param moves whether the environment as a whole goes to another release, of which others tell
 */
export function clusterDangers(recorded: ClusterSpec, plan: EnvironmentPlan, moves = false): Danger[] {
  const wanted = plan.cluster;
  // What a reference leads to is not known here: the cluster compares it itself.
  const referred = Object.entries(wanted.variables).filter(([name, value]) => referencesIn({ [name]: value }).size > 0);
  const standing = { ...recorded, variables: { ...recorded.variables, ...Object.fromEntries(referred) } };
  const found = new Map<string, Danger>();
  const begun = !moves && changesRelease(standing, plan);
  if (begun) found.set("release", begunDanger(standing, plan));
  for (const refusal of withoutConsequences(refusedChanges(standing, wanted), begun)) {
    const danger = dangerOf(refusal, standing, plan);
    if (!found.has(danger.path)) found.set(danger.path, danger);
  }
  const [was, becomes] = [standing, wanted].map((spec) => `${endpointKind(spec)} ${spec.apiEndpoint.host}:${spec.apiEndpoint.port}`);
  if (was !== becomes) found.set("cluster.apiEndpoint", endpointDanger(was ?? "", becomes ?? ""));
  return [...found.values()];
}

/** People and tools outside hold the endpoint too, and nobody moves those. */
export function endpointDanger(was: string, becomes: string): Danger {
  return {
    key: "environment",
    action: "move-endpoint",
    path: "cluster.apiEndpoint",
    reason: `the API is reached at another endpoint (${was} → ${becomes}): nodes are moved over step by step, kubeconfigs that people hold are not`,
    remedy: "set it back, or give the API a domain",
  };
}

/** Which services stand, and of which release, is not known until an `up` has come to its end. */
function begunDanger({ kubernetes, kubespray }: ClusterSpec, { release }: EnvironmentPlan): Danger {
  const reason = `the cluster was begun with another release (Kubernetes ${kubernetes} by kubespray ${kubespray}), and no up has come to its end with that`;
  return never("release", reason, "set the release to the one it was begun with, and bring it up first", release);
}

function changesRelease(standing: ClusterSpec, { cluster, release }: EnvironmentPlan): boolean {
  const isChoiceOf = (spec: ClusterSpec, number: string): boolean => {
    const shipped = findRelease(number);
    return shipped?.kubernetes === spec.kubernetes && shipped.kubespray === spec.kubespray;
  };
  const versionsChange = standing.kubernetes !== cluster.kubernetes || standing.kubespray !== cluster.kubespray;
  return versionsChange && isChoiceOf(cluster, release) && knownReleases.some((each) => each !== release && isChoiceOf(standing, each));
}

/** What follows from another refusal is not told beside it. */
function withoutConsequences(refusals: readonly Refusal[], begun: boolean): Refusal[] {
  const refused = new Set(refusals.map(({ path }) => path));
  return refusals.filter(({ path }) => {
    if (path.startsWith("variables.calico_")) return !refused.has("variables.kube_network_plugin");
    if (/^nodes\..*\.(roles|etcdMember)$/.test(path)) return !refused.has("etcd");
    // A release brings both; a version that the file names brings the tag that installs it.
    if (path === "kubernetes") return !begun;
    if (path === "kubespray") return !begun && !refused.has("kubernetes");
    return true;
  });
}

/** What the cluster refused by itself, since only the run could see it; by the fields of the environment file. */
export function toldByCluster(text: string, plan: EnvironmentPlan): Problem[] {
  return refusalsIn(text).map(({ path, reason, remedy }) => ({
    environment: plan.environment,
    path: inputField(path, (name) => plan.machines.find((machine) => machine.name === name)),
    reason,
    remedy: lower(remedy),
    severity: "error",
  }));
}

function dangerOf(refusal: Refusal, standing: ClusterSpec, plan: EnvironmentPlan): Danger {
  const machineOf = (name: string) => {
    const planned = plan.machines.find((machine) => machine.name === name);
    if (planned) return planned;
    const node = standing.nodes[name];
    const group = node?.roles.includes("worker") ? (node.labels[poolLabel] ?? "worker") : "control-plane";
    return node && { key: node.key, group };
  };
  const [head = "", second = ""] = refusal.path.split(".");
  const path = inputField(refusal.path, machineOf);
  const key = head === "nodes" && !path.startsWith("platform.") ? (machineOf(second)?.key ?? second) : "environment";
  const danger = { key, action: "never" as const, path };
  if (head !== "variables") return { ...danger, reason: refusal.reason, remedy: lower(refusal.remedy) };
  const [was, becomes] = [standing.variables, plan.cluster.variables].map((variables) => {
    const value = settingOf(second, variables);
    return value !== undefined && isSecretName(second) ? "a secret" : value;
  });
  return {
    ...danger,
    reason: `${refusal.reason} (${shown(was)} → ${shown(becomes)})`,
    remedy: `${was === undefined ? "take it out again" : `set it back to ${shown(was)}`}, or ${refusal.instead}`,
    ...(becomes === undefined ? {} : { value: becomes }),
  };
}

/** The value of the field that sets the variable, else of the variable itself. */
function settingOf(name: string, variables: Variables): unknown {
  return fieldOfVariable(name) === "cluster.network.encapsulation" ? encapsulation(variables) : variables[name];
}

function encapsulation({ calico_vxlan_mode: vxlan, calico_ipip_mode: ipip }: Variables): string {
  return vxlan === "Always" ? "vxlan" : ipip === "Always" ? "ipip" : "none";
}

function shown(value: unknown): string {
  return value === undefined ? "not set" : typeof value === "string" ? value : JSON.stringify(value);
}

/** A sentence of the cluster's as the part of one that remedies of the file are. */
function lower(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, "");
}
