import { Provider } from "@pulumi/kubernetes/provider";
import {
  all,
  ComponentResource,
  type ComponentResourceOptions,
  type CustomResourceOptions,
  type Input,
  interpolate,
  type Output,
  secret,
} from "@pulumi/pulumi";
import type { ClusterHost, ClusterNode, ClusterSpec } from "../../model/cluster/types";
import { referencesIn, replaceReferences } from "../../model/environment/variable-values";
import { InvalidInputError } from "../../model/problems";
import { CLUSTER } from "../../model/type-tokens";
import type { SshAccess } from "../infrastructure";
import { ownOptions, refuseClusterProvider } from "../options";
import type { AccessArgs } from "../ssh-access";
import { reachedAt, throughProxy } from "./kubeconfig";
import { KubesprayCluster, type KubesprayMachineArgs, type NodeStatus } from "./kubespray-cluster";

/** The machine behind a node, as the infrastructure gives it. */
export interface ClusterMachine {
  /** The cloud's id of the machine. */
  readonly id: Input<string>;
  /** The address SSH dials, through the bastion where there is one. */
  readonly dialAddress: Input<string>;
  /** Where it has its volumes, by their names. @default as planned */
  readonly devices?: Readonly<Record<string, Input<string>>>;
  /** Where another user or port than usual logs in to it. @default as everywhere */
  readonly login?: { readonly user?: string; readonly port?: number };
}

export interface ClusterArgs {
  /** The cluster as planned. */
  readonly spec: ClusterSpec;
  /** What references to secrets among the spec's variables resolve to, by their dotted path there. @default none */
  readonly secretVariables?: Readonly<Record<string, Input<string>>>;
  /** The subnet of the nodes. @default they may be anywhere */
  readonly networkCidr?: string;
  /** By name: one for every node of the spec, and for every host beside them. */
  readonly machines: Readonly<Record<string, ClusterMachine>>;
  readonly ssh: AccessArgs & Partial<Pick<SshAccess, "firstHostKeys">>;
  /** A folder or tarball that kubespray is taken from. Changing it runs no playbook. @default its git repository */
  readonly kubespraySource?: string;
  /** The path of a file with the inputs of a cluster that was made by hand, which is imported instead of being made. @default none */
  readonly importFile?: string;
  /** The HTTP proxy through which the API is reached. Changing it touches no object. @default none */
  readonly proxyUrl?: string;
  /** The address at which the API is reached from outside the nodes' network. Changing it touches no object. @default the one nodes use */
  readonly publicAddress?: Input<string>;
  /** Nodes that answer no more and are to be removed all the same, without drain and reset. @default none */
  readonly lostNodes?: Input<readonly string[] | undefined>;
}

/** A Kubernetes cluster on machines that are there, and the provider through which objects are put into it. */
export class Cluster extends ComponentResource {
  /** The cluster itself: what objects inside it go with. */
  readonly resource: KubesprayCluster;
  /** Secret: an administrator's kubeconfig, to the public address or through the proxy where there is one. */
  readonly kubeconfig: Output<string>;
  /** What everything inside the cluster is registered with. */
  readonly provider: Provider;
  /** `https://host:port` of the API, as it is reached from here. */
  readonly endpoint: Output<string>;
  /** Versions of what makes the cluster, by name. */
  readonly versions: Output<Readonly<Record<string, string>>>;
  /** The nodes as they are, by name. */
  readonly nodeTable: Output<Readonly<Record<string, NodeStatus>>>;

