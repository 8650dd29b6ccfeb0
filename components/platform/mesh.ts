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

/** How the pods of a namespace are met: the arguments of an object of Istio's, without its metadata. */
export function peerAuthentication(mtls: "strict" | "permissive") {
  return {
    apiVersion: "security.istio.io/v1",
    kind: "PeerAuthentication",
    spec: { mtls: { mode: mtls.toUpperCase() } },
  };
}
