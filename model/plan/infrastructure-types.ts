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
