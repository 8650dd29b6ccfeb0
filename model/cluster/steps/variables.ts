import { endpointMoves, isEndpointVariable } from "../endpoint";
import { minorNumber } from "../releases";
import type { ClusterSpec } from "../types";
import { changedVariables, isConnectionVariable } from "../variables";
import { shortList } from "./describe";
import { labelled } from "./metadata";
import { isOurVariable } from "./ours";
import { names, type Sequence } from "./sequence";

/** What a change of some variables takes: the tags of cluster.yml that apply them, and what that does. */
export interface VariableEffect {
  /** Which variables: whole names, or how they begin. */
  readonly variables: RegExp;
  readonly tags: readonly string[];
  readonly effect: string;
  /** What restarts, on which hosts. */
  readonly restarts: string;
}

/**
 * Variables that begin as those of a row and take a whole run: other roles read them too (for sysctls, folders, swap, resolvers, kube-proxy,
 * classes of runtimes), or a program of theirs is fetched first.
 */
const WIDER =
  /^(kube_apiserver_(address|access_address|endpoint|global_endpoint|node_port_range)|kubelet_(rotate_|flexvolumes_|fail_swap_on|protect_kernel_defaults|download_url|\w*checksum)|kube_reserved$|containerd_use_systemd_cgroup|(kata_containers|gvisor|crun|youki)_enabled|kata_containers_qemu_overhead|(calico|cilium|flannel|kube_ovn|kube_router|multus)_(\w+_)?version$|calico_(bpf_enabled|ipam_host_local|cert_dir|crds_)|cilium_(deploy_additionally|kube_proxy_replacement)|kube_router_run_service_proxy|coredns_server|enable_nodelocaldns$|nodelocaldns_ip$|local_volume_provisioner_(enabled|storage_classes|directory_mode))/;

/** By the first row that fits. A variable of no row is applied by the whole of cluster.yml. */
export const variableEffects: readonly VariableEffect[] = [
  {
    variables: /^tls_(cipher_suites|min_version)$/,
    tags: ["control-plane", "node"],
    effect: "the manifests of the control plane and the kubelet's configuration are written anew",
    restarts: "the control plane, one after another, and the kubelet of every node; pods go on",
  },
  {
    variables:
      /^(kube_apiserver_(?!port$|bind)|kube_oidc_|kubernetes_audit|audit_|kubelet_preferred_address_types$|kube_controller_manager_|kube_scheduler_|kube_encrypt_secret_data$|kube_pod_security_|supplementary_addresses_in_ssl_keys$|auto_renew_certificates|kube_webhook_|kube_profiling$|authorization_modes$)/,
    tags: ["control-plane"],
    effect: "the manifests of the control plane are written anew",
    restarts: "API server, controller manager and scheduler, one control plane after another",
  },
  {
    variables:
      /^(kubelet_(?!csr_approver_)|kube_(cpu|memory|ephemeral_storage|pid)_reserved$|system_(cpu|memory|ephemeral_storage|pid)_reserved$|system_reserved$|eviction_)/,
    tags: ["node"],
    effect: "the kubelet's configuration is written anew",
    restarts: "the kubelet of every node; pods go on",
  },
  {
    variables: /^(containerd_|crio_|cri_o_|nerdctl_|runc_|crun_|youki_|kata_|gvisor_)/,
    tags: ["container-engine"],
    effect: "the container runtime's configuration is written anew",
    restarts: "the container runtime of every node; pods go on",
  },
  {
    variables: /^calico_policy_/,
    tags: ["network", "policy-controller"],
    effect: "the network plugin and its controller are applied anew",
    restarts: "the network plugin's controller",
  },
  {
    variables: /^(calico_|cilium_|flannel_|kube_ovn_|kube_router_|multus_)/,
    tags: ["network"],
    effect: "the network plugin is applied anew",
    restarts: "the network plugin's pods, node by node",
  },
  {
    variables:
      /^(helm_|metrics_server_|metallb_|cert_manager_|local_path_provisioner_|local_volume_provisioner_|registry_(?!host)|argocd_|gateway_api_|node_feature_discovery_|kubelet_csr_approver_|coredns_|nodelocaldns_|enable_nodelocaldns_|dns_autoscaler_|enable_dns_autoscaler$|snapshot_controller_)/,
    tags: ["download", "apps"],
    effect: "what kubespray installs into the cluster is applied anew",
    restarts: "pods of what the variables are for",
  },
];

/** Applies variables that changed, by the narrowest run of cluster.yml that does; a whole one sets labels too. */
export function applyVariables(sequence: Sequence, recorded: ClusterSpec, wanted: ClusterSpec): void {
  const changed = variablesToApply(recorded, wanted);
  if (changed.length === 0) return;
  const tags = tagsFor(changed, wanted.kubespray);
  const set = tags.length > 0 ? [] : Object.entries(wanted.nodes);
  sequence.run(
    {
      playbook: "cluster",
      tags,
      // cluster.yml leaves the control plane's manifests alone otherwise.
      ...(tags.length === 0 || CONTROL_PLANE.some((tag) => tags.includes(tag)) ? { extraVars: { upgrade_cluster_setup: true } } : {}),
      nodes: names(wanted),
      reason: `${changed.length > 1 ? "variables" : "variable"} changed: ${shortList(changed)}${effectOf(changed)}`,
      precondition: "every node is Ready and every etcd member healthy",
      check: "every node is Ready and every etcd member healthy",
    },
    {
      variables: wanted.variables,
      nodes: { ...sequence.reached.nodes, ...labelled(sequence.reached, set) },
    },
  );
}

/** Names of the variables that a run of kubespray has to apply. */
export function variablesToApply(recorded: ClusterSpec, wanted: ClusterSpec): string[] {
  const moves = endpointMoves(recorded, wanted);
  return changedVariables(recorded.variables, wanted.variables).filter(
    (name) => !isConnectionVariable(name) && !isOurVariable(name) && name !== "container_manager" && !(moves && isEndpointVariable(name)),
  );
}

const CONTROL_PLANE: readonly string[] = ["control-plane", "master"];

/** The tags that apply all of these; none where one of them takes a whole run. */
function tagsFor(changed: readonly string[], kubespray: string): string[] {
  const effects = changed.map(effectFor);
  if (effects.some((effect) => effect === undefined)) return [];
  const tags = [...new Set(effects.flatMap((effect) => effect?.tags ?? []))].sort();
  // The tag was renamed with v2.29, which refuses the old one.
  return minorNumber(kubespray) >= 29 ? tags : tags.map((tag) => (tag === "control-plane" ? "master" : tag));
}

function effectFor(name: string): VariableEffect | undefined {
  return WIDER.test(name) ? undefined : variableEffects.find(({ variables }) => variables.test(name));
}

function effectOf(changed: readonly string[]): string {
  const effects = [...new Set(changed.map((name) => effectFor(name)?.restarts))];
  return effects.every((each) => each !== undefined) ? `; restarts: ${effects.join(", ")}` : "";
}
