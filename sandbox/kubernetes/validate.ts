import { isIPv4 } from "node:net";
import { UNKNOWN } from "../../plugin/rpc/provider";
import type { KindFacts } from "./kinds";
import { type FieldError, invalid, unsupported } from "./schema";
import { validatePodTemplate } from "./validate-pods";
import { binding, policyRules, RBAC_GROUP } from "./validate-rbac";
import { annotationsOf, at, type Fields, fields, list, text } from "./values";

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const LABEL_1035 = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const QUALIFIED = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
const DATA_KEY = /^[-._a-zA-Z0-9]+$/;
const BASE64 = /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** What the API server refuses beyond wrong fields: names, labels and the rules of each kind. Unknown values pass. */
export function validateObject(object: Fields, facts: Pick<KindFacts, "group" | "kind" | "namespaced">): FieldError[] {
  const rules = RULES[facts.kind];
  return [...validateMetadata(object, facts), ...(rules === undefined ? [] : rules(object))];
}

function validateMetadata(object: Fields, facts: Pick<KindFacts, "group" | "kind" | "namespaced">): FieldError[] {
  const errors: FieldError[] = [];
  const name = at(object, "metadata.name");
  if (typeof name === "string" && name !== UNKNOWN) errors.push(...validateName(name, facts));
  const namespace = at(object, "metadata.namespace");
  if (facts.namespaced && typeof namespace === "string" && namespace !== UNKNOWN && !LABEL.test(namespace)) {
    errors.push(invalid("metadata.namespace", namespace, LABEL_RULE));
  }
  errors.push(...validateLabels(at(object, "metadata.labels"), "metadata.labels"));
  for (const key of Object.keys(annotationsOf(object))) {
    if (!QUALIFIED.test(key.toLowerCase())) errors.push(invalid("metadata.annotations", key, "a qualified name"));
  }
  return errors;
}

const LABEL_RULE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";

function validateName(name: string, facts: Pick<KindFacts, "group" | "kind">): FieldError[] {
  const path = "metadata.name";
  if (facts.group === RBAC_GROUP)
    return /[/%]/.test(name) || name === "." || name === ".." ? [invalid(path, name, "may not contain '/' or '%'")] : [];
  if (facts.kind === "Namespace") return LABEL.test(name) ? [] : [invalid(path, name, LABEL_RULE)];
  if (facts.kind === "Service" && facts.group === "") {
    return LABEL_1035.test(name)
      ? []
      : [invalid(path, name, "a DNS-1035 label must start with an alphabetic character and be at most 63 characters")];
  }
  return SUBDOMAIN.test(name) && name.length <= 253 ? [] : [invalid(path, name, SUBDOMAIN_RULE)];
}

function validateLabels(labels: unknown, path: string): FieldError[] {
  return Object.entries(fields(labels)).flatMap(([key, value]) => {
    if (!QUALIFIED.test(key)) return [invalid(path, key, "a qualified name must consist of alphanumeric characters, '-', '_' or '.'")];
    if (typeof value !== "string" || value === UNKNOWN || LABEL_VALUE.test(value)) return [];
    return [invalid(`${path}.${key}`, value, "a valid label must be at most 63 alphanumeric characters, '-', '_' or '.'")];
  });
}

const RULES: Readonly<Record<string, (object: Fields) => FieldError[]>> = {
  Deployment: workload,
  StatefulSet: workload,
  DaemonSet: workload,
  ReplicaSet: workload,
  Pod: (object) => validatePodTemplate(object, "", ["Always", "OnFailure", "Never"]),
  Job: (object) => [
    ...needed(object, ["spec"]),
    ...validatePodTemplate(at(object, "spec.template"), "spec.template.", ["OnFailure", "Never"]),
  ],
  CronJob: (object) => {
    const schedule = at(object, "spec.schedule");
    const wrong =
      typeof schedule === "string" && schedule !== UNKNOWN && !schedule.startsWith("@") && schedule.trim().split(/\s+/).length !== 5;
    const template = at(object, "spec.jobTemplate.spec.template");
    return [
      ...needed(object, ["spec"]),
      ...(wrong ? [invalid("spec.schedule", schedule, "expected exactly 5 fields")] : []),
      ...validatePodTemplate(template, "spec.jobTemplate.spec.template.", ["OnFailure", "Never"]),
    ];
  },
  Service: service,
  Ingress: ingress,
  Role: policyRules,
  ClusterRole: policyRules,
  RoleBinding: binding,
  ClusterRoleBinding: binding,
  PersistentVolumeClaim: (object) => needed(object, ["spec", "spec.accessModes", "spec.resources.requests.storage"]),
  Secret: secretData,
  ConfigMap: (object) => dataKeys(object, ["data", "binaryData"]),
  PodDisruptionBudget: (object) => {
    const spec = fields(object.spec);
    if (spec.minAvailable === undefined || spec.maxUnavailable === undefined) return needed(object, ["spec"]);
    return [{ path: "spec", reason: "Invalid value: minAvailable and maxUnavailable cannot be both set" }];
  },
  HorizontalPodAutoscaler: (object) => {
    const { minReplicas, maxReplicas } = fields(object.spec);
    const wrong = typeof minReplicas === "number" && typeof maxReplicas === "number" && maxReplicas < minReplicas;
    return [
      ...needed(object, ["spec"]),
      ...(wrong ? [invalid("spec.maxReplicas", maxReplicas, "must be greater than or equal to `minReplicas`")] : []),
    ];
  },
  NetworkPolicy: (object) => needed(object, ["spec"]),
  PriorityClass: (object) => {
    const name = text(at(object, "metadata.name")) ?? "";
    return name.startsWith("system-")
      ? [invalid("metadata.name", name, "priority class names with 'system-' prefix are reserved for system use only")]
      : [];
  },
  CustomResourceDefinition: definition,
};

