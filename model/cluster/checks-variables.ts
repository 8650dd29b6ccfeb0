import { knownVariable } from "../environment/known-variables";
import { type Block, overlaps, parseCidr } from "../ipv4";
import { type Findings, nearest } from "../problems";
import { checkPinned, checkRuntime, type Fail, type Value } from "./checks-versions";
import { type KubesprayRelease, minorNumber } from "./releases";
import type { ClusterSpec } from "./types";

/** Variables whose values kubespray checks against a list, by the name of the list in the catalogue. */
const enumerations: Readonly<Record<string, string>> = {
  kube_network_plugin: "network_plugins",
  container_manager: "container_managers",
  dns_mode: "dns_modes",
  kube_proxy_mode: "proxy_modes",
  cert_management: "cert_managements",
  etcd_deployment_type: "etcd_deployment_types",
  resolvconf_mode: "resolvconf_modes",
  cloud_provider: "cloud_providers",
  external_cloud_provider: "external_cloud_providers",
  calico_network_backend: "calico_network_backends",
  calico_ipip_mode: "calico_ipip_modes",
  calico_vxlan_mode: "calico_vxlan_modes",
  cilium_identity_allocation_mode: "cilium_identity_allocation_modes",
};

/** The variable's value, or the tag's default. */
function settingOf(spec: ClusterSpec, release: KubesprayRelease, name: string): unknown {
  return spec.variables[name] ?? release.defaults[name];
}

/** Checks each variable and how they go together. */
export function checkVariables(spec: ClusterSpec, release: KubesprayRelease, findings: Findings): void {
  const value = (name: string) => settingOf(spec, release, name);
  const fail = (name: string, reason: string, remedy: string) => findings.error(`variables.${name}`, reason, remedy, spec.variables[name]);

  for (const [name, list] of Object.entries(enumerations)) {
    const allowed = release.allowed[list];
    const actual = spec.variables[name];
    if (!allowed || actual === undefined || actual === "" || allowed.includes(String(actual))) continue;
    fail(name, `must be one of ${allowed.join(", ")}`, `Use ${nearest(String(actual), allowed) ?? allowed[0]}.`);
  }
  for (const [name, given] of Object.entries(spec.variables)) {
    if (typeof given === "string" && isSwitch(name, given)) {
      fail(name, "must be true or false, not a text: Ansible takes any text for true, or for neither", "Write it without quotes.");
    }
  }
  for (const name of release.removedVariables) {
    if (spec.variables[name] !== undefined) fail(name, `stops kubespray ${release.tag}: the variable was removed`, "Take it out.");
  }
  for (const name of release.deprecatedVariables) {
    if (spec.variables[name] !== undefined) {
      findings.warn(
        `variables.${name}`,
        `is deprecated in kubespray ${release.tag}`,
        "Use its successor: see the release notes of the tag.",
      );
    }
  }
  const pinned = spec.variables.kube_version;
  if (pinned !== undefined && String(pinned).replace(/^v/, "") !== spec.kubernetes) {
    fail("kube_version", `contradicts the wanted Kubernetes ${spec.kubernetes}`, "Take it out and set the version in its own field.");
  }
  if (value("kube_network_plugin") === "cilium" && spec.variables.files_repo !== undefined && minorNumber(spec.kubespray) === 28) {
    fail(
      "kube_network_plugin",
      `kubespray ${release.tag} has Cilium's chart fetched from helm.cilium.io whatever else is said`,
      'Use "calico".',
    );
  }
  checkRuntime(spec, release, value, fail);
  checkPinned(spec, release, value, fail);
  checkProxy(spec, value, fail);
  checkCalico(value, fail);
  const plugins = spec.variables.kube_apiserver_enable_admission_plugins;
  if (spec.variables.kube_pod_security_use_default === true) {
    if (spec.variables.kube_apiserver_admission_control_config_file === false) {
      fail("kube_apiserver_admission_control_config_file", "the Pod Security Standard stands in that file", "Take it out.");
    }
  } else if (Array.isArray(plugins) && plugins.length > 0 && !plugins.includes("NodeRestriction")) {
    fail("kube_apiserver_enable_admission_plugins", "takes the place of kubeadm's own NodeRestriction", "Add NodeRestriction to it.");
  }
  if (spec.variables.download_localhost === true && spec.variables.download_run_once !== true) {
    fail("download_localhost", "needs download_run_once", "Set download_run_once to true as well.");
  }
  if (spec.variables.kube_external_ca_mode === true && spec.variables.auto_renew_certificates === true) {
    fail("auto_renew_certificates", "cannot renew certificates that an external CA signs", "Set it to false.");
  }
  if (spec.variables.external_cloud_provider && spec.variables.cloud_provider !== "external") {
    fail("external_cloud_provider", 'is ignored unless cloud_provider is "external"', 'Set cloud_provider to "external".');
  }
  if (spec.variables.ignore_assert_errors === true) {
    fail("ignore_assert_errors", "would switch off most of kubespray's own checks", "Take it out and mend what the checks find.");
  }
}

/** Whether a variable is one that is on or off: by its default, or where that is unknown by its name and by what is written. */
function isSwitch(name: string, given: string): boolean {
  const kind = knownVariable(name)?.kind;
  return kind === "boolean" || (kind === "any" && name.endsWith("_enabled") && /^(true|false|yes|no|on|off)$/i.test(given));
}

