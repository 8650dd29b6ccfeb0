import { at, type Fields, fields, isFields, list } from "../../model/data";
import { findChart, render } from "../../sandbox/kubernetes/charts";
import type { RecordedResource } from "../../testing/graph";
import { isSecretEnvelope } from "../../testing/mocks";

/** Objects of a service as Kubernetes has them, its chart's among them. */
export interface ServiceObjects {
  readonly objects: readonly Fields[];
  /** Claims that a destroy names and that are protected. */
  readonly protectedClaims: readonly string[];
}

/** What a component registered, and what its chart makes of our values by what the catalogue knows of it. */
export function objectsOf(resources: readonly RecordedResource[]): ServiceObjects {
  const kubernetes = resources.filter(({ type }) => type.startsWith("kubernetes:"));
  const own = kubernetes.filter(({ type }) => !type.startsWith("kubernetes:helm.sh"));
  const charts = kubernetes.flatMap(({ type, inputs }): readonly Fields[] => {
    if (!type.startsWith("kubernetes:helm.sh")) return [];
    const chart = findChart(String(inputs.chart), String(inputs.version));
    const { name, namespace } = inputs;
    return chart
      ? render(chart, { release: String(name), namespace: String(namespace), values: fields(inputs.values) }).objects.map((each) => ({
          ...each,
          byChart: true,
        }))
      : [];
  });
  return {
    objects: [...own.map(({ type, inputs }) => ({ kind: type.split(":").at(-1), ...fields(unsealed(inputs)) })), ...charts],
    protectedClaims: own.filter(({ options }) => options.protect).map(({ inputs }) => nameOf(inputs)),
  };
}

/** Without the envelopes of secrets; what is in them is printed nowhere. */
function unsealed(value: unknown): unknown {
  if (isSecretEnvelope(value)) return unsealed(fields(value).value);
  if (Array.isArray(value)) return value.map(unsealed);
  return isFields(value) ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, unsealed(each)])) : value;
}

/** Name of an object. */
export function nameOf(object: Fields): string {
  return String(at(object, "metadata.name"));
}

