// Written from the schema of the environment file and model/environment/field-docs.ts by their test: change it there.
import type { SecretReference } from "../plan/infrastructure-types";

/** What every service can be told. */
export interface ServiceFields {
  /** How many instances, where it can have several. Default: as the profile. A change is applied to what stands. */
  readonly replicas?: number;
  /** As many instances as their load asks for, where more of them share it; in place of replicas, and by what is measured of them. Default: always as many as replicas. A change is applied to what stands. */
  readonly autoscaling?: {
    /** How many there are at least. Default: 2. A change is applied to what stands. */
    readonly minReplicas?: number;
    /** How many there are at most. A change is applied to what stands. */
    readonly maxReplicas: number;
    /** How much of the CPU that they request they are to use, on the average of all. Default: 80. A change is applied to what stands. */
    readonly cpuPercent?: number;
  };
  /** Of its containers: Kubernetes quantities, as texts or numbers, requests no more than limits. Default: as the release. A change is applied to what stands. */
  readonly resources?: {
    /** What is kept free for each container. A change is applied to what stands. */
    readonly requests?: {
      /** In processors: 0.5, 500m. A change is applied to what stands. */
      readonly cpu?: string | number;
      /** In bytes: 512Mi. A change is applied to what stands. */
      readonly memory?: string | number;
    };
    /** What each container may use at most. A change is applied to what stands. */
    readonly limits?: {
      /** In processors: 0.5, 500m. A change is applied to what stands. */
      readonly cpu?: string | number;
      /** In bytes: 512Mi. A change is applied to what stands. */
      readonly memory?: string | number;
    };
  };
  /** Labels of the nodes its pods run on, as pools have them; what works on every node stays there. Default: any node. A change is applied to what stands. */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /** Taints that do not keep its pods away, as pools have them: key=value:Effect, or key:Effect for any value. Default: none. A change is applied to what stands. */
  readonly tolerations?: readonly string[];
  /** Networks that its pods may reach besides, such as a mail server's 10.0.5.0/24; what it needs by itself is open without (security). Default: none. A change is applied to what stands. */
  readonly reaches?: readonly string[];
  /** Its volume, a number of GiB or a quantity such as 20Gi, where it keeps data; fixed on nfs, where it can fill the share anyway. Default: as the release. A change: where the class cannot change it: refused; otherwise: applied to what stands. */
  readonly size?: number | `${number}Gi` | `${number}Ti`;
  /** Values of its chart, laid over ours (a chart's own values). A change is applied to what stands. */
  readonly values?: Readonly<Record<string, unknown>>;
}

