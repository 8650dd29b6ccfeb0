import { Provider } from "@pulumi/kubernetes/provider";
import { CustomResource, output, secret } from "@pulumi/pulumi";
import type { ServiceArgs } from "../../../components/platform/args";
import { Platform, type PlatformArgs } from "../../../components/platform/platform";
import { registry } from "../../../files/registry";
import { findRelease } from "../../../model/catalog";
import { profiles } from "../../../model/environment/profiles";
import { resolveEnvironment } from "../../../model/environment/resolve";
import type { EnvironmentFile } from "../../../model/environment/schema";
import { planServices } from "../../../model/plan/services";
import type { CephPlan, EnvironmentPlan, PlatformPlan, Profile, ServicePlan } from "../../../model/plan/types";
import { offererOf, type Registry, switchedServices } from "../../../model/registry";
import { kebab } from "../../../model/service";
import { cloudAccess } from "../../../stacks/cloud-access";
import { type Graph, type GraphOptions, graph, type RecordedResource } from "../../../testing/graph";
import type { Bag } from "../../../testing/mocks";
import { gitea } from "./own-service";

/** Stands in every kubeconfig and certificate key of the tests; it may be seen nowhere. */
export const CANARY = "canary-5f3d";

const NEWEST = "1.7.0";
const release = findRelease(NEWEST)!;

const platform: PlatformPlan = {
  domain: "seoul.example.org",
  tls: { kind: "selfSigned" },
  storage: { kind: "nfs", server: "10.20.0.20", path: "/srv/nfs", sizeGiB: 200 },
  storageClass: "cp-storageclass",
  loadBalancer: { kind: "metallb", range: { first: "10.20.0.200", last: "10.20.0.230" }, reserved: [] },
  ingress: { kind: "nginx", className: "nginx", address: "10.20.0.200" },
};

/** Ours, and one as a program might bring it. */
export const allServices = { ...registry.services, gitea };

/** What of a service is there by an option alone. */
const OPTIONAL: Readonly<Record<string, object>> = {
  portal: {
    migration: true,
    federation: { kubeconfig: { env: "KARMADA" } },
    terraman: { host: "10.20.0.9", privateKey: { env: "TERRAMAN" } },
  },
  kpaasServer: {
    image: "registry.example.org/kpaas/kpaas-server:0.1.0",
    repository: {
      url: "https://scm.seoul.example.org/scm/repo/platform/environments",
      login: { user: "kpaas", password: { env: "GIT_PASSWORD" } },
    },
  },
  istio: { inject: ["sourceControl"] },
  istioGateway: { hosts: { "shop.seoul.example.org": "shop" } },
  kubeflow: {
    parts: ["pipelines", "notebooks", "volumes", "katib", "kserve", "training", "tensorboard"],
    profiles: { shop: { owner: "kim", editors: ["lee"], viewers: ["park"] } },
  },
};

/** The kubeconfig of a Karmada, as one is given. */
export const KARMADA_KUBECONFIG = [
  "contexts: [{ name: karmada-apiserver, context: { cluster: karmada, user: portal } }]",
  'clusters: [{ name: karmada, cluster: { server: "https://karmada-apiserver.karmada-system.svc:5443" } }]',
  `users: [{ name: portal, user: { token: ${CANARY}-karmada } }]`,
].join("\n");

/** What the references among those lead to. */
const REFERRED = {
  "platform.services.portal.federation.kubeconfig": secret(KARMADA_KUBECONFIG),
  "platform.services.kpaasServer.repository.login.password": secret(`${CANARY}-git`),
  "platform.services.portal.terraman.privateKey": secret(`${CANARY}-key`),
};

const planWith = (
  services: Registry["services"],
  number = NEWEST,
  more: EnvironmentFile["platform"] = {},
  of = platform,
  profile: Profile = "minimal",
  fieldsOf: (service: string) => object | undefined = () => undefined,
): ServicePlan[] => {
  const known = { ...registry, services };
  const switches = switchedServices(known).map(({ name, profiles }) => {
    const on = "gitea" in services || profiles?.includes("minimal") === true;
    const optional = "gitea" in services ? OPTIONAL[name] : undefined;
    const wanted = fieldsOf(name) ?? optional;
    return [name, on ? ((wanted && { ...optional, ...wanted }) ?? true) : false];
  });
  const environment = resolveEnvironment(
    { name: "seoul", profile, infrastructure: { provider: "openstack" }, platform: { ...more, services: Object.fromEntries(switches) } },
    known,
  );
  return planServices(environment, known, findRelease(number)!, of, profiles[profile].replicas);
};