  constructor(name: string, args: ClusterArgs, opts?: ComponentResourceOptions) {
    const {
      spec,
      secretVariables = {},
      networkCidr,
      machines,
      ssh,
      kubespraySource,
      proxyUrl,
      publicAddress,
      lostNodes,
      importFile,
    } = args;
    // The first contact is this tool's, not the cluster's.
    const { firstHostKeys: _, ...access } = ssh;
    const nodes = withMachines(spec, spec.nodes, machines);
    const { hosts: beside, ...cluster } = spec;
    const hosts = beside && withMachines(spec, beside, machines);
    const variables = withSecrets(spec, secretVariables);
    const { options } = ownOptions(opts);
    refuseClusterProvider(opts);
    super(CLUSTER, name, { cluster: spec.name, kubespray: spec.kubespray, kubernetes: spec.kubernetes }, options);

    this.resource = new KubesprayCluster(
      `${name}-kubespray`,
      {
        ...cluster,
        nodes,
        ...(hosts ? { hosts } : {}),
        variables,
        ...(networkCidr === undefined ? {} : { networkCidr }),
        ssh: access,
        ...(kubespraySource === undefined ? {} : { kubespraySource }),
        ...(lostNodes ? { lostNodes } : {}),
      },
      { parent: this, ...(importFile === undefined ? {} : { import: importFile }) },
    );
    const { kubeconfig, endpoint } = this.resource;
    const outside =
      publicAddress === undefined
        ? undefined
        : all([kubeconfig, publicAddress]).apply(([text, address]) => reachedAt(text, spec.apiEndpoint, address));
    const led = outside ?? kubeconfig;
    this.kubeconfig = secret(proxyUrl === undefined ? led : led.apply((text) => throughProxy(text, proxyUrl)));
    this.endpoint = publicAddress !== undefined ? interpolate`https://${publicAddress}:${spec.apiEndpoint.port}` : endpoint;
    this.versions = this.resource.versions;
    this.nodeTable = this.resource.nodeTable;
    this.provider = clusterProvider(`${name}-kubernetes`, spec.name, this.kubeconfig, { parent: this });
    // The rest is in the state as the cluster's own: here it would be once more in all that every step writes.
    this.registerOutputs({ endpoint: this.endpoint, versions: this.versions });
  }
}

/** The provider through which objects are put into a cluster. `cluster` is the cluster's name, its identity for ever. */
export function clusterProvider(name: string, cluster: string, kubeconfig: Output<string>, opts: CustomResourceOptions): Provider {
  return new Provider(
    name,
    {
      kubeconfig,
      // Without it a new endpoint or certificate authority looks like another cluster, and every object would be replaced.
      clusterIdentifier: cluster,
      enableServerSideApply: true,
      // A changed value is an update: pods are rolled by the hash in their template, and no reader finds the object gone in between.
      enableSecretMutable: true,
      enableConfigMapMutable: true,
    },
    opts,
  );
}

/** The variables with every reference replaced by the secret it stands for. @throws InvalidInputError naming those that were not resolved */
function withSecrets(spec: ClusterSpec, secrets: Readonly<Record<string, Input<string>>>): Record<string, Input<unknown>> {
  const missing = [...referencesIn(spec.variables).keys()].filter((path) => secrets[path] === undefined);
  if (missing.length > 0) {
    throw new InvalidInputError(
      missing.map((path) => ({
        environment: spec.name,
        path: `variables.${path}`,
        reason: "is a reference to a secret that nobody has resolved",
        remedy: "Give the secret in secretVariables, by this path.",
        severity: "error",
      })),
    );
  }
  const sealed = (path: string): Output<unknown> => secret(secrets[path] ?? "");
  return Object.fromEntries(Object.entries(spec.variables).map(([name, value]) => [name, replaceReferences(name, value, sealed)]));
}

/** Each of a spec's nodes, or of the hosts beside them, with its machine. @throws InvalidInputError naming every one that has none */
function withMachines<T extends ClusterNode | ClusterHost>(
  spec: ClusterSpec,
  entries: Readonly<Record<string, T>>,
  machines: ClusterArgs["machines"],
): Record<string, T & KubesprayMachineArgs> {
  const missing = Object.keys(entries).filter((name) => !machines[name]);
  if (missing.length > 0) {
    throw new InvalidInputError(
      missing.map((name) => ({
        environment: spec.name,
        path: `machines.${name}`,
        reason: `the ${name in spec.nodes ? "node" : "host"} has no machine`,
        remedy: "Give a machine for every node of the cluster and every host beside them, by its name.",
        severity: "error",
      })),
    );
  }
  return Object.fromEntries(
    Object.entries(entries).flatMap(([name, entry]) => {
      const machine = machines[name];
      if (!machine) return [];
      const volumes =
        "volumes" in entry
          ? entry.volumes?.map((volume) => ({ ...volume, device: machine.devices?.[volume.name] ?? volume.device }))
          : undefined;
      const { id, dialAddress, login: { user, port } = {} } = machine;
      const login = { ...(user === undefined ? {} : { sshUser: user }), ...(port === undefined ? {} : { sshPort: port }) };
      return [[name, { ...entry, machineId: id, dialAddress, ...login, ...(volumes ? { volumes } : {}) }]];
    }),
  );
}
