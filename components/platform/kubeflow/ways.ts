import { fromIngress, fromNamespace, selectorLabels } from "../objects";
import type { KubeflowArgs } from "./args";
import { NAMES, PORTS } from "./names";
import type { Way } from "./parts/part";
import { partsOf } from "./parts/parts";
import { screensOf } from "./screens";

const pods = (workload: string) => ({ podSelector: { matchLabels: { ...selectorLabels(workload) } } });

/** Who reaches which of its programs. Runs are pods of the namespace: what they call is open to all that is in it. */
export function waysOf({ ingress, shared }: Pick<KubeflowArgs, "ingress" | "shared">): Way[] {
  const own = [{ podSelector: {} }];
  return [
    ...(shared === undefined
      ? [{ role: "allow-ingress-controller", workload: NAMES.ui, ports: [PORTS.login], from: fromIngress(ingress) }]
      : throughGate(shared)),
    { role: "allow-api", workload: NAMES.api, ports: [PORTS.api, PORTS.apiRpc], from: own },
    { role: "allow-metadata", workload: NAMES.metadata, ports: [PORTS.metadata], from: own },
    { role: "allow-metadata-web", workload: NAMES.metadataWeb, ports: [PORTS.metadataWeb], from: [pods(NAMES.ui)] },
    { role: "allow-store", workload: NAMES.store, ports: [PORTS.store], from: own },
  ];
}

/** Screens are led to by the mesh's gateway, and the gate is asked by the proxies of all that is behind it. */
function throughGate(shared: NonNullable<KubeflowArgs["shared"]>): Way[] {
  const gateway = fromNamespace(shared.gateway.namespace);
  const asking = [gateway, { podSelector: {} }, ...Object.keys(shared.profiles).map(fromNamespace)];
  return [
    ...screensOf(shared).map(({ name, port }) => ({ role: `allow-${name}`, workload: name, ports: [port], from: [gateway] })),
    { role: "allow-gate", workload: NAMES.gate, ports: [PORTS.login], from: asking },
    { role: "allow-members", workload: NAMES.members, ports: [PORTS.members], from: [pods(NAMES.dashboard)] },
    ...partsOf(shared).flatMap(({ ways, webhooks }) => [
      ...(ways?.(shared) ?? []),
      // The API server is no pod.
      ...(webhooks ? [{ role: `allow-${webhooks.workload}-webhook`, workload: webhooks.workload, ports: [webhooks.port], from: [] }] : []),
    ]),
  ];
}
