import type { ExtraObject, ExtraRelease } from "../extra";
import type { Hosts, HostVolume } from "../hosts";
import type { AirGap } from "../plan/air-gap";
import type { AddressRange, Labels, LoginPlan, Maintenance, SecretReference, VolumePlan } from "../plan/infrastructure-types";
import type { IngressKind } from "../plan/ingress";
import type { RegistryLogins } from "../plan/registry-logins";
import type { AutoscalingPlan, CephDaemons, CloudOptions, Profile, ProviderName, ResourcesPlan, TlsPlan } from "../plan/types";
import type { TenantAmounts, TenantSize, TenantSubject } from "../tenant";

/** What a file says of one machine. */
export interface WantedMachine {
  readonly key: string;
  readonly zone?: string;
  /** Fixed by the file; otherwise the plan chooses one and the lock file keeps it. */
  readonly address?: string;
  readonly size: string;
  readonly generation: number;
  /** Set where it is there before the environment. */
  readonly host?: WantedHost;
}

/** What is known of a machine that is there before the environment. */
export interface WantedHost {
  /** The field that describes it. */
  readonly path: string;
  readonly login: LoginPlan;
  /** Tasks beside those of its group. */
  readonly also: readonly ("bastion" | "nfs")[];
  readonly volumes: readonly HostVolume[];
}

/** Machines declared together: anti-affinity and the spreading over zones work within a group. */
export interface WantedGroup {
  /** `control-plane`, `etcd`, `bastion`, `nfs`, or the pool's name. */
  readonly name: string;
  /** The field of the file the group comes from, for problems. */
  readonly path: string;
  readonly roles: readonly ("control-plane" | "etcd" | "worker" | "bastion" | "nfs")[];
  readonly machines: readonly WantedMachine[];
  readonly labels: Labels;
  readonly taints: readonly string[];
  readonly volumes: readonly Omit<VolumePlan, "device">[];
  readonly spread: boolean;
  /** What each of its machines has done once. */
  readonly maintenance?: Maintenance;
  /** Whether the environment's own file says which machines, or how many; else its profile does, or a base. */
  readonly counted: boolean;
}

