import { parseDocument, YAMLMap, YAMLSeq } from "yaml";

/**
 * A kubeconfig whose clusters are reached through an HTTP proxy. Servers stay as they are, and so do the names certificates are checked
 * against.
 */
export function throughProxy(kubeconfig: string, proxyUrl: string): string {
  const document = parseDocument(kubeconfig);
  const clusters = document.get("clusters");
  for (const entry of clusters instanceof YAMLSeq ? clusters.items : []) {
    if (entry instanceof YAMLMap) entry.setIn(["cluster", "proxy-url"], proxyUrl);
  }
  return document.toString({ lineWidth: 0 });
}
