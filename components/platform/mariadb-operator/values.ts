import type { ServicePlan } from "../../../model/plan/types";
import { containerSecurityContext, imageOf, podSecurityContext, repositoryAndTag, spreadOverNodes } from "../objects";
import type { Values } from "../values";
import { OPERATOR } from "./rights";

/** Labels the chart gives the pods. */
export const OPERATOR_LABELS = { "app.kubernetes.io/name": OPERATOR, "app.kubernetes.io/instance": OPERATOR } as const;

/** The user of the image. */
const USER = 65532;

/**
 * Values of the mariadb-operator chart. Its webhook only looks at objects that are written by hand, and needs the rights to change webhooks and
 * read Secrets everywhere: ours are held against the definitions by the API server itself.
 */
export function mariadbOperatorValues(plan: ServicePlan, watches: string): Values {
  const several = plan.replicas > 1;
  return {
    crds: { enabled: true },
    image: repositoryAndTag(imageOf(plan, "operator")),
    ha: { enabled: several, replicas: plan.replicas },
    resources: plan.resources ?? {},
    podSecurityContext: podSecurityContext(USER),
    securityContext: containerSecurityContext(),
    rbac: { enabled: false },
    webhook: { enabled: false },
    certController: { enabled: false },
    extraEnv: [{ name: "WATCH_NAMESPACE", value: watches }],
    // Its rights there come with the databases; it ends itself where it may see nothing for so long.
    extraArgs: ["--cache-sync-timeout=1h"],
    ...(several ? { topologySpreadConstraints: spreadOverNodes(OPERATOR_LABELS) } : {}),
  };
}
