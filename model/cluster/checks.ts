import { contains, parseAddress, parseCidr } from "../ipv4";
import { labelKey, labelValue, nodeTaint, objectName } from "../kubernetes-names";
import { type Finding, Findings, nearest } from "../problems";
import { checkAddressing, checkVariables } from "./checks-variables";
import { type KubesprayRelease, kubesprayRelease, kubesprayTags, minorOf } from "./releases";
import type { ClusterSpec } from "./types";

/**
 * Everything about a cluster that kubespray would stop at, as far as it can be known before a run, and what it forgets to check.
 * Paths are those of the cluster's inputs, e.g. `nodes.worker-1.address` or `variables.kube_pods_subnet`.
 * @param networkCidr the subnet the nodes are in, where it is known
 */
export function checkCluster(spec: ClusterSpec, networkCidr?: string): Finding[] {
  const findings = new Findings();
  if (!objectName.test(spec.name)) {
    findings.error("name", "must be a DNS name in lower case", "Use lower-case letters, digits and inner hyphens.", spec.name);
  }
  const release = kubesprayRelease(spec.kubespray);
  if (!release) {
    const close = nearest(spec.kubespray, kubesprayTags);
    findings.error(
      "kubespray",
      `is no kubespray tag the catalogue knows (${kubesprayTags.join(", ")})`,
      `Use ${close ?? kubesprayTags.at(-1)}.`,
      spec.kubespray,
    );
  } else {
    checkKubernetes(spec, release, findings);
    checkVariables(spec, release, findings);
    checkAddressing(spec, release, networkCidr, findings);
  }
  checkMembership(spec, findings);
  checkNodes(spec, networkCidr, findings);
  const { host, port } = spec.apiEndpoint;
  if (host === "" || !Number.isInteger(port) || port < 1 || port > 65535) {
    findings.error(
      "apiEndpoint",
      "must have a host and a port from 1 to 65535",
      "Give the address and port nodes reach the API at.",
      `${host}:${port}`,
    );
  }
  return findings.toProblems(spec.name).map(({ environment: _environment, ...finding }) => finding);
}

function checkKubernetes(spec: ClusterSpec, release: KubesprayRelease, findings: Findings): void {
  const { versions, minors, default: usual } = release.kubernetes;
  if (spec.kubernetes.startsWith("v")) {
    findings.error("kubernetes", "is written without a leading v", `Write ${spec.kubernetes.slice(1)}.`, spec.kubernetes);
  } else if (!versions.includes(spec.kubernetes)) {
    const sameMinor = versions.find((version) => minorOf(version) === minorOf(spec.kubernetes));
    findings.error(
      "kubernetes",
      `kubespray ${release.tag} has no checksums for this version; it installs ${versions.at(-1)} to ${versions[0]}`,
      `Use ${sameMinor ?? usual}.`,
      spec.kubernetes,
    );
  } else if (!minors.includes(minorOf(spec.kubernetes))) {
    findings.error(
      "kubernetes",
      `kubespray ${release.tag} maps no etcd and runtime versions to this minor; it maps ${minors.join(", ")}`,
      `Use ${usual}.`,
      spec.kubernetes,
    );
  }
}

