import type { EngineTarget, OperationResult } from "../../engine/types";
import { registry } from "../../files/registry";
import type { Layer } from "../../model/layers";
import type { Lock } from "../../model/lock";
import { switchedServices } from "../../model/registry";
import { environmentFile, plannedFile } from "./environment";

/** A database is enough of a platform: it has passwords, claims and a namespace. */
export const FEW = { services: { metricsServer: false, certManager: false, keycloak: false, portal: false } };

const NONE = Object.fromEntries(switchedServices(registry).map(({ name }) => [name, false]));

/** As little of a platform as there can be: no service that is asked for, and no server of files. */
export const BARE = { services: NONE, storage: { kind: "existing", className: "fast" } };

/** Plans an environment held by three stacks, each time by the lock of the time before. */
export function layeredTarget(root: string, name: string, few: Record<string, object> = FEW) {
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
        platform: { ...few, services: { ...few.services, ...services } },
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