/** Whether that kubespray can have Calico write nftables rules: from v2.29.0 on (kubernetes-sigs/kubespray, issue 12198). */
export function knowsCalicoNftables(kubespray: string): boolean {
  return minorNumber(kubespray) >= 29;
}

function checkProxy(spec: ClusterSpec, value: Value, fail: Fail): void {
  const needsStrictArp = spec.variables.metallb_enabled === true || spec.variables.kube_vip_arp_enabled === true;
  if (value("kube_proxy_mode") === "ipvs" && needsStrictArp && value("kube_proxy_strict_arp") !== true) {
    const who = spec.variables.metallb_enabled === true ? "MetalLB" : "kube-vip with ARP";
    fail("kube_proxy_strict_arp", `${who} with ipvs needs strict ARP`, "Set kube_proxy_strict_arp to true.");
  }
  if (value("kube_network_plugin") !== "calico") return;
  const [byNftables, calico] = [value("kube_proxy_mode") === "nftables", value("calico_nftable_mode")];
  if (byNftables && !knowsCalicoNftables(spec.kubespray)) {
    const reason = `Calico by kubespray ${spec.kubespray} writes iptables rules alone, which do not go together with a kube-proxy by nftables`;
    fail("kube_proxy_mode", reason, "Use ipvs, or a version of Kubernetes that kubespray v2.29.0 or newer installs.");
  } else if (byNftables && calico !== "Enabled") {
    fail("calico_nftable_mode", "Calico must write nftables rules where kube-proxy does", 'Set it to "Enabled".');
  } else if (!byNftables && calico === "Enabled") {
    fail("calico_nftable_mode", "Calico writes nftables rules only where kube-proxy does", 'Set kube_proxy_mode to "nftables".');
  }
}

function checkCalico(value: Value, fail: Fail): void {
  if (value("kube_network_plugin") !== "calico") return;
  const [backend, ipip, vxlan] = ["calico_network_backend", "calico_ipip_mode", "calico_vxlan_mode"].map(value);
  if (ipip !== "Never" && vxlan !== "Never") {
    fail("calico_ipip_mode", "IP-in-IP and VXLAN cannot both be on", 'Set calico_vxlan_mode to "Never", or calico_ipip_mode.');
  } else if (ipip !== "Never" && backend !== "bird") {
    fail("calico_network_backend", "IP-in-IP needs the backend bird", 'Set calico_network_backend to "bird".');
  } else if (vxlan !== "Never" && backend === "none") {
    fail("calico_network_backend", "VXLAN needs the backend vxlan or bird", 'Set calico_network_backend to "vxlan".');
  }
}

/** Checks pod, service and node addresses: valid, disjoint, and enough of them. */
export function checkAddressing(spec: ClusterSpec, release: KubesprayRelease, networkCidr: string | undefined, findings: Findings): void {
  const ranges: { path: string; what: string; text: string; block: Block }[] = [];
  for (const [path, what, text] of [
    ["networkCidr", "the node network", networkCidr],
    ["variables.kube_pods_subnet", "the pod network", settingOf(spec, release, "kube_pods_subnet")],
    ["variables.kube_service_addresses", "the service network", settingOf(spec, release, "kube_service_addresses")],
  ] as const) {
    if (text === undefined) continue;
    const block = parseCidr(String(text));
    if (block) ranges.push({ path, what, text: String(text), block });
    else findings.error(path, "is no IPv4 network such as 10.233.64.0/18, with no bits set beyond its prefix", "Correct it.", text);
  }
  ranges.forEach((range, index) => {
    for (const other of ranges.slice(0, index)) {
      if (!overlaps(range.block, other.block)) continue;
      findings.error(
        range.path,
        `overlaps ${other.what} ${other.text}`,
        `Choose a range for ${range.what} that is used nowhere else.`,
        range.text,
      );
    }
  });
  const pods = ranges.find((range) => range.path === "variables.kube_pods_subnet");
  if (pods) checkNodePrefix(spec, release, pods.block, findings);
}

/** Calico gives out blocks as they are needed; every other plugin gives each node one prefix. */
function checkNodePrefix(spec: ClusterSpec, release: KubesprayRelease, pods: Block, findings: Findings): void {
  const prefix = Number(settingOf(spec, release, "kube_network_node_prefix"));
  const plugin = settingOf(spec, release, "kube_network_plugin");
  const path = "variables.kube_network_node_prefix";
  if (!Number.isInteger(prefix) || prefix < pods.prefix || prefix > 30) {
    findings.error(path, `must be a number from ${pods.prefix} (the pod network's prefix) to 30`, "Use 24.", prefix);
    return;
  }
  if (plugin === "calico" || plugin === "none") return;
  const maxPods = Number(settingOf(spec, release, "kubelet_max_pods") ?? 110);
  const room = 2 ** (32 - prefix) - 2;
  if (maxPods > room) {
    findings.error(
      "variables.kubelet_max_pods",
      `${maxPods} pods do not fit a node's /${prefix}, which has ${room} addresses`,
      `Lower it, or lower kube_network_node_prefix.`,
      maxPods,
    );
  }
  const nodes = Object.keys(spec.nodes).length;
  const prefixes = 2 ** (prefix - pods.prefix);
  if (prefixes < nodes) {
    findings.error(
      path,
      `the pod network has ${prefixes} prefixes of /${prefix} for ${nodes} nodes`,
      "Widen kube_pods_subnet or raise kube_network_node_prefix.",
      prefix,
    );
  }
}
