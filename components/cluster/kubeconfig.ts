import type { YAMLMap } from "yaml";
import type { ClusterSpec } from "../../model/cluster/types";

/**
 * A kubeconfig that leads to the API at another address, e.g. its floating one. Certificates are checked against the name that nodes use,
 * which they hold in any case. Clusters whose server is another one stay as they are.
 */
export function reachedAt(kubeconfig: string, { host, port }: ClusterSpec["apiEndpoint"], address: string): string {
  return changeClusters(kubeconfig, (cluster) => {
    if (cluster.getIn(["cluster", "server"]) !== `https://${host}:${port}`) return;
    cluster.setIn(["cluster", "server"], `https://${address}:${port}`);
    cluster.setIn(["cluster", "tls-server-name"], host);
  });
}

/**
 * A kubeconfig whose clusters are reached through an HTTP proxy. Servers stay as they are, and so do the names certificates are checked
 * against.
 */
export function throughProxy(kubeconfig: string, proxyUrl: string): string {
  return changeClusters(kubeconfig, (cluster) => cluster.setIn(["cluster", "proxy-url"], proxyUrl));
}

function changeClusters(kubeconfig: string, change: (cluster: YAMLMap) => void): string {
  // Loaded by who reaches a cluster by another way only.
  const { parseDocument, YAMLMap, YAMLSeq }: typeof import("yaml") = require("yaml");
  const document = parseDocument(kubeconfig);
  const clusters = document.get("clusters");
  for (const entry of clusters instanceof YAMLSeq ? clusters.items : []) {
    if (entry instanceof YAMLMap) change(entry);
  }
  return document.toString({ lineWidth: 0 });
}
