import { findRelease, ownNamespacesOf } from "../../../model/catalog";
import type { EnvironmentPlan } from "../../../model/plan/types";
import { offererOf } from "../../../model/registry";
import { MEASURED_OPENLY } from "../../../model/service";
import { defineService, WHOLE_PROFILES } from "../define-service";

/** Kubernetes' own namespaces. */
const KUBERNETES = ["kube-system", "kube-public", "kube-node-lease"];

/**
 * The platform's namespaces: of its services, and of all that the release has besides. One that is switched on later is not looked at from its
 * first moment then.
 */
function platformNamespaces({ release: number, services }: EnvironmentPlan): string[] {
  const release = findRelease(number);
  const all = release === undefined ? [] : ownNamespacesOf(release);
  // What a service makes beside its own comes with it.
  const besides = services.flatMap(({ name }) => release?.services[name]?.besides ?? []);
  return [...new Set([...KUBERNETES, ...services.map(({ namespace }) => namespace), ...all, ...besides])].sort();
}

const judgement = ["audit", "enforce", "off"] as const;

export const kyverno = defineService({
  name: "kyverno",
  title: "Kyverno",
  about: "judges pods and closes namespaces by K-PaaS's policies",
  profiles: WHOLE_PROFILES,
  options: (z) => ({
    baseline: z
      .enum(judgement)
      .optional()
      .describe(
        "Pods that gain rights on their node (Pod Security Standard baseline): audit reports them, enforce refuses them. Default: audit.",
      ),
    restricted: z
      .enum(judgement)
      .optional()
      .describe("Pods that could do with fewer rights (Pod Security Standard restricted), likewise. Default: audit."),
    appArmor: z
      .enum(judgement)
      .optional()
      .describe("Pods with a profile of AppArmor that is neither the runtime's nor their node's, likewise. Default: enforce."),
    isolateNamespaces: z.boolean().optional().describe("Whether a new namespace is closed to the pods of others. Default: true."),
    joinNamespaces: z
      .boolean()
      .optional()
      .describe("Whether namespaces in which a cluster administrator makes RoleBindings of one name may reach each other. Default: true."),
    alwaysPull: z
      .boolean()
      .optional()
      .describe("Whether images are asked for anew at every start, so that nobody runs one that they may not pull. Default: true."),
  }),
  replicas: "profile",
  // Those that answer the API server; of the others one leads.
  autoscaling: () => ({
    by: "chart",
    values: ({ minReplicas, maxReplicas, cpuPercent }) => ({
      admissionController: { autoscaling: { enabled: true, minReplicas, maxReplicas, targetCPUUtilizationPercentage: cpuPercent } },
    }),
  }),
  wants: {
    scrape: () => ({
      targets: Object.fromEntries(
        ["admission-controller", "background-controller", "cleanup-controller", "reports-controller"].map((part) => [
          part,
          { pods: { "app.kubernetes.io/part-of": "kyverno", "app.kubernetes.io/component": part }, port: 8000 },
        ]),
      ),
    }),
  },
  speaks: { 9443: "TLS", 8000: MEASURED_OPENLY },
  calls: ["kubernetes"],
  create: (name, { common, options: policies, environment }, opts) => {
    const { Kyverno } = require("./kyverno") as typeof import("./kyverno");
    const { services, tenants = [], network } = environment;
    const ingress = offererOf("ingress", services)?.namespace;
    return new Kyverno(
      name,
      {
        ...common,
        policies,
        excluded: platformNamespaces(environment),
        walled: tenants.map((tenant) => tenant.name),
        podCidr: network.podCidr,
        reaching: ingress === undefined ? [] : [ingress],
      },
      opts,
    );
  },
});