function workload(object: Fields): FieldError[] {
  const labels = fields(at(object, "spec.template.metadata.labels"));
  const matchLabels = fields(at(object, "spec.selector.matchLabels"));
  const mismatch = Object.entries(matchLabels).filter(
    ([key, value]) => value !== UNKNOWN && labels[key] !== UNKNOWN && labels[key] !== value,
  );
  const empty = object.spec !== undefined && object.spec !== UNKNOWN && Object.keys(fields(at(object, "spec.selector"))).length === 0;
  const replicas = at(object, "spec.replicas");
  return [
    ...needed(object, ["spec"]),
    ...(empty ? [{ path: "spec.selector", reason: "Invalid value: empty selector is invalid" }] : []),
    ...(mismatch.length > 0
      ? [{ path: "spec.template.metadata.labels", reason: "Invalid value: `selector` does not match template `labels`" }]
      : []),
    ...(typeof replicas === "number" && replicas < 0 ? [invalid("spec.replicas", replicas, "must be greater than or equal to 0")] : []),
    ...validatePodTemplate(at(object, "spec.template"), "spec.template.", ["Always"], claimNames(at(object, "spec.volumeClaimTemplates"))),
  ];
}

function claimNames(templates: unknown): readonly unknown[] {
  return templates === UNKNOWN ? [UNKNOWN] : list(templates).map((template) => at(template, "metadata.name"));
}

function service(object: Fields): FieldError[] {
  const spec = fields(object.spec);
  const errors = needed(object, ["spec"]);
  const types = ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"];
  const type = text(spec.type) ?? "ClusterIP";
  if (type !== UNKNOWN && !types.includes(type)) errors.push(unsupported("spec.type", type, types));
  if (type === "ExternalName") return [...errors, ...needed(object, ["spec.externalName"])];
  const ports = list(spec.ports).map(fields);
  if (ports.length === 0 && spec.ports !== UNKNOWN && spec.clusterIP !== "None")
    errors.push({ path: "spec.ports", reason: "Required value" });
  const seen = new Set<string>();
  ports.forEach((port, index) => {
    const path = `spec.ports[${index}]`;
    if (ports.length > 1 && text(port.name) === undefined) errors.push({ path: `${path}.name`, reason: "Required value" });
    if (typeof port.name === "string" && port.name !== UNKNOWN) {
      if (!LABEL.test(port.name)) errors.push(invalid(`${path}.name`, port.name, LABEL_RULE));
      if (seen.has(port.name)) errors.push({ path: `${path}.name`, reason: `Duplicate value: "${port.name}"` });
      seen.add(port.name);
    }
    errors.push(...portRange(`${path}.port`, port.port, 1, 65535));
    errors.push(...portRange(`${path}.nodePort`, port.nodePort, 30000, 32767));
    if (port.nodePort !== undefined && type === "ClusterIP") {
      errors.push({ path: `${path}.nodePort`, reason: "Forbidden: may not be used when `type` is 'ClusterIP'" });
    }
  });
  const wanted = text(spec.loadBalancerIP);
  if (wanted !== undefined && wanted !== UNKNOWN && !isIPv4(wanted))
    errors.push(invalid("spec.loadBalancerIP", wanted, "must be a valid IP address"));
  return errors;
}

function portRange(path: string, value: unknown, low: number, high: number): FieldError[] {
  if (typeof value !== "number" || value === 0) return [];
  return Number.isInteger(value) && value >= low && value <= high
    ? []
    : [invalid(path, value, `must be between ${low} and ${high}, inclusive`)];
}

