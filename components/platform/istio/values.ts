import type { PlannedArgs } from "../args";
import type { MeshAuthorizer, PlainContainer } from "../grants";
import { imageOf, spreadOverNodes } from "../objects";
import type { Values } from "../values";
import type { IstioArgs } from "./args";

/** Labels the chart gives the pods of istiod. */
export const DISCOVERY_LABELS = { app: "istiod", istio: "pilot" } as const;

/**
 * What a pod is given beside its proxy: the runtime's own filter of system calls, where it names none for all of its containers. Its proxy would
 * else have none, and namespaces held to `restricted` would refuse the pod.
 */
const SECCOMP = `metadata: {}
{{- if not (and .Spec.SecurityContext .Spec.SecurityContext.SeccompProfile) }}
spec:
  securityContext:
    seccompProfile:
      type: RuntimeDefault
{{- end }}
`;

/** What a container is given that says nothing of its user: a plain one, without rights that it could gain. What it says itself stays. */
const plainTemplate = (containers: readonly PlainContainer[]): string => `metadata: {}
{{- range $each := .Spec.Containers }}
${containers
  .map(
    ({ name, program }) => `{{- if and (eq $each.Name "${name}") (eq (print $each.Command) "[${program}]") }}
spec:
  containers:
  - name: ${name}
    securityContext:
      runAsNonRoot: true
      runAsUser: 1000
      allowPrivilegeEscalation: false
      capabilities:
        drop: [ALL]
{{- end }}`,
  )
  .join("\n")}
{{- end }}
`;

/** Values of the istiod chart. */
export function istioValues({ plan, authorizers = [], collectors = [], plain = [] }: PlannedArgs<IstioArgs>): Values {
  const several = plan.replicas > 1;
  const proxy = imageOf(plan, "proxy");
  const providers = [
    ...authorizers.map(asked),
    ...collectors.map(({ name, service, port }) => ({ name, opentelemetry: { service, port } })),
  ];
  return {
    image: imageOf(plan, "pilot"),
    autoscaleEnabled: false,
    replicaCount: plan.replicas,
    resources: plan.resources ?? {},
    seccompProfile: { type: "RuntimeDefault" },
    ...(several ? { topologySpreadConstraints: spreadOverNodes(DISCOVERY_LABELS), pdb: { maxUnavailable: 1 } } : {}),
    // The network plugin leads traffic to the proxies: without it pods would need rights on the network.
    cni: { enabled: true },
    // Proxies start before a pod's own containers and end after them: jobs end.
    env: { ENABLE_NATIVE_SIDECARS: "true" },
    global: {
      proxy: { image: proxy, resources: plan.parts?.proxy ?? {} },
      proxy_init: { image: proxy },
      defaultPodDisruptionBudget: { enabled: several },
    },
    sidecarInjectorWebhook: {
      templates: { seccomp: SECCOMP, ...(plain.length === 0 ? {} : { plain: plainTemplate(plain) }) },
      defaultTemplates: ["sidecar", "seccomp", ...(plain.length === 0 ? [] : ["plain"])],
    },
    gateways: { seccompProfile: { type: "RuntimeDefault" } },
    ...(providers.length === 0 ? {} : { meshConfig: { extensionProviders: providers } }),
  };
}

/** Who is asked, as Istio has it. Where nobody answers, no request passes. */
function asked({ name, service, port, shown, passedOn, answered, renewed, below, told }: MeshAuthorizer): Values {
  return {
    name,
    envoyExtAuthzHttp: {
      service,
      port,
      includeRequestHeadersInCheck: shown,
      ...(passedOn ? { headersToUpstreamOnAllow: passedOn } : {}),
      ...(answered ? { headersToDownstreamOnDeny: answered } : {}),
      ...(renewed ? { headersToDownstreamOnAllow: renewed } : {}),
      ...(below ? { pathPrefix: below } : {}),
      ...(told ? { includeAdditionalHeadersInCheck: told } : {}),
    },
  };
}
