import { at, type Fields, isFields, isSet, list, merge } from "../data";
import type { ServicePlan } from "../plan/types";
import { podSecurityProblem } from "../pod-security";
import type { Findings } from "../problems";
import { fieldOf, type Registry, valuesFieldOf } from "../registry";
import { type ChartValues, chartValues } from "./chart";
import { type ChartRules, chartRules } from "./rules";
import { unknownValues } from "./unknown-values";

const REMEDY = "take it out; `helm show values` of the chart lists what there is";

/** Finds what is wrong with the user's own values of the services' charts, so that no release fails over them half-way through. */
export function checkChartValues(services: readonly ServicePlan[], registry: Registry, findings: Findings): void {
  for (const { name, chart, values, replicas } of services) {
    const known = chart && chartValues(chart.name, chart.version);
    const rules = chart && chartRules(chart.name);
    if (values === undefined || known === undefined) continue;
    const unknown = unknownValues(known, values);
    const service = registry.services[name] ?? { name };
    const own = fieldOf(service);
    const field = (path: string): string => `${valuesFieldOf(service)}.${path}`;
    for (const { path, reason } of unknown) findings.error(field(path), reason, REMEDY);
    checkPairs(values, field, findings);
    checkExtraObjects(values, field, findings);
    if (rules === undefined) continue;
    checkRules(rules, values, field, findings);
    checkOptions(own, rules, values, field, replicas, findings);
    checkPodSecurity(rules, known, values, field, findings);
  }
}

/** Both kinds of a disruption budget: Kubernetes takes one of them. */
function checkPairs(values: Fields, field: (path: string) => string, findings: Findings, path: readonly string[] = []): void {
  for (const [key, value] of Object.entries(values)) {
    if (!isFields(value)) continue;
    const here = [...path, key];
    if (isSet(value.minAvailable) && isSet(value.maxUnavailable)) {
      findings.error(field(here.join(".")), "a disruption budget has minAvailable or maxUnavailable, not both", "take one of them out");
    }
    checkPairs(value, field, findings, here);
  }
}

function checkRules(rules: ChartRules, values: Fields, field: (path: string) => string, findings: Findings): void {
  for (const { path, is, unless, reason } of rules.refused) {
    const value = at(values, path);
    if (!isSet(value) || value === "" || (is === undefined ? value === unless : value !== is)) continue;
    findings.error(field(path), reason, "take it out", scalar(value));
  }
  for (const [path, api] of Object.entries(rules.api)) {
    if (at(values, path) !== true) continue;
    findings.error(field(path), `makes objects of the API ${api}, ${unserved(api)}`, "leave it off", true);
  }
}

/** Why objects of an API do nothing in a service's release. */
function unserved(api: string): string {
  return api.startsWith("monitoring.coreos.com/")
    ? "which is served, where anything is measured, after this chart has come up, and minded in the namespace of whoever measures alone: services are asked without"
    : "which nothing serves when this chart comes up";
}

/** What an option says as well, and lists of ours that are replaced. */
function checkOptions(
  own: string,
  rules: ChartRules,
  values: Fields,
  field: (path: string) => string,
  replicas: number,
  findings: Findings,
): void {
  for (const [path, option] of Object.entries(rules.fields)) {
    const value = at(values, path);
    if (!isSet(value) || (option === "replicas" && value === replicas)) continue;
    const better = `${own}.${option}`;
    findings.warn(field(path), `is set by ${better}, which the plan and its disruption budget go by`, `use ${better}`);
  }
  for (const [path, holds] of Object.entries(rules.ownLists)) {
    if (!isSet(at(values, path))) continue;
    const reason = `lists are not merged: this one replaces the platform's own, which says ${holds}`;
    findings.warn(field(path), reason, "repeat in it what the platform's own list holds, where that is wanted");
  }
}

/** What the namespace's Pod Security would refuse: the pods would never be made, and the release would end after its whole timeout. */
function checkPodSecurity(
  rules: ChartRules,
  { values: defaults }: ChartValues,
  values: Fields,
  field: (path: string) => string,
  findings: Findings,
): void {
  const merged = merge(defaults, values);
  for (const { name, at: where, hostNetwork } of rules.workloads) {
    const inside = (part: string): string => (where === "" ? part : `${where}.${part}`);
    const spec = {
      securityContext: at(merged, inside("securityContext")),
      containers: [{ name, securityContext: at(merged, inside("containerSecurityContext")) }],
      volumes: list(at(values, inside("volumes"))),
      hostNetwork: hostNetwork === undefined ? false : at(values, hostNetwork),
    };
    const problem = podSecurityProblem(spec, "restricted");
    if (problem === undefined) continue;
    const guilty = ["containerSecurityContext", "securityContext", "volumes"].map(inside).find((path) => at(values, path) !== undefined);
    findings.error(
      field(guilty ?? hostNetwork ?? where),
      `the pods of ${name} would be refused in their namespace: ${problem}`,
      "keep to what the Pod Security Standard `restricted` allows",
    );
  }
}

/** Objects of the user's own among the values: of an API that Kubernetes itself serves, or the chart. */
function checkExtraObjects(values: Fields, field: (path: string) => string, findings: Findings): void {
  list(values.extraObjects).forEach((object, index) => {
    const apiVersion = isFields(object) ? object.apiVersion : /^apiVersion:\s*["']?([^\s"']+)/m.exec(String(object))?.[1];
    const group = String(apiVersion ?? "").split("/");
    const served = group.length === 1 || !group[0]?.includes(".") || /(\.k8s\.io|^cert-manager\.io|\.cert-manager\.io)$/.test(group[0]);
    if (!served) {
      const reason = `is of the API ${String(apiVersion)}, ${unserved(String(apiVersion))}`;
      findings.error(field(`extraObjects.${index}`), reason, "leave it out, or bring it by platform.extra.objects");
      return;
    }
    findings.warn(
      field(`extraObjects.${index}`),
      "is applied as it is: its kind and the namespace's policies are not checked before the release is installed",
      "see to it that the images it names can be pulled: `kpaas plan --show images` lists them",
    );
  });
}

/** A value that may be shown in a message. */
function scalar(value: unknown): unknown {
  return typeof value === "object" ? undefined : value;
}
