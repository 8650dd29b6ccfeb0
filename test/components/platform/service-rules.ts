import assert from "node:assert/strict";
import { scrapeTargets } from "../../../components/platform/scrapes";
import { chartValues } from "../../../model/charts/chart";
import { chartsOf } from "../../../model/charts/charts-of";
import { placedParts } from "../../../model/charts/placement";
import { unknownValues } from "../../../model/charts/unknown-values";
import { fields } from "../../../model/data";
import type { EnvironmentPlan } from "../../../model/plan/types";
import { podSecurityProblem } from "../../../model/pod-security";
import { kebab, type ServiceDefinition } from "../../../model/service";
import { type Bag, isSecretEnvelope, unwrapSecret } from "../../../testing/mocks";
import { waitsFor } from "../../support/waits";
import {
  ACME_CALLS,
  ADMINISTERS,
  CALLED_WITH,
  CALLS,
  FOLDERS_OF_NODES,
  LEVELS,
  MANAGE_NAMESPACES,
  MAY_NOT_KNOW,
  NO_SECRETS,
  OPEN_TO_ALL,
  OPERATED,
  READ_ENVIRONMENT,
  RIGHTS,
  RIGHTS_WITH,
  RUNNERS,
  TOKEN_HOLDERS,
  UNINSTALLED,
  WITHOUT_PODS,
} from "./allowed";
import { allServices, at, ownerOf } from "./fixtures";
import {
  chartImages,
  definitionOf,
  inWords,
  literals,
  policies,
  renderedOf,
  type Subject,
  scaled,
  spokenBy,
  toleration,
  unverified,
} from "./subject";

type Rule = (subject: Subject, environment: EnvironmentPlan) => void;

/** Ports that are open to other pods, with whose they are. */
export const opened = new Set<string>();

/** Single workloads of which it was found that nobody asks them what they count. */
export const unasked = new Set<string>();

/** Kinds of what does not end by itself. */
const LASTING = ["Deployment", "StatefulSet", "DaemonSet"];

/** The label of pods by which an issuer answers ACME. */
const SOLVER = "acme.cert-manager.io/http01-solver";

/** An image at one of the registries that everybody pulls from, where it is not below another one's name. */
const IMAGE_OUTSIDE =
  /(?<![\w.:/-])(?:(?:registry-1\.)?docker\.io|quay\.io|ghcr\.io|(?:k8s\.)?gcr\.io|registry\.k8s\.io|mcr\.microsoft\.com|public\.ecr\.aws|[\w-]+\.pkg\.dev|nvcr\.io|registry\.gitlab\.com)\/[\w./-]+/g;

/** All texts in a value, but for names of images that stand beside their registry, as some charts want them. */
function wholeTexts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  const isInParts = typeof (value as { registry?: unknown }).registry === "string";
  return Object.entries(value).flatMap(([key, each]) => (isInParts && ["image", "repository"].includes(key) ? [] : wholeTexts(each)));
}