/** Where the machines come from, and how they are reached. */
export interface InfrastructureFields {
  /** The cloud that the machines come from. A change is refused. */
  readonly provider: "openstack" | "nhn" | "aws" | "gcp" | "azure" | "vsphere" | "existing";
  /** The cloud's region. Default: the cloud's own. A change is refused. */
  readonly region?: string;
  /** Names of availability zones: machines are spread over them once, then stay. Default: one unnamed zone. A change counts for machines built from then on. */
  readonly zones?: readonly string[];
  /** The image of machines built from now on, by name or id, pinned. Ubuntu or Debian where the NFS server is made from it: names of other systems are refused, ids are taken at their word. Default: ubuntu-22.04. A change counts for machines built from then on. */
  readonly image?: string;
  /** The machines' network. */
  readonly network?: {
    /** Its addresses. Default: 10.20.0.0/16. A change is refused. */
    readonly cidr?: `${number}.${number}.${number}.${number}/${number}`;
    /** Its gateway. Default: the first host. A change is refused. */
    readonly gateway?: `${number}.${number}.${number}.${number}`;
    /** Addresses of resolvers, at most 5. Default: the cloud's. A change is applied to what stands. */
    readonly dns?: readonly string[];
    /** Addresses (10.20.0.2), ranges (10.20.0.2-10.20.0.9) and networks (10.20.0.0/28) inside the network that belong to others: nothing is given one. A change is applied to what stands. */
    readonly reserved?: readonly string[];
    /** Floating addresses made beforehand, which are used and never deleted; or none: the network is reachable by itself (reaching it). Default: made where somebody outside may reach in. A change: another address, or none: needs the approval move-address; otherwise: applied to what stands. */
    readonly floating?: "none" | {
      /** That of the Kubernetes API. Default: one is made. A change is applied to what stands. */
      readonly api?: `${number}.${number}.${number}.${number}`;
      /** That of the ingress. Default: one is made. A change is applied to what stands. */
      readonly ingress?: `${number}.${number}.${number}.${number}`;
      /** That of the bastion. Default: one is made. A change is applied to what stands. */
      readonly bastion?: `${number}.${number}.${number}.${number}`;
    };
    /** What exists already and is used instead of being made. A change is refused. */
    readonly existing?: {
      /** The network, by name or id. A change is refused. */
      readonly network: string;
      /** Its subnets by what they are for. A change is refused. */
      readonly subnets: {
        /** The machines' subnet, by name or id. A change is refused. */
        readonly node: string;
      };
      /** The range of that subnet, where network.cidr holds more than one. Default: network.cidr. A change is refused. */
      readonly cidr?: `${number}.${number}.${number}.${number}/${number}`;
      /** Groups of machines that are in another subnet of the network: control-plane, etcd, bastion, nfs or a pool's name (several subnets). A change is refused. */
      readonly groups?: Readonly<Record<string, {
        /** Their subnet, by name or id. A change is refused. */
        readonly subnet: string;
        /** Its range, inside network.cidr. A change is refused. */
        readonly cidr: `${number}.${number}.${number}.${number}/${number}`;
      }>>;
      /** The router, by name or id: needed for whoever comes from outside (a bastion, adminCidrs, ingressCidrs beyond the network). A change is refused. */
      readonly router?: string;
    };
  };
  /** Who may reach the environment, and how this tool does. A change is applied to what stands. */
  readonly access?: {
    /** Who outside the network may reach the bastion's SSH and the Kubernetes API. Default: nobody. A change: nobody any more: needs the approval move-address; otherwise: applied to what stands. */
    readonly adminCidrs?: readonly string[];
    /** Who may reach the platform on 80 and 443. Default: the network and adminCidrs. A change: nobody outside any more: needs the approval move-address; otherwise: applied to what stands. */
    readonly ingressCidrs?: readonly string[];
    /** Whether there is a bastion, or what it is. Default: true in highAvailability, else false. A change: to false: needs the approval remove; otherwise: applied to what stands. */
    readonly bastion?: boolean | {
      /** Its flavor, by name or id. Default: m1.small. A change is applied to what stands. */
      readonly size?: string;
    };
    /** How this tool reaches the API; with bastion through one SSH tunnel. Default: direct, or bastion where there is one and no adminCidrs. A change is applied to what stands. */
    readonly api?: "direct" | "bastion";
    /** How to log in to the machines. Default: user ubuntu, a generated pair of keys. A change counts for machines built from then on. */
    readonly ssh?: {
      /** The image's user that may become root. Default: ubuntu. A change counts for machines built from then on. */
      readonly user?: string;
      /** The public half of privateKey, in OpenSSH's form; alone it does not suffice. A change counts for machines built from then on. */
      readonly publicKey?: string;
      /** The private key, without a passphrase; alone it suffices. Default: a pair is generated and kept as a secret. A change counts for machines built from then on. */
      readonly privateKey?: SecretReference;
      /** The name of a key pair that the cloud has, beside its privateKey. Default: one is made. A change counts for machines built from then on. */
      readonly keyPair?: string;
      /** Whether the keys of your SSH agent are tried, beside privateKey or in its place; on hosts that are there already. Default: false. A change is applied to what stands. */
      readonly agent?: boolean;
      /** What sudo asks the user for, the same on all hosts; on hosts that are there already. Default: it asks for nothing. A change is applied to what stands. */
      readonly sudoPassword?: SecretReference;
    };
  };
  /** A JSON object of provider arguments; user_name and userName are the same. Default: the provider's environment variables or configuration. A change is applied to what stands. */
  readonly credentials?: SecretReference;
  /** What only OpenStack takes. */
  readonly openstack?: {
    /** The network that floating addresses and the router's way out are in, by name or id. Default: public. A change is refused. */
    readonly externalNetwork?: string;
    /** The size of each machine's boot volume in GiB. Default: 40. A change counts for machines built from then on. */
    readonly bootVolumeGiB?: number;
    /** Its volume type, by name or id. Default: the cloud's. A change counts for machines built from then on. */
    readonly bootVolumeType?: string;
    /** Addresses and networks of your own that the cluster's nodes may send from besides what the plan gives them (allowed address pairs): what is put on ports by hand is taken off again. A change is applied to what stands. */
    readonly allowedAddresses?: readonly string[];
    /** Server groups that are there, by their ids, for the groups of machines that join them instead of one of ours: control-plane, etcd, bastion, nfs or a pool's name. A change counts for machines built from then on. */
    readonly serverGroups?: Readonly<Record<string, string>>;
    /** What names of images stand for that every cloud has, as ubuntu-22.04: an image of this one, by name or id. A change counts for machines built from then on. */
    readonly images?: Readonly<Record<string, string>>;
    /** What names of sizes stand for that every cloud has, as large: a flavor of this one, by name or id. A change goes by the fields it gives values to. */
    readonly sizes?: Readonly<Record<string, string>>;
    /** What Octavia makes balancers of. Default: amphora. A change: where there is a balancer: refused. */
    readonly loadBalancerProvider?: "amphora" | "ovn";
    /** Whether Cinder has zones of the names that nova has, and volumes are made in that of the machine or pod that they are for. Default: false: in one that Cinder takes, to be attached from anywhere. A change is applied to what stands. */
    readonly volumesInZones?: boolean;
    /** A router that is there, by name or id, which the network that is made is joined to instead of one of its own. A change is refused. */
    readonly router?: string;
    /** Where the environment's names are written. A change is applied to what stands. */
    readonly dns?: {
      /** A zone of Designate, by its name: the API's domain and all of the platform's are written into it. A change is applied to what stands. */
      readonly zone: string;
      /** The seconds that a record may be kept. Default: 300. A change is applied to what stands. */
      readonly ttl?: number;
    };
    /** A login to the cloud for what you run in the cluster yourself, which is made with the rest. A change is applied to what stands. */
    readonly applicationCredential?: {
      /** What it is for: loadBalancers as a cloud controller makes them, volumes as a CSI driver does. Default: nothing, and none is made: what else is said counts for the logins of the platform's own parts. A change is applied to what stands. */
      readonly uses?: readonly ("loadBalancers" | "volumes")[];
      /** The roles it has of its maker's. Default: member, and load-balancer_member for loadBalancers. A change is applied to what stands. */
      readonly roles?: readonly string[];
      /** Whether it may make the calls of its uses only; false where the cloud's services do not know access rules. Default: true. A change is applied to what stands. */
      readonly accessRules?: boolean;
    };
  };
  /** What only NHN Cloud takes. */
  readonly nhn?: {
    /** The pool that floating addresses come from, by name or id. Default: Public Network. A change is refused. */
    readonly externalNetwork?: string;
    /** The size of each machine's boot volume in GiB. Default: 40. A change counts for machines built from then on. */
    readonly bootVolumeGiB?: number;
    /** Its volume type, by name or id. Default: the cloud's. A change counts for machines built from then on. */
    readonly bootVolumeType?: string;
    /** Addresses and networks of your own that the cluster's nodes may send from besides what the plan gives them (allowed address pairs): what is put on ports by hand is taken off again. A change is applied to what stands. */
    readonly allowedAddresses?: readonly string[];
    /** Server groups that are there, by their ids, for the groups of machines that join them instead of one of ours: control-plane, etcd, bastion, nfs or a pool's name. A change counts for machines built from then on. */
    readonly serverGroups?: Readonly<Record<string, string>>;
    /** What names of images stand for that every cloud has, as ubuntu-22.04: an image of this one, by name or id. A change counts for machines built from then on. */
    readonly images?: Readonly<Record<string, string>>;
    /** What names of sizes stand for that every cloud has, as large: a flavor of this one, by name or id. Default: the table in docs/nhn.md. A change goes by the fields it gives values to. */
    readonly sizes?: Readonly<Record<string, string>>;
  };
  /** What only AWS takes. */
  readonly aws?: {
    /** The only account that anything is made in, in quotes: credentials of another one are refused. Default: that of the credentials. A change is refused. */
    readonly account?: string;
    /** How machines without a public address get out: by a gateway in each zone, by one in the first zone, which the others are lost with, or not at all. Default: perZone. A change is applied to what stands. */
    readonly natGateways?: "perZone" | "one" | "none";
    /** The size of each machine's boot volume in GiB. Default: 40. A change counts for machines built from then on. */
    readonly bootVolumeGiB?: number;
    /** Its type. Default: gp3. A change counts for machines built from then on. */
    readonly bootVolumeType?: "gp3" | "gp2";
    /** The ARN of the key that all volumes are encrypted with. Default: the account's key for EBS. A change counts for machines built from then on. */
    readonly kmsKey?: string;
    /** Whether control planes may do what the cloud controller and the driver of EBS volumes do, by a role of their own. Default: true. A change is applied to what stands. */
    readonly controllers?: boolean;
    /** A VPC that is there already, with its subnets, in place of one that is made. A change is refused. */
    readonly existing?: {
      /** The VPC's id. A change is refused. */
      readonly vpc: string;
      /** Its subnets by zone. A change is refused. */
      readonly subnets: Readonly<Record<string, {
        /** The machines' subnet, with a way out of its own. A change is refused. */
        readonly node: {
          /** Its id: machines stand in it. A change is refused. */
          readonly id: string;
          /** Its network, as AWS has it. A change is refused. */
          readonly cidr: string;
        };
        /** The subnet with a route to an internet gateway. Default: none: nothing is met from outside. A change is refused. */
        readonly outer?: {
          /** Its id: the bastion and the balancers that are met from outside stand in it. A change is refused. */
          readonly id: string;
          /** Its network, as AWS has it. A change is refused. */
          readonly cidr: string;
        };
      }>>;
    };
    /** What names of images stand for, before the table's: an AMI's id, or OWNER/NAME. Default: the table in docs/aws.md. A change counts for machines built from then on. */
    readonly images?: Readonly<Record<string, string>>;
    /** What names of sizes stand for, before the table's: an instance type. Default: the table in docs/aws.md. A change goes by the fields it gives values to. */
    readonly sizes?: Readonly<Record<string, string>>;
  };
  /** What only GCP takes. */
  readonly gcp?: {
    /** The id of the project that everything is made in; required. A change is refused. */
    readonly project?: string;
    /** Whether a router and Cloud NAT are made, by which machines without an address outside get out. Default: true; false in a network that is there already, whose own NAT is looked for before anything is made. A change is applied to what stands. */
    readonly nat?: boolean;
    /** The size of each machine's boot disk in GiB. Default: 40. A change counts for machines built from then on. */
    readonly bootVolumeGiB?: number;
    /** Its type. Default: pd-balanced. A change counts for machines built from then on. */
    readonly bootVolumeType?: "pd-balanced" | "pd-ssd" | "pd-standard" | "hyperdisk-balanced";
    /** Whether Google's Identity-Aware Proxy (35.235.240.0/20) may lead SSH to all machines, for people who use gcloud compute ssh --tunnel-through-iap. Default: false. A change is applied to what stands. */
    readonly iap?: boolean;
    /** Whether control planes may do what the driver of persistent disks does, by two roles of the project's; what the cloud's controller does, they may where that runs. Default: true with platform.storage of kind cloud, else false. A change is applied to what stands. */
    readonly controllers?: boolean;
    /** What names of images stand for, before the table's: PROJECT/NAME, or PROJECT/family/FAMILY. Default: the table in docs/gcp.md. A change counts for machines built from then on. */
    readonly images?: Readonly<Record<string, string>>;
    /** What names of sizes stand for, before the table's: a machine type. Default: the table in docs/gcp.md. A change goes by the fields it gives values to. */
    readonly sizes?: Readonly<Record<string, string>>;
  };
  /** What only Azure takes. */
  readonly azure?: {
    /** The subscription that everything is made in. Default: that of the credentials. A change is refused. */
    readonly subscription?: string;
    /** A resource group that is there already. Default: one of the environment's name is made. A change is refused. */
    readonly resourceGroup?: string;
    /** How machines without a public address get out: by a gateway in each zone, by one in the first zone, which the others are lost with, or not at all. Default: perZone. A change is applied to what stands. */
    readonly natGateways?: "perZone" | "one" | "none";
    /** The size of each machine's boot disk in GiB. Default: 128. A change counts for machines built from then on. */
    readonly bootVolumeGiB?: number;
    /** Its type. Default: Premium_LRS. A change counts for machines built from then on. */
    readonly bootVolumeType?: "Premium_LRS" | "Premium_ZRS" | "StandardSSD_LRS" | "StandardSSD_ZRS" | "Standard_LRS";
    /** The id of the disk encryption set whose key all disks are encrypted with. Default: the platform's key. A change counts for machines built from then on. */
    readonly diskEncryptionSet?: string;
    /** Whether machines reach their network past the host, which some small sizes cannot. Default: true. A change is applied to what stands. */
    readonly acceleratedNetworking?: boolean;
    /** Whether control planes may do what the cloud controller and the disk driver do, by an identity of their own. Default: true. A change is applied to what stands. */
    readonly controllers?: boolean;
    /** A virtual network that is there already, with its subnets, in place of one that is made. A change is refused. */
    readonly existing?: {
      /** The virtual network's resource id. A change is refused. */
      readonly network: string;
      /** Its subnets. A change is refused. */
      readonly subnets: {
        /** The machines' subnet, with a way out of its own. A change is refused. */
        readonly node: {
          /** Its name: machines stand in it. A change is refused. */
          readonly name: string;
          /** Its network, as Azure has it. A change is refused. */
          readonly cidr: string;
        };
        /** The bastion's subnet. Default: none: it stands among the machines. A change is refused. */
        readonly outer?: {
          /** Its name: the bastion stands in it. A change is refused. */
          readonly name: string;
          /** Its network, as Azure has it. A change is refused. */
          readonly cidr: string;
        };
      };
    };
    /** The resource ids of public addresses that were made beforehand, by address. Default: none. A change goes by the fields it gives values to. */
    readonly addresses?: Readonly<Record<string, string>>;
    /** What names of images stand for, before the table's: PUBLISHER:OFFER:SKU:VERSION, or a resource id. Default: the table in docs/azure.md. A change counts for machines built from then on. */
    readonly images?: Readonly<Record<string, string>>;
    /** What names of sizes stand for, before the table's: a size of Azure's. Default: the table in docs/azure.md. A change goes by the fields it gives values to. */
    readonly sizes?: Readonly<Record<string, string>>;
  };
  /** What only vSphere takes. */
  readonly vsphere?: {
    /** VCenter's host name or address. Default: VSPHERE_SERVER. A change is refused. */
    readonly server?: string;
    /** Whether a certificate of vCenter's that nobody known has signed is taken: whoever stands between could read the password. Default: false. A change is applied to what stands. */
    readonly allowUnverifiedSsl?: boolean;
    /** The datacenter, by name, or by path. Default: the only one there is. A change is refused. */
    readonly datacenter?: string;
    /** The compute cluster, by name, or by path. Default: Cluster. A change is refused. */
    readonly cluster?: string;
    /** A resource pool that is there, by its path below the compute cluster's own, or Resources, which is that; one of the environment's own needs DRS. Default: one is made, of the environment's name. A change is refused. */
    readonly resourcePool?: string;
    /** The datastore of the machines' disks, by name. Default: datastore1. A change is refused. */
    readonly datastore?: string;
    /** The port group that the machines are in, of a distributed switch or one of the same name on every host. Default: VM Network. A change is refused. */
    readonly network?: string;
    /** The folder that the environment's own is made in, by its path below the datacenter's folder of machines. Default: that folder itself. A change is refused. */
    readonly folder?: string;
    /** The template, or machine, that machines are cloned from, by name, or by path or by its UUID. Default: the one that is called as infrastructure.image. A change counts for machines built from then on. */
    readonly template?: string;
    /** The size of the disk that each machine boots from in GiB: at least the template's. Default: 40. A change counts for machines built from then on. */
    readonly bootDiskGiB?: number;
    /** What the sizes that the file names stand for; beside them every size can be written as processors x GiB, 4x16. Default: small 2x2, medium 2x8, large 4x16, xlarge 8x32. A change goes by the fields it gives values to. */
    readonly sizes?: Readonly<Record<string, {
      /** How many processors. A change goes by the fields it gives values to. */
      readonly cpus: number;
      /** How much memory in GiB. A change goes by the fields it gives values to. */
      readonly memoryGiB: number;
    }>>;
    /** What each of infrastructure.zones is: a compute cluster, or a pool of one. Default: the compute cluster that is called as the zone. A change: added: counts for machines built from then on; of one that is there: refused. */
    readonly zones?: Readonly<Record<string, {
      /** Its compute cluster. Default: cluster. */
      readonly cluster?: string;
      /** Its machines' pool: a resource pool that is there, by its path below the compute cluster's own, or Resources, which is that. Default: resourcePool, or one is made. */
      readonly resourcePool?: string;
      /** Its machines' datastore. Default: datastore. */
      readonly datastore?: string;
    }>>;
    /** What keeps out on the machines what the plan does not allow: a table of our own, or nothing. vSphere itself keeps out nothing. Default: nftables. A change is applied to what stands. */
    readonly firewall?: "nftables" | "none";
    /** How the driver of platform.storage.kind: cloud meets vCenter. Default: there is none. A change is applied to what stands. */
    readonly storageDriver?: {
      /** Its user, with the domain; no other may share it, for it needs little (plan --show permissions). A change is applied to what stands. */
      readonly user: string;
      /** The user's password. A change is applied to what stands. */
      readonly password: SecretReference;
      /** The authority that vCenter's certificate is of, in PEM. Default: one that the world knows. A change is applied to what stands. */
      readonly ca?: SecretReference;
      /** The category of the tags that compute clusters bear, each called as its zone, where volumes are to keep to zones. Default: volumes are made where all nodes reach them. A change is applied to what stands. */
      readonly zoneCategory?: string;
    };
  };
  /** What only provider existing takes. */
  readonly existing?: {
    /** The hosts by key: node maps name them, and so are their nodes called. A change is applied to what stands. */
    readonly hosts?: Readonly<Record<string, {
      /** The address that its peers use. A change: of a host in use: refused; otherwise: applied to what stands. */
      readonly address: string;
      /** The one that SSH reaches it at from here. Default: address. A change is applied to what stands. */
      readonly accessAddress?: string;
      /** The room, rack or zone it stands in: a label of its node. A change is applied to what stands. */
      readonly zone?: string;
      /** Who logs in and may become root. Default: access.ssh.user. A change is applied to what stands. */
      readonly user?: string;
      /** The port of its SSH. Default: 22. A change is applied to what stands. */
      readonly port?: number;
      /** Disks that are the platform's: nothing is written on them that is not asked for. A change is applied to what stands. */
      readonly volumes?: readonly {
        /** Unique within the host. A change is applied to what stands. */
        readonly name: string;
        /** The disk, by a path that stays: /dev/disk/by-id/… or /dev/disk/by-path/…. A change is applied to what stands. */
        readonly device: string;
      }[];
    }>>;
    /** The key of the host that SSH goes through to all others; it may be a node too. Default: none. A change is applied to what stands. */
    readonly bastion?: string;
    /** The key of the host that serves platform.storage; it may be a node too. Default: none. A change is refused. */
    readonly nfs?: string;
    /** What keeps out on the hosts what the plan does not allow: a table of our own, or nothing. Default: none. A change is applied to what stands. */
    readonly firewall?: "nftables" | "none";
  };
}

