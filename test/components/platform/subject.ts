import type { EnvironmentPlan, ServicePlan } from "../../../model/plan/types";
import type { ServiceDefinition } from "../../../model/service";
import { findChart, render } from "../../../sandbox/kubernetes/charts";
import type { Fields } from "../../../sandbox/kubernetes/values";
import type { Graph, RecordedResource } from "../../../testing/graph";
import { type Bag, isSecretEnvelope } from "../../../testing/mocks";
import { UNVERIFIED } from "./allowed";
import { allServices, at, ownerOf, type Workload, workloads } from "./fixtures";

/** The settings by which it does: arguments and texts, and switches that are on. */
export function unverified(value: unknown, key = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => unverified(each, key));
  if (typeof value === "object" && value !== null) return Object.entries(value).flatMap(([name, each]) => unverified(each, name));
  if (typeof value === "string" && UNVERIFIED.test(value)) return [value];
  return UNVERIFIED.test(key) && (value === true || value === "true") ? [key] : [];
}

/** Names of settings that hold something secret, or the name of a Secret with it. */
const SECRET_SETTING = /(password|passwd|passphrase|secret|token|credentials?|private[-_]?key|access[-_]?key|api[-_]?key)$/i;
/** Something generated: long, of letters in both cases and digits. */
const GENERATED =
  /(?<![A-Za-z0-9+/=])(?=[A-Za-z0-9+/]*[a-z])(?=[A-Za-z0-9+/]*[A-Z])(?=[A-Za-z0-9+/]*\d)[A-Za-z0-9+]{24,}(?![A-Za-z0-9+/=])/;

interface Literal {
  readonly path: string;
  readonly value: string;
}

