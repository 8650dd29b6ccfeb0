import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import type { meta } from "@pulumi/kubernetes/types/input";
import type { CustomResourceOptions, Input, Output } from "@pulumi/pulumi";
import { kebab } from "../../../model/service";
import type { Claimant } from "../define-service";
import type { ScrapeClaim, ScrapeTarget } from "../grants";
import { NAMES } from "./names";

/** The API of the operator's objects. */
export const API_VERSION = "monitoring.coreos.com/v1";

/** What is measured of a service. */
export interface Scraped {
  /** Its job: the service and the target. */
  readonly job: string;
  readonly service: string;
  /** Where its pods are. */
  readonly namespaces: readonly string[];
  readonly target: ScrapeTarget;
}

/**
 * All that services claim to have measured, as far as there is any.
 * @param meshed the namespaces whose pods are in the mesh
 */
export function scrapedOf(claims: Readonly<Record<string, ScrapeClaim & Claimant>>, meshed: readonly string[]): Scraped[] {
  return Object.entries(claims)
    .flatMap(([service, { targets, namespace }]) =>
      Object.entries(targets).map(([name, target]) => ({
        ...{ job: `${kebab(service)}-${name}`, service, target },
        namespaces: target.of === "mesh" ? meshed : [namespace],
      })),
    )
    .filter(({ namespaces }) => namespaces.length > 0);
}

/** What signed the certificates of those that are asked by TLS, by service, as the fields of a Secret. */
export function authoritiesOf(claims: Readonly<Record<string, ScrapeClaim & Claimant>>): Record<string, Output<string>> {
  return Object.fromEntries(
    Object.entries(claims).flatMap(([service, { ca }]) => (ca === undefined ? [] : [[`${kebab(service)}.crt`, ca]])),
  );
}

/** Has Prometheus ask some pods. It stands in Prometheus' own namespace: what is made elsewhere is measured by nobody. */
export function podMonitor(
  name: string,
  metadata: Input<meta.v1.ObjectMeta>,
  { job, service, namespaces, target }: Scraped,
  options: CustomResourceOptions,
): CustomResource {
  const { pods, port, named, path = "/metrics", params, serverName } = target;
  const ca = { secret: { name: NAMES.scraped, key: `${kebab(service)}.crt` } };
  return new CustomResource(
    name,
    {
      apiVersion: API_VERSION,
      kind: "PodMonitor",
      metadata,
      spec: {
        namespaceSelector: { matchNames: [...namespaces] },
        selector: { matchLabels: { ...pods } },
        podMetricsEndpoints: [
          {
            portNumber: named ?? port,
            path,
            ...(params ? { params } : {}),
            ...(serverName ? { scheme: "https", tlsConfig: { ca, serverName } } : {}),
            relabelings: [
              { action: "replace", targetLabel: "job", replacement: job },
              ...(named === undefined
                ? []
                : [
                    {
                      action: "replace",
                      sourceLabels: ["__meta_kubernetes_pod_ip"],
                      targetLabel: "__address__",
                      replacement: `$1:${port}`,
                    },
                  ]),
              { action: "replace", sourceLabels: ["__meta_kubernetes_pod_node_name"], targetLabel: "node" },
            ],
          },
        ],
      },
    },
    options,
  );
}