const services = planWith(registry.services);

/** By cloud, an environment with everything of the cloud's own that runs in a cluster. */
export function cloudPlans(number = NEWEST): Record<string, EnvironmentPlan> {
  const known = { ...registry, services: allServices };
  const clouds = Object.values(registry.clouds).flatMap(({ name, inCluster, can, resolve }) => {
    if (inCluster === undefined) return [];
    const environment = resolveEnvironment(
      {
        name: "seoul",
        infrastructure: { provider: name },
        platform: {
          ...(inCluster.controller && { loadBalancer: { kind: "cloud", services: true } }),
          ...(inCluster.volumes && { storage: { kind: "cloud", classes: { fast: { type: "ssd", reclaim: "retain" } } } }),
        },
      },
      known,
    );
    const own: PlatformPlan = {
      ...platform,
      ...(inCluster.volumes && {
        storage: {
          kind: "cloud",
          classes: [
            { name: platform.storageClass, reclaim: "delete" },
            { name: "fast", type: "ssd", reclaim: "retain" },
          ],
        },
      }),
      ...((inCluster.controller || !can.virtualAddresses) && {
        loadBalancer: { kind: "cloud", ...(inCluster.controller && { controller: true }) },
      }),
      ingress: {
        ...platform.ingress,
        ...(!can.virtualAddresses && !inCluster.controller?.leadsToIngress && { nodePorts: { http: 30080, https: 30443 } }),
      },
    };
    const cloud = { ...resolve({}), provider: name, region: "here", place: {}, firstBoot: {} };
    return [
      [
        name,
        environmentPlan({ provider: name, cloud, platform: own, services: planServices(environment, known, findRelease(number)!, own, 1) }),
      ],
    ];
  });
  return Object.fromEntries(clouds);
}

const whole = planWith(allServices);

/** The same of a release with Traefik: in ingress-nginx's place, or with both of them. */
export function traefikPlan(number = NEWEST, ingress: Partial<PlatformPlan["ingress"]> = {}): EnvironmentPlan {
  const own: PlatformPlan = { ...platform, ingress: { ...platform.ingress, kind: "traefik", ...ingress } };
  const { kind, beside } = own.ingress;
  return environmentPlan({
    release: number,
    platform: own,
    services: planWith(allServices, number, { ingress: { kind, ...(beside ? { beside } : {}) } }, own),
  });
}

/** The same with Ceph on disks of three machines, and buckets. */
export function cephPlan(number = NEWEST, changes: Partial<CephPlan> = {}): EnvironmentPlan {
  const ceph: CephPlan = {
    ...{ kind: "rookCeph", pool: "storage", taints: ["kpaas.io/storage=true:NoSchedule"], replicas: 3, failureDomain: "host" },
    machines: ["a", "b", "c"].map((key) => ({
      key,
      name: key,
      volumes: [{ name: "osd", sizeGiB: 100, device: `/dev/disk/by-id/virtio-${key}` }],
    })),
    ...{ reclaim: "retain", objects: true, ...changes },
  };
  const own: PlatformPlan = { ...platform, storage: ceph };
  const wanted = { storage: { kind: "rookCeph", pool: "storage" } } as const;
  return environmentPlan({ release: number, platform: own, services: planWith(allServices, number, wanted, own) });
}

/** A service as it is planned, with changes. */
export function servicePlan(name: string, changes: Partial<ServicePlan> = {}): ServicePlan {
  return { ...whole.find((each) => each.name === name)!, ...changes };
}

