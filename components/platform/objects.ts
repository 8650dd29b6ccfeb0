import { createHash } from "node:crypto";
import type { core, networking } from "@pulumi/kubernetes/types/input";
import { all, type Input, type Output, unsecret } from "@pulumi/pulumi";
import { podPlacement } from "../../model/placement";
import type { Labels } from "../../model/plan/infrastructure-types";
import type { PlacementPlan, ResourcesPlan, ServicePlan } from "../../model/plan/types";
import type { IngressRoute } from "./grants";

/** How strictly a namespace is held to the Pod Security Standards. */
export type PodSecurity = "restricted" | "baseline" | "privileged";

/** The image that plays a role in a service, as planned (mirrored already where the environment is air-gapped). */
export function imageOf(plan: ServicePlan, role: string): string {
  const image = plan.images[role];
  if (image === undefined)
    throw new Error(`The plan of service "${plan.name}" has no image for "${role}"; it must come from the catalogue.`);
  return image;
}

/** The parts of an image reference, as charts want them. */
export interface ImageParts {
  readonly registry: string;
  /** Without the registry. */
  readonly path: string;
  readonly tag: string;
  /** `sha256:…`; empty where the reference has none. */
  readonly digest: string;
}

/** Splits `registry[:port]/path[:tag][@digest]`. */
export function imageParts(image: string): ImageParts {
  const match = /^([^/]+)\/([^:@]+)(?::([^@]+))?(?:@(.+))?$/.exec(image);
  if (!match) throw new Error(`"${image}" is no full image reference; it must be registry/path:tag.`);
  return { registry: match[1] ?? "", path: match[2] ?? "", tag: match[3] ?? "", digest: match[4] ?? "" };
}

/** Repository and tag of an image, the two values most charts take. A digest stays with the tag: `tag@sha256:…`. */
export function repositoryAndTag(image: string): { repository: string; tag: string } {
  const { registry, path, tag, digest } = imageParts(image);
  return { repository: `${registry}/${path}`, tag: digest === "" ? tag : `${tag}@${digest}` };
}

/** An image as charts take it that put it together by themselves. */
export function imageInParts(image: string): { registry: string; repository: string; tag: string; digest?: string } {
  const { registry, path, tag, digest } = imageParts(image);
  return { registry, repository: path, tag, ...(digest === "" ? {} : { digest }) };
}

/** Labels that select a workload's pods. Selectors cannot change, so versions and the environment's labels stay out of them. */
export function selectorLabels(workload: string): Labels {
  return { "app.kubernetes.io/name": workload, "app.kubernetes.io/part-of": "k-paas" };
}

/** Labels of an object of a service. */
export function objectLabels(plan: ServicePlan, workload: string, labels: Labels = {}): Labels {
  return {
    ...labels,
    ...selectorLabels(workload),
    "app.kubernetes.io/version": plan.version,
    "app.kubernetes.io/managed-by": "kpaas",
  };
}

/** Labels that hold a namespace to a Pod Security Standard; what restricted would refuse is warned about in any case. */
export function podSecurityLabels(level: PodSecurity): Labels {
  return {
    "pod-security.kubernetes.io/enforce": level,
    "pod-security.kubernetes.io/warn": level === "privileged" ? "privileged" : "restricted",
  };
}

/** A pod that runs as one plain user. `user` owns the files of its volumes. */
export function podSecurityContext(user: number): core.v1.PodSecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: user,
    fsGroup: user,
    fsGroupChangePolicy: "OnRootMismatch",
    seccompProfile: { type: "RuntimeDefault" },
  };
}

/** A container that can neither gain rights nor write to its own image. */
export function containerSecurityContext(): core.v1.SecurityContext {
  return { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } };
}

/** Where a service's pods may run; nothing where any node will do. */
export function placed(plan: PlacementPlan): Pick<core.v1.PodSpec, "nodeSelector" | "tolerations"> {
  const { nodeSelector, tolerations } = podPlacement(plan);
  return { ...(nodeSelector ? { nodeSelector: { ...nodeSelector } } : {}), ...(tolerations ? { tolerations: [...tolerations] } : {}) };
}

/** Requests and limits as Kubernetes takes them. */
export function resourceRequirements(resources: ResourcesPlan | undefined): core.v1.ResourceRequirements {
  const { requests, limits } = resources ?? {};
  return {
    ...(requests ? { requests: { ...requests } as Record<string, string> } : {}),
    ...(limits ? { limits: { ...limits } as Record<string, string> } : {}),
  };
}

