import type { networking } from "@pulumi/kubernetes/types/input";
import { contains, parseAddress, parseCidr } from "../../model/ipv4";
import { apiPort } from "../../model/plan/api-endpoint";
import { collectorsOf } from "../../model/plan/mesh";
import type { Called, EnvironmentPlan, ServicePlan } from "../../model/plan/types";
import { offererOf } from "../../model/registry";
import type { Kind } from "./grants";
import { fromNamespace } from "./objects";

type Rule = networking.v1.NetworkPolicyEgressRule;
type Peer = networking.v1.NetworkPolicyPeer;

/** Where a kubelet answers. */
const KUBELET_PORT = 10250;

/** How pods come to whoever grants them a kind: straight to theirs, or by a host name of the platform's; the others need no way. */
const WAYS: Readonly<Partial<Record<Kind, "straight" | "byHost">>> = {
  mysql: "straight",
  postgres: "straight",
  secretEngine: "straight",
  messages: "straight",
  logs: "straight",
  chaos: "straight",
  clusters: "straight",
  mesh: "straight",
  identity: "byHost",
  tokens: "byHost",
  charts: "byHost",
  registryProject: "byHost",
  trust: "byHost",
};

/**
 * What the pods of a service may reach beside each other and whoever answers for names: those whose grants it takes, and what its definition
 * says that it calls.
 * @param keptFrom networks that no pod reaches
 * @returns undefined where its definition says nothing: anything but those networks
 */
export function egressOf(
  plan: EnvironmentPlan,
  { calls, namespace, needs = {} }: ServicePlan,
  keptFrom: readonly string[],
): Rule[] | undefined {
  if (calls === undefined) return undefined;
  const kinds = Object.keys(needs) as Kind[];
  const granting = kinds.flatMap((kind) => (WAYS[kind] === "straight" ? (offererOf(kind, plan.services)?.namespace ?? []) : []));
  const straight = [...granting, ...(kinds.includes("mesh") ? collectorsOf(plan.services).filter((each) => each !== namespace) : [])];
  const called = new Set<Called>([...calls, ...(kinds.some((kind) => WAYS[kind] === "byHost") ? (["hosts"] as const) : [])]);
  const rules: Readonly<Record<Called, () => Rule[]>> = {
    kubernetes: () => [toMachines(plan, [443, apiPort])],
    kubelets: () => [toMachines(plan, [KUBELET_PORT])],
    pods: () => [{ to: [{ namespaceSelector: {} }] }],
    hosts: () => toIngress(plan),
    outside: () => [{ to: [block("0.0.0.0/0", [...keptFrom, plan.network.podCidr, plan.network.serviceCidr])] }],
  };
  return [
    ...[...new Set(straight)].sort().map((namespace) => ({ to: [fromNamespace(namespace)] })),
    ...CALLED.flatMap((each) => (called.has(each) ? rules[each]() : [])),
  ];
}

/** In the order of the rules, which stays the same. */
const CALLED: readonly Called[] = ["kubernetes", "kubelets", "pods", "hosts", "outside"];

/** A network without those of some others that are in it. */
export function block(cidr: string, without: readonly string[]): Peer {
  const whole = parseCidr(cidr);
  const inside = without.filter((each) => {
    const first = parseAddress(each.split("/")[0] ?? "");
    return whole !== undefined && first !== undefined && contains(whole, first);
  });
  return { ipBlock: { cidr, ...(inside.length === 0 ? {} : { except: inside }) } };
}

/** Ports of the machines. Cilium counts no machine to a network: by the ports alone there. */
function toMachines({ cluster, network, machines }: EnvironmentPlan, ports: readonly number[]): Rule {
  const open = ports.map((port) => ({ protocol: "TCP", port }));
  if (cluster.variables.kube_network_plugin === "cilium") return { ports: open };
  const whole = parseCidr(network.cidr);
  const elsewhere = machines.filter(({ address }) => {
    const at = parseAddress(address);
    return whole === undefined || at === undefined || !contains(whole, at);
  });
  return { to: [network.cidr, ...elsewhere.map(({ address }) => `${address}/32`)].map((cidr) => ({ ipBlock: { cidr } })), ports: open };
}

/** The ingress by its address, and by its pods, to which nodes lead that address themselves. */
function toIngress({ platform: { ingress }, services }: EnvironmentPlan): Rule[] {
  const controllers = services.filter(({ offers = [], spares = [] }) => [...offers, ...spares].includes("ingress"));
  return [
    { to: controllers.map(({ namespace }) => fromNamespace(namespace)) },
    { to: [{ ipBlock: { cidr: `${ingress.address}/32` } }], ports: [80, 443].map((port) => ({ protocol: "TCP", port })) },
  ].filter(({ to }) => to.length > 0);
}