/** The options of one switched-on service. */
export interface WantedService {
  readonly name: string;
  /** The field of the file that it comes from, for problems. */
  readonly path: string;
  /** True where the file asks for it by name, false where the profile does. */
  readonly explicit: boolean;
  readonly replicas?: number;
  readonly autoscaling?: AutoscalingPlan;
  readonly resources?: ResourcesPlan;
  readonly nodeSelector?: Labels;
  readonly tolerations?: readonly string[];
  readonly reaches?: readonly string[];
  readonly sizeGiB?: number;
  readonly values?: Readonly<Record<string, unknown>>;
  /** Those that are its own. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** A namespace for other people's work, with its defaults. */
export interface WantedTenant {
  readonly name: string;
  readonly quota: TenantSize | (TenantAmounts & { readonly storage?: string; readonly pods?: number });
  readonly limits: TenantSize | TenantAmounts;
  readonly administrators: readonly TenantSubject[];
  readonly users: readonly TenantSubject[];
  readonly labels: Readonly<Record<string, string>>;
  readonly isolate: boolean;
  readonly podSecurity: "privileged" | "baseline" | "restricted";
  readonly chaos: boolean;
  readonly mesh?: "permissive" | "strict";
}

/** A storage class of the cloud's volumes, as far as the file describes it. */
export interface WantedClass {
  readonly type?: string;
  readonly reclaim?: "delete" | "retain";
}

/** Ceph on the disks of a pool's machines. */
export interface WantedCeph {
  readonly kind: "rookCeph";
  readonly pool: string;
  /** The names of the volumes that it takes; undefined: of all that are mounted nowhere. */
  readonly volumes?: readonly string[];
  /** How often each block is kept. */
  readonly replicas: number;
  /** What copies are kept apart by; undefined: by zone where there are enough of them. */
  readonly failureDomain?: "host" | "zone";
  /** What becomes of a volume when its claim is deleted. */
  readonly reclaim: "delete" | "retain";
  /** Whether buckets can be had of it too. */
  readonly objects: boolean;
  /** Resources of its daemons where they are other than by default. */
  readonly daemons?: CephDaemons;
}

/** When backups of etcd are made, how many are kept, and where. */
export interface WantedBackups {
  /** As in a crontab, in the hosts' time. */
  readonly schedule: string;
  readonly keep: number;
  /** PEM. */
  readonly encryptTo: string;
  readonly to:
    | { readonly local: { readonly path: string } }
    | { readonly nfs: { readonly server: string; readonly path: string } }
    | {
        readonly s3: {
          readonly bucket: string;
          readonly prefix: string;
          readonly endpoint: string;
          readonly region: string;
          readonly accessKey: SecretReference;
          readonly secretKey: SecretReference;
        };
      };
}

/** An environment file with every default of its profile applied; what the file leaves to the plan is undefined here. */
export interface Environment {
  readonly name: string;
  readonly profile: Profile;
  /** Undefined: the newest at the time of the first plan, kept by the lock file. */
  readonly release?: string;
  readonly layers: "one" | "three";
  readonly labels: Labels;
  readonly protectData: boolean;
  readonly retain: readonly ("volumes" | "backups" | "addresses")[];
  readonly provider: ProviderName;
  readonly region?: string;
  readonly zones: readonly string[];
  readonly image?: string;
  readonly credentials?: SecretReference;
  /** The cloud's own options, with their defaults. */
  readonly cloud: CloudOptions;
  /** The machines that are there before the environment; undefined where they are made. */
  readonly hosts?: Hosts;
  readonly network: {
    readonly cidr: string;
    /** Set where the file does not give it. */
    readonly byDefault?: true;
    readonly gateway?: string;
    readonly dns: readonly string[];
    readonly reserved: readonly string[];
    readonly existing?: {
      readonly network: string;
      readonly subnet: string;
      readonly router?: string;
      /** The subnet's own range; undefined: the network's. */
      readonly cidr?: string;
      /** Other subnets of it, by the group of machines that is in each. */
      readonly groups?: Readonly<Record<string, { readonly subnet: string; readonly cidr: string }>>;
    };
    /** Floating addresses made beforehand, or none at all; undefined: they are made. */
    readonly floating?: "none" | { readonly api?: string; readonly ingress?: string; readonly bastion?: string };
  };
  readonly access: {
    readonly adminCidrs: readonly string[];
    readonly ingressCidrs: readonly string[];
    readonly bastion: boolean;
    readonly api: "direct" | "bastion";
    readonly sshUser: string;
    readonly publicKey?: string;
    readonly privateKey?: SecretReference;
    readonly keyPair?: string;
    readonly agent?: true;
    readonly sudoPassword?: SecretReference;
  };
  readonly groups: readonly WantedGroup[];
  readonly cluster: {
    readonly kubernetes?: string;
    readonly plugin: "calico" | "cilium" | "flannel";
    readonly encapsulation: "vxlan" | "ipip" | "none";
    readonly podCidr: string;
    readonly serviceCidr: string;
    readonly nodePrefix: number;
    /** Undefined: as the lock has it, else the release. */
    readonly proxyMode?: "ipvs" | "iptables" | "nftables";
    readonly runtime: "crio" | "containerd";
    readonly apiEndpoint: {
      /** Of a cluster that stands it stays what it is, where the file does not say it. */
      readonly byDefault?: true;
      readonly kind: "loadBalancer" | "virtualIp" | "node";
      /** Who holds a virtual address. */
      readonly by?: "kubeVip" | "keepalived";
      readonly domain?: string;
      readonly address?: string;
    };
    readonly hardening: {
      readonly auditLog: boolean;
      readonly encryptSecrets: boolean;
      readonly tlsCipherSuites: readonly string[];
      readonly podSecurity?: "privileged" | "baseline" | "restricted";
    };
    readonly autoRenewCertificates: boolean;
    readonly backups?: WantedBackups;
    /** How nodes log in at registries. */
    readonly registries?: RegistryLogins;
    readonly airGap?: AirGap;
    /** A folder or tarball of kubespray, as the file writes it. */
    readonly kubesprayFrom?: string;
    readonly onDelete: "forget" | "reset";
    readonly variables: Readonly<Record<string, unknown>>;
  };
  readonly platform: {
    readonly domain?: string;
    readonly tls: TlsPlan;
    readonly storage:
      | { readonly kind: "nfs"; readonly sizeGiB: number; readonly server?: string; readonly path: string }
      | { readonly kind: "existing"; readonly className: string }
      | { readonly kind: "cloud"; readonly classes: Readonly<Record<string, WantedClass>> }
      | WantedCeph;
    /** Who gives Services of type LoadBalancer their addresses. */
    readonly loadBalancer: "metallb" | "cloud";
    /** Whether the cloud's controller runs in the cluster and makes balancers for Services; with `cloud` and without it, one of the infrastructure leads to the ingress. */
    readonly controller: boolean;
    readonly loadBalancerRange?: AddressRange;
    readonly ingressAddress?: string;
    /** The ingress controller that has the address. */
    readonly ingressKind: IngressKind;
    /** One that runs beside it without the address. */
    readonly ingressBeside?: IngressKind;
    readonly services: readonly WantedService[];
    /** In the order of their names. */
    readonly tenants: readonly WantedTenant[];
    /** Charts, in the order of their names, and objects of the user's own. */
    readonly extra: { readonly releases: readonly ExtraRelease[]; readonly objects: readonly ExtraObject[] };
  };
}
