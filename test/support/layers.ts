import type { EngineTarget, OperationResult } from "../../engine/types";
import type { Layer } from "../../model/layers";
import type { Lock } from "../../model/lock";
import { environmentFile, plannedFile } from "./environment";

/** A database is enough of a platform: it has passwords, claims and a namespace. */
export const FEW = { services: { metricsServer: false, certManager: false, keycloak: false, portal: false } };

/** Plans an environment held by three stacks, each time by the lock of the time before. */
export function layeredTarget(root: string, name: string) {
  let lock: Lock | undefined;
  return (
    nodes: Record<string, unknown>,
    layer?: Layer,
    layers = "three",
    network = {},
    { floating = {}, services = {} } = {},
  ): EngineTarget => {
    const planned = plannedFile(
      environmentFile({
        name,
        layers,
        platform: { services: { ...FEW.services, ...services } },
        // Reached from outside: what the infrastructure gives of addresses goes through all three.
        infrastructure: { provider: "openstack", access: { adminCidrs: ["203.0.113.0/24"] }, network: { floating } },
        cluster: { network, apiEndpoint: { domain: `api.${name}.example.org` }, pools: { worker: { nodes } } },
      }),
      lock,
    );
    lock = planned.lock;
    return { plan: planned.plan, root, sandbox: true, approvals: [], ...(layer ? { layer } : {}) };
  };
}

/** How many resources were created, updated, replaced and deleted. */
export function counts({ changes }: OperationResult): number[] {
  return [changes.create, changes.update, changes.replace, changes.delete];
}