/** Spreads the replicas of a workload over the nodes, as far as there are enough. */
export function spreadOverNodes(selector: Labels): core.v1.TopologySpreadConstraint[] {
  return [
    {
      maxSkew: 1,
      topologyKey: "kubernetes.io/hostname",
      whenUnsatisfiable: "ScheduleAnyway",
      labelSelector: { matchLabels: { ...selector } },
    },
  ];
}

/** A GET probe on a named port. */
export function httpProbe(
  path: string,
  port: string,
  { scheme, ...timing }: { periodSeconds: number; failureThreshold: number; scheme?: "HTTPS" },
): core.v1.Probe {
  return { httpGet: { path, port, ...(scheme ? { scheme } : {}) }, timeoutSeconds: 3, ...timing };
}

/** All pods of a namespace. */
export function fromNamespace(namespace: Input<string>): networking.v1.NetworkPolicyPeer {
  return { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } } };
}

/** All pods of whoever leads in from outside. */
export function fromIngress({ namespace, beside }: Pick<IngressRoute, "namespace" | "beside">): networking.v1.NetworkPolicyPeer[] {
  return [namespace, ...(beside === undefined ? [] : [beside])].map(fromNamespace);
}

/** A pod's way to its own namespace, and to whoever answers for names, wherever that is. */
export function toOwnNamespace(): networking.v1.NetworkPolicyEgressRule[] {
  return [{ to: [{ podSelector: {} }] }, { ports: ["UDP", "TCP"].map((protocol) => ({ protocol, port: 53 })) }];
}

/** One path of an Ingress. */
export interface IngressPath {
  /** A prefix, or a regular expression where `regex` is set. */
  readonly path: string;
  readonly regex?: boolean;
  readonly service: string;
  readonly port: number;
}

/** An Ingress for one host: annotations and spec. TLS is always on, by the controller's default certificate or the host's own. */
export function ingressFor(
  host: string,
  route: IngressRoute,
  paths: readonly IngressPath[],
): { annotations: Record<string, string>; spec: networking.v1.IngressSpec } {
  return {
    annotations: route.clusterIssuer === undefined ? {} : { "cert-manager.io/cluster-issuer": route.clusterIssuer },
    spec: {
      ingressClassName: route.className,
      tls: [{ hosts: [host], ...(route.clusterIssuer === undefined ? {} : { secretName: `${host}-tls` }) }],
      rules: [
        {
          host,
          http: {
            paths: paths.map(({ path, regex, service, port }) => ({
              path,
              pathType: regex ? "ImplementationSpecific" : "Prefix",
              backend: { service: { name: service, port: { number: port } } },
            })),
          },
        },
      ],
    },
  };
}

/**
 * Annotations by which ingress-nginx verifies the pods that it speaks TLS to.
 * @param secret `NAMESPACE/NAME` of the Secret whose `ca.crt` signed their certificate, in the Ingress's namespace
 * @param serverName a name in that certificate
 */
export function verifiedTls(secret: string, serverName: string): Record<string, string> {
  const settings = { secret, name: serverName, verify: "on", protocols: "TLSv1.2 TLSv1.3" };
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [`nginx.ingress.kubernetes.io/proxy-ssl-${key}`, value]));
}

/** The same, with the one by which it speaks TLS to them: charts may say that themselves. Traefik reads all of them. */
export function overTls(secret: string, serverName: string): Record<string, string> {
  return { "nginx.ingress.kubernetes.io/backend-protocol": "HTTPS", ...verifiedTls(secret, serverName) };
}

/** What a claim asks for. */
export function claimSpec(
  storageClassName: Input<string>,
  sizeGiB: number,
  accessMode: "ReadWriteOnce" | "ReadWriteMany" = "ReadWriteOnce",
): core.v1.PersistentVolumeClaimSpec {
  return { accessModes: [accessMode], storageClassName, resources: { requests: { storage: `${sizeGiB}Gi` } } };
}

/** A short hash of what an object holds, for names and annotations that must change with it. */
export function contentHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 10);
}

/** A hash of secret values that may be shown. Only for generated values: nobody can guess 190 random bits from their hash. */
export function secretHash(...values: Input<string>[]): Output<string> {
  return unsecret(all(values)).apply((known) => contentHash(JSON.stringify(known)));
}
