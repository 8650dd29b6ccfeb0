import { fieldOf, type Registry } from "../registry";
import { gatewaysOfCilium, type VariableRow, variableTable } from "./variable-table";

const matchers = variableTable.map((row) => ({ row, pattern: patternOf(row.names) }));

function patternOf(names: readonly string[]): RegExp {
  return new RegExp(`^(${names.map((name) => name.replaceAll("*", ".*")).join("|")})$`);
}

/** The rows of the services: the field of the file that speaks of each sets the variables that would bring another one of it. */
export function serviceRows({ services }: Registry): Extract<VariableRow, { readonly kind: "field" }>[] {
  return Object.values(services).flatMap((service) =>
    service.kubespray === undefined ? [] : [{ names: service.kubespray, kind: "field", field: fieldOf(service) }],
  );
}

/** The field of the service that a variable belongs to; undefined for none. */
export function ownerOfVariable(name: string, registry: Registry): string | undefined {
  return serviceRows(registry).find(({ names }) => patternOf(names).test(name))?.field;
}

/** What the table says of a kubespray variable; undefined where no row names it, and it is passed. */
export function rowOfVariable(name: string): VariableRow | undefined {
  return matchers.find(({ pattern }) => pattern.test(name))?.row;
}

/** The field that sets a kubespray variable, or undefined where the file may pass it through. */
export function fieldOfVariable(name: string): string | undefined {
  const row = rowOfVariable(name);
  return row?.kind === "field" ? row.field : undefined;
}

/** What in a variable's name makes it necessary to look at it: every known name that one of these fits has a row in the table. */
const lookedAt: readonly (readonly [what: string, pattern: RegExp])[] = [
  ["brings a part of its own", /_enabled$/],
  ["runs commands", /(^|_)(commands?|cmd|exec|shell|hooks?|script|args|opts|options|flags)(_|$)|^ansible_/],
  ["opens ports", /(^|_)(ports?|nodeport|listen|bind|host_network|metrics_address|serve_addr)(_|$)|metricsport$/],
  [
    "carries addresses",
    /(^|_)(ip|ips|ip6|addr|address|addresses|cidrs?|subnets?|hosts?|urls?|uri|endpoint|peers?|vip|nameservers|resolver|proxy|mirrors|registries|servers)$/,
  ],
];

/** Why a name needs a row in the table and has none; undefined where it has one or needs none. */
export function unclassified(name: string, registry: Registry): string | undefined {
  return rowOfVariable(name) === undefined && ownerOfVariable(name, registry) === undefined
    ? lookedAt.find(([, pattern]) => pattern.test(name))?.[0]
    : undefined;
}

/** Names of variables, and of members inside their values, that say that the value is secret. */
const secretWords =
  /(^|[_-]|[a-z](?=[A-Z]))(pass|password|passwd|passphrase|peerpass|token|secret|htpasswd|authorization|identitytoken|(private|access|secret|auth|activation|certificate|ipsec|encryption)[_-]?key)$|^auth$/i;

/** Names of things that hold secrets, and no secrets themselves. */
const secretHolders = /(_tls|_pull|_user|_provisioner)_secret$|^(cert|credentials?)/;

/** Whether a variable, or a member of its value, holds a secret by its name. */
export function isSecretName(name: string): boolean {
  return secretWords.test(name) && !secretHolders.test(name);
}

/** A flag or member inside a value, whatever variable it stands in. */
interface Member {
  /** Fits its dotted path, as far as it is written. */
  readonly path: RegExp;
  readonly value: RegExp;
  readonly reason: string;
  /** @default to take it out */
  readonly remedy?: string;
  /** Whether it is told and passed. @default refused */
  readonly passed?: true;
}

const on = /^true$/i;

/** Flags and members that take safety away, say again what a field says, or bring what the plan does not know of. */
export const dangerousMembers: readonly Member[] = [
  { path: /(^|\.)anonymous(-?auth|\.enabled)$/i, value: on, reason: "lets anybody in without a login" },
  { path: /(^|\.)authorization[-.]?mode$/i, value: /AlwaysAllow/, reason: "allows everybody everything" },
  { path: /(^|\.)(read-?only-?port|insecure-?port)$/i, value: /^(?!0$)/, reason: "lets anybody read there" },
  { path: /(^|\.)secure-?port$/i, value: /./, reason: "moves a port that the plan opens or keeps closed" },
  { path: /(^|\.)ETCD_(LISTEN|ADVERTISE|INITIAL)_[A-Z_]+$/, value: /./, reason: "moves a port that the plan opens" },
  {
    path: /(^|\.)(skip[_-]?verify|insecure|insecure-?skip-?(tls-?)?verify|insecure_skip_verify|insecure-?registry|kubelet-?insecure-?tls)$/i,
    value: /^(?!false$)/i,
    reason: "trusts whatever answers, without knowing that it is the right server",
  },
  {
    path: /(^|\.)(kube_apiserver_)?disable[-_]admission[-_]plugins(\.\d+)?$/,
    value: /\b(PodSecurity|NodeRestriction|ServiceAccount|NamespaceLifecycle)\b/,
    reason: "switches off what keeps pods and nodes within their bounds",
  },
  { path: /(^|\.)is_default$/, value: on, reason: "makes a second default storage class beside the platform's" },
  {
    path: /(^|\.)(service-cluster-ip-range|cluster-cidr|node-cidr-mask-size(-ipv4)?|cluster-?dns(\.\d+)?|cluster-domain|node-ip|node-labels|register-?with-?taints|hostname-override|advertise-address|etcd-servers|tls-cipher-suites)$/i,
    value: /./,
    reason: "says again what a field of the file or the plan says",
  },
  {
    path: /(^|\.)(gatewayAPI\.enabled|enable-gateway-api)$/i,
    value: on,
    ...gatewaysOfCilium,
  },
  {
    path: /(^|\.)(ingressController\.enabled|enable-ingress-controller)$/i,
    value: on,
    reason: "has Cilium lead to the services beside the platform's ingress, which it can in kube-proxy's place alone, and kube-proxy stays",
    remedy: "take it out; platform.ingress.kind says who leads to the services",
  },
  {
    path: /(^|\.)(kubeProxyReplacement|kube-proxy-replacement|nodePort\.enabled|enable-node-port)$/i,
    value: /^(true|strict|partial)$/i,
    reason: "has Cilium write the rules of Services that kube-proxy writes, which stays",
    remedy: "take it out; cluster.network.proxyMode says how kube-proxy writes them",
  },
  {
    path: /(^|\.)((l2announcements|bgpControlPlane|encryption)\.enabled|enable-(l2-announcements|bgp-control-plane|wireguard|ipsec))$/i,
    value: on,
    reason: "brings addresses or a protocol between nodes, of which the plan does not know",
  },
  {
    path: /(^|\.)(policyEnforcementMode|enable-policy)$/i,
    value: /^never$/i,
    reason: "no NetworkPolicy has an effect, the platform's own included",
    passed: true,
  },
];

/** The network plugin or the runtime that a variable belongs to by its name; undefined where it belongs to neither. */
export function partOf(name: string): { readonly field: "cluster.network.plugin" | "cluster.runtime"; readonly part: string } | undefined {
  const prefix = /^(calico|typha|cilium|flannel|crio|containerd)_/.exec(name)?.[1];
  if (prefix === undefined) return undefined;
  if (prefix === "crio" || prefix === "containerd") return { field: "cluster.runtime", part: prefix };
  return { field: "cluster.network.plugin", part: prefix === "typha" ? "calico" : prefix };
}
