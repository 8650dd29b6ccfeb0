import type { ComponentResource, Input, Output, Resource } from "@pulumi/pulumi";
import type { Role } from "../model/plan/infrastructure-types";
import type { EnvironmentPlan } from "../model/plan/types";

/** A machine as everything above the cloud sees it. */
export interface InfrastructureMachine {
  /** The machine's key in the plan. */
  readonly key: string;
  /** Inventory host and Kubernetes node name. */
  readonly name: string;
  readonly roles: readonly Role[];
  readonly zone?: string;
  /** The cloud's id of the machine: changes when the machine is built anew. */
  readonly id: Output<string>;
  /** The address this tool dials for SSH (through the bastion where there is one). */
  readonly dialAddress: Output<string>;
  /** Where another user or port than usual logs in to it. */
  readonly login?: { readonly user?: string; readonly port?: number };
  /** The private address peers use; planned, so known at preview. */
  readonly address: string;
  /** Device path in the guest by volume name, where the image has its disks on the usual bus: `/dev/disk/by-id/virtio-…` on OpenStack. */
  readonly devices: Readonly<Record<string, Output<string>>>;
}

/** How to log in to the machines. */
export interface SshAccess {
  readonly user: string;
  /** Secret. OpenSSH or PEM. @default the keys of the user's agent */
  readonly privateKey?: Output<string>;
  /** Whether the keys of the user's SSH agent are tried too. @default false */
  readonly agent?: true;
  /** Secret: what `sudo` asks for. @default it asks for nothing */
  readonly becomePassword?: Output<string>;
  /** `name`: what its host key is recorded under. @default `bastion` */
  readonly bastion?: { readonly address: Output<string>; readonly user: string; readonly port?: number; readonly name?: string };
  /** By machine name: the host keys that machines met from outside were made with, `TYPE BASE64`. They count for the first contact only. */
  readonly firstHostKeys?: Output<Readonly<Record<string, string>>>;
}

/** What every cloud's component gives to the layers above: the whole interface a new cloud implements. */
export interface Infrastructure extends ComponentResource {
  /** By machine name. */
  readonly machines: Readonly<Record<string, InfrastructureMachine>>;
  readonly ssh: SshAccess;
  /**
   * Nothing else of the infrastructure comes after these: who depends on them comes after all of it, and goes before all of it. Those that
   * something else depends on may be left out, which keeps the states of large environments small.
   */
  readonly last: readonly Resource[];
  /** `address` is what nodes use; `publicAddress` is set where the API is reachable from outside the network. */
  readonly apiEndpoint: { readonly address: Output<string>; readonly publicAddress?: Output<string> };
  /**
   * Settles once the cloud was asked for everything that the plan names of it; until then an update makes nothing. Rejects with
   * InvalidInputError or RefusedError, each problem at its field.
   */
  readonly checked: Promise<void>;
  /** What the cloud's own parts in the cluster are told, by names that the cloud gives it. @default nothing */
  readonly told?: ToldOutputs;
  /** Where the ingress is reachable from outside the network, if it is. */
  readonly ingressPublicAddress?: Output<string>;
}

/** What only the infrastructure knows of itself, for the cloud's own parts in the cluster. */
export interface ToldOutputs {
  readonly ids: Readonly<Record<string, Output<string>>>;
  /** Each is secret. */
  readonly secrets: Readonly<Record<string, Output<string>>>;
}

/** What the file's secret references resolve to, as far as an infrastructure component needs them. All secret but `authority`. */
export interface InfrastructureSecrets {
  /**
   * Certificates, as PEM, of the authority that vouches for the cloud, for what of its own runs in the cluster; undefined or empty: the usual ones
   * do. No secret.
   */
  readonly authority?: Output<string>;
  /** Provider arguments by name (`userName`, `password`, `authUrl` …); undefined: the provider's usual environment applies. */
  readonly credentials?: Output<Readonly<Record<string, string>>>;
  /** The SSH private key the file refers to; undefined: a pair is generated. */
  readonly sshPrivateKey?: Output<string>;
  /** What `sudo` asks for on hosts that are there already; undefined: nothing. */
  readonly sudoPassword?: Output<string>;
  /** What the cloud's own options refer to, by their dotted paths. */
  readonly cloud?: Readonly<Record<string, Output<string>>>;
}

/** What every cloud's component is made from. */
export interface InfrastructureArgs {
  /** The environment's plan. Nothing is registered that it does not name. */
  readonly plan: EnvironmentPlan;
  /** What the file's secret references resolved to. */
  readonly secrets: InfrastructureSecrets;
  /** Ids by the reference that the plan has in their place: of a network, subnet and router that are used instead of being made. @default none */
  readonly ids?: Readonly<Record<string, Input<string>>>;
  /** Gives the logical names of what stands in this stack. @default nobody knows: what may be there already is not counted as missing room */
  readonly standing?: () => Promise<ReadonlySet<string>>;
  /** Called once the cloud is known to have what the plan names, before an update makes anything. */
  readonly onChecked?: () => void;
}
