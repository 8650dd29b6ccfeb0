import type { ClusterSpec } from "../cluster/types";
import type { Fields } from "../data";
import type { ExtraRelease } from "../extra";
import type { TenantAmounts, TenantSubject } from "../tenant";
import type { IngressKind } from "./ingress";

/** The name of a cloud that machines can come from, or of what stands for one. */
export type ProviderName = string;

/** How much of the platform and how much redundancy an environment has by default. */
export type Profile = "minimal" | "standard" | "highAvailability";

/** What a machine does. A machine can have several roles (stacked etcd: `control-plane` and `etcd`). */
export type Role = "control-plane" | "etcd" | "worker" | "bastion" | "load-balancer" | "nfs";

/** Tags, labels or metadata put on everything that can carry them. */
export type Labels = Readonly<Record<string, string>>;

/** A data volume of a machine. */
export interface VolumePlan {
  /** Unique within the machine. */
  readonly name: string;
  /** Size in GiB; undefined for a disk of a host that was there before. */
  readonly sizeGiB?: number;
  /** The cloud's volume type; the cloud's default if left out. */
  readonly type?: string;
  /** The folder it is mounted at; left as it is, without a file system, where there is none. */
  readonly mount?: string;
  readonly fileSystem?: "ext4" | "xfs";
  /** Where the guest sees it: when the cloud gives devices in order of attachment, or the stable path of a disk that was there before. */
  readonly device: string;
}

/** One machine, named by its key for ever. */
export interface MachinePlan {
  /** The identity: unique in the environment, never derived from a position. */
  readonly key: string;
  /** Inventory host, Kubernetes node and etcd member take this name: the key, or `KEY-gN` from generation 2 on. */
  readonly name: string;
  /** Raised by hand to have the machine built anew beside the old one; starts at 1. */
  readonly generation: number;
  readonly roles: readonly Role[];
  /** What it was declared under: `control-plane`, `etcd`, `bastion`, `nfs` or the pool's name. Anti-affinity works within a group. */
  readonly group: string;
  /** Availability zone; undefined where the environment names none. */
  readonly zone?: string;
  /** Flavor or instance type; empty where the machine was there before. */
  readonly size: string;
  /** Image by name or id, never "latest"; empty where the machine was there before. */
  readonly image: string;
  /** The private, fixed IPv4 address peers use. */
  readonly address: string;
  readonly volumes: readonly VolumePlan[];
  /** Kubernetes node labels. */
  readonly labels: Labels;
  /** Kubernetes taints, `key=value:Effect`. */
  readonly taints: readonly string[];
  /** True where machines of one group should not share a host. */
  readonly spread: boolean;
  /** The name it has in etcd, where that is not the machine's: of a cluster that was taken over. */
  readonly etcdMember?: string;
  readonly maintenance?: Maintenance;
  /** How to log in to a machine that was there before the environment; undefined where machines are made, which are all alike. */
  readonly login?: LoginPlan;
}

/** What is done once on a machine, unless it was done since: instants, ISO 8601. */
export interface Maintenance {
  readonly patch?: string;
  readonly reboot?: string;
}

/** What is other than usual about the log-in to a machine. */
export interface LoginPlan {
  /** The address that SSH reaches it at, where it is not the one that its peers use. */
  readonly address?: string;
  /** Who logs in, where it is not the user of all. */
  readonly user?: string;
  /** SSH's port, where it is not 22. */
  readonly port?: number;
}

/** A closed range of IPv4 addresses. */
export interface AddressRange {
  readonly first: string;
  readonly last: string;
}

/** A subnet that machines have their addresses in. */
export interface SubnetPlan {
  /** `node`, or `node-ZONE` where each zone has one of its own. */
  readonly name: string;
  readonly cidr: string;
  /** Undefined where the network was there before, and is not ours. */
  readonly gateway?: string;
  /** The zone it lies in; undefined where it spans them all. */
  readonly zone?: string;
  /** It is the zone's way in and out: of machines only the bastion stands in it. */
  readonly outer?: true;
  /** The groups of machines that are in it; undefined: all that are in no other. */
  readonly groups?: readonly string[];
  /** Addresses left to the cloud's own ports (DHCP, load balancer instances); no machine gets one. Undefined where there is no cloud. */
  readonly cloudRange?: AddressRange;
}

export interface NetworkPlan {
  /** All of it: the one subnet, or what the subnets lie in. */
  readonly cidr: string;
  readonly subnets: readonly [SubnetPlan, ...SubnetPlan[]];
  readonly dns: readonly string[];
  /** Addresses, ranges and networks in it that belong to others; nothing is given one. */
  readonly reserved?: readonly string[];
  /** Addresses Services of type LoadBalancer are given from, when MetalLB serves them. */
  readonly loadBalancerRange?: AddressRange;
  /** Where the environment is reached from outside its network, by what is reached there; nothing where it has no floating address. */
  readonly floating: Readonly<Partial<Record<"bastion" | "api" | "ingress", FloatingPlan>>>;
  /** What exists already and is used instead of being created: names or ids. */
  readonly existing?: {
    readonly network: string;
    readonly subnet: string;
    readonly router?: string;
    /** Other subnets of it, by the group of machines that is in each. */
    readonly groups?: Readonly<Record<string, string>>;
  };
  /** Names that the cloud itself leads to the environment, `*.DOMAIN` for all below one. */
  readonly names?: readonly string[];
  /** Names are asked for at the address of the cloud's metadata. */
  readonly metadataResolves?: true;
  readonly podCidr: string;
  readonly serviceCidr: string;
  /** What pods are kept from beside the cloud's metadata: addresses of the cloud's own, at these TCP ports. */
  readonly hidden?: readonly HiddenFromPods[];
}