function ingress(object: Fields): FieldError[] {
  const spec = fields(object.spec);
  const errors: FieldError[] = [];
  if (object.spec !== UNKNOWN && spec.rules === undefined && spec.defaultBackend === undefined) {
    errors.push({ path: "spec", reason: "Invalid value: either `defaultBackend` or `rules` must be specified" });
  }
  list(spec.rules).forEach((rule, index) => {
    const host = text(fields(rule).host);
    const path = `spec.rules[${index}]`;
    if (host !== undefined && host !== UNKNOWN && !SUBDOMAIN.test(host.replace(/^\*\./, "")))
      errors.push(invalid(`${path}.host`, host, SUBDOMAIN_RULE));
    list(at(rule, "http.paths")).forEach((entry, position) => {
      errors.push(...ingressPath(fields(entry), `${path}.http.paths[${position}]`));
    });
  });
  return errors;
}

function ingressPath(entry: Fields, path: string): FieldError[] {
  const kinds = ["Exact", "Prefix", "ImplementationSpecific"];
  const errors: FieldError[] = [];
  const type = text(entry.pathType);
  if (type !== undefined && type !== UNKNOWN && !kinds.includes(type)) errors.push(unsupported(`${path}.pathType`, type, kinds));
  if (type !== "ImplementationSpecific" && entry.path !== UNKNOWN && !(text(entry.path) ?? "").startsWith("/")) {
    errors.push(invalid(`${path}.path`, entry.path ?? "", "must be an absolute path"));
  }
  const backend = fields(entry.backend);
  if (backend.service !== undefined && backend.service !== UNKNOWN) {
    const port = fields(at(backend, "service.port"));
    if (port.name === undefined && port.number === undefined && at(backend, "service.port") !== UNKNOWN) {
      errors.push({ path: `${path}.backend.service.port`, reason: "Required value: port name or number is required" });
    }
  } else if (backend.service === undefined && backend.resource === undefined && entry.backend !== UNKNOWN) {
    errors.push({ path: `${path}.backend`, reason: "Required value: cannot set both resource and service backends, one is required" });
  }
  return errors;
}

function secretData(object: Fields): FieldError[] {
  const errors = dataKeys(object, ["data", "stringData"]);
  for (const [key, value] of Object.entries(fields(object.data))) {
    // The value itself never stands in the text.
    if (typeof value === "string" && value !== UNKNOWN && !BASE64.test(value))
      errors.push({ path: `data.${key}`, reason: "Invalid value: must be base64" });
  }
  const needs: Readonly<Record<string, readonly string[]>> = {
    "kubernetes.io/tls": ["tls.crt", "tls.key"],
    "kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
    "kubernetes.io/ssh-auth": ["ssh-privatekey"],
  };
  if (object.data === UNKNOWN || object.stringData === UNKNOWN) return errors;
  const given = { ...fields(object.data), ...fields(object.stringData) };
  const missing = (needs[text(object.type) ?? ""] ?? []).filter((key) => !(key in given));
  return [...errors, ...missing.map((key) => ({ path: `data[${key}]`, reason: "Required value" }))];
}

function dataKeys(object: Fields, parts: readonly string[]): FieldError[] {
  const keys = parts.flatMap((part) => Object.keys(fields(object[part])).map((key) => [part, key] as const));
  const size = parts.reduce(
    (sum, part) => sum + Object.values(fields(object[part])).reduce<number>((all, value) => all + String(value).length, 0),
    0,
  );
  return [
    ...keys
      .filter(([, key]) => !DATA_KEY.test(key))
      .map(([part, key]) => invalid(`${part}[${key}]`, key, "a valid config key must consist of alphanumeric characters, '-', '_' or '.'")),
    ...(size > 1024 * 1024 ? [{ path: parts[0] ?? "data", reason: "Too long: may not be more than 1048576 bytes" }] : []),
  ];
}

function definition(object: Fields): FieldError[] {
  const spec = fields(object.spec);
  const wanted = `${String(at(spec, "names.plural"))}.${String(spec.group)}`;
  const name = at(object, "metadata.name");
  const storage = list(spec.versions).filter((version) => fields(version).storage === true).length;
  return [
    ...(typeof name === "string" && name !== UNKNOWN && name !== wanted
      ? [invalid("metadata.name", name, `must be spec.names.plural+"."+spec.group, "${wanted}"`)]
      : []),
    ...(storage === 1 || spec.versions === UNKNOWN
      ? []
      : [{ path: "spec.versions", reason: "Invalid value: must have exactly one version marked as storage version" }]),
    ...(["Namespaced", "Cluster"].includes(String(spec.scope)) ? [] : [unsupported("spec.scope", spec.scope, ["Cluster", "Namespaced"])]),
  ];
}

function needed(object: Fields, paths: readonly string[]): FieldError[] {
  const missing: FieldError[] = [];
  for (const path of paths) {
    const parent = path.split(".").slice(0, -1).join(".");
    if (parent !== "" && at(object, parent) === UNKNOWN) continue;
    if (at(object, path) === undefined) missing.push({ path, reason: "Required value" });
  }
  return missing;
}