/** What holds for every service. */
export const RULES: Readonly<Record<string, Rule>> = {
  "verifies whom it speaks TLS to": ({ graph, service }) => {
    // Whoever makes what lives in it is asked too.
    const own = graph.resources.filter(({ name }) => ownerOf(name) === service.name);
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
    const whole = policies(subject).filter(
      ({ spec, namespace }) => namespace === service.namespace && Object.keys(spec.podSelector).length === 0,
    );
    assert.deepEqual(whole.find(({ spec }) => spec.policyTypes.includes("Ingress"))?.spec, { podSelector: {}, policyTypes: ["Ingress"] });
    const out = whole.filter(({ spec }) => spec.policyTypes.includes("Egress")).map(({ spec }) => spec.egress ?? []);
    const [[own, names, ...others] = [], ...besides] = out.sort((one, other) => other.length - one.length);
    assert.deepEqual([own, names], [{ to: [{ podSelector: {} }] }, { ports: ["UDP", "TCP"].map((protocol) => ({ protocol, port: 53 })) }]);
    const { tls } = environment.platform;
    const called = (tls.kind === "acme" ? ACME_CALLS[service.name] : undefined) ?? CALLS[service.name] ?? [];
    // What it only wants is called where it is there.
    const there = called.filter((each) => {
      const other = CALLED_WITH[service.name]?.[each];
      return other === undefined || environment.services.some(({ name }) => name === other);
    });
    assert.deepEqual([...new Set(others.map((rule) => inWords(rule, environment)))], there, service.name);
    assert.deepEqual(besides, service.reaches === undefined ? [] : [[{ to: [{ ipBlock: { cidr: "192.0.2.0/24" } }] }]]);
  },
  "reaches neither what all are kept from, nor pods by their numbers": (subject, environment) => {
    const { storage } = environment.platform;
    const { podCidr, serviceCidr } = environment.network;
    const share = storage.kind === "nfs" ? [`${storage.server}/32`] : [];
    // The cloud's metadata is open to those alone that claim it, and they are the cloud's own.
    const { metadata = false } = (subject.service.needs?.cloud ?? {}) as { metadata?: boolean };
    const never = [...(metadata ? [] : ["169.254.169.254/32"]), ...share];
    const blocks = policies(subject).flatMap(({ spec }) =>
      (spec.egress ?? []).flatMap(({ to = [] }) => to.flatMap(({ ipBlock }) => ipBlock ?? [])),
    );
    // Harbor opens to some of its parts alone what others reach by the namespace.
    for (const { cidr, except = [] } of blocks.filter((each) => each.cidr === "0.0.0.0/0"))
      assert.deepEqual(
        except,
        subject.service.name === "harbor" ? never : [...never, podCidr, serviceCidr],
        `${subject.service.name} ${cidr}`,
      );
  },
  "runs where the file says, by its own pods and its chart's": ({ service, workloads: own, values }) => {
    const { nodeSelector, tolerations = [] } = service;
    if (nodeSelector === undefined || WITHOUT_PODS.includes(service.name)) return;
    const wanted = { nodeSelector, tolerations: tolerations.map(toleration) };
    for (const { resource, pod } of own)
      assert.deepEqual({ nodeSelector: pod.nodeSelector, tolerations: pod.tolerations }, wanted, resource.name);
    if (service.chart === undefined) return assert.ok(own.length > 0, service.name);
    const parts = placedParts(service.chart);
    assert.ok(parts.length > 0, service.name);
    for (const part of parts) {
      const placed = (part === "" ? values : at(values, ...part.split("."))) as Bag | undefined;
      assert.deepEqual({ nodeSelector: placed?.nodeSelector, tolerations: placed?.tolerations }, wanted, `${service.name} ${part}`);
    }
  },
  "is open to nobody but those it names": (subject) => {
    const open = policies(subject).flatMap(({ spec }) =>
      (spec.ingress ?? []).flatMap(({ from, ports }) => (from === undefined ? [ports.map(({ port }) => port).join(", ")] : [])),
    );
    assert.deepEqual(open, [OPEN_TO_ALL[subject.service.name] ?? []].flat());
  },
  "says of every port that is open to other pods whether it speaks TLS, or why not": (subject) => {
    const speaks = spokenBy(subject);
    const open = policies(subject).flatMap(({ spec }) => {
      // Where ACME asks, it asks by plain HTTP.
      if (JSON.stringify(spec.podSelector).includes(SOLVER)) return [];
      return (spec.ingress ?? []).flatMap(({ ports = [] }) =>
        ports.map(({ port, endPort }) => (endPort === undefined ? `${port}` : `${port}-${endPort}`)),
      );
    });
    assert.deepEqual(
      open.filter((port) => !(port in speaks)),
      [],
      subject.service.name,
    );
    for (const port of open) opened.add(`${subject.service.name} ${port}`);
  },
  "has every workload say what it counts, or says why not": (subject, environment) => {
    const { service } = subject;
    // Nobody claims where nobody measures.
    if (!environment.services.some(({ offers = [] }) => offers.includes("scrape"))) return;
    const { unscraped = {} } = definitionOf(subject);
    const targets = Object.values(scrapeTargets(service)).filter(({ of }) => of === undefined);
    const made = [
      ...subject.objects.map(({ inputs, type }) => ({ ...inputs, kind: type.split(":").at(-1) })),
      ...renderedOf(service, subject.values),
    ];
    for (const object of made.filter(({ kind }) => LASTING.includes(String(kind)))) {
      const { labels = {}, annotations = {} } = at(object, "spec", "template", "metadata") as { labels?: Bag; annotations?: Bag };
      const name = String(at(object, "metadata", "name"));
      const asked = targets.some(({ pods }) => Object.entries(pods).every(([key, value]) => labels[key] === value));
      const byProxy = service.needs?.mesh !== undefined && annotations["prometheus.io/scrape"] === "true";
      const reason = typeof unscraped === "string" ? unscraped : unscraped[name];
      assert.notEqual(asked || byProxy, reason !== undefined && !byProxy, `${service.name} ${name}`);
      if (typeof unscraped !== "string" && reason !== undefined) unasked.add(`${service.name} ${name}`);
    }
  },
  "is met by the ingress over verified TLS wherever it speaks it, and gives the ingress no key": (subject) => {
    const speaks = spokenBy(subject);
    for (const { inputs } of subject.ofKind("networking.k8s.io/v1:Ingress")) {
      const said = (name: string) => at(inputs, "metadata", "annotations", `nginx.ingress.kubernetes.io/${name}`);
      const paths = at(inputs, "spec", "rules", "0", "http", "paths") as Bag[];
      for (const path of paths) {
        const port = String(at(path, "backend", "service", "port", "number"));
        const wanted = speaks[port] === "TLS" ? ["HTTPS", "on"] : [undefined, undefined];
        assert.deepEqual([said("backend-protocol"), said("proxy-ssl-verify")], wanted, `${subject.service.name} ${port}`);
        if (speaks[port] !== "TLS") continue;
        const secrets = subject.ofKind("core/v1:Secret").filter(({ inputs: each }) => {
          return `${subject.service.namespace}/${String(at(each, "metadata", "name"))}` === said("proxy-ssl-secret");
        });
        assert.equal(secrets.length, 1);
        const held = Object.keys(unwrapSecret(secrets[0]?.inputs.stringData) as Bag);
        assert.ok(held.includes("ca.crt") && held.every((name) => name.endsWith(".crt")), held.join());
      }
    }
  },
  "runs as plain users without a way to more, on read-only images": ({ service, workloads: own }) => {
    for (const { resource, pod, containers, initContainers } of own) {
      const folders = service.name in FOLDERS_OF_NODES ? foldersOf(pod) : [];
      const volumes = ((pod.volumes ?? []) as Bag[]).filter(({ name }) => !folders.includes(name));
      assert.equal(podSecurityProblem({ ...pod, volumes, containers, initContainers }, "restricted"), undefined, resource.name);
      for (const { volumeMounts = [] } of [...containers, ...initContainers])
        for (const mount of volumeMounts as Bag[]) if (folders.includes(mount.name)) assert.equal(mount.readOnly, true, resource.name);
      assert.ok(Number(at(pod.securityContext, "runAsUser")) > 0, resource.name);
      for (const container of [...containers, ...initContainers])
        assert.equal(at(container.securityContext, "readOnlyRootFilesystem"), true, resource.name);
      if (folders.length === 0) assert.equal(LEVELS[service.name], undefined, resource.name);
    }
  },
  "is on no port, address or folder of the nodes": (subject, environment) => {
    for (const { inputs, name } of subject.ofKind("core/v1:Service")) {
      assert.equal(at(inputs, "spec", "type"), "ClusterIP", name);
      assert.doesNotMatch(JSON.stringify(inputs), /nodePort|externalIPs/, name);
    }
    const kinds = subject.service.name in FOLDERS_OF_NODES ? /host(Network|PID|IPC|Port)"/ : /host(Network|PID|IPC|Port|Path)"/;
    for (const { resource, pod, containers, initContainers } of subject.workloads)
      assert.doesNotMatch(JSON.stringify([pod, containers, initContainers]), kinds, resource.name);
    const balanced = (at(subject.values, "controller", "service") ?? at(subject.values, "service", "spec")) as Bag | undefined;
    if (balanced?.type === "LoadBalancer" && environment.platform.loadBalancer.kind === "metallb")
      assert.equal(balanced.allocateLoadBalancerNodePorts, false);
  },
  "gives nobody rights in the Kubernetes API, and its pods no token": (subject, { services }) => {
    if (subject.isOfCloud) return;
    const rights = subject.objects.filter(({ type }) => /^kubernetes:rbac.*Binding$/.test(type));
    const given = rights.map(({ inputs }) => `${String(at(inputs, "roleRef", "kind"))} ${String(at(inputs, "roleRef", "name"))}`);
    const several = subject.service.severalBy === undefined || subject.service.replicas > 1;
    const other = RIGHTS_WITH[subject.service.name];
    const there = other === undefined || services.some(({ name }) => name === other);
    assert.deepEqual(given, several && there ? (RIGHTS[subject.service.name] ?? []) : []);
    // No rule reaches whatever there may be, nor changes anything or reads Secrets beyond a namespace.
    for (const { inputs, name, type } of subject.objects.filter(({ type }) => /^kubernetes:rbac.*Role$/.test(type)))
      for (const { verbs = [], apiGroups = [], resources = [] } of inputs.rules as Partial<
        Record<"verbs" | "apiGroups" | "resources", string[]>
      >[]) {
        assert.ok(!verbs.includes("*") && !apiGroups.includes("*"), name);
        if (!type.endsWith(":ClusterRole") || name.replace(/^seoul-/, "") in MANAGE_NAMESPACES) continue;
        assert.ok(verbs.every((verb) => ["get", "list", "watch"].includes(verb)) && !resources.includes("secrets"), name);
      }
    const accounts = subject.ofKind("core/v1:ServiceAccount");
    for (const { inputs, name } of accounts)
      assert.equal(inputs.automountServiceAccountToken, RUNNERS.includes(name.replace(/^seoul-/, "")), name);
    for (const { resource, pod } of subject.workloads) {
      assert.equal(pod.automountServiceAccountToken, false, resource.name);
      const holders = TOKEN_HOLDERS[subject.service.name];
      const holds = holders?.includes(resource.name.replace(/^seoul-/, "")) ?? given.some((each) => each.startsWith("ClusterRole"));
      assert.equal(/serviceAccountToken/.test(JSON.stringify(pod.volumes ?? [])), holds, resource.name);
      assert.ok(
        accounts.some(({ inputs }) => at(inputs, "metadata", "name") === pod.serviceAccountName),
        resource.name,
      );
    }
  },
  "has no password, key or token written down": (subject) => {
    const secrets = subject.ofKind("core/v1:Secret").map(({ inputs }) => String(at(inputs, "metadata", "name")));
    const found = subject.objects.flatMap(({ name, inputs }) => literals(inputs).map((each) => [name, each] as const));
    const bare = found.filter(([, { value }]) => !secrets.includes(value.slice(value.indexOf("/") + 1)));
    assert.deepEqual(
      bare.map(([name, { path }]) => `${name}: ${path}`).filter((each) => !NO_SECRETS.some((allowed) => allowed.test(each))),
      [],
    );
  },
  "asks for no more in the Kubernetes API than it names, also where it is a cloud's own": ({ objects, service }) => {
    for (const { inputs, name, type } of objects.filter(({ type }) => /^kubernetes:rbac.*Role$/.test(type)))
      for (const { verbs, apiGroups = [], resources = [], resourceNames } of inputs.rules as Partial<Record<string, string[]>>[]) {
        // In its own namespace one may do with all kinds of one group what it names.
        const asked = [verbs ?? [], apiGroups, type.endsWith(":Role") && !apiGroups.includes("") ? [] : resources].flat();
        const giving = ADMINISTERS.includes(service.name) ? [] : ["escalate", "bind"];
        assert.ok(!asked.some((each) => ["*", "impersonate", ...giving].includes(each)), `${name}: ${asked.join()}`);
        const everywhere = type.endsWith(":ClusterRole") && resources.includes("secrets") && resourceNames === undefined;
        assert.ok(!everywhere || ADMINISTERS.includes(service.name), `${name}: Secrets of every namespace`);
      }
    for (const { inputs, name } of objects.filter(({ type }) => /^kubernetes:rbac.*Binding$/.test(type))) {
      assert.doesNotMatch(JSON.stringify(inputs.roleRef), /"(cluster-admin|admin|edit)"/, name);
      // Everybody who has logged in, or nobody has.
      assert.doesNotMatch(JSON.stringify(inputs.subjects), /system:(un)?authenticated|system:serviceaccounts"/, name);
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
        ["kubernetes:postgresql.cnpg.io/v1:Cluster", "kubernetes:k8s.mariadb.com/v1alpha1:MariaDB"].includes(type) ||
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
  "sets only keys that its charts have": (subject) => {
    const releases = subject.ofKind("helm.sh/v3:Release");
    const charts = chartsOf(subject.service);
    assert.deepEqual(
      releases.map(({ inputs }) => [String(inputs.chart).split("/").at(-1), inputs.version]),
      charts.map(({ name, version }) => [name, version]),
    );
    for (const [index, { name, version }] of charts.entries()) {
      const known = chartValues(name, version);
      assert.equal(known?.version.replace(/^v/, ""), version.replace(/^v/, ""));
      if (known) assert.deepEqual(unknownValues(known, fields(releases[index]?.inputs.values)), []);
    }
  },
  "takes its images from the plan alone": ({ service, containers, values, objects }, { services }) => {
    // What an operator runs, too.
    const named = objects.flatMap(
      ({ inputs }) =>
        at(inputs, "spec", "imageName") ??
        at(inputs, "spec", "cephVersion", "image") ??
        at(inputs, "spec", "image") ??
        at(inputs, "spec", "container", "image") ??
        at(inputs, "spec", "containers", "0", "image") ??
        [],
    );
    // What it is told to run: by an argument or a variable.
    const told = containers.flatMap(([, { args = [], env = [] }]) =>
      [...(args as unknown[]), ...(env as Bag[]).map(({ value }) => value)].filter((each) =>
        String(each).startsWith("registry.intra:5000/"),
      ),
    );
    // What its users may run, by a file that it reads.
    const offered = objects.flatMap(({ type, inputs }) =>
      type === "kubernetes:core/v1:ConfigMap" ? [...JSON.stringify(inputs.data).matchAll(/registry\.intra:5000\/[\w./:-]+/g)].flat() : [],
    );
    const used = [
      ...containers.map(([, { image }]) => String(image)),
      ...chartImages(values),
      ...[...named, ...told, ...offered].map(String),
    ];
    // Where what it wants is not there, part of it is not.
    const { wants = {} } = allServices[service.name as keyof typeof allServices] as ServiceDefinition;
    const whole = Object.keys(wants).every((kind) => kind in (service.needs ?? {}));
    const planned = Object.values(service.images).filter((image) => whole || used.includes(image));
    assert.deepEqual([...new Set(used)].sort(), [...new Set(planned)].sort());
    // What it runs of its own beside what is there.
    const beside = objects.flatMap(({ inputs }) =>
      ["agent", "initContainer"].map((each) => at(inputs, "spec", "galera", each, "image")).filter((image) => typeof image === "string"),
    );
    const operators = services.filter(({ name }) => service.dependsOn.includes(name)).flatMap(({ images }) => Object.values(images));
    for (const image of beside) assert.ok(operators.includes(image), image);
    for (const image of [...used, ...beside]) assert.match(image, /^registry\.intra:5000\//);
  },
  "names no image outside of the plan in any text of its objects": ({ objects }) => {
    // Those of the plan are all in the registry inside; where charts are fetched from is no image.
    const texts = objects.flatMap(({ inputs: { chart: _chart, repositoryOpts: _from, ...inputs } }) => wholeTexts(inputs));
    assert.deepEqual(
      texts.flatMap((text) => [...text.matchAll(IMAGE_OUTSIDE)].flat()),
      [],
    );
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
    // What a chart makes of our values, beside a budget of ours where it has none.
    const charted = renderedOf(service, values);
    const covers = (pods: Bag) =>
      [...budgets.map(({ inputs }) => inputs), ...charted.filter(({ kind }) => kind === "PodDisruptionBudget")].some((budget) =>
        Object.entries((at(budget, "spec", "selector", "matchLabels") ?? { "": "" }) as Bag).every(
          ([label, value]) => pods[label] === value,
        ),
      );
    for (const { name, replicas, pod, labels } of scaled(charted)) {
      const several = replicas > 1;
      assert.equal(covers(labels), several, `${name}: budget`);
      if (several) assert.ok(at(pod, "topologySpreadConstraints", 0) ?? at(pod, "affinity", "podAntiAffinity"), `${name}: spread`);
    }
    // What an operator makes of an object.
    for (const { inputs, name } of subject.objects.filter(({ type }) => OPERATED.test(type))) {
      assert.ok(at(inputs, "spec", "podDisruptionBudget", "maxUnavailable") === 1 || at(inputs, "spec", "enablePDB") === true, name);
      const apart = at(inputs, "spec", "affinity", "podAntiAffinity") ?? at(inputs, "spec", "affinity", "enablePodAntiAffinity");
      assert.ok(apart, name);
    }
  },
  "has several of whatever it runs where the profile gives several, or says why not": (subject, { profile }) => {
    if (profile !== "highAvailability") return;
    const { service, values, workloads: own } = subject;
    const { single = {} } = allServices[service.name as keyof typeof allServices] as ServiceDefinition;
    const ours = own.flatMap(({ resource: { type, inputs } }) =>
      // One on every node is as many as there are nodes.
      /^kubernetes:(batch\/v1:Job|apps\/v1:DaemonSet)$/.test(type)
        ? []
        : [{ name: String(at(inputs, "metadata", "name")), replicas: Number(at(inputs, "spec", "replicas")) }],
    );
    const alone = [...ours, ...scaled(renderedOf(service, values))].flatMap(({ name, replicas }) =>
      // None at all is none that runs.
      replicas > 1 || replicas === 0 ? [] : [name],
    );
    assert.deepEqual(alone.sort(), Object.keys(single).sort(), service.name);
    for (const reason of Object.values(single)) assert.match(reason, /^[a-z].{20,}[^.]$/);
    for (const { inputs, name } of subject.objects.filter(({ type }) => OPERATED.test(type)))
      assert.equal(at(inputs, "spec", "replicas") ?? at(inputs, "spec", "instances"), 3, name);
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
  "says nothing by an empty list or text, which the API server leaves out, so that every `up` would write it again": (subject) => {
    const rights = ["Role", "ClusterRole"].flatMap((kind) => subject.ofKind(`rbac.authorization.k8s.io/v1:${kind}`));
    for (const { name, inputs } of [...subject.workloads.map(({ resource }) => resource), ...rights])
      assert.doesNotMatch(JSON.stringify(inputs.spec ?? inputs.rules), /"\w+":\[\]|"value":""/, name);
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

/** Volumes of a pod that are folders of its node, by name. */
function foldersOf({ volumes = [] }: Bag): unknown[] {
  return (volumes as Bag[]).filter(({ hostPath }) => hostPath !== undefined).map(({ name }) => name);
}
