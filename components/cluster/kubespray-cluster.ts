import { CustomResource, type CustomResourceOptions, type Input, mergeOptions, type Output } from "@pulumi/pulumi";
import type { ClusterHost, ClusterNode, ClusterSpec, NodeVolume } from "../../model/cluster/types";
import { KUBESPRAY_CLUSTER } from "../../model/type-tokens";
import { type AccessArgs, sealedAccess } from "../ssh-access";

/** The machine behind a node, or behind a host beside them. */
export interface KubesprayMachineArgs {
  /** The cloud's id of the machine. Changes when the machine is built anew, and then the node joins anew. */
  readonly machineId: Input<string>;
  /** The address SSH dials. Changing it runs no playbook. */
  readonly dialAddress: Input<string>;
  /** Who logs in to it. Changing it runs no playbook. @default the user of all */
  readonly sshUser?: string;
  /** The port of its SSH. Changing it runs no playbook. @default 22 */
  readonly sshPort?: number;
}

/** A node and the machine behind it. */
export interface KubesprayNodeArgs extends Omit<ClusterNode, "volumes">, KubesprayMachineArgs {
  /** Data volumes that are mounted. */
  readonly volumes?: readonly (Omit<NodeVolume, "device"> & { readonly device: Input<string> })[];
}

/** A host beside the cluster, and the machine behind it. */
export interface KubesprayHostArgs extends ClusterHost, KubesprayMachineArgs {}

/** What a kubespray cluster is made from. Every change is made in place or refused during the preview; the cluster is never replaced. */
export interface KubesprayClusterArgs extends Omit<ClusterSpec, "nodes" | "hosts" | "variables"> {
  /** kubespray's variables for the group `all`. Secrets among them, at any depth, stay secret. */
  readonly variables: Readonly<Record<string, Input<unknown>>>;
  /** By node name. */
  readonly nodes: Readonly<Record<string, KubesprayNodeArgs>>;
  /** By name: what our own playbooks prepare beside the nodes. @default nothing */
  readonly hosts?: Readonly<Record<string, KubesprayHostArgs>>;
  /** The subnet of the nodes, for checking that it overlaps neither pods nor services. */
  readonly networkCidr?: string;
  /** A folder or tarball that kubespray is taken from. Changing it runs no playbook. @default its git repository */
  readonly kubespraySource?: string;
  /** Nodes that answer no more: they are removed without drain and reset. @default none */
  readonly lostNodes?: Input<readonly string[] | undefined>;
  readonly ssh: AccessArgs;
}

/** A node as the running cluster shows it. */
export interface NodeStatus {
  readonly roles: readonly string[];
  readonly address: string;
  /** The kubelet's version. */
  readonly kubelet: string;
  readonly ready: boolean;
  readonly etcdMember?: string;
}

/** A playbook run of the last change. */
export interface StepSummary {
  readonly id: string;
  readonly playbook: string;
  readonly limit: readonly string[];
  readonly tags: readonly string[];
  readonly nodes: readonly string[];
  readonly reason: string;
  /** As a person would type it. */
  readonly command: string;
}

/** A Kubernetes cluster made by kubespray, as the plugin `kpaas` provides it. */
export class KubesprayCluster extends CustomResource {
  /** The nodes as they are, by name; differs from the wanted ones when a node was lost. */
  declare readonly nodeTable: Output<Readonly<Record<string, NodeStatus>>>;
  /** Versions of kubernetes, kubespray, etcd, runtime and network plugin, by name. */
  declare readonly versions: Output<Readonly<Record<string, string>>>;
  /** `https://host:port` of the API. */
  declare readonly endpoint: Output<string>;
  /** When the cluster's certificates end (ISO 8601), by kubeadm's name; within 30 days of it a preview shows their renewal. */
  declare readonly certificates: Output<Readonly<Record<string, string>>>;
  /** Secret: an administrator's kubeconfig. */
  declare readonly kubeconfig: Output<string>;
  /** The playbook runs of the last change; in a preview, those it would take. */
  declare readonly steps: Output<readonly StepSummary[]>;

  constructor(name: string, args: KubesprayClusterArgs, opts?: CustomResourceOptions) {
    super(
      KUBESPRAY_CLUSTER,
      name,
      {
        ...args,
        ssh: sealedAccess(args.ssh),
        nodeTable: undefined,
        versions: undefined,
        endpoint: undefined,
        certificates: undefined,
        kubeconfig: undefined,
        steps: undefined,
      },
      mergeOptions(opts, { additionalSecretOutputs: ["kubeconfig"] }),
    );
  }
}
