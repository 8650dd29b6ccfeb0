import type { admissionregistration } from "@pulumi/kubernetes/types/input";
import type { Input } from "@pulumi/pulumi";
import type { Hook, Webhooks } from "./parts/part";

/** What the API server is told of a part's questions of one kind: whom to ask, whose certificate that shows, and about what in which namespaces. */
export function webhooksOf(
  { workload, hooks }: Webhooks,
  kind: Hook["kind"],
  { namespace, profiles, caBundle }: { readonly namespace: string; readonly profiles: readonly string[]; readonly caBundle: Input<string> },
): admissionregistration.v1.ValidatingWebhook[] {
  const inProfiles = { matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "In", values: [...profiles] }] };
  return hooks
    .filter((hook) => hook.kind === kind)
    .map(({ name, path, apiGroup, apiVersion, resource, operations, label }) => ({
      name,
      clientConfig: { service: { name: workload, namespace, path }, caBundle },
      rules: [{ apiGroups: [apiGroup], apiVersions: [apiVersion], operations: [...operations], resources: [resource] }],
      namespaceSelector: inProfiles,
      ...(label === undefined ? {} : { objectSelector: { matchExpressions: [{ key: label, operator: "Exists" }] } }),
      ...{ failurePolicy: "Fail", sideEffects: "None", admissionReviewVersions: ["v1"] },
    }));
}
