import assert from "node:assert/strict";
import { chartValues } from "../../../model/charts/chart";
import { unknownValues } from "../../../model/charts/unknown-values";
import { fields } from "../../../model/data";
import type { EnvironmentPlan, ServicePlan } from "../../../model/plan/types";
import { podSecurityProblem } from "../../../model/pod-security";
import { kebab } from "../../../model/service";
import type { Graph, RecordedResource } from "../../../testing/graph";
import { type Bag, isSecretEnvelope } from "../../../testing/mocks";
import { waitsFor } from "../../support/waits";
import {
  allServices,
  at,
  CANARY,
  cephPlan,
  cloudPlans,
  everyServicePlan,
  platformGraph,
  replicated,
  traefikPlan,
  type Workload,
  workloads,
} from "./fixtures";

const plan = everyServicePlan();
const acme = { kind: "acme", email: "a@example.org" } as const;

/** Every environment the rules are held against. */
const environments: Readonly<Record<string, EnvironmentPlan>> = {
  "one replica each": plan,
  "three replicas": replicated({ ...plan, cluster: { ...plan.cluster, variables: { kubelet_rotate_server_certificates: true } } }),
  "a certificate for each host": { ...plan, platform: { ...plan.platform, tls: acme } },
  "Traefik in ingress-nginx's place": traefikPlan(),
  "three of Traefik, and ingress-nginx beside it": replicated(traefikPlan("1.7.0", { beside: "nginx" })),
  "Traefik beside ingress-nginx": traefikPlan("1.7.0", { kind: "nginx", beside: "traefik" }),
  "Ceph on disks of its own machines": cephPlan(),
  ...Object.fromEntries(Object.entries(cloudPlans()).map(([cloud, each]) => [`what ${cloud} has of its own`, each])),
};

/** The namespaces that are not held to the strictest standard, and to which instead. */
const LEVELS: Readonly<Record<string, string>> = {
  metallb: "privileged",
  storage: "baseline",
  ingress: "baseline",
  cloudController: "privileged",
  cloudStorage: "privileged",
  chaosMesh: "privileged",
  rookCeph: "privileged",
};

/** What is open to whoever reaches the pod network: webhooks, which the API server calls, and what is there for the world. */
const OPEN_TO_ALL: Readonly<Record<string, string | readonly string[]>> = {
  certManager: "10250",
  chaosMesh: ["10250", "5353, 5353"],
  ingress: "80, 443, 8443",
  metricsServer: "10250",
  metallb: "9443",
  kyverno: ["9443", "9443"],
  cloudnativePg: "9443",
  traefik: "8000, 8443",
  // Nodes mount volumes from a network that no policy names.
  rookCeph: ["3300", "6800", "6800"],
};

/** Releases that are uninstalled before their cluster goes: they make a load balancer, hold volumes, or serve an API group. */
const UNINSTALLED: readonly string[] = ["ingress", "traefik", "metricsServer", "harbor"];

/** Rights in the Kubernetes API, by service: the cluster roles that its account has. Its pods have a token of their account's only with such. */
const RIGHTS: Readonly<Record<string, readonly string[]>> = {
  // It asks whose the tokens are that are shown to it.
  openbao: ["system:auth-delegator"],
};

/** The workloads whose programs read a secret from their environment and nowhere else. */
const READ_ENVIRONMENT = /^(keycloak|portal-[a-z-]+|gitea)$/;

/** Charts that make a budget by themselves where there are several replicas. */
const OWN_BUDGET: readonly string[] = ["ingress"];

/** Words by which charts and programs are told to take any certificate. */
const UNVERIFIED = /insecure[-_]?(skip|tls)|skip[-_]?(tls[-_]?)?verif|verify[-_]?(skip|none)|tls[-_]?verify[-_=]*(false|no)/i;

/**
 * What may take any certificate, and how: kubelets that sign for themselves show one that nobody could know; the provider that configures OpenBao
 * takes an authority as a file of the machine only, and is led to the pod by the cluster's API (decision 14).
 */
