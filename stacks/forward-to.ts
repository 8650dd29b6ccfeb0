import { type Input, log, output, runtime } from "@pulumi/pulumi";
import { type Door, forwardPort } from "../model/plan/tunnel";
import type { ManagedAt } from "../model/plan/types";
import type { Forwards } from "../reach/forward";

/** The ways that this process has opened, by their ports. */
const opened = new Map<number, Promise<Forwards>>();

/** Opens ways into a cluster for as long as this process lives. Without an engine nobody would take them, and nothing is opened. */
export function leadTo(doors: readonly Door[], kubeconfig: Input<string>): void {
  if (!runtime.hasEngine()) return;
  for (const door of doors) {
    const forwards = opened.get(door.local) ?? open(door);
    opened.set(door.local, forwards);
    output(kubeconfig).apply(async (known) => (await forwards).use(known));
  }
}

async function open(door: Door): Promise<Forwards> {
  const { openForwards } = await import("../reach/forward.js");
  return await openForwards({ doors: [door], tell: (text) => void log.warn(text) });
}

/**
 * Leads from this machine to the pods of a workload, through the cluster's API server, while the program runs: what a service that is made
 * alone is administered by. Nothing listens outside 127.0.0.1, and nothing is dialled before somebody calls.
 * @param name whose port it is: the same name, the same port
 * @param kubeconfig of the cluster, by client certificate or token
 * @returns the URL, which never changes
 */
export function forwardTo(
  name: string,
  kubeconfig: Input<string>,
  pods: { readonly namespace: string } & Omit<ManagedAt, "local" | "unproven">,
): string {
  const local = forwardPort(name, pods.workload);
  leadTo([{ of: name, ...pods, local }], kubeconfig);
  return `https://127.0.0.1:${local}`;
}
