import { MEASURED_OPENLY } from "../../model/service";

/** By this label of a namespace Istio gives its pods a proxy. */
export const MESH_LABELS = { "istio-injection": "enabled" } as const;

/** By this label of a pod it is said again: pods are made anew when their namespace comes into the mesh, and when it leaves. */
const MESH_POD_LABELS = { "sidecar.istio.io/inject": "true" } as const;

/** By this label of a pod its proxy's version is told, so that pods are made anew, with a proxy of the new version, when the mesh's changes. */
export const PROXY_VERSION_LABEL = "kpaas.io/proxy-version";

/** Labels of a pod that has a proxy. @param version the mesh's */
export function meshPodLabels(version: string | undefined): Readonly<Record<string, string>> {
  return { ...MESH_POD_LABELS, ...(version === undefined ? {} : { [PROXY_VERSION_LABEL]: version }) };
}

/** Labels of a pod that has none, in a namespace of the mesh. */
export const OUTSIDE_LABELS = { "sidecar.istio.io/inject": "false" } as const;

/** Where proxies ask Istio for what they are told and signed. */
export const XDS_PORT = 15012;

/** The label that a pod has once it has a proxy beside it; Istio's gateway, which is one itself, has none. */
export const PROXY_LABELS = { "security.istio.io/tlsMode": "istio" } as const;

/**
 * Where a pod's proxy says what it counts, together with what the pod's own containers say, which it asks at 127.0.0.1 by the pod's annotations
 * (`measuredByProxy`). Istio leads nothing that comes to this port into the mesh: it is met by plain HTTP also where pods are met by the mesh only.
 */
export const PROXY_METRICS_PORT = 15020;

/** The port that a proxy's container names: that of its own numbers alone. */
export const PROXY_NAMED_PORT = 15090;

/** What a pod of the mesh says there, as definitions have it. */
export const PROXY_SPEAKS = { [PROXY_METRICS_PORT]: MEASURED_OPENLY } as const;

/** Annotations of a pod whose proxy is to ask it what it counts. */
export function measuredByProxy(port: number, path = "/metrics"): Readonly<Record<string, string>> {
  return { "prometheus.io/scrape": "true", "prometheus.io/port": String(port), "prometheus.io/path": path };
}

/** How the pods of a namespace are met: the arguments of an object of Istio's, without its metadata. */
export function peerAuthentication(mtls: "strict" | "permissive") {
  return {
    apiVersion: "security.istio.io/v1",
    kind: "PeerAuthentication",
    spec: { mtls: { mode: mtls.toUpperCase() } },
  };
}