/** What of an object's fields looks as if it were secret and stands there in clear: by its name, or as it looks. */
export function literals(value: unknown, path = "", key = ""): Literal[] {
  if (isSecretEnvelope(value)) return [];
  if (Array.isArray(value)) return value.flatMap((each, index) => literals(each, `${path}[${index}]`, key));
  if (typeof value === "string") {
    const named = SECRET_SETTING.test(key) && value !== "" && !value.startsWith("/");
    const assigned = /(password|passwd|secret|token)\s*[=:]\s*["']?[A-Za-z0-9]/i.test(value) && /password|token/i.test(value);
    return named || assigned || GENERATED.test(value) || /PRIVATE KEY-----/.test(value) ? [{ path, value }] : [];
  }
  if (typeof value !== "object" || value === null) return [];
  const { name, value: set } = value as { name?: unknown; value?: unknown };
  // A variable of a container's environment.
  if (typeof name === "string" && typeof set === "string") return literals(set, `${path}.${name}`, name);
  return Object.entries(value).flatMap(([field, each]) => literals(each, `${path}.${field}`, field));
}

/** What the rules see of one service. */
export class Subject {
  readonly objects: readonly RecordedResource[];
  /** Those that do nothing for the nodes. What a cloud has of its own does: cloud-part.test.ts. */
  readonly workloads: readonly Workload[];
  private readonly running: readonly Workload[];

  constructor(
    readonly graph: Graph,
    readonly service: ServicePlan,
  ) {
    const isOwn = (name: string): boolean => ownerOf(name) === service.name;
    this.objects = graph.resources.filter(({ name, type }) => isOwn(name) && type.startsWith("kubernetes:"));
    this.running = workloads(graph).filter(({ resource }) => isOwn(resource.name));
    this.workloads = this.isOfCloud ? [] : this.running;
  }

  ofKind(kind: string): RecordedResource[] {
    return this.objects.filter(({ type }) => type === `kubernetes:${kind}`);
  }

  get isOfCloud(): boolean {
    return this.service.needs?.cloud !== undefined;
  }

  get containers(): readonly (readonly [where: string, container: Bag])[] {
    return this.running.flatMap(({ resource, containers, initContainers }) =>
      [...containers, ...initContainers].map((each) => [`${resource.name}: ${String(each.name)}`, each] as const),
    );
  }

  get values(): Bag | undefined {
    return this.ofKind("helm.sh/v3:Release")[0]?.inputs.values as Bag | undefined;
  }
}

/** What a service's chart makes of our values. */
export function renderedOf({ chart, namespace }: ServicePlan, values: Bag | undefined): Fields[] {
  const found = chart && findChart(chart.name, chart.version);
  return found === undefined || values === undefined ? [] : render(found, { release: chart?.name ?? "", namespace, values }).objects;
}

/** The objects that have a number of pods. */
export function scaled(objects: readonly Fields[]): { name: string; replicas: number; pod: Bag; labels: Bag }[] {
  return objects.flatMap((object) => {
    if (object.kind !== "Deployment" && object.kind !== "StatefulSet") return [];
    const pod = at(object, "spec", "template", "spec") as Bag;
    const labels = (at(object, "spec", "template", "metadata", "labels") ?? {}) as Bag;
    return [{ name: String(at(object, "metadata", "name")), replicas: Number(at(object, "spec", "replicas") ?? 1), pod, labels }];
  });
}

interface Policy {
  readonly policyTypes: string[];
  readonly podSelector: object;
  readonly ingress?: { readonly from?: unknown; readonly ports: { readonly port: number; readonly endPort?: number }[] }[];
  readonly egress?: OutRule[];
}

interface OutRule {
  readonly to?: readonly {
    readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
    readonly podSelector?: object;
    readonly namespaceSelector?: { readonly matchLabels?: Readonly<Record<string, string>> };
  }[];
  readonly ports?: readonly { readonly port: number }[];
}

/** What a rule opens. */
export function inWords({ to = [], ports = [] }: OutRule, { network, platform, services }: EnvironmentPlan): string {
  const controllers = services.filter(({ name }) => ["ingress", "traefik"].includes(name)).map(({ namespace }) => namespace);
  const peers = to.map(({ ipBlock, namespaceSelector }) => {
    if (ipBlock?.cidr === "0.0.0.0/0") return "outside";
    if (ipBlock?.cidr === `${platform.ingress.address}/32`) return "the ingress";
    if (ipBlock?.cidr === network.cidr) return `machines ${ports.map(({ port }) => port).join(" ")}`;
    const namespace = namespaceSelector?.matchLabels?.["kubernetes.io/metadata.name"];
    return namespace === undefined
      ? namespaceSelector
        ? "every pod"
        : "anybody"
      : controllers.includes(namespace)
        ? "the ingress"
        : namespace;
  });
  return [...new Set(peers)].join(", ") || "anybody";
}

/** What a pod says of a taint of the file. */
export function toleration(taint: string): object {
  const [, key, value, effect] = /^([^=:]+)(?:=([^:]*))?:(.+)$/.exec(taint) ?? [];
  return value === undefined ? { key, operator: "Exists", effect } : { key, operator: "Equal", value, effect };
}

/** What is known of it. */
export function definitionOf({ service: { name } }: Subject): Partial<ServiceDefinition> {
  return (allServices as Readonly<Record<string, ServiceDefinition>>)[name] ?? {};
}

/** What its definition says of its ports. */
export function spokenBy(subject: Subject): Readonly<Record<string, string>> {
  return definitionOf(subject).speaks ?? {};
}

export function policies(subject: Subject): { readonly spec: Policy; readonly namespace: unknown }[] {
  return subject
    .ofKind("networking.k8s.io/v1:NetworkPolicy")
    .map(({ inputs }) => ({ spec: inputs.spec as Policy, namespace: at(inputs, "metadata", "namespace") }));
}

/** The images that values name, in any of the ways charts use: in parts, or whole below a key that says so. Some have all of them below one key. */
export function chartImages(values: unknown): string[] {
  if (typeof values !== "object" || values === null) return [];
  const { registry, image, repository, tag } = values as Record<string, unknown>;
  const name = repository ?? image;
  if (typeof tag === "string") return [registry === undefined ? `${name}:${tag}` : `${registry}/${name}:${tag}`];
  const named = (key: string, each: string): boolean => key.endsWith("Image") || (key === "image" && each.includes("/"));
  return Object.entries(values).flatMap(([key, each]) => (typeof each === "string" && named(key, each) ? [each] : chartImages(each)));
}
