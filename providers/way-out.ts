import type { Environment } from "../model/environment/types";
import type { Findings } from "../model/problems";

/** A network of ours that no gateway leads out of. */
interface Closed {
  /** The field that would have one. */
  readonly path: string;
  readonly value: unknown;
  /** Whether the cloud's own API is reached all the same. */
  readonly toCloud: boolean;
}

/** Warns of whoever needs the way out that a network has not: nodes, and what of the cloud's own runs in the cluster. */
export function warnOfNoWayOut({ cluster, platform }: Environment, { path, value, toCloud }: Closed, findings: Findings): void {
  const warn = (what: string, remedy: string) => findings.warn(path, `machines have no way out, by which ${what}`, remedy, value);
  const asking = [
    ...(platform.controller ? ["the cloud's controller"] : []),
    ...(platform.storage.kind === "cloud" ? ["the driver of volumes"] : []),
  ];
  if (!cluster.airGap && cluster.variables.https_proxy === undefined)
    warn("packages and images are fetched", "set cluster.airGap or a proxy among cluster.variables, or leave them a gateway");
  // Neither knows of a proxy.
  if (!toCloud && asking.length > 0)
    warn(
      `${asking.join(" and ")} ${asking.length > 1 ? "ask" : "asks"} the cloud`,
      "leave them a gateway, lead a way of your own to the cloud's API, or use metallb or nfs",
    );
}
