import type { ServicePlan } from "../../../../model/plan/types";
import { OUTSIDE_LABELS } from "../../mesh";
import { imageOf } from "../../objects";
import { RESTRICTED } from "./restricted";

/** The account of notebooks, which every profile has: it may nothing, and its pods get no token of it. */
const ACCOUNT = "default-editor";

/** By which image each algorithm suggests. Those that take a volume of their own, or change trials by rights (population based training, early stopping), are not there. */
const ALGORITHMS: Readonly<Record<string, string>> = {
  ...{ random: "katibHyperopt", tpe: "katibHyperopt" },
  ...{ grid: "katibOptuna", "multivariate-tpe": "katibOptuna" },
  ...{ hyperband: "katibHyperband", bayesianoptimization: "katibSkopt" },
  ...{ cmaes: "katibGoptuna", sobol: "katibGoptuna" },
  ...{ enas: "katibEnas", darts: "katibDarts" },
};

/** What collects metrics and suggests asks for and may take. */
const SMALL = { requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu: "500m", memory: "512Mi" } };

/** The file that the controller reads at its start, and again for each experiment. */
export function katibConfig(plan: ServicePlan, ports: { readonly webhook: number; readonly health: number }): string {
  const collector = (kind: string, role: string) => ({ kind, image: imageOf(plan, role), resources: SMALL });
  return JSON.stringify({
    apiVersion: "config.kubeflow.org/v1beta1",
    kind: "KatibConfig",
    init: {
      controller: {
        ...{ webhookPort: ports.webhook, healthzAddr: `:${ports.health}`, trialResources: ["Job.v1.batch"] },
        // What collects metrics beside a trial is held to what that is held to.
        injectSecurityContext: true,
      },
    },
    runtime: {
      metricsCollectors: [
        collector("StdOut", "katibFile"),
        collector("File", "katibFile"),
        { ...collector("TensorFlowEvent", "katibEvents"), resources: { ...SMALL, limits: { cpu: "500m", memory: "1Gi" } } },
      ],
      suggestions: Object.entries(ALGORITHMS).map(([algorithmName, role]) => ({
        ...{ algorithmName, image: imageOf(plan, role), serviceAccountName: ACCOUNT },
        ...{ resources: SMALL, securityContext: RESTRICTED },
      })),
    },
  });
}

/** What the screen offers to begin a trial from: a Job as profiles take it, by an image that is there already. */
export function trialTemplates(plan: ServicePlan): Record<string, string> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Katib puts the value in.
  const script = "x = float('${trialParameters.x}'); print('loss=%f' % ((x - 2) ** 2))";
  const container = {
    ...{ name: "training-container", image: imageOf(plan, "katibHyperopt"), command: ["python3", "-c", script] },
    ...{ resources: SMALL, securityContext: RESTRICTED },
  };
  const template = {
    // A proxy of the mesh would go on when the trial is over.
    metadata: { labels: { ...OUTSIDE_LABELS } },
    spec: { automountServiceAccountToken: false, enableServiceLinks: false, restartPolicy: "Never", containers: [container] },
  };
  return { "trial.yaml": JSON.stringify({ apiVersion: "batch/v1", kind: "Job", spec: { template } }, undefined, 2) };
}