/** The objects of a kind, by name. */
export function ofKind({ objects }: ServiceObjects, ...kinds: readonly string[]): Fields[] {
  return objects.filter(({ kind }) => kinds.includes(String(kind))).sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

/** Workloads: kind, name, and what is peculiar to them; of those that have one pod for ever, why. */
export function workloadRows(made: ServiceObjects, single: Readonly<Record<string, string>> = {}): string[][] {
  return ofKind(made, "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob").map((each) => [
    // A name that ends in a digest of its content is another one tomorrow.
    `\`${nameOf(each).replace(/-[0-9a-f]{10}$/, "-…")}\``,
    String(each.kind),
    [
      ...(at(each, "spec.strategy.type") === "Recreate" ? ["goes before its successor comes"] : []),
      ...(single[nameOf(each)] === undefined ? [] : [`one pod: ${single[nameOf(each)]}`]),
    ].join("; "),
  ]);
}

/** Services: name, type and ports. */
export function portRows(made: ServiceObjects): string[][] {
  return ofKind(made, "Service").map((each) => {
    const spec = fields(each.spec);
    const ports = list(spec.ports).map(fields);
    return [
      `\`${nameOf(each)}\``,
      spec.clusterIP === "None" ? "headless" : String(spec.type ?? "ClusterIP"),
      ports.map(({ port, protocol = "TCP" }) => `${String(port)}${protocol === "TCP" ? "" : ` ${String(protocol)}`}`).join(", "),
    ];
  });
}

/** Secrets: name and the names of what is in them. */
export function secretRows(made: ServiceObjects): string[][] {
  return ofKind(made, "Secret").map((each) => {
    const keys = Object.keys({ ...fields(each.stringData), ...fields(each.data) }).sort();
    return [
      `\`${nameOf(each)}\``,
      keys.length === 0 && each.byChart === true ? "what its chart makes" : keys.map((key) => `\`${key}\``).join(" "),
    ];
  });
}

/** Claims of volumes: name, size, and whether they are protected. */
export function volumeRows(made: ServiceObjects): string[][] {
  const claims = ofKind(made, "PersistentVolumeClaim").map((each) => [nameOf(each), each] as const);
  const templates = ofKind(made, "StatefulSet").flatMap((each) => {
    const asked = list(at(each, "spec.volumeClaimTemplates")).map(fields);
    return asked.map((claim) => [`${nameOf(claim)}-${nameOf(each)}-N`, claim] as const);
  });
  const rows = [...claims, ...templates].map(([name, claim]): [string, string[]] => {
    const size = String(at(claim, "spec.resources.requests.storage") ?? "");
    return [name.replace(/-\d+$/, "-N"), [size, made.protectedClaims.includes(name) ? "protected" : ""]];
  });
  // Claims that are there already come before those that a template would ask for: the first counts.
  return [...new Map([...rows].reverse())].reverse().map(([name, cells]) => [`\`${name}\``, ...cells]);
}

/** NetworkPolicies: which pods, which way, with whom, and at which ports. */
export function policyRows(made: ServiceObjects): string[][] {
  return ofKind(made, "NetworkPolicy").flatMap((each) => {
    const spec = fields(each.spec);
    const pods = podsOf(spec.podSelector);
    return (["Ingress", "Egress"] as const).flatMap((way) => {
      if (!(Array.isArray(spec.policyTypes) ? spec.policyTypes : ["Ingress"]).includes(way)) return [];
      const rules = list(way === "Ingress" ? spec.ingress : spec.egress).map((rule) =>
        ruleText(fields(rule), way === "Ingress" ? "from" : "to"),
      );
      return [[pods, way === "Ingress" ? "in" : "out", rules.length === 0 ? "nobody" : [...new Set(rules)].join("; ")]];
    });
  });
}

function podsOf(selector: unknown): string {
  const labels = fields(fields(selector).matchLabels);
  const known = labels["app.kubernetes.io/name"] ?? labels.app;
  const part = labels["app.kubernetes.io/component"] ?? labels.component;
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${String(value)}`);
  if (pairs.length === 0) return fields(selector).matchExpressions === undefined ? "all" : "some";
  return `\`${known === undefined ? pairs.join(",") : [known, ...(part === undefined ? [] : [part])].join("/")}\``;
}

function ruleText(rule: Fields, peers: "from" | "to"): string {
  const peered =
    rule[peers] === undefined
      ? "everybody"
      : list(rule[peers])
          .map((peer) => peerText(fields(peer)))
          .join(", ");
  const ports = list(rule.ports)
    .map(fields)
    .map(
      ({ port, endPort, protocol = "TCP" }) =>
        `${String(port ?? "all")}${endPort === undefined ? "" : `-${String(endPort)}`}${protocol === "TCP" ? "" : ` ${String(protocol)}`}`,
    );
  return `${peered}${ports.length === 0 ? "" : `: ${ports.join(", ")}`}`;
}

function peerText({ ipBlock, namespaceSelector, podSelector }: Fields): string {
  const except = at(ipBlock, "except");
  if (ipBlock !== undefined) {
    const but = Array.isArray(except)
      ? except.map((cidr) => (cidr === "169.254.169.254/32" ? "the cloud's metadata" : cidr === NFS ? "the NFS server" : String(cidr)))
      : [];
    return `${String(at(ipBlock, "cidr"))}${but.length === 0 ? "" : ` but ${but.join(" and ")}`}`;
  }
  const where = namespaceSelector === undefined ? "" : namespacesOf(fields(fields(namespaceSelector).matchLabels));
  const who = podSelector === undefined ? "" : podsOf(podSelector);
  if (where === "") return who === "all" ? "its own namespace" : who;
  return who === "" || who === "all" ? where : `${who} of ${where}`;
}

function namespacesOf({ "kubernetes.io/metadata.name": name, ...labels }: Fields): string {
  if (name !== undefined) return `the namespace \`${String(name)}\``;
  const labelled = Object.entries(labels).map(([key, value]) => `\`${key}: ${String(value)}\``);
  return labelled.length === 0 ? "every namespace" : `namespaces labelled ${labelled.join(" and ")}`;
}

/** Where the environment that pages are written from has its share. */
const NFS = "10.20.0.20/32";
