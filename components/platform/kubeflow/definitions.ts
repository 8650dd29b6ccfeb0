import type { apiextensions } from "@pulumi/kubernetes/types/input";

/** A kind of object that its programs keep. */
export interface Definition {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly singular: string;
  readonly plural: string;
  /** @default Namespaced */
  readonly scope?: "Namespaced" | "Cluster";
  /** Whether it has a status beside the rest. @default its controller writes it with that */
  readonly reported?: true;
}

const argo = (kind: string): Definition => ({
  group: "argoproj.io",
  version: "v1alpha1",
  kind,
  singular: kind.toLowerCase(),
  plural: `${kind.toLowerCase()}s`,
});

const kubeflow = (kind: string, version: string): Definition => ({ ...argo(kind), group: "kubeflow.org", version });

/**
 * The kinds that its programs watch from their start, and wait for: Argo Workflows' of a namespace, and recurring runs. Cluster-wide templates
 * are not among them: the workflow controller minds its own namespace.
 */
export const DEFINITIONS: readonly Definition[] = [
  ...["Workflow", "WorkflowTemplate", "CronWorkflow", "WorkflowTaskSet", "WorkflowTaskResult", "WorkflowArtifactGCTask"].map(argo),
  kubeflow("ScheduledWorkflow", "v1beta1"),
];

/** That of whose a namespace is, where Kubeflow is for several. */
export const PROFILE: Definition = { ...kubeflow("Profile", "v1beta1"), scope: "Cluster" };

/** The kinds of Argo's that have a status beside the rest. */
const REPORTED: readonly string[] = ["WorkflowTaskSet", "WorkflowArtifactGCTask"];

/** Its fields by Kubernetes' own word: the SDK's spells it with `_`, which only its provider understands. */
const ANYTHING = { type: "object", "x-kubernetes-preserve-unknown-fields": true };

/** Name of a definition, which Kubernetes prescribes. */
export function definitionName({ group, plural }: Definition): string {
  return `${plural}.${group}`;
}

/** What a definition says. Its fields are its program's to know: versions of it add some, and a schema here would drop those. */
export function definitionSpec({
  group,
  version,
  kind,
  singular,
  plural,
  scope = "Namespaced",
  reported = REPORTED.includes(kind) || undefined,
}: Definition): apiextensions.v1.CustomResourceDefinitionSpec {
  return {
    group,
    scope,
    names: { kind, listKind: `${kind}List`, singular, plural },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        schema: { openAPIV3Schema: ANYTHING },
        ...(reported ? { subresources: { status: {} } } : {}),
      },
    ],
  };
}
