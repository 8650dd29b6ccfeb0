import { selectorLabels } from "../objects";
import type { Profile, Shared } from "./args";
import { USER_HEADER } from "./login";
import { AUTHORIZER, NAMES } from "./names";
import { routesOf, screensOf } from "./screens";

/** An object of Istio's, without its metadata. */
export interface MeshObject {
  /** What it is called, within its namespace. */
  readonly name: string;
  /** Whose pods it is about. */
  readonly workload: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly spec: object;
}

type Rule = Readonly<Record<"from" | "when", readonly object[]>>;

function policy(name: string, workload: string, spec: object): MeshObject {
  return { name, workload, apiVersion: "security.istio.io/v1", kind: "AuthorizationPolicy", spec };
}

const asks = (rules: readonly Partial<Rule>[]) => ({ action: "CUSTOM", provider: { name: AUTHORIZER }, rules });
const allows = (rules: readonly Partial<Rule>[]) => ({ action: "ALLOW", rules });
const from = (source: Readonly<Record<string, readonly string[]>>) => ({ from: [{ source }] });

/**
 * What its own pods are met by in the mesh. Whoever is behind the gate has it asked by itself, and not by the gateway: hosts of others come by that
 * too, and lead where the VirtualServices of theirs say. Its word on who asks then stands in place of whatever came.
 */
export function gateObjects(shared: Shared, host: string, namespace: string): MeshObject[] {
  const { gateway, mesh, profiles } = shared;
  const selector = (workload: string) => ({ selector: { matchLabels: { ...selectorLabels(workload) } } });
  const led = from({ principals: [gateway.principal] });
  const asking = from({ namespaces: [namespace, ...Object.keys(profiles)] });
  const dashboard = from({ principals: [`${mesh.trustDomain}/ns/${namespace}/sa/${NAMES.dashboard}`] });
  const screens = screensOf(shared).flatMap(({ name }) => [
    policy(`${name}-gate`, name, { ...selector(name), ...asks([{}]) }),
    policy(name, name, { ...selector(name), ...allows([led]) }),
  ]);
  return [
    ...screens,
    policy(NAMES.gate, NAMES.gate, { ...selector(NAMES.gate), ...allows([led, asking]) }),
    policy(NAMES.members, NAMES.members, { ...selector(NAMES.members), ...allows([dashboard]) }),
    {
      ...{ name: "kubeflow", workload: NAMES.dashboard, apiVersion: "networking.istio.io/v1", kind: "VirtualService" },
      spec: routesOf(shared, host, namespace),
    },
  ];
}

/**
 * What all pods of a profile's namespace are met by: its owner and editors, through the gate, and each other; and by Pipelines' UI what shows it
 * artifacts.
 * @param programs the namespace of Kubeflow's programs
 */
export function profileObjects(
  { gateway, mesh }: Shared,
  namespace: string,
  { owner, editors = [] }: Profile,
  programs: string,
): MeshObject[] {
  const led = from({ principals: [gateway.principal] });
  const when = [{ key: `request.headers[${USER_HEADER}]`, values: [...new Set([owner, ...editors])] }];
  return [
    policy("kubeflow-gate", NAMES.gate, asks([led])),
    policy("kubeflow", NAMES.gate, allows([{ ...led, when }, from({ namespaces: [namespace] })])),
    policy("kubeflow-artifacts", NAMES.artifacts, {
      ...{ selector: { matchLabels: { ...selectorLabels(NAMES.artifacts) } } },
      ...allows([from({ principals: [`${mesh.trustDomain}/ns/${programs}/sa/${NAMES.ui}`] })]),
    }),
  ];
}
