import type { EngineTarget } from "../../engine/types";
import { readSecret } from "../../files/read-secret";
import { plannedDoor, plannedHost } from "../../model/plan/hosts";
import { RefusedError } from "../../model/problems";
import type { HostAccess } from "../../plugin/kubespray/cluster-view";

/** The way to hosts that were there before the environment, by the plan alone; in the sandbox no secret is read. */
export async function plannedAccess({ plan, root, folder = root, sandbox }: EngineTarget): Promise<HostAccess> {
  const { user, privateKey } = plan.access.ssh;
  const key =
    sandbox || privateKey === undefined
      ? `stand-in for ${JSON.stringify(privateKey)}`
      : await readSecret(privateKey, folder).catch((error: unknown) => {
          const reason = error instanceof Error ? error.message : String(error);
          const where = { environment: plan.environment, path: "infrastructure.access.ssh.privateKey" };
          throw new RefusedError([{ ...where, reason, remedy: "put the secret there, or refer to where it is", severity: "error" }]);
        });
  const door = sandbox ? undefined : plannedDoor(plan);
  const machines = plan.machines.filter(({ name }) => name in plan.cluster.nodes).map((machine) => [machine.name, plannedHost(machine)]);
  return { machines: Object.fromEntries(machines), ssh: { user, privateKey: key, ...(door ? { bastion: door } : {}) } };
}