/** An environment with every service, with changes. */
export function environmentPlan(changes: Partial<EnvironmentPlan> = {}): EnvironmentPlan {
  return {
    environment: "seoul",
    release: "1.7.0",
    profile: "minimal",
    provider: "openstack",
    cloud: { provider: "openstack", place: {}, firstBoot: {} },
    layers: "one",
    labels: { team: "platform" },
    zones: [],
    counted: [],
    protectData: true,
    retain: [],
    machines: [],
    network: {
      cidr: "10.20.0.0/16",
      subnets: [{ name: "node", cidr: "10.20.0.0/16", gateway: "10.20.0.1", cloudRange: { first: "10.20.0.2", last: "10.20.0.9" } }],
      dns: [],
      floating: {},
      podCidr: "10.233.64.0/18",
      serviceCidr: "10.233.0.0/18",
    },
    access: { adminCidrs: [], ingressCidrs: ["10.20.0.0/16"], bastion: false, api: "direct", ssh: { user: "ubuntu" } },
    flows: [],
    apiEndpoint: { kind: "node", address: "10.20.0.10", port: 6443 },
    cluster: {
      name: "seoul",
      kubespray: release.kubespray,
      kubernetes: release.kubernetes,
      nodes: {},
      controlPlane: [],
      etcd: [],
      variables: {},
      apiEndpoint: { host: "10.20.0.10", port: 6443 },
      onDelete: "forget",
    },
    inventory: { _meta: { hostvars: {} } },
    platform,
    services,
    images: [],
    files: [],
    bom: [],
    ...changes,
  };
}

/** The same of another release, with every service. */
export function planOfRelease(number: string): EnvironmentPlan {
  return environmentPlan({ release: number, services: planWith(allServices, number) });
}

/** The same where each host has a certificate of its own. */
export function acmePlan(): EnvironmentPlan {
  const own: PlatformPlan = { ...platform, tls: { kind: "acme", email: "a@example.org" } };
  return environmentPlan({ platform: own, services: planWith(allServices, NEWEST, {}, own) });
}

/** The same where the file says of every service that has fields, on which nodes it runs. */
export function placedPlan(): EnvironmentPlan {
  const fields = {
    nodeSelector: { tier: "platform" },
    tolerations: ["platform=true:NoSchedule", "front:NoExecute"],
    reaches: ["192.0.2.0/24"],
  };
  const { reaches: _reaches, ...pods } = fields;
  const wanted = { ingress: fields, storage: { kind: "nfs", ...pods }, loadBalancer: { kind: "metallb", ...pods } } as const;
  return environmentPlan({ services: planWith(allServices, NEWEST, wanted, platform, undefined, () => fields) });
}

/** The same where the number of whoever shares its load follows that. */
export function growingPlan(kind: "nginx" | "traefik" = "nginx"): EnvironmentPlan {
  const fields = { autoscaling: { minReplicas: 3, maxReplicas: 7, cpuPercent: 60 } };
  const own: PlatformPlan = { ...platform, ingress: { ...platform.ingress, kind } };
  const grows = (name: string) => (["keycloak", "kyverno"].includes(name) ? fields : undefined);
  return environmentPlan({
    platform: own,
    services: planWith(allServices, NEWEST, { ingress: { kind, ...fields } }, own, undefined, grows),
  });
}

/** The same with those that no profile has, and one of the program's own. */
export function everyServicePlan(): EnvironmentPlan {
  return environmentPlan({ services: whole });
}

/** The same as the high-availability profile has it. */
export function highAvailabilityPlan(): EnvironmentPlan {
  const services = planWith(allServices, NEWEST, {}, platform, "highAvailability");
  return environmentPlan({ profile: "highAvailability", services });
}

/** The cluster as the layers below give it. */
class Cluster extends CustomResource {
  constructor() {
    super("kpaas:kubespray:Cluster", "cluster", { kubernetes: release.kubernetes });
  }
}

/** What real providers compute and our programs read. */
const OUTPUTS = {
  "tls:index/selfSignedCert:SelfSignedCert": (name: string): Bag => ({ certPem: `certificate of ${name}` }),
  "tls:index/certRequest:CertRequest": (name: string): Bag => ({ certRequestPem: `request of ${name}` }),
  "tls:index/locallySignedCert:LocallySignedCert": (name: string): Bag => ({ certPem: `certificate of ${name}` }),
};

/** The graph of one service's component in a cluster. */
export function serviceGraph(
  build: (common: Pick<ServiceArgs, "cluster" | "labels">, provider: Provider) => unknown,
  options: GraphOptions = {},
): Promise<Graph> {
  return graph(
    () => {
      const cluster = new Cluster();
      const provider = new Provider("kubernetes", { kubeconfig: secret(`token: ${CANARY}`) }, { parent: cluster });
      return build({ cluster, labels: { team: "platform" } }, provider);
    },
    { ...options, outputs: { ...OUTPUTS, ...options.outputs } },
  );
}