/** The Kubernetes cluster on the machines. */
export interface ClusterFields {
  /** What makes the cluster. Not supported yet: eks, gke, aks, imported. Default: kubespray. */
  readonly engine?: "kubespray";
  /** Any version that a catalogued kubespray release installs, in quotes: "1.35.4". It comes by the release's own kubespray where that installs it, else by the newest that does; the lock file keeps both, check and plan say what that leaves of the release's own choice. Default: the release's. A change: an older one: refused; otherwise: applied to what stands. */
  readonly kubernetes?: `${number}.${number}.${number}`;
  /** The control planes. Default: as the profile. */
  readonly controlPlane?: {
    /** An odd number, or a map of keys; any number with external etcd. Default: as the profile. A change: taken out of the file: needs the approval remove; otherwise: applied to what stands. */
    readonly nodes?: number | Readonly<Record<string, {
      /** Its zone, one of infrastructure.zones. Default: the one with the fewest, then as locked. A change: of a machine that stands: refused; otherwise: applied to what stands. */
      readonly zone?: string;
      /** Its address in the network. Default: the first free one, then as locked. A change: of a machine that stands: refused; otherwise: applied to what stands. */
      readonly address?: `${number}.${number}.${number}.${number}`;
      /** Its name or id in the cloud. */
      readonly size?: string;
      /** Raised by one to have the machine built anew beside the old one. Default: 1. A change: a lower one: refused; otherwise: applied to what stands. */
      readonly generation?: number;
    } | null>>;
    /** Their flavor, by name or id. Default: m1.large. A change needs the approval resize. */
    readonly size?: string;
    /** Raised to have every machine whose own is lower built anew beside the old one. Default: 1. A change: where the address of the first one is the endpoint: needs the approval move-endpoint; a lower one: refused; otherwise: applied to what stands. */
    readonly generation?: number;
    /** What is done once on each of its machines, one drained after another: a date or a moment, such as 2026-03-01T02:00:00+09:00. A change is applied to what stands. */
    readonly maintenance?: {
      /** They are rebooted, unless they have been since. A change is applied to what stands. */
      readonly reboot?: string;
      /** Their packages are brought up to date, with a reboot where they need one, unless that was done since. A change is applied to what stands. */
      readonly patch?: string;
    };
  };
  /** Where etcd runs. Default: on the control planes. A change is refused. */
  readonly etcd?: {
    /** stacked: on the control planes; external: on machines of its own, etcd-1…, that are no Kubernetes nodes. Default: stacked. A change is refused. */
    readonly placement: "stacked" | "external";
    /** With external: an odd number, or a map of keys. Default: 3. A change is applied to what stands. */
    readonly nodes?: number | Readonly<Record<string, {
      /** Its zone, one of infrastructure.zones. Default: the one with the fewest, then as locked. A change: of a machine that stands: refused; otherwise: applied to what stands. */
      readonly zone?: string;
      /** Its address in the network. Default: the first free one, then as locked. A change: of a machine that stands: refused; otherwise: applied to what stands. */
      readonly address?: `${number}.${number}.${number}.${number}`;
      /** Its name or id in the cloud. */
      readonly size?: string;
      /** Raised by one to have the machine built anew beside the old one. Default: 1. A change: a lower one: refused; otherwise: applied to what stands. */
      readonly generation?: number;
    } | null>>;
    /** With external: their flavor, by name or id. Default: the control planes'. A change needs the approval resize. */
    readonly size?: string;
    /** Raised to have every machine whose own is lower built anew beside the old one. Default: 1. A change: a lower one: refused; otherwise: applied to what stands. */
    readonly generation?: number;
    /** What is done once on each of its machines, one drained after another: a date or a moment, such as 2026-03-01T02:00:00+09:00. A change is applied to what stands. */
    readonly maintenance?: {
      /** They are rebooted, unless they have been since. A change is applied to what stands. */
      readonly reboot?: string;
      /** Their packages are brought up to date, with a reboot where they need one, unless that was done since. A change is applied to what stands. */
      readonly patch?: string;
    };
  };
  /** Pools of workers, by name. Default: one pool, worker. A change: a pool that goes: needs the approval remove; otherwise: applied to what stands. */
  readonly pools?: Readonly<Record<string, {
    /** A number, or a map of keys. Default: as many as the profile gives. A change: taken out of the file, or a machine with volumes: needs the approval remove; otherwise: applied to what stands. */
    readonly nodes?: number | Readonly<Record<string, {
      /** Its zone, one of infrastructure.zones. Default: the one with the fewest, then as locked. A change: of a machine that stands: refused; otherwise: applied to what stands. */
      readonly zone?: string;
      /** Its address in the network. Default: the first free one, then as locked. A change: of a machine that stands: refused; otherwise: applied to what stands. */
      readonly address?: `${number}.${number}.${number}.${number}`;
      /** Its name or id in the cloud. */
      readonly size?: string;
      /** Raised by one to have the machine built anew beside the old one. Default: 1. A change: with volumes: needs the approval rebuild; a lower one: refused; otherwise: applied to what stands. */
      readonly generation?: number;
    } | null>>;
    /** Their flavor, by name or id. Default: m1.xlarge. A change needs the approval resize. */
    readonly size?: string;
    /** Raised to have every machine whose own is lower built anew beside the old one. Default: 1. A change: with volumes: needs the approval rebuild; a lower one: refused; otherwise: applied to what stands. */
    readonly generation?: number;
    /** What is done once on each of its machines, one drained after another: a date or a moment, such as 2026-03-01T02:00:00+09:00. A change is applied to what stands. */
    readonly maintenance?: {
      /** They are rebooted, unless they have been since. A change is applied to what stands. */
      readonly reboot?: string;
      /** Their packages are brought up to date, with a reboot where they need one, unless that was done since. A change is applied to what stands. */
      readonly patch?: string;
    };
    /** Labels of their Kubernetes nodes. A change is applied to what stands. */
    readonly labels?: Readonly<Record<string, string>>;
    /** Taints of their Kubernetes nodes, KEY=VALUE:EFFECT. A change is applied to what stands. */
    readonly taints?: readonly string[];
    /** Data volumes of each machine; they outlive its rebuilds. A change: added or larger: applied to what stands; one that goes: needs the approval discard-volume; a smaller one, of another type, or mounted elsewhere: refused; otherwise: applied to what stands. */
    readonly volumes?: readonly ({
      /** Unique within the machine. A change is applied to what stands. */
      readonly name: string;
      /** Its size in GiB. A change is applied to what stands. */
      readonly sizeGiB: number;
      /** The cloud's volume type, by name or id. Default: the cloud's. A change is applied to what stands. */
      readonly type?: string;
      /** The folder it is mounted at, with a file system made on it where it is empty; a volume that holds anything else is never touched. Default: not mounted: it stays raw. A change is applied to what stands. */
      readonly mount?: string;
      /** With mount: ext4 or xfs. Default: ext4. A change is applied to what stands. */
      readonly fileSystem?: "ext4" | "xfs";
    })[];
    /** Not two of them on one host, where the cloud can. Default: true. A change counts for machines built from then on. */
    readonly spread?: boolean;
  }>>;
  /** The networks of pods and Services. A change is refused. */
  readonly network?: {
    /** Who connects the pods. Default: calico. A change is refused. */
    readonly plugin?: "calico" | "cilium" | "flannel";
    /** How pod traffic travels between nodes. Default: vxlan. A change is refused. */
    readonly encapsulation?: "vxlan" | "ipip" | "none";
    /** Addresses of pods. Default: 10.233.64.0/18. A change is refused. */
    readonly podCidr?: `${number}.${number}.${number}.${number}/${number}`;
    /** Addresses of Services. Default: 10.233.0.0/18. A change is refused. */
    readonly serviceCidr?: `${number}.${number}.${number}.${number}/${number}`;
    /** The prefix length of one node's share of podCidr. Default: 24. A change is refused. */
    readonly nodePrefix?: number;
    /** How kube-proxy leads to Services. Default: as the release for a new cluster: ipvs, of a maintained line nftables; then as locked. A change is refused. */
    readonly proxyMode?: "ipvs" | "iptables" | "nftables";
  };
  /** What runs the containers. Default: crio. A change is applied to what stands. */
  readonly runtime?: "crio" | "containerd";
  /** Where nodes and clients reach the API. A change needs the approval move-endpoint. */
  readonly apiEndpoint?: {
    /** loadBalancer: one of the cloud's; virtualIp: an address that one of the control planes holds (who); node: the first control plane itself, behind a local proxy on each worker. Default: loadBalancer with several control planes, else node. A change needs the approval move-endpoint. */
    readonly kind?: "loadBalancer" | "virtualIp" | "node";
    /** With virtualIp: who holds the address, kubeVip or keepalived, which has HAProxy behind it. Default: kubeVip. A change needs the approval move-endpoint. */
    readonly by?: "kubeVip" | "keepalived";
    /** A DNS name that its certificate holds too, and that kubeconfigs lead to. A change needs the approval move-endpoint. */
    readonly domain?: string;
    /** Its address in the network. Default: planned, then as locked. A change needs the approval move-endpoint. */
    readonly address?: `${number}.${number}.${number}.${number}`;
  };
  /** What makes the cluster safer than Kubernetes' own defaults. A change is applied to what stands. */
  readonly hardening?: {
    /** Whether the API server writes an audit log. Default: true. A change is applied to what stands. */
    readonly auditLog?: boolean;
    /** Whether Secrets are encrypted in etcd. Default: true. A change: switched on: applied to what stands; switched off: refused; otherwise: applied to what stands. */
    readonly encryptSecrets?: boolean;
    /** What the control plane's servers offer, by Go's names. Default: K-PaaS's choice. A change is applied to what stands. */
    readonly tlsCipherSuites?: readonly string[];
    /** The Pod Security Standard that namespaces are held to which do not say. A change is applied to what stands. */
    readonly podSecurity?: "privileged" | "baseline" | "restricted";
  };
  /** The cluster's own certificates. A change is applied to what stands. */
  readonly certificates?: {
    /** Whether the hosts renew them by themselves; in either case a preview shows the renewal of what ends within 30 days. Default: true. A change is applied to what stands. */
    readonly autoRenew?: boolean;
  };
  /** Where kubespray comes from. A change is applied to what stands. */
  readonly kubespray?: {
    /** A folder or tarball of the tag that the lock names; a relative path goes by the folder of the file it stands in. Default: its git repository, pinned by tag and commit. A change is applied to what stands. */
    readonly source: string;
  };
  /** Backups. Default: none. A change is applied to what stands. */
  readonly backups?: {
    /** Snapshots of etcd with what opens them: the cluster's authority, the keys of its accounts, the keys of its Secrets. A change is applied to what stands. */
    readonly etcd: {
      /** When one is made, as in a crontab, by the hosts' clock. Default: every six hours. A change is applied to what stands. */
      readonly schedule?: string;
      /** How many are kept. Default: 28. A change is applied to what stands. */
      readonly keep?: number;
      /** The certificate, PEM, that they are encrypted to: the private key that opens them is kept off the cluster. A change is applied to what stands. */
      readonly encryptTo: string;
      /** local: in /var/backups/kpaas-etcd on the control planes; or an S3 bucket, or an NFS share. Default: local, with a warning. A change is applied to what stands. */
      readonly to?: "local" | {
        /** A bucket, by the S3 protocol. A change is applied to what stands. */
        readonly s3: {
          /** Its name. A change is applied to what stands. */
          readonly bucket: string;
          /** What its objects' names begin with. Default: the environment's name. A change is applied to what stands. */
          readonly prefix?: string;
          /** The server, https://HOST:PORT. Default: Amazon's of the region. A change is applied to what stands. */
          readonly endpoint?: string;
          /** Its region. Default: us-east-1. A change is applied to what stands. */
          readonly region?: string;
          /** The key's name. A change is applied to what stands. */
          readonly accessKey: SecretReference;
          /** The key. A change is applied to what stands. */
          readonly secretKey: SecretReference;
        };
      } | {
        /** A share of a server that is there. A change is applied to what stands. */
        readonly nfs: {
          /** The server, by address or name. A change is applied to what stands. */
          readonly server: string;
          /** The share's folder. A change is applied to what stands. */
          readonly path: string;
        };
      };
    };
  };
  /** How nodes log in at registries that do not give images to everybody, by host. Default: they log in nowhere. A change is applied to what stands. */
  readonly registries?: Readonly<Record<string, {
    /** The account's name: one that may pull, and nothing else. A change is applied to what stands. */
    readonly username: string;
    /** Its password. A change is applied to what stands. */
    readonly password: SecretReference;
  }>>;
  /** Mirrors of images and files, where the machines reach no internet. A change is applied to what stands. */
  readonly airGap?: {
    /** The registry's host, registry.intra:5000; it is spoken to by TLS. A change is applied to what stands. */
    readonly registry: string;
    /** The web server's URL, https://files.intra. A change is applied to what stands. */
    readonly files: string;
    /** The registry's path below which the charts are, charts, where the machine that runs kpaas reaches no internet either. Default: charts come from where their makers publish them. A change is applied to what stands. */
    readonly charts?: string;
  };
  /** What a destroy does to the hosts: forget leaves them as they are, reset runs kubespray's reset first. Default: forget. A change is applied to what stands. */
  readonly onDelete?: "forget" | "reset";
  /** Passed to kubespray; one that has a field above is refused. A change: one of those below: refused; otherwise: applied to what stands. */
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** What runs in the cluster. */
export interface PlatformFields {
  /** Everything is served under it: for visitors from outside give one. Default: ADDRESS.nip.io of the ingress's floating address where the file names that, else of the one inside. A change needs the approval move-domain. */
  readonly domain?: string;
  /** Where the platform's certificates come from. Default: selfSigned. A change needs the approval change-authority. */
  readonly tls?: {
    /** selfSigned: an authority of the environment's own; provided; acme, under a domain that the world can look up and reach. A change needs the approval change-authority. */
    readonly kind: "selfSigned";
    /** With selfSigned: numbers of the environment's own authorities: the first one signs, all of them are trusted (another one). Default: [1]. A change: one more, another order, or one less behind the first: applied to what stands; another first one at once: needs the approval change-authority; otherwise: needs the approval change-authority. */
    readonly authorities?: readonly number[];
  } | {
    /** selfSigned: an authority of the environment's own; provided; acme, under a domain that the world can look up and reach. A change needs the approval change-authority. */
    readonly kind: "provided";
    /** With provided: the wildcard certificate of the domain, with its chain, PEM. A change needs the approval change-authority. */
    readonly certificate: SecretReference;
    /** With provided: its private key, PEM. A change needs the approval change-authority. */
    readonly key: SecretReference;
    /** With provided: what signed it, PEM, several one after the other: what the services and the nodes trust. Default: the certificate itself. A change needs the approval change-authority. */
    readonly authority?: SecretReference;
  } | {
    /** selfSigned: an authority of the environment's own; provided; acme, under a domain that the world can look up and reach. A change needs the approval change-authority. */
    readonly kind: "acme";
    /** With acme: whom the authority writes to. A change needs the approval change-authority. */
    readonly email: string;
  };
  /** Where services' volumes are; resources, nodeSelector, tolerations and values as services have them count for what makes the volumes: the provisioner of nfs, Rook's operator and provisioners of rookCeph (Ceph's own daemons stay where the disks are), the driver of cloud (which stays on control planes). Default: nfs, on a machine of its own. A change: a larger share of its own: applied to what stands; otherwise: refused. */
  readonly storage?: {
    /** nfs: a share, on a machine of ours or a given server; rookCeph: Ceph on the disks of a pool's machines (more); existing: a storage class that the cluster has; cloud: the cloud's own volumes, by its driver (below). A change is refused. */
    readonly kind: "nfs";
    /** With nfs on a machine of ours: the share's size in GiB. Default: 200. A change is refused. */
    readonly sizeGiB?: number;
    /** With nfs on a machine of ours: its flavor, by name or id. Default: m1.medium. A change is refused. */
    readonly size?: string;
    /** With nfs: a server that is there, by address or name; then no machine is made. A change is refused. */
    readonly server?: string;
    /** With nfs: the share's folder, a plain path; on a machine of ours none of its own system's folders. Default: /home/share/nfs on a machine of ours. A change is refused. */
    readonly path?: string;
    /** Of its containers: Kubernetes quantities, as texts or numbers, requests no more than limits. Default: as the release. A change is applied to what stands. */
    readonly resources?: {
      /** What is kept free for each container. A change is applied to what stands. */
      readonly requests?: {
        /** In processors: 0.5, 500m. A change is applied to what stands. */
        readonly cpu?: string | number;
        /** In bytes: 512Mi. A change is applied to what stands. */
        readonly memory?: string | number;
      };
      /** What each container may use at most. A change is applied to what stands. */
      readonly limits?: {
        /** In processors: 0.5, 500m. A change is applied to what stands. */
        readonly cpu?: string | number;
        /** In bytes: 512Mi. A change is applied to what stands. */
        readonly memory?: string | number;
      };
    };
    /** Labels of the nodes its pods run on, as pools have them; what works on every node stays there. Default: any node. A change is applied to what stands. */
    readonly nodeSelector?: Readonly<Record<string, string>>;
    /** Taints that do not keep its pods away, as pools have them: key=value:Effect, or key:Effect for any value. Default: none. A change is applied to what stands. */
    readonly tolerations?: readonly string[];
    /** Values of its chart, laid over ours (a chart's own values). A change is applied to what stands. */
    readonly values?: Readonly<Record<string, unknown>>;
  } | {
    /** nfs: a share, on a machine of ours or a given server; rookCeph: Ceph on the disks of a pool's machines (more); existing: a storage class that the cluster has; cloud: the cloud's own volumes, by its driver (below). A change is refused. */
    readonly kind: "rookCeph";
    /** With rookCeph: the pool whose volumes it takes, of three machines at least; what is on them is Ceph's from then on. A change is refused. */
    readonly pool: string;
    /** With rookCeph: the names of the volumes that it takes, each a disk of its own; none of them may be mounted. Default: all that are mounted nowhere. A change: added: applied to what stands; one that goes: refused; otherwise: refused. */
    readonly volumes?: readonly string[];
    /** With rookCeph: how often each block is kept, on as many machines. 1 is for trying it out, on any number of machines: whatever is on a disk is lost with it. Default: 3. A change: more: applied to what stands; fewer, and more than one: needs the approval unprotect; otherwise: refused. */
    readonly replicas?: number;
    /** With rookCeph: what the copies of a block are kept apart by. Default: zone where the pool's machines are in as many zones as there are copies, and in three at least; else host. A change is refused. */
    readonly failureDomain?: "host" | "zone";
    /** With rookCeph: what becomes of a volume when its claim is deleted; retain keeps it until somebody deletes it by hand. Default: retain. A change is applied to what stands. */
    readonly reclaim?: "delete" | "retain";
    /** With rookCeph: whether buckets can be had too, by claims of the class ceph-bucket. Default: false. A change: switched on: applied to what stands; switched off: refused; otherwise: refused. */
    readonly objects?: boolean;
    /** With rookCeph: resources of Ceph's daemons, by their kind; what is not said is as by default. A change is applied to what stands. */
    readonly daemons?: {
      /** Of each monitor. A change is applied to what stands. */
      readonly mon?: {
        /** What is kept free for each container. A change is applied to what stands. */
        readonly requests?: {
          /** In processors: 0.5, 500m. A change is applied to what stands. */
          readonly cpu?: string | number;
          /** In bytes: 512Mi. A change is applied to what stands. */
          readonly memory?: string | number;
        };
        /** What each container may use at most. A change is applied to what stands. */
        readonly limits?: {
          /** In processors: 0.5, 500m. A change is applied to what stands. */
          readonly cpu?: string | number;
          /** In bytes: 512Mi. A change is applied to what stands. */
          readonly memory?: string | number;
        };
      };
      /** Of each manager. A change is applied to what stands. */
      readonly mgr?: {
        /** What is kept free for each container. A change is applied to what stands. */
        readonly requests?: {
          /** In processors: 0.5, 500m. A change is applied to what stands. */
          readonly cpu?: string | number;
          /** In bytes: 512Mi. A change is applied to what stands. */
          readonly memory?: string | number;
        };
        /** What each container may use at most. A change is applied to what stands. */
        readonly limits?: {
          /** In processors: 0.5, 500m. A change is applied to what stands. */
          readonly cpu?: string | number;
          /** In bytes: 512Mi. A change is applied to what stands. */
          readonly memory?: string | number;
        };
      };
      /** Of each disk's daemon, which keeps to four fifths of its limit. A change is applied to what stands. */
      readonly osd?: {
        /** What is kept free for each container. A change is applied to what stands. */
        readonly requests?: {
          /** In processors: 0.5, 500m. A change is applied to what stands. */
          readonly cpu?: string | number;
          /** In bytes: 512Mi. A change is applied to what stands. */
          readonly memory?: string | number;
        };
        /** What each container may use at most. A change is applied to what stands. */
        readonly limits?: {
          /** In processors: 0.5, 500m. A change is applied to what stands. */
          readonly cpu?: string | number;
          /** In bytes: 512Mi. A change is applied to what stands. */
          readonly memory?: string | number;
        };
      };
      /** Of what has the metadata of files. A change is applied to what stands. */
      readonly mds?: {
        /** What is kept free for each container. A change is applied to what stands. */
        readonly requests?: {
          /** In processors: 0.5, 500m. A change is applied to what stands. */
          readonly cpu?: string | number;
          /** In bytes: 512Mi. A change is applied to what stands. */
          readonly memory?: string | number;
        };
        /** What each container may use at most. A change is applied to what stands. */
        readonly limits?: {
          /** In processors: 0.5, 500m. A change is applied to what stands. */
          readonly cpu?: string | number;
          /** In bytes: 512Mi. A change is applied to what stands. */
          readonly memory?: string | number;
        };
      };
      /** Of the gateway of buckets. A change is applied to what stands. */
      readonly rgw?: {
        /** What is kept free for each container. A change is applied to what stands. */
        readonly requests?: {
          /** In processors: 0.5, 500m. A change is applied to what stands. */
          readonly cpu?: string | number;
          /** In bytes: 512Mi. A change is applied to what stands. */
          readonly memory?: string | number;
        };
        /** What each container may use at most. A change is applied to what stands. */
        readonly limits?: {
          /** In processors: 0.5, 500m. A change is applied to what stands. */
          readonly cpu?: string | number;
          /** In bytes: 512Mi. A change is applied to what stands. */
          readonly memory?: string | number;
        };
      };
    };
    /** Of its containers: Kubernetes quantities, as texts or numbers, requests no more than limits. Default: as the release. A change is applied to what stands. */
    readonly resources?: {
      /** What is kept free for each container. A change is applied to what stands. */
      readonly requests?: {
        /** In processors: 0.5, 500m. A change is applied to what stands. */
        readonly cpu?: string | number;
        /** In bytes: 512Mi. A change is applied to what stands. */
        readonly memory?: string | number;
      };
      /** What each container may use at most. A change is applied to what stands. */
      readonly limits?: {
        /** In processors: 0.5, 500m. A change is applied to what stands. */
        readonly cpu?: string | number;
        /** In bytes: 512Mi. A change is applied to what stands. */
        readonly memory?: string | number;
      };
    };
    /** Labels of the nodes its pods run on, as pools have them; what works on every node stays there. Default: any node. A change is applied to what stands. */
    readonly nodeSelector?: Readonly<Record<string, string>>;
    /** Taints that do not keep its pods away, as pools have them: key=value:Effect, or key:Effect for any value. Default: none. A change is applied to what stands. */
    readonly tolerations?: readonly string[];
    /** Values of its chart, laid over ours (a chart's own values). A change is applied to what stands. */
    readonly values?: Readonly<Record<string, unknown>>;
  } | {
    /** nfs: a share, on a machine of ours or a given server; rookCeph: Ceph on the disks of a pool's machines (more); existing: a storage class that the cluster has; cloud: the cloud's own volumes, by its driver (below). A change is refused. */
    readonly kind: "existing";
    /** With existing: the class's name. A change is refused. */
    readonly className: string;
    /** Of its containers: Kubernetes quantities, as texts or numbers, requests no more than limits. Default: as the release. A change is applied to what stands. */
    readonly resources?: {
      /** What is kept free for each container. A change is applied to what stands. */
      readonly requests?: {
        /** In processors: 0.5, 500m. A change is applied to what stands. */
        readonly cpu?: string | number;
        /** In bytes: 512Mi. A change is applied to what stands. */
        readonly memory?: string | number;
      };
      /** What each container may use at most. A change is applied to what stands. */
      readonly limits?: {
        /** In processors: 0.5, 500m. A change is applied to what stands. */
        readonly cpu?: string | number;
        /** In bytes: 512Mi. A change is applied to what stands. */
        readonly memory?: string | number;
      };
    };
    /** Labels of the nodes its pods run on, as pools have them; what works on every node stays there. Default: any node. A change is applied to what stands. */
    readonly nodeSelector?: Readonly<Record<string, string>>;
    /** Taints that do not keep its pods away, as pools have them: key=value:Effect, or key:Effect for any value. Default: none. A change is applied to what stands. */
    readonly tolerations?: readonly string[];
    /** Values of its chart, laid over ours (a chart's own values). A change is applied to what stands. */
    readonly values?: Readonly<Record<string, unknown>>;
  } | {
    /** nfs: a share, on a machine of ours or a given server; rookCeph: Ceph on the disks of a pool's machines (more); existing: a storage class that the cluster has; cloud: the cloud's own volumes, by its driver (below). A change is refused. */
    readonly kind: "cloud";
    /** With cloud: storage classes by name. cp-storageclass is there always, and the default one; what is said of it here counts. A change is applied to what stands. */
    readonly classes?: Readonly<Record<string, {
      /** Its volumes' type, by the cloud's name. Default: the cloud's. A change is applied to what stands. */
      readonly type?: string;
      /** What becomes of a volume when its claim is deleted. Default: delete. A change is applied to what stands. */
      readonly reclaim?: "delete" | "retain";
    }>>;
    /** Of its containers: Kubernetes quantities, as texts or numbers, requests no more than limits. Default: as the release. A change is applied to what stands. */
    readonly resources?: {
      /** What is kept free for each container. A change is applied to what stands. */
      readonly requests?: {
        /** In processors: 0.5, 500m. A change is applied to what stands. */
        readonly cpu?: string | number;
        /** In bytes: 512Mi. A change is applied to what stands. */
        readonly memory?: string | number;
      };
      /** What each container may use at most. A change is applied to what stands. */
      readonly limits?: {
        /** In processors: 0.5, 500m. A change is applied to what stands. */
        readonly cpu?: string | number;
        /** In bytes: 512Mi. A change is applied to what stands. */
        readonly memory?: string | number;
      };
    };
    /** Labels of the nodes its pods run on, as pools have them; what works on every node stays there. Default: any node. A change is applied to what stands. */
    readonly nodeSelector?: Readonly<Record<string, string>>;
    /** Taints that do not keep its pods away, as pools have them: key=value:Effect, or key:Effect for any value. Default: none. A change is applied to what stands. */
    readonly tolerations?: readonly string[];
    /** Values of its chart, laid over ours (a chart's own values). A change is applied to what stands. */
    readonly values?: Readonly<Record<string, unknown>>;
  };
  /** Who gives Services of type LoadBalancer their addresses; resources, nodeSelector, tolerations and values as services have them count for its pods: MetalLB's controller (its speakers stay on every node, and bear the taints that the ingress's pods bear), or the cloud's (which stays on control planes). Default: metallb, or cloud where machines can answer for no address but their own. A change is applied to what stands. */
  readonly loadBalancer?: {
    /** metallb: addresses of the machines' network; cloud: balancers of the cloud's (below). A change: once it stands: refused; otherwise: applied to what stands. */
    readonly kind: "metallb";
    /** The addresses it gives, FIRST-LAST. Default: planned, then as locked. A change is applied to what stands. */
    readonly range?: string;
    /** Of its containers: Kubernetes quantities, as texts or numbers, requests no more than limits. Default: as the release. A change is applied to what stands. */
    readonly resources?: {
      /** What is kept free for each container. A change is applied to what stands. */
      readonly requests?: {
        /** In processors: 0.5, 500m. A change is applied to what stands. */
        readonly cpu?: string | number;
        /** In bytes: 512Mi. A change is applied to what stands. */
        readonly memory?: string | number;
      };
      /** What each container may use at most. A change is applied to what stands. */
      readonly limits?: {
        /** In processors: 0.5, 500m. A change is applied to what stands. */
        readonly cpu?: string | number;
        /** In bytes: 512Mi. A change is applied to what stands. */
        readonly memory?: string | number;
      };
    };
    /** Labels of the nodes its pods run on, as pools have them; what works on every node stays there. Default: any node. A change is applied to what stands. */
    readonly nodeSelector?: Readonly<Record<string, string>>;
    /** Taints that do not keep its pods away, as pools have them: key=value:Effect, or key:Effect for any value. Default: none. A change is applied to what stands. */
    readonly tolerations?: readonly string[];
    /** Values of its chart, laid over ours (a chart's own values). A change is applied to what stands. */
    readonly values?: Readonly<Record<string, unknown>>;
  } | {
    /** metallb: addresses of the machines' network; cloud: balancers of the cloud's (below). A change: once it stands: refused; otherwise: applied to what stands. */
    readonly kind: "cloud";
    /** With cloud: whether Services have balancers made by the cloud's controller, which then runs in the cluster. Default: true; false where a balancer of the infrastructure leads to the ingress, and only that is wanted. A change: once it stands: refused; otherwise: applied to what stands. */
    readonly services?: boolean;
    /** Of its containers: Kubernetes quantities, as texts or numbers, requests no more than limits. Default: as the release. A change is applied to what stands. */
    readonly resources?: {
      /** What is kept free for each container. A change is applied to what stands. */
      readonly requests?: {
        /** In processors: 0.5, 500m. A change is applied to what stands. */
        readonly cpu?: string | number;
        /** In bytes: 512Mi. A change is applied to what stands. */
        readonly memory?: string | number;
      };
      /** What each container may use at most. A change is applied to what stands. */
      readonly limits?: {
        /** In processors: 0.5, 500m. A change is applied to what stands. */
        readonly cpu?: string | number;
        /** In bytes: 512Mi. A change is applied to what stands. */
        readonly memory?: string | number;
      };
    };
    /** Labels of the nodes its pods run on, as pools have them; what works on every node stays there. Default: any node. A change is applied to what stands. */
    readonly nodeSelector?: Readonly<Record<string, string>>;
    /** Taints that do not keep its pods away, as pools have them: key=value:Effect, or key:Effect for any value. Default: none. A change is applied to what stands. */
    readonly tolerations?: readonly string[];
    /** Values of its chart, laid over ours (a chart's own values). A change is applied to what stands. */
    readonly values?: Readonly<Record<string, unknown>>;
  };
  /** How HTTP reaches the services; replicas, autoscaling, resources, nodeSelector, tolerations and reaches as services have them count for its controllers. A change needs the approval move-ingress. */
  readonly ingress?: {
    /** The ingress controller that has the address (how one takes the other's place). Default: as the release for a new environment: nginx, of a maintained line traefik; then as locked. A change: with the other one beside it before and after: needs the approval move-ingress; without: refused; otherwise: needs the approval move-ingress. */
    readonly kind?: "nginx" | "traefik";
    /** Another one that runs beside it without the address: the next one, or the one before. Default: none. A change is applied to what stands. */
    readonly beside?: "nginx" | "traefik";
    /** Its address: planned, never discovered. Default: planned, then as locked. A change needs the approval move-ingress. */
    readonly address?: `${number}.${number}.${number}.${number}`;
    /** Values of the controllers' charts, laid over ours (a chart's own values), by kind, since each has its own. A change is applied to what stands. */
    readonly values?: {
      /** Those of ingress-nginx. A change is applied to what stands. */
      readonly nginx?: Readonly<Record<string, unknown>>;
      /** Those of Traefik. A change is applied to what stands. */
      readonly traefik?: Readonly<Record<string, unknown>>;
    };
    /** How many instances, where it can have several. Default: as the profile. A change is applied to what stands. */
    readonly replicas?: number;
    /** As many instances as their load asks for, where more of them share it; in place of replicas, and by what is measured of them. Default: always as many as replicas. A change is applied to what stands. */
    readonly autoscaling?: {
      /** How many there are at least. Default: 2. A change is applied to what stands. */
      readonly minReplicas?: number;
      /** How many there are at most. A change is applied to what stands. */
      readonly maxReplicas: number;
      /** How much of the CPU that they request they are to use, on the average of all. Default: 80. A change is applied to what stands. */
      readonly cpuPercent?: number;
    };
    /** Of its containers: Kubernetes quantities, as texts or numbers, requests no more than limits. Default: as the release. A change is applied to what stands. */
    readonly resources?: {
      /** What is kept free for each container. A change is applied to what stands. */
      readonly requests?: {
        /** In processors: 0.5, 500m. A change is applied to what stands. */
        readonly cpu?: string | number;
        /** In bytes: 512Mi. A change is applied to what stands. */
        readonly memory?: string | number;
      };
      /** What each container may use at most. A change is applied to what stands. */
      readonly limits?: {
        /** In processors: 0.5, 500m. A change is applied to what stands. */
        readonly cpu?: string | number;
        /** In bytes: 512Mi. A change is applied to what stands. */
        readonly memory?: string | number;
      };
    };
    /** Labels of the nodes its pods run on, as pools have them; what works on every node stays there. Default: any node. A change is applied to what stands. */
    readonly nodeSelector?: Readonly<Record<string, string>>;
    /** Taints that do not keep its pods away, as pools have them: key=value:Effect, or key:Effect for any value. Default: none. A change is applied to what stands. */
    readonly tolerations?: readonly string[];
    /** Networks that its pods may reach besides, such as a mail server's 10.0.5.0/24; what it needs by itself is open without (security). Default: none. A change is applied to what stands. */
    readonly reaches?: readonly string[];
  };
  /** Which services there are, and with what options. Default: as the profile. A change is applied to what stands. */
  readonly services?: {
    /** Measures CPU and memory of pods and nodes, for autoscaling and overviews. Default: as the profile. A change is applied to what stands. */
    readonly metricsServer?: boolean | ServiceFields;
    /** Issues certificates in the cluster, by the platform's authority or by ACME. Default: as the profile. A change is applied to what stands. */
    readonly certManager?: boolean | ServiceFields;
    /** The definitions of gateways and routes; where Traefik runs, it serves them. Default: as the profile. A change is applied to what stands. */
    readonly gatewayApi?: boolean | ServiceFields;
    /** Judges pods and closes namespaces by K-PaaS's policies. Default: as the profile. A change is applied to what stands. */
    readonly kyverno?: boolean | (ServiceFields & {
      /** Pods that gain rights on their node (Pod Security Standard baseline): audit reports them, enforce refuses them. Default: audit. */
      readonly baseline?: "audit" | "enforce" | "off";
      /** Pods that could do with fewer rights (Pod Security Standard restricted), likewise. Default: audit. */
      readonly restricted?: "audit" | "enforce" | "off";
      /** Pods with a profile of AppArmor that is neither the runtime's nor their node's, likewise. Default: enforce. */
      readonly appArmor?: "audit" | "enforce" | "off";
      /** Whether a new namespace is closed to the pods of others. Default: true. */
      readonly isolateNamespaces?: boolean;
      /** Whether namespaces in which a cluster administrator makes RoleBindings of one name may reach each other. Default: true. */
      readonly joinNamespaces?: boolean;
      /** Whether images are asked for anew at every start, so that nobody runs one that they may not pull. Default: true. */
      readonly alwaysPull?: boolean;
    });
    /** Tries out faults on the pods of namespaces that are annotated for it. Default: as the profile. A change is applied to what stands. */
    readonly chaosMesh?: boolean | ServiceFields;
    /** A mesh of the pods of those namespaces that are named: they speak to each other by proxies, over TLS of its own. Default: as the profile. A change is applied to what stands. */
    readonly istio?: boolean | (ServiceFields & {
      /** Services of the platform whose pods are in the mesh, by name: portal, pipeline, sourceControl. Default: none. */
      readonly inject?: readonly string[];
    });
    /** Leads requests for hosts of the mesh from the platform's ingress to the pods that VirtualServices name. Default: as the profile. A change is applied to what stands. */
    readonly istioGateway?: boolean | (ServiceFields & {
      /** Further host names, each with the namespace whose VirtualServices say where their requests go; they name the Gateway istio-ingress/HOST, with - for each dot. Default: those that services claim. */
      readonly hosts?: Readonly<Record<string, string>>;
    });
    /** Keeps how requests went through the mesh, the newest of them, in memory. Default: as the profile. A change is applied to what stands. */
    readonly tracing?: boolean | (ServiceFields & {
      /** Of how many requests in a hundred it is told, beside those whose caller asks for it by x-client-trace-id. Default: 1. */
      readonly percent?: number;
      /** How many traces it keeps; older ones go. Default: 50000. */
      readonly most?: number;
    });
    /** Runs PostgreSQL on several members, and has another one lead when that is lost. Default: as the profile. A change is applied to what stands. */
    readonly cloudnativePg?: boolean | ServiceFields;
    /** Runs MariaDB on several members, and starts them again when all were lost. Default: as the profile. A change is applied to what stands. */
    readonly mariadbOperator?: boolean | ServiceFields;
    /** Keeps a schema, with an account of its own, for each service that claims one. Default: as the profile. A change: switched off: needs the approval drop-database; otherwise: applied to what stands. */
    readonly mariadb?: boolean | ServiceFields;
    /** Keeps a database, with an account that owns it, for each service that claims one. Default: as the profile. A change: switched off: needs the approval drop-database; otherwise: applied to what stands. */
    readonly postgresql?: boolean | ServiceFields;
    /** Logs users in to the platform's applications. Default: as the profile. A change is applied to what stands. */
    readonly keycloak?: boolean | (ServiceFields & {
      /** The schema of MariaDB that its realms are in. Switched off and on again, it begins anew in another one. Default: keycloak. */
      readonly schema?: string;
      /** Whether visitors may make themselves an account. Default: false. */
      readonly selfRegistration?: boolean;
      /** internal: the administration is reached through the cluster only; public: at its host, as the log-in is. Default: internal. */
      readonly adminConsole?: "internal" | "public";
    });
    /** Keeps secrets for the platform's services, each below paths of its own. Default: as the profile. A change: switched off: needs the approval drop-database; otherwise: applied to what stands. */
    readonly openbao?: boolean | (ServiceFields & {
      /** What it unseals itself with: a key generated here, or one that another server or a cloud keeps. Default: static. */
      readonly seal?: {
        /** Who keeps the key: kpaas, another server, or a cloud. */
        readonly kind: "static";
      } | {
        /** Who keeps the key: kpaas, another server, or a cloud. */
        readonly kind: "transit";
        /** URL of the server that keeps the key. */
        readonly address: string;
        /** The mount of its transit engine. */
        readonly mount: string;
        /** The key's name there. */
        readonly key: string;
        /** The Secret in OpenBao's namespace, made by hand, that holds the log-in where the key is. */
        readonly credentials: string;
      } | {
        /** Who keeps the key: kpaas, another server, or a cloud. */
        readonly kind: "awskms";
        /** The key's region. */
        readonly region: string;
        /** The key's name there. */
        readonly key: string;
        /** The Secret in OpenBao's namespace, made by hand, that holds the log-in where the key is. */
        readonly credentials: string;
      } | {
        /** Who keeps the key: kpaas, another server, or a cloud. */
        readonly kind: "gcpckms";
        /** The key's project. */
        readonly project: string;
        /** The key's region. */
        readonly region: string;
        /** The key's ring. */
        readonly keyRing: string;
        /** The key's name there. */
        readonly key: string;
        /** The Secret in OpenBao's namespace, made by hand, that holds the log-in where the key is. */
        readonly credentials: string;
      } | {
        /** Who keeps the key: kpaas, another server, or a cloud. */
        readonly kind: "azurekeyvault";
        /** The tenant of the key vault. */
        readonly tenant: string;
        /** The key vault's name. */
        readonly vault: string;
        /** The key's name there. */
        readonly key: string;
        /** The Secret in OpenBao's namespace, made by hand, that holds the log-in where the key is. */
        readonly credentials: string;
      };
      /** cluster: it is reached by pods only; public: at its host too, with its pages. Default: cluster. */
      readonly reach?: "cluster" | "public";
    });
    /** Keeps container images and charts, scans them, and hands them to whoever may have them. Default: as the profile. A change: switched off: needs the approval drop-database; otherwise: applied to what stands. */
    readonly harbor?: boolean | (ServiceFields & {
      /** Projects of images and charts, by name, beside those that services claim. Default: cp-portal-repository, as K-PaaS makes it. */
      readonly projects?: Readonly<Record<string, {
        /** Whether everybody may pull from it. Default: false. */
        readonly public?: boolean;
        /** What it may hold, as 20Gi. Default: as much as there is. */
        readonly quota?: string;
        /** Accounts of programs at it, by name, and what they may: pull, or push, which holds pull. Default: none. */
        readonly robots?: Readonly<Record<string, "pull" | "push">>;
      }>>;
    });
    /** Keeps Helm charts, for whoever logs in. Default: as the profile. A change: switched off: needs the approval drop-database; otherwise: applied to what stands. */
    readonly chartmuseum?: boolean | ServiceFields;
    /** Carries messages between services, and keeps the newest of them (JetStream). Default: as the profile. A change: switched off: needs the approval drop-database; otherwise: applied to what stands. */
    readonly nats?: boolean | ServiceFields;
    /** Keeps what programs of the cluster print for some days, and answers who asks for it (Loki). Default: as the profile. A change: switched off: needs the approval drop-database; otherwise: applied to what stands. */
    readonly logging?: boolean | (ServiceFields & {
      /** How long logs are kept: 7d, 4w. It takes no more of them than fit the volume (size) for so long. Default: 7d. */
      readonly retention?: string;
      /** Whether the nodes' own journals (kubelet, container runtime) are kept too. Default: false. */
      readonly journal?: boolean;
    });
    /** Measures nodes, Kubernetes and what runs there (Prometheus), tells somebody of what is wrong (Alertmanager) and shows it (Grafana). Default: as the profile. A change: switched off: needs the approval drop-database; otherwise: applied to what stands. */
    readonly monitoring?: boolean | (ServiceFields & {
      /** How long measurements are kept, as far as they fit 80 % of the volume (size): 15d, 8w. Default: 15d. */
      readonly retention?: string;
      /** Whom alerts are told. Default: nobody; Grafana shows them. */
      readonly receiver?: {
        /** How somebody is told: by a webhook, Slack or mail. */
        readonly kind: "webhook";
        /** The Secret in the namespace monitoring, made by hand, with the field url; for a mail server the field password. */
        readonly secret: string;
      } | {
        /** How somebody is told: by a webhook, Slack or mail. */
        readonly kind: "slack";
        /** The channel, such as #platform. */
        readonly channel: string;
        /** The Secret in the namespace monitoring, made by hand, with the field url; for a mail server the field password. */
        readonly secret: string;
      } | {
        /** How somebody is told: by a webhook, Slack or mail. */
        readonly kind: "email";
        /** Who is told. */
        readonly to: string;
        /** As whom. */
        readonly from: string;
        /** The mail server, HOST:PORT. It must offer TLS. */
        readonly server: string;
        /** The account there. Default: none. */
        readonly user?: string;
        /** The Secret in the namespace monitoring, made by hand, with the field url; for a mail server the field password. */
        readonly secret?: string;
      };
    });
    /** Makes and keeps clusters for whoever may ask for them, in the place of K-PaaS's Terraman. Default: as the profile. A change is applied to what stands. */
    readonly kpaasServer?: boolean | (ServiceFields & {
      /** Its image, which no public registry has: where you have pushed it. Default: none; it must be named. */
      readonly image?: string;
      /** Where environments and their locks are. Default: none; it must be named. */
      readonly repository?: {
        /** The git repository of environments and their locks; empty at first. Its branch main is written. */
        readonly url: string;
        /** By what it is logged in to by https. Default: none; https takes it. */
        readonly login?: {
          /** Who logs in. */
          readonly user: string;
          /** That user's password, or a token that may push. */
          readonly password: {
            /** The secret is in this environment variable. A change is applied to what stands. */
            readonly env: string;
          } | {
            /** The secret is in this key of the Pulumi configuration, a secret there. A change is applied to what stands. */
            readonly config: string;
          } | {
            /** The secret is in Vault, or a server with its API, key-value version 2: PATH#FIELD. A change is applied to what stands. */
            readonly vault: string;
          } | {
            /** The secret is in this file; a relative path goes by the folder of the file it stands in. A change is applied to what stands. */
            readonly file: string;
          };
        };
        /** The private key that logs in by SSH, without a passphrase. Default: none; SSH takes it. */
        readonly key?: {
          /** The secret is in this environment variable. A change is applied to what stands. */
          readonly env: string;
        } | {
          /** The secret is in this key of the Pulumi configuration, a secret there. A change is applied to what stands. */
          readonly config: string;
        } | {
          /** The secret is in Vault, or a server with its API, key-value version 2: PATH#FIELD. A change is applied to what stands. */
          readonly vault: string;
        } | {
          /** The secret is in this file; a relative path goes by the folder of the file it stands in. A change is applied to what stands. */
          readonly file: string;
        };
        /** The host keys that are trusted by SSH, as known_hosts has them. Default: none; SSH takes them. */
        readonly hosts?: string;
        /** Who is trusted by https in place of the public authorities, as PEM. Default: those; of a host of the platform, its own. */
        readonly authority?: string;
      };
    });
    /** The web console of K-PaaS. Default: as the profile. A change is applied to what stands. */
    readonly portal?: boolean | (ServiceFields & {
      /** A Karmada that runs in this cluster, in karmada-system: several clusters are seen to at once, as the menu Federation. Default: none. */
      readonly federation?: {
        /** The kubeconfig of Karmada's API, with a context karmada-apiserver that logs in by a token. */
        readonly kubeconfig: {
          /** The secret is in this environment variable. A change is applied to what stands. */
          readonly env: string;
        } | {
          /** The secret is in this key of the Pulumi configuration, a secret there. A change is applied to what stands. */
          readonly config: string;
        } | {
          /** The secret is in Vault, or a server with its API, key-value version 2: PATH#FIELD. A change is applied to what stands. */
          readonly vault: string;
        } | {
          /** The secret is in this file; a relative path goes by the folder of the file it stands in. A change is applied to what stands. */
          readonly file: string;
        };
      };
      /** Where K-PaaS's Terraman makes clusters for those who use the portal. Default: nowhere; an environment of its own makes one. */
      readonly terraman?: {
        /** The machine that it works on, as ubuntu: with OpenTofu, K-PaaS's installer and a kubectl that reaches the portal's pods. */
        readonly host: string;
        /** The private key of ubuntu there. */
        readonly privateKey: {
          /** The secret is in this environment variable. A change is applied to what stands. */
          readonly env: string;
        } | {
          /** The secret is in this key of the Pulumi configuration, a secret there. A change is applied to what stands. */
          readonly config: string;
        } | {
          /** The secret is in Vault, or a server with its API, key-value version 2: PATH#FIELD. A change is applied to what stands. */
          readonly vault: string;
        } | {
          /** The secret is in this file; a relative path goes by the folder of the file it stands in. A change is applied to what stands. */
          readonly file: string;
        };
      };
      /** Whether the tools that copy buckets between object stores are there, as the menu Migration. Default: false. */
      readonly migration?: boolean;
    });
    /** Builds, inspects and deploys applications, with Jenkins and SonarQube. Default: as the profile. A change: switched off: needs the approval drop-database; otherwise: applied to what stands. */
    readonly pipeline?: boolean | (ServiceFields & {
      /** Whether Jenkins has all rights on its node, as K-PaaS runs it: its image builds others by a container engine of its own. Its namespace admits privileged pods then. Default: false, and jobs that build images may fail. */
      readonly privileged?: boolean;
      /** Memory of jenkins and sonarqube, by name, which goes by what is done with them. Default: as the release. */
      readonly memory?: {
        /** Memory that jenkins asks for and may take, as 4Gi. Default: as the release. */
        readonly jenkins?: string;
        /** Memory that sonarqube asks for and may take, as 4Gi. Default: as the release. */
        readonly sonarqube?: string;
      };
    });
    /** Keeps Git and Subversion repositories, by SCM-Manager. Default: as the profile. A change: switched off: needs the approval drop-database; otherwise: applied to what stands. */
    readonly sourceControl?: boolean | ServiceFields;
    /** Runs machine learning pipelines in the cluster, and keeps what they make. Default: as the profile. A change: switched off: needs the approval drop-database; otherwise: applied to what stands. */
    readonly kubeflow?: boolean | (ServiceFields & {
      /** Its parts: pipelines, notebooks, volumes, katib, kserve, training, tensorboard, of which all but the first take profiles. Default: [pipelines]. */
      readonly parts?: readonly string[];
      /** Images that notebooks may be made of in place of the release's, by kind, the first one by default. Default: the release's. */
      readonly notebookImages?: {
        /** Of JupyterLab. Default: the release's one. */
        readonly jupyter?: readonly string[];
        /** Of code-server. Default: the release's one. */
        readonly code?: readonly string[];
        /** Of RStudio. Default: the release's one. */
        readonly r?: readonly string[];
      };
      /** Whose the namespaces are that users work in, by tenants with mesh: strict; users of the realm, by their names there. With it there are Kubeflow's dashboard and one log-in for all of its programs, in the mesh. Default: there is one place for all, of pipelines alone. */
      readonly profiles?: Readonly<Record<string, {
        /** Whose it is. */
        readonly owner: string;
        /** Whoever else works in it. Default: nobody. */
        readonly editors?: readonly string[];
        /** Whoever sees what is in it, and uses none of it. Default: nobody. */
        readonly viewers?: readonly string[];
      }>>;
    });
  };
  /** Charts and objects of your own, which live and die with the platform (more). A change: a release or a volume claim that goes: needs the approval drop-extra; otherwise: applied to what stands. */
  readonly extra?: {
    /** Helm releases, by name. A change is applied to what stands. */
    readonly releases?: Readonly<Record<string, {
      /** The chart's name in its repository. A change is applied to what stands. */
      readonly chart: string;
      /** https://… of a Helm repository, or oci://HOST/PATH below which the chart is. A change is applied to what stands. */
      readonly repository: string;
      /** One whole version of the chart; no range. A change is applied to what stands. */
      readonly version: string;
      /** A tenant's (more), which says its Pod Security and whom its pods reach. A change is applied to what stands. */
      readonly namespace: string;
      /** Values of the chart; references to secrets are not among them. A change is applied to what stands. */
      readonly values?: Readonly<Record<string, unknown>>;
    }>>;
    /** Kubernetes objects: each one as it is, or the path of a YAML file of them, or of a kustomization's folder (more), in the environment's folder or below it; a namespace is a tenant's. A change is applied to what stands. */
    readonly manifests?: readonly (string | Readonly<Record<string, unknown>>)[];
  };
  /** Namespaces for other people's work, by name, with quota, limits, roles and walls (more). A change: taken out of the file: needs the approval drop-tenant; otherwise: applied to what stands. */
  readonly tenants?: Readonly<Record<string, {
    /** What its pods may use together, by their limits: low, medium, high, or amounts of your own. 2 cores and 2Gi, 4 and 6Gi, 8 and 12Gi. Default: low. A change is applied to what stands. */
    readonly quota?: "low" | "medium" | "high" | {
      /** In cores: 4, 500m. A change is applied to what stands. */
      readonly cpu: string | number;
      /** In bytes: 6Gi. A change is applied to what stands. */
      readonly memory: string | number;
      /** What its volumes may ask for together, in bytes: 100Gi. Default: as much as there is. A change is applied to what stands. */
      readonly storage?: string | number;
      /** How many pods it may have. Default: as many as fit. A change is applied to what stands. */
      readonly pods?: number;
    };
    /** What a container may use that says nothing of its own: low, medium, high, or amounts of your own. 100m and 500Mi, 300m and 1500Mi, 900m and 3Gi. Default: low. A change is applied to what stands. */
    readonly limits?: "low" | "medium" | "high" | {
      /** In cores: 0.5, 500m. A change is applied to what stands. */
      readonly cpu: string | number;
      /** In bytes: 512Mi. A change is applied to what stands. */
      readonly memory: string | number;
    };
    /** Who runs it (the role cp-admin-role): { user: NAME } and { group: NAME }, as the cluster's log-in names them. Default: nobody. A change is applied to what stands. */
    readonly administrators?: readonly ({
      readonly user: string;
    } | {
      readonly group: string;
    })[];
    /** Who looks at it (the role cp-init-role), Secrets excepted; likewise. Default: nobody. A change is applied to what stands. */
    readonly users?: readonly ({
      readonly user: string;
    } | {
      readonly group: string;
    })[];
    /** Labels of its namespace. A change is applied to what stands. */
    readonly labels?: Readonly<Record<string, string>>;
    /** Whether its pods reach, and are reached by, each other and the ingress only, and look up names. Default: true. A change is applied to what stands. */
    readonly isolate?: boolean;
    /** The Pod Security Standard it is held to. Default: restricted. A change is applied to what stands. */
    readonly podSecurity?: "privileged" | "baseline" | "restricted";
    /** Whether Chaos Mesh may hurt its pods. Default: false. A change is applied to what stands. */
    readonly chaos?: boolean;
    /** Has its pods in the mesh (more): permissive leaves them met as before, strict by others of the mesh only, and not by the platform's ingress. Pods that are there already come into it, and leave it, when they are made anew. Default: they are not in it. A change is applied to what stands. */
    readonly mesh?: "permissive" | "strict";
  }>>;
}

/** An environment, as its file has it. */
export interface EnvironmentFields {
  /** The identity of the environment: a DNS label of at most 30 characters, which the stack and every resource take. A change is refused. */
  readonly name: string;
  /** A base file, merged deeply under this one: maps merge, lists and scalars replace. A base has no name. A change goes by the fields it gives values to. */
  readonly extends?: string;
  /** The K-PaaS release, in quotes: "1.7.0" or "1.6.2"; "1.7.0+maintained" has its applications on versions that their projects still mend (more). Default: the newest, then as locked. A change: a later one: needs the approval move-release; an older one: refused. */
  readonly release?: `${number}.${number}.${number}` | `${number}.${number}.${number}+maintained` | `${number}.${number}.${number}+step-${number}`;
  /** minimal: 1 control plane, 2 workers; standard: 1 and 3, and the whole of K-PaaS (which services); highAvailability: the same with 3 and 3, a bastion, two replicas of the services that can have them. Default: minimal. A change goes by the fields it gives values to. */
  readonly profile?: "minimal" | "standard" | "highAvailability";
  /** Labels on everything that can carry them, as written below. A change is applied to what stands. */
  readonly labels?: Readonly<Record<string, string>>;
  /** How many stacks hold the environment. one: NAME; three: NAME.infrastructure, NAME.cluster and NAME.platform. Default: one. A change: one to three: applied to what stands; three to one: refused. */
  readonly layers?: "one" | "three";
  /** data: data volumes cannot be deleted by the engine; none: they can. Default: data. A change: to data: applied to what stands; to none: needs the approval unprotect. */
  readonly protect?: "data" | "none";
  /** What a destroy leaves. volumes: data volumes stay in the cloud when their resources are deleted, and so do the claims of the services' data with their namespaces, whose deletion would have the storage class delete the volume behind them; a destroy goes by it though no up has recorded it. Not supported yet: backups, addresses. A change is applied to what stands. */
  readonly retain?: readonly "volumes"[];
  /** Where the machines come from, and how they are reached. */
  readonly infrastructure: InfrastructureFields;
  /** The Kubernetes cluster on the machines. */
  readonly cluster?: ClusterFields;
  /** What runs in the cluster. */
  readonly platform?: PlatformFields;
}