function checkMembership(spec: ClusterSpec, findings: Findings): void {
  for (const [path, members, role] of [
    ["controlPlane", spec.controlPlane, "control-plane"],
    ["etcd", spec.etcd, "etcd"],
  ] as const) {
    const twice = members.find((name, index) => members.indexOf(name) !== index);
    if (twice !== undefined) findings.error(path, `names ${twice} twice`, "Name every member once.", twice);
    members.forEach((name, index) => {
      const node = spec.nodes[name];
      if (!node) findings.error(`${path}[${index}]`, "is no node of the cluster", "Add it to nodes or leave it out.", name);
      else if (!node.roles.includes(role)) {
        findings.error(`nodes.${name}.roles`, `is listed in ${path} and lacks the role ${role}`, `Add ${role} to its roles.`, node.roles);
      }
    });
    const listed = new Set(members);
    for (const [name, node] of Object.entries(spec.nodes)) {
      if (node.roles.includes(role) && !listed.has(name)) {
        findings.error(path, `lacks ${name}, which has the role ${role}`, `Append ${name}, or take the role away.`, name);
      }
    }
  }
  if (spec.controlPlane.length === 0) findings.error("controlPlane", "must name at least one node", "Add a control-plane node.");
  const kubeadmEtcd = spec.variables.etcd_deployment_type === "kubeadm";
  if (spec.etcd.length === 0 && !kubeadmEtcd) findings.error("etcd", "must name at least one node", "Add an etcd member.");
  if (spec.etcd.length > 0 && spec.etcd.length % 2 === 0) {
    findings.error(
      "etcd",
      "has an even number of members, which survives no more failures than one fewer",
      `Use ${spec.etcd.length - 1} or ${spec.etcd.length + 1} members.`,
      spec.etcd.length,
    );
  }
  if (!Object.values(spec.nodes).some((node) => node.roles.includes("worker"))) {
    findings.error("nodes", "has no worker, so nothing could be scheduled", "Add a worker, or give a control-plane node the role worker.");
  }
}

function checkNodes(spec: ClusterSpec, networkCidr: string | undefined, findings: Findings): void {
  const network = networkCidr === undefined ? undefined : parseCidr(networkCidr);
  const addresses = new Map<string, string>();
  const members = new Map<string, string>();
  for (const name of Object.keys(spec.nodes).sort()) {
    const node = spec.nodes[name];
    if (!node) continue;
    const path = `nodes.${name}`;
    if (!objectName.test(name) || name.length > 63) {
      findings.error(path, "is no node name: lower-case letters, digits, dots and inner hyphens, at most 63", "Rename it.", name);
    }
    if (name === "bastion") {
      findings.error(path, 'the host name "bastion" is what kubespray takes for its jump host', "Give the node another name.", name);
    }
    if (node.roles.length === 0) findings.error(`${path}.roles`, "must hold at least one role", "Give it a role.");
    const address = parseAddress(node.address);
    if (address === undefined) {
      findings.error(`${path}.address`, "is no IPv4 address", "Give the private address of the node.", node.address);
    } else if (network && !contains(network, address)) {
      findings.error(`${path}.address`, `is outside the node subnet ${networkCidr}`, "Choose a free address there.", node.address);
    }
    duplicate(addresses, node.address, name, `${path}.address`, "the address", findings);
    if (node.etcdMember !== undefined) duplicate(members, node.etcdMember, name, `${path}.etcdMember`, "the etcd member name", findings);
    if (node.etcdMember === undefined && node.roles.includes("etcd")) {
      findings.error(
        `${path}.etcdMember`,
        "is missing; kubespray would number members by position",
        "Name the member, and never change it.",
      );
    }
    for (const [key, value] of Object.entries(node.labels)) {
      if (!labelKey.test(key) || !labelValue.test(value)) {
        findings.error(
          `${path}.labels.${key}`,
          "is no Kubernetes label",
          "Use letters, digits, '-', '_' and '.', at most 63 of them.",
          value,
        );
      }
    }
    node.taints.forEach((text, index) => {
      if (!nodeTaint.test(text)) {
        findings.error(
          `${path}.taints[${index}]`,
          "is no taint",
          "Write key=value:Effect with the effect NoSchedule, PreferNoSchedule or NoExecute.",
          text,
        );
      }
    });
  }
}

function duplicate(seen: Map<string, string>, value: string, name: string, path: string, what: string, findings: Findings): void {
  const other = seen.get(value);
  if (other === undefined) seen.set(value, name);
  else findings.error(path, `has ${what} of ${other}`, "Give each node its own.", value);
}