/** Of whatever cloud: what is secret in what its parts are told, under every name that they have for it. */
const SECRETS = ["controllerSecret", "volumesSecret"];

const recorded = new Map<string, Promise<Graph>>();

/** The graph of a whole platform; one of a plan alone is recorded once, and handed to whoever asks for it again. */
export function platformGraph(plan: EnvironmentPlan, options?: GraphOptions, secrets?: PlatformArgs["secrets"]): Promise<Graph> {
  if (options !== undefined || secrets !== undefined) return recordPlatform(plan, options, secrets);
  const key = JSON.stringify(plan);
  const known = recorded.get(key) ?? recordPlatform(plan);
  recorded.set(key, known);
  return known;
}

function recordPlatform(plan: EnvironmentPlan, options: GraphOptions = {}, secrets?: PlatformArgs["secrets"]): Promise<Graph> {
  const told = { ids: {}, secrets: Object.fromEntries(SECRETS.map((name) => [name, output(CANARY)])) };
  return serviceGraph(
    ({ cluster }, provider) =>
      new Platform("seoul", {
        plan,
        services: { gitea },
        ...cloudAccess(plan, told),
        cluster: { provider, resource: cluster! },
        secrets: { services: REFERRED, ...secrets },
      }),
    options,
  );
}

/** Everything in three: what a high-availability environment has. */
export function replicated(plan: EnvironmentPlan): EnvironmentPlan {
  const single: readonly string[] = [
    "metallb",
    "storage",
    "chartmuseum",
    "cloudController",
    "cloudStorage",
    "rookCeph",
    "gatewayApi",
    "istioBase",
    "istioCni",
    "tracing",
  ];
  // What it claims with several only, it claims of whoever offers it.
  const claims = ({ needs = {}, dependsOn, severalBy }: ServicePlan) =>
    severalBy === undefined
      ? {}
      : { needs: { ...needs, [severalBy]: {} }, dependsOn: [...dependsOn, offererOf(severalBy, plan.services)?.name ?? ""] };
  const imagesOf = ({ name, images }: ServicePlan) => {
    const { programsOfOne = [] } = (allServices[name as keyof typeof allServices] ?? {}) as { readonly programsOfOne?: readonly string[] };
    return { images: Object.fromEntries(Object.entries(images).filter(([role]) => !programsOfOne.includes(role))) };
  };
  return {
    ...plan,
    services: plan.services.map((each) => {
      const alone = single.includes(each.name) || (each.severalBy !== undefined && offererOf(each.severalBy, plan.services) === undefined);
      return alone ? each : { ...each, ...claims(each), ...imagesOf(each), replicas: 3 };
    }),
  };
}

/** What the names of each service's resources begin with, the longest first. */
const PREFIXES = Object.keys(allServices)
  .map((name) => [name, `seoul-${kebab(name)}-`] as const)
  .sort(([, a], [, b]) => b.length - a.length);

/** The service whose resource has that name: of two whose names begin alike the one whose is longer. */
export function ownerOf(resource: string): string | undefined {
  return PREFIXES.find(([, prefix]) => resource.startsWith(prefix))?.[0];
}

/** The resources of a kind, e.g. `apps/v1:StatefulSet`. */
export function ofKind(g: Graph, kind: string): RecordedResource[] {
  return g.resources.filter(({ type }) => type === `kubernetes:${kind}`);
}

/** A nested value by path. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Bag | undefined)?.[key], value);
}

/** A pod template in the graph. */
export interface Workload {
  readonly resource: RecordedResource;
  readonly namespace: string;
  readonly labels: Bag;
  readonly pod: Bag;
  readonly containers: readonly Bag[];
  readonly initContainers: readonly Bag[];
}

/** Every pod template of our own, with its containers. */
export function workloads(g: Graph): Workload[] {
  return ["apps/v1:StatefulSet", "apps/v1:Deployment", "apps/v1:DaemonSet", "batch/v1:Job"].flatMap((kind) =>
    ofKind(g, kind).map((resource) => {
      const pod = at(resource.inputs, "spec", "template", "spec") as Bag;
      return {
        resource,
        namespace: String(at(resource.inputs, "metadata", "namespace")),
        labels: at(resource.inputs, "spec", "template", "metadata", "labels") as Bag,
        pod,
        containers: pod.containers as Bag[],
        initContainers: (pod.initContainers ?? []) as Bag[],
      };
    }),
  );
}