const MAY_NOT_KNOW: Readonly<Record<string, string>> = { metricsServer: "--kubelet-insecure-tls", openbao: "skipTlsVerify" };

/** The settings by which it does: arguments and texts, and switches that are on. */
function unverified(value: unknown, key = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => unverified(each, key));
  if (typeof value === "object" && value !== null) return Object.entries(value).flatMap(([name, each]) => unverified(each, name));
  if (typeof value === "string" && UNVERIFIED.test(value)) return [value];
  return UNVERIFIED.test(key) && (value === true || value === "true") ? [key] : [];
}

/** What the rules see of one service. */
class Subject {
  readonly objects: readonly RecordedResource[];
  /** Those that do nothing for the nodes. What a cloud has of its own does: cloud-part.test.ts. */
  readonly workloads: readonly Workload[];
  private readonly running: readonly Workload[];

  constructor(
    readonly graph: Graph,
    readonly service: ServicePlan,
  ) {
    const prefix = `seoul-${kebab(service.name)}-`;
    this.objects = graph.resources.filter(({ name, type }) => name.startsWith(prefix) && type.startsWith("kubernetes:"));
    this.running = workloads(graph).filter(({ resource }) => resource.name.startsWith(prefix));
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

type Rule = (subject: Subject, environment: EnvironmentPlan) => void;

/** What holds for every service. */
const RULES: Readonly<Record<string, Rule>> = {
  "verifies whom it speaks TLS to": ({ graph, service }) => {
    // Whoever makes what lives in it is asked too.
    const own = graph.resources.filter(({ name }) => name.startsWith(`seoul-${kebab(service.name)}-`));
    const found = own.flatMap(({ inputs }) => unverified(inputs));
    assert.deepEqual(
      found.filter((setting) => setting !== MAY_NOT_KNOW[service.name]),
      [],
    );
  },
  "lies in a closed namespace held to the standard it declares": (subject, environment) => {
    const { service } = subject;
    const [space] = subject.ofKind("core/v1:Namespace");
    if (service.namespace === "kube-system") return assert.equal(space, undefined);
    assert.equal(at(space?.inputs, "metadata", "name"), service.namespace);
    assert.equal(at(space?.inputs, "metadata", "labels", "pod-security.kubernetes.io/enforce"), LEVELS[service.name] ?? "restricted");
    const whole = policies(subject).filter(({ spec }) => Object.keys(spec.podSelector).length === 0);
    assert.deepEqual(whole.find(({ spec }) => spec.policyTypes.includes("Ingress"))?.spec, { podSelector: {}, policyTypes: ["Ingress"] });
    const egress = whole.find(({ spec }) => spec.policyTypes.includes("Egress"))?.spec.egress ?? [];
    const blocks = egress.flatMap(({ to = [] }) => to.flatMap(({ ipBlock }) => ipBlock ?? []));
    const { storage } = environment.platform;
    const share = storage.kind === "nfs" ? [`${storage.server}/32`] : [];
    // Pods that keep data and need nothing elsewhere reach no address by its number at all.
    if (service.keeps === "data") assert.deepEqual(blocks, []);
    else {
      // The cloud's metadata is open to those alone that claim it, and they are the cloud's own.
      const { metadata = false } = (service.needs?.cloud ?? {}) as { metadata?: boolean };
      const except = [...(metadata ? [] : ["169.254.169.254/32"]), ...share];
      assert.deepEqual(blocks, except.length === 0 ? [] : [{ cidr: "0.0.0.0/0", except }]);
    }
  },
  "is open to nobody but those it names": (subject) => {
    const open = policies(subject).flatMap(({ spec }) =>
      (spec.ingress ?? []).flatMap(({ from, ports }) => (from === undefined ? [ports.map(({ port }) => port).join(", ")] : [])),
    );
    assert.deepEqual(open, [OPEN_TO_ALL[subject.service.name] ?? []].flat());
  },
  "runs as plain users without a way to more, on read-only images": ({ service, workloads: own }) => {
    for (const { resource, pod, containers, initContainers } of own) {
      assert.equal(podSecurityProblem({ ...pod, containers, initContainers }, "restricted"), undefined, resource.name);
      assert.ok(Number(at(pod.securityContext, "runAsUser")) > 0, resource.name);
      for (const container of [...containers, ...initContainers])
        assert.equal(at(container.securityContext, "readOnlyRootFilesystem"), true, resource.name);
      assert.equal(LEVELS[service.name], undefined, resource.name);
    }
  },
  "is on no port, address or folder of the nodes": (subject, environment) => {
    for (const { inputs, name } of subject.ofKind("core/v1:Service")) {
      assert.equal(at(inputs, "spec", "type"), "ClusterIP", name);
      assert.doesNotMatch(JSON.stringify(inputs), /nodePort|externalIPs/, name);
    }
    for (const { resource, pod, containers, initContainers } of subject.workloads)
      assert.doesNotMatch(JSON.stringify([pod, containers, initContainers]), /host(Network|PID|IPC|Port|Path)"/, resource.name);
    const balanced = (at(subject.values, "controller", "service") ?? at(subject.values, "service", "spec")) as Bag | undefined;
    if (balanced?.type === "LoadBalancer" && environment.platform.loadBalancer.kind === "metallb")
      assert.equal(balanced.allocateLoadBalancerNodePorts, false);
  },
  "gives nobody rights in the Kubernetes API, and its pods no token": (subject) => {
    if (subject.isOfCloud) return;
    const rights = subject.objects.filter(({ type }) => type.startsWith("kubernetes:rbac"));
    const given = RIGHTS[subject.service.name] ?? [];
    assert.deepEqual(
      rights.map(({ inputs }) => at(inputs, "roleRef", "name")),
      given,
    );
    const accounts = subject.ofKind("core/v1:ServiceAccount");
    for (const { inputs, name } of accounts) assert.equal(inputs.automountServiceAccountToken, false, name);
    for (const { resource, pod } of subject.workloads) {
      assert.equal(pod.automountServiceAccountToken, false, resource.name);
      assert.equal(/serviceAccountToken/.test(JSON.stringify(pod.volumes ?? [])), given.length > 0, resource.name);
      assert.ok(
        accounts.some(({ inputs }) => at(inputs, "metadata", "name") === pod.serviceAccountName),
        resource.name,
      );
    }
  },
  "carries the environment's labels and its own": ({ objects }) => {
    for (const { name, inputs } of objects) {
      if (inputs.metadata === undefined) continue;
      assert.equal(at(inputs, "metadata", "labels", "team"), "platform", name);
      assert.equal(at(inputs, "metadata", "labels", "app.kubernetes.io/part-of"), "k-paas", name);
    }
  },
  "keeps secrets in Secrets, under a secret, and reads them from files where its program can": (subject) => {
    for (const { name, inputs } of subject.ofKind("core/v1:Secret")) assert.ok(isSecretEnvelope(inputs.stringData), name);
    for (const { name, inputs } of subject.ofKind("core/v1:ConfigMap")) assert.equal(isSecretEnvelope(inputs.data), false, name);
    for (const { resource, containers, initContainers } of subject.workloads)
      if (/secretKeyRef/.test(JSON.stringify([containers, initContainers])))
        assert.match(resource.name.replace(/^seoul-/, "").replace(/-server$/, ""), READ_ENVIRONMENT);
  },
  "is deleted with its cluster, but for what has a part elsewhere": (subject) => {
    for (const { name, type, inputs, options } of subject.objects) {
      const claims =
        at(inputs, "spec", "volumeClaimTemplates") !== undefined ||
        /persistentVolumeClaim/.test(JSON.stringify(at(inputs, "spec", "template", "spec", "volumes") ?? []));
      // What is in it goes in an order of its own, and holds nothing outside of the cluster.
      const inOrder = type === "kubernetes:core/v1:Namespace" && subject.service.name === "rookCeph";
      const alone =
        claims ||
        (!inOrder && ["kubernetes:core/v1:Namespace", "kubernetes:core/v1:PersistentVolumeClaim"].includes(type)) ||
        // Its operator makes volumes for it.
        type === "kubernetes:postgresql.cnpg.io/v1:Cluster" ||
        (type === "kubernetes:helm.sh/v3:Release" && UNINSTALLED.includes(subject.service.name));
      assert.equal(options.deletedWith, alone ? undefined : "cluster", name);
    }
  },
  "waits for those whose grants it takes": ({ graph, objects, service }) => {
    for (const needed of service.dependsOn) {
      const prefix = `seoul-${kebab(needed)}`;
      const last = graph.resources.filter(({ name }) => name.startsWith(prefix)).map(({ name }) => name);
      for (const { name } of objects) {
        const all = waitsFor(graph, name);
        assert.ok(
          last.some((each) => all.has(each)),
          `${name}: ${needed}`,
        );
      }
    }
  },
  "sets only keys that its chart has": ({ service, values }) => {
    if (service.chart === undefined) return assert.equal(values, undefined);
    const known = chartValues(service.chart.name, service.chart.version);
    assert.equal(known?.version.replace(/^v/, ""), service.chart.version.replace(/^v/, ""));
    if (known) assert.deepEqual(unknownValues(known, fields(values)), []);
  },
  "takes its images from the plan alone": ({ service, containers, values, objects }) => {
    // What an operator runs, too.
    const named = objects
      .map(({ inputs }) => at(inputs, "spec", "imageName") ?? at(inputs, "spec", "cephVersion", "image"))
      .filter((name) => name !== undefined);
    const used = [...containers.map(([, { image }]) => String(image)), ...chartImages(values), ...named.map(String)];
    assert.deepEqual([...new Set(used)].sort(), [...new Set(Object.values(service.images))].sort());
    for (const image of used) assert.match(image, /^registry\.intra:5000\//);
  },
  "has probes, unless it is a job, and requests CPU and memory and limits its memory": ({ workloads: own, containers }) => {
    for (const { resource, containers: running } of own) {
      if (resource.type === "kubernetes:batch/v1:Job") continue;
      for (const container of running)
        for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"]) assert.ok(container[probe], `${resource.name}: ${probe}`);
    }
    for (const [where, { resources }] of containers)
      for (const path of [
        ["requests", "cpu"],
        ["requests", "memory"],
        ["limits", "memory"],
      ])
        assert.ok(at(resources, ...path), `${where} ${path.join(".")}`);
  },
  "keeps all but one of its replicas through a drain, and spreads them": (subject) => {
    const { service, values } = subject;
    const budgets = subject.ofKind("policy/v1:PodDisruptionBudget");
    for (const { resource, pod } of subject.workloads) {
      const { replicas, selector } = (resource.inputs.spec ?? {}) as { replicas?: number; selector?: Bag };
      const budget = budgets.find(({ inputs }) => JSON.stringify(at(inputs, "spec", "selector")) === JSON.stringify(selector));
      const several = (replicas ?? 1) > 1;
      assert.equal(budget !== undefined, several, resource.name);
      assert.equal(pod.topologySpreadConstraints !== undefined, several, resource.name);
    }
    // A chart without one has ours beside it.
    if (values !== undefined && service.replicas > 1 && !OWN_BUDGET.includes(service.name))
      assert.ok(budgets.length > 0 || /"podDisruptionBudget":\{"enabled":true/.test(JSON.stringify(values)), service.name);
  },
  "mounts every volume it names and names every volume it mounts": ({ workloads: own }) => {
    for (const { resource, pod, containers, initContainers } of own) {
      const claimed = ((at(resource.inputs, "spec", "volumeClaimTemplates") ?? []) as Bag[]).map((each) => at(each, "metadata", "name"));
      const named = [...((pod.volumes ?? []) as Bag[]).map(({ name }) => name), ...claimed];
      const mounted = [...containers, ...initContainers].flatMap(({ volumeMounts }) =>
        ((volumeMounts ?? []) as Bag[]).map(({ name }) => name),
      );
      assert.deepEqual([...new Set(mounted)].sort(), [...named].sort(), resource.name);
    }
  },
  "selects its pods by labels that never change with a version": ({ workloads: own }) => {
    for (const { resource, labels } of own) {
      const selector = (at(resource.inputs, "spec", "selector", "matchLabels") ?? {}) as Bag;
      for (const [key, value] of Object.entries(selector)) assert.equal(labels[key], value, resource.name);
      assert.ok(!("app.kubernetes.io/version" in selector), resource.name);
    }
  },
  "reads its settings from objects that exist and have the keys": (subject) => {
    const data = (kind: string, field: string) =>
      new Map(subject.ofKind(kind).map(({ inputs }) => [String(at(inputs, "metadata", "name")), inputs[field]]));
    const known = { secretKeyRef: data("core/v1:Secret", "stringData"), configMapKeyRef: data("core/v1:ConfigMap", "data") };
    for (const [where, { env }] of subject.containers)
      for (const { name, valueFrom } of (env ?? []) as Bag[])
        for (const reference of ["secretKeyRef", "configMapKeyRef"] as const) {
          const wanted = at(valueFrom, reference) as { name: string; key: string } | undefined;
          if (wanted === undefined) continue;
          const found = known[reference].get(wanted.name) as Bag | undefined;
          const content = (reference === "secretKeyRef" ? found?.value : found) as Bag | undefined;
          assert.ok(content !== undefined && wanted.key in content, `${where}: ${String(name)} from ${wanted.name}/${wanted.key}`);
        }
  },
};

const seen = new Set<string>();

for (const [title, environment] of Object.entries(environments)) {
  describe(`every service, with ${title},`, () => {
    let graph: Graph;
    const mirrored = { ...environment, services: environment.services.map(mirror) };
    before(async () => {
      graph = await platformGraph(mirrored);
    });

    for (const [what, rule] of Object.entries(RULES))
      it(what, () => {
        for (const service of mirrored.services) rule(new Subject(graph, service), mirrored);
      });

    it("shows nobody what it was told in secret", () => {
      assert.deepEqual(graph.leaks(CANARY), []);
    });

    it("grants every kind that it offers", () => {
      for (const { offers = [], grants = {} } of Object.values(allServices))
        assert.deepEqual(Object.keys(grants).sort(), [...offers].sort());
    });

    it("is among those that were looked at", () => {
      for (const service of mirrored.services) {
        assert.ok(new Subject(graph, service).objects.length > 0, service.name);
        seen.add(service.name);
      }
      const others = graph.resources.filter(({ type }) => type.startsWith("kubernetes:")).length;
      const theirs = mirrored.services.reduce((sum, service) => sum + new Subject(graph, service).objects.length, 0);
      assert.equal(theirs, others);
    });
  });
}

describe("every service", () => {
  it("is in one of the environments that are looked at", () => {
    assert.deepEqual([...seen].sort(), Object.keys(allServices).sort());
  });
});

/** A service whose images come from a registry inside. */
function mirror(service: ServicePlan): ServicePlan {
  const images = Object.entries(service.images).map(([role, image]) => [role, `registry.intra:5000/${image}`]);
  return { ...service, images: Object.fromEntries(images) };
}

interface Policy {
  readonly policyTypes: string[];
  readonly podSelector: object;
  readonly ingress?: { readonly from?: unknown; readonly ports: { readonly port: number }[] }[];
  readonly egress?: { readonly to?: { readonly ipBlock?: object }[] }[];
}

function policies(subject: Subject): { readonly spec: Policy }[] {
  return subject.ofKind("networking.k8s.io/v1:NetworkPolicy").map(({ inputs }) => ({ spec: inputs.spec as Policy }));
}

/** The images that values name, in any of the ways charts use: in parts, or whole below a key that says so. Some have all of them below one key. */
function chartImages(values: unknown): string[] {
  if (typeof values !== "object" || values === null) return [];
  const { registry, image, repository, tag } = values as Record<string, unknown>;
  const name = repository ?? image;
  if (typeof tag === "string") return [registry === undefined ? `${name}:${tag}` : `${registry}/${name}:${tag}`];
  return Object.entries(values).flatMap(([key, each]) => (typeof each === "string" && key.endsWith("Image") ? [each] : chartImages(each)));
}
