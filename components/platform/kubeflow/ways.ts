import { fromIngress, fromNamespace, selectorLabels } from "../objects";
import type { KubeflowArgs } from "./args";
import { NAMES, PORTS } from "./names";
import type { Way } from "./parts/part";
import { partsOf } from "./parts/parts";
import { screensOf } from "./screens";

const pods = (workload: string) => ({ podSelector: { matchLabels: { ...selectorLabels(workload) } } });

/** Who may say to the API server who they are, and be believed: its own programs. All others meet it by the door. */
const API_CALLERS = [NAMES.door, NAMES.persistence, NAMES.schedules].map(pods);

/** Who reaches which of its programs. Runs are pods of the namespace, or of those of profiles: what they call is open to all that is in it. */
export function waysOf({ ingress, shared }: Pick<KubeflowArgs, "ingress" | "shared">): Way[] {
  const own = [{ podSelector: {} }];
  const runs = shared === undefined ? own : [...own, ...Object.keys(shared.profiles).map(fromNamespace)];
  return [
    ...(shared === undefined
      ? [{ role: "allow-ingress-controller", workload: NAMES.ui, ports: [PORTS.login], from: fromIngress(ingress) }]
      : throughGate(shared)),
    { role: "allow-api", workload: NAMES.api, ports: [PORTS.api, PORTS.apiRpc], from: shared === undefined ? own : API_CALLERS },
    { role: "allow-metadata", workload: NAMES.metadata, ports: [PORTS.metadata], from: runs },
    { role: "allow-metadata-web", workload: NAMES.metadataWeb, ports: [PORTS.metadataWeb], from: [pods(NAMES.ui)] },
    { role: "allow-store", workload: NAMES.store, ports: [PORTS.store], from: runs },
  ];
}

/** Screens are led to by the mesh's gateway, and the gate is asked by the proxies of all that is behind it. */
function throughGate(shared: NonNullable<KubeflowArgs["shared"]>): Way[] {
  const gateway = fromNamespace(shared.gateway.namespace);
  const asking = [gateway, { podSelector: {} }, ...Object.keys(shared.profiles).map(fromNamespace)];
  return [
    ...screensOf(shared).map(({ name, port }) => ({ role: `allow-${name}`, workload: name, ports: [port], from: [gateway] })),
    { role: "allow-door", workload: NAMES.door, ports: [PORTS.door], from: Object.keys(shared.profiles).map(fromNamespace) },
    { role: "allow-door-of-ui", workload: NAMES.door, ports: [PORTS.doorOfUi], from: [pods(NAMES.ui)] },
    { role: "allow-gate", workload: NAMES.gate, ports: [PORTS.login], from: asking },
    { role: "allow-members", workload: NAMES.members, ports: [PORTS.members], from: [pods(NAMES.dashboard)] },
    ...partsOf(shared).flatMap(({ ways, webhooks }) => [
      ...(ways?.(shared) ?? []),
      // The API server is no pod.
      ...(webhooks ? [{ role: `allow-${webhooks.workload}-webhook`, workload: webhooks.workload, ports: [webhooks.port], from: [] }] : []),
    ]),
  ];
}
