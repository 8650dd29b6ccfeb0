import type { ChartRef } from "../charts/charts-of";
import type { ClusterSpec } from "../cluster/types";
import type { Fields } from "../data";
import type { ExtraRelease } from "../extra";
import type { TenantAmounts, TenantSubject } from "../tenant";
import type { AirGap } from "./air-gap";
import type {
  AccessPlan,
  AddressRange,
  ApiEndpointPlan,
  Flow,
  Inventory,
  Labels,
  MachinePlan,
  NetworkPlan,
  SecretReference,
} from "./infrastructure-types";
import type { IngressKind } from "./ingress";

/** The name of a cloud that machines can come from, or of what stands for one. */
export type ProviderName = string;

/** How much of the platform and how much redundancy an environment has by default. */
export type Profile = "minimal" | "standard" | "highAvailability";

/** Kubernetes resource requests and limits, in Kubernetes quantities. */
export interface ResourcesPlan {
  readonly requests?: { readonly cpu?: string; readonly memory?: string };
  readonly limits?: { readonly cpu?: string; readonly memory?: string };
}

/** Where a running service is administered, so that what lives in it are resources. */
export interface ManagedAt {
  /** Its pods have it as their name. */
  readonly workload: string;
  /** The pods' port, which speaks TLS. */
  readonly port: number;
  /** The port on 127.0.0.1 that leads there while the program runs. */
  readonly local: number;
  /** More labels of the pods, where others have its name too. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Whoever calls cannot tell the pods by a certificate: nobody but us may listen at the local port. */
  readonly unproven?: true;
}

/**
 * What the pods of a service call: the Kubernetes API, the nodes' kubelets, pods of every namespace, the platform's own host names, addresses
 * outside the cluster.
 */
export type Called = "kubernetes" | "kubelets" | "pods" | "hosts" | "outside";

/** How many instances of a service there are by their load. */
export interface AutoscalingPlan {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** How much of the CPU that they ask for they are to use, on the average of all. */
  readonly cpuPercent: number;
}

/** On which nodes pods may run. */
export interface PlacementPlan {
  /** Labels that the nodes have. @default any node */
  readonly nodeSelector?: Labels;
  /** Taints of nodes that keep them from none, `KEY=VALUE:EFFECT` or `KEY:EFFECT`, as the file gives them to nodes. @default none */
  readonly tolerations?: readonly string[];
}

/** How kube-proxy leads to Services. */
export type ProxyMode = "ipvs" | "iptables" | "nftables";

export interface ServicePlan extends PlacementPlan {
  readonly name: string;
  readonly namespace: string;
  /** The software's version, as its project writes it. */
  readonly version: string;
  /** The services whose grants it takes. */
  readonly dependsOn: readonly string[];
  /** Set where the service is a Helm chart. */
  readonly chart?: ChartRef;
  /** Charts that it takes beside that one, by what they bring. */
  readonly charts?: Readonly<Record<string, ChartRef>>;
  /** Full references by the role they play in the service, mirrored when the environment is air-gapped. */
  readonly images: Readonly<Record<string, string>>;
  /** How many instances there are; those there are at least, with `autoscaling`. */
  readonly replicas: number;
  /** How many there are by their load. @default always the same number */
  readonly autoscaling?: AutoscalingPlan;
  /** Set where more than half of the replicas must agree: none may simply go. */
  readonly quorum?: true;
  /** Set where its project goes from one minor version to the next only. */
  readonly oneMinorAtATime?: true;
  /** Set where several are another program's than one: the kind that is claimed of it. */
  readonly severalBy?: string;
  readonly resources?: ResourcesPlan;
  /** What single parts of it ask for and may take in place of that, by the names of their images. */
  readonly parts?: Readonly<Record<string, ResourcesPlan>>;
  /** Size of the service's volume in GiB, where it keeps data. */
  readonly sizeGiB?: number;
  /** The host name it is reached at from outside, where it is. */
  readonly host?: string;
  /** What its pods call beside those whose grants it takes. @default anything */
  readonly calls?: readonly Called[];
  /** Networks that its pods may reach besides, as the file says. @default none */
  readonly reaches?: readonly string[];
  /** Options of its own, as the file gives them. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** What it claims of others, by kind. */
  readonly needs?: Readonly<Record<string, object>>;
  /** The kinds it gives to those who claim them. */
  readonly offers?: readonly string[];
  /** Those that it could give, and another one does: it runs beside that. */
  readonly spares?: readonly string[];
  readonly keeps?: "data" | "cache";
  /** What of it can never change once it stands, by field of the environment file. */
  readonly fixed?: Readonly<Record<string, string>>;
  /** What it leaves behind with whoever grants it the kind, under a name that a field of the environment file gives. */
  readonly leaves?: { readonly kind: string; readonly path: string; readonly name: string };
  /** What in it holds data of its own, and the field of the environment file that names it. */
  readonly holds?: { readonly path: string; readonly names: readonly string[] };
  /** Namespaces of somebody else's in which it makes objects. @default none */
  readonly foundThere?: readonly string[];
  /** Labels that the namespaces of tenants have by it, by tenant. @default none */
  readonly labelsTenants?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly managedAt?: ManagedAt;
  /** Its secrets were made so many times, where that is more than once. @default 1 */
  readonly rotation?: number;
  /** Helm values of the user's own, merged over ours. */
  readonly values?: Readonly<Record<string, unknown>>;
}