/** An address of the cloud's own that machines alone may ask. */
export interface HiddenFromPods {
  readonly address: string;
  readonly ports: readonly number[];
}

/** A floating address: the one that was made beforehand, or one to make. */
export interface FloatingPlan {
  /** Undefined: it is made, and its address is known then only. */
  readonly address?: string;
}

/** One end of a flow: a role, every Kubernetes node (a machine of etcd alone is none), or addresses. */
export type FlowPeer = Role | "nodes" | `cidr:${string}`;

/** Traffic that is allowed. Everything else is not. */
export interface Flow {
  readonly from: FlowPeer;
  readonly to: FlowPeer;
  readonly protocol: "tcp" | "udp" | "icmp" | "ipip" | "vrrp" | "any";
  /** Ports and closed ranges; empty for protocols without ports. */
  readonly ports: readonly (number | `${number}-${number}`)[];
  /** Why it is allowed. */
  readonly reason: string;
}

export interface AccessPlan {
  readonly adminCidrs: readonly string[];
  readonly ingressCidrs: readonly string[];
  readonly bastion: boolean;
  /** How this tool reaches the API and the machines. */
  readonly api: "direct" | "bastion";
  readonly ssh: {
    readonly user: string;
    /** An OpenSSH public key, when the file gives one. */
    readonly publicKey?: string;
    /** Where the private key is; never the key itself. Undefined: a pair is generated. */
    readonly privateKey?: SecretReference;
    /** Whether the keys of the user's SSH agent are tried too, or alone. */
    readonly agent?: true;
    /** What `sudo` asks for. */
    readonly sudoPassword?: SecretReference;
    /** Name of a key pair that the cloud has already; its private half is `privateKey`. */
    readonly keyPair?: string;
  };
}

/** Where a secret value is found. The plan never holds the value. */
export type SecretReference =
  | { readonly env: string }
  | { readonly config: string }
  | { readonly vault: string }
  | { readonly file: string };

export interface ApiEndpointPlan {
  readonly kind: "loadBalancer" | "virtualIp" | "node";
  /** The address nodes use: the balancer's, the virtual one, or the first control plane's. */
  readonly address: string;
  readonly port: number;
  /** A DNS name the API certificate also holds. */
  readonly domain?: string;
}

/** What `ansible-inventory --list` prints for this environment. */
export interface Inventory {
  readonly _meta: { readonly hostvars: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
  readonly [group: string]: unknown;
}

/** A pinned Helm chart. */
export interface ChartRef {
  readonly name: string;
  readonly version: string;
  /** Repository URL, or an `oci://` address. */
  readonly repository: string;
}

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
  /** Whoever calls cannot tell the pods by a certificate: nobody but us may listen at the local port. */
  readonly unproven?: true;
}

/** How kube-proxy leads to Services. */
export type ProxyMode = "ipvs" | "iptables" | "nftables";

export interface ServicePlan {
  readonly name: string;
  readonly namespace: string;
  /** The software's version, as its project writes it. */
  readonly version: string;
  /** The services whose grants it takes. */
  readonly dependsOn: readonly string[];
  /** Set where the service is a Helm chart. */
  readonly chart?: ChartRef;
  /** Full references by the role they play in the service, mirrored when the environment is air-gapped. */
  readonly images: Readonly<Record<string, string>>;
  readonly replicas: number;
  /** Set where more than half of the replicas must agree: none may simply go. */
  readonly quorum?: true;
  /** Set where several are another program's than one: the kind that is claimed of it. */
  readonly severalBy?: string;
  readonly resources?: ResourcesPlan;
  /** Size of the service's volume in GiB, where it keeps data. */
  readonly sizeGiB?: number;
  /** The host name it is reached at from outside, where it is. */
  readonly host?: string;
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
  readonly managedAt?: ManagedAt;
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
  readonly tls:
    | { readonly kind: "selfSigned" }
    | { readonly kind: "provided"; readonly certificate: SecretReference; readonly key: SecretReference }
    | { readonly kind: "acme"; readonly email: string };
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
  /** Every container image, the cluster's own among them, as its makers name it. */
  readonly images: readonly string[];
  /** Every file that kubespray fetches, by where it comes from. */
  readonly files: readonly string[];
  readonly bom: readonly BomEntry[];
  readonly cloud: CloudPlan;
}