/** A storage class of the cloud's own volumes. */
export interface StorageClassPlan {
  readonly name: string;
  /** The cloud's name of the volumes' type; undefined: the one it takes by itself. */
  readonly type?: string;
  /** What becomes of a volume when its claim is deleted. */
  readonly reclaim: "delete" | "retain";
}

/** Where the platform's certificates come from. */
export type TlsPlan =
  | {
      readonly kind: "selfSigned";
      /** Numbers of the environment's own authorities: the first one signs, all of them are trusted. @default the first there ever was, 1 */
      readonly authorities?: readonly number[];
    }
  | {
      readonly kind: "provided";
      readonly certificate: SecretReference;
      readonly key: SecretReference;
      /** What is trusted. @default the certificate itself */
      readonly authority?: SecretReference;
    }
  | { readonly kind: "acme"; readonly email: string };

/** The kinds of Ceph's daemons: monitors, managers, one for each disk, metadata of files, the gateway of buckets. */
export type CephDaemon = "mon" | "mgr" | "osd" | "mds" | "rgw";

/** Resources of Ceph's daemons, by kind. */
export type CephDaemons = Readonly<Partial<Record<CephDaemon, ResourcesPlan>>>;

/** Ceph on disks of the environment's own machines. */
export interface CephPlan {
  readonly kind: "rookCeph";
  /** The pool whose machines have the disks, and run Ceph. */
  readonly pool: string;
  /** The pool's taints, which it tolerates. */
  readonly taints: readonly string[];
  /** The machines that have disks for it. */
  readonly machines: readonly CephMachine[];
  /** How often each block is kept. */
  readonly replicas: number;
  /** What the copies of a block are kept apart by. */
  readonly failureDomain: "host" | "zone";
  /** What becomes of a volume when its claim is deleted. */
  readonly reclaim: "delete" | "retain";
  /** Whether buckets can be had of it too. */
  readonly objects: boolean;
  /** Resources of its daemons where they are other than by default. */
  readonly daemons?: CephDaemons;
}

/** A machine with disks for Ceph. */
export interface CephMachine {
  readonly key: string;
  /** Its node's name. */
  readonly name: string;
  readonly zone?: string;
  /** The names of its volumes that are Ceph's, each with its size where that is known. */
  readonly volumes: readonly { readonly name: string; readonly sizeGiB?: number; readonly device: string }[];
}

export interface PlatformPlan {
  /** Everything is served under this domain. */
  readonly domain: string;
  readonly tls: TlsPlan;
  readonly storage:
    | { readonly kind: "nfs"; readonly server: string; readonly path: string; readonly sizeGiB: number }
    | { readonly kind: "existing"; readonly className: string }
    | { readonly kind: "cloud"; readonly classes: readonly StorageClassPlan[] }
    | CephPlan;
  /** The storage class every service's claim names. */
  readonly storageClass: string;
  readonly loadBalancer:
    | {
        readonly kind: "metallb";
        readonly range: AddressRange;
        /** Addresses of the range that no Service is given: the ingress had them before. */
        readonly reserved: readonly string[];
      }
    | {
        readonly kind: "cloud";
        /** Set where the cloud's controller, which runs in the cluster, makes balancers for Services; else there are those of the infrastructure alone. */
        readonly controller?: true;
      };
  readonly ingress: {
    /** The controller that has the address. */
    readonly kind: IngressKind;
    /** One that runs beside it without: the next one, or the one before. */
    readonly beside?: IngressKind;
    readonly className: string;
    readonly address: string;
    /** Where a balancer of the cloud's leads to on every worker; undefined where the address is the ingress's own. */
    readonly nodePorts?: { readonly http: number; readonly https: number };
    /** Whether that balancer hands packets on as they came: workers then answer for its addresses, the one outside too. */
    readonly passedOn?: true;
  };
}

/** One line of the bill of materials. */
export interface BomEntry {
  readonly name: string;
  readonly version: string;
  readonly kind: "software" | "image" | "chart" | "file";
  readonly licence?: string;
  readonly source?: string;
  /** The day from which its project mends it no more, where that is known. */
  readonly endOfLife?: string;
  /** Of an image, where its makers publish it. */
  readonly digest?: string;
}

/** What only one cloud takes, with its defaults. */
export type CloudOptions = object;

/** The part of a plan that its cloud alone reads; by `provider`, each cloud narrows it to its own options (`providers/CLOUD/cloud.ts`). */
export interface CloudPlan {
  readonly provider: ProviderName;
  readonly region?: string;
  /** Those of its options that say where everything is, and so can never change; by name. */
  readonly place: Readonly<Record<string, string>>;
  /** Those that a machine takes at its first boot only; by name. */
  readonly firstBoot: Readonly<Record<string, string | number>>;
  /** True: a data volume neither grows nor passes to its machine's successor while the machine runs. */
  readonly volumesStay?: true;
  /** True: the volumes of a machine that is built anew come to its successor once it is gone, and not before. */
  readonly volumesFollow?: true;
}

/** A namespace for other people's work: what it may use, who may do what in it, and whom its pods may reach. */
export interface TenantPlan {
  /** Its namespace has this name too. */
  readonly name: string;
  /** The ResourceQuota's name, and what the pods may use together. */
  readonly quota: { readonly name: string; readonly hard: Readonly<Record<string, string>> };
  /** The LimitRange's name, and what a container may use that says nothing of its own. */
  readonly limits: TenantAmounts & { readonly name: string };
  readonly administrators: readonly TenantSubject[];
  readonly users: readonly TenantSubject[];
  /** Labels of the namespace beside the environment's. */
  readonly labels: Readonly<Record<string, string>>;
  /** Whether its pods reach, and are reached by, each other and the ingress only. */
  readonly isolate: boolean;
  /** The namespace of the ingress controller. */
  readonly ingressNamespace: string;
  /** That of another one that runs beside it. */
  readonly ingressBeside?: string;
  readonly podSecurity: "privileged" | "baseline" | "restricted";
  /** Whether Chaos Mesh may hurt its pods. */
  readonly chaos: boolean;
  /** Set where its pods are in the mesh. */
  readonly mesh?: MeshPlan;
}

/** A namespace in the mesh. */
export interface MeshPlan {
  /** Whether its pods are met by others of the mesh only. */
  readonly mtls: "strict" | "permissive";
  /** Namespaces that its pods' proxies reach: of whoever tells them what to do, and of those whom they tell of requests. */
  readonly reaches: readonly string[];
  /** The namespace of the mesh's gateway, from which they are met. @default there is none */
  readonly gateway?: string;
}

/** Charts and objects of the user's own. */
export interface ExtraPlan {
  readonly releases: readonly ExtraRelease[];
  /** As the API server takes them. */
  readonly objects: readonly Fields[];
}

/** Everything an environment will be, as plain data. Made by `planEnvironment` from the file and its lock, by nothing else. */
export interface EnvironmentPlan {
  readonly environment: string;
  readonly release: string;
  readonly profile: Profile;
  readonly provider: ProviderName;
  /** Whether one stack holds the environment, or one for each of its three layers. */
  readonly layers: "one" | "three";
  readonly labels: Labels;
  /** True: data volumes are protected against deletion. */
  readonly protectData: boolean;
  readonly retain: readonly ("volumes" | "backups" | "addresses")[];
  readonly credentials?: SecretReference;
  /** The zones machines are spread over, as the file names them. */
  readonly zones: readonly string[];
  /** Pools of which the environment's own file says which machines, or how many; of the others a profile or a base says it. */
  readonly counted: readonly string[];
  /** By key order of the file: bastion, control plane in its fixed order, etcd, workers by pool, NFS. */
  readonly machines: readonly MachinePlan[];
  readonly network: NetworkPlan;
  readonly access: AccessPlan;
  readonly flows: readonly Flow[];
  readonly apiEndpoint: ApiEndpointPlan;
  readonly cluster: ClusterSpec;
  /** A folder or tarball that kubespray is taken from, in place of its repository. */
  readonly kubesprayFrom?: string;
  readonly inventory: Inventory;
  readonly platform: PlatformPlan;
  /** In an order in which each comes after what it depends on. */
  readonly services: readonly ServicePlan[];
  /** Namespaces for other people's work, by name. @default none */
  readonly tenants?: readonly TenantPlan[];
  /** Charts and objects of the user's own. @default none */
  readonly extra?: ExtraPlan;
  /** Registries at which nodes log in, by `cluster.registries`: their hosts in the order of kubespray's variable. @default none */
  readonly registries?: readonly string[];
  /** Mirrors of images, files and charts. @default everything comes from where its makers publish it */
  readonly airGap?: AirGap;
  /** Every container image, the cluster's own among them, as its makers name it. */
  readonly images: readonly string[];
  /** Every file that kubespray fetches, by where it comes from. */
  readonly files: readonly string[];
  readonly bom: readonly BomEntry[];
  readonly cloud: CloudPlan;
}
