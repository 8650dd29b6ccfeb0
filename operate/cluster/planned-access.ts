import type { EngineTarget } from "../../engine/types";
import { readSecret } from "../../files/read-secret";
import { hasTask } from "../../model/cluster/inventory";
import { plannedDoor, plannedHost } from "../../model/plan/hosts";
import type { SecretReference } from "../../model/plan/infrastructure-types";
import type { EnvironmentPlan } from "../../model/plan/types";
import { RefusedError } from "../../model/problems";
import type { HostAccess } from "../../plugin/kubespray/cluster-view";

/** The machines of a plan's cluster, by name, where the plan has them. */
export function plannedMachines({ machines, cluster }: EnvironmentPlan): HostAccess["machines"] {
  return Object.fromEntries(
    machines.filter(({ name }) => hasTask(cluster, name)).map((machine) => [machine.name, plannedHost(machine)] as const),
  );
}

/** The way to hosts that were there before the environment, by the plan alone; in the sandbox no secret is read. */
export async function plannedAccess({ plan, root, folder = root, sandbox }: EngineTarget): Promise<HostAccess> {
  const { user, privateKey, agent, sudoPassword } = plan.access.ssh;
  const read = async (name: string, reference: SecretReference): Promise<string> =>
    await readSecret(reference, folder).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      const where = { environment: plan.environment, path: `infrastructure.access.ssh.${name}` };
      throw new RefusedError([{ ...where, reason, remedy: "put the secret there, or refer to where it is", severity: "error" }]);
    });
  const machines = plannedMachines(plan);
  if (sandbox) return { machines, ssh: { user, privateKey: `stand-in for ${JSON.stringify(privateKey)}` } };
  const door = plannedDoor(plan);
  return {
    machines,
    ssh: {
      user,
      ...(privateKey === undefined ? {} : { privateKey: await read("privateKey", privateKey) }),
      ...(agent === undefined ? {} : { agent }),
      ...(sudoPassword === undefined ? {} : { becomePassword: (await read("sudoPassword", sudoPassword)).replace(/\r?\n$/, "") }),
      ...(door ? { bastion: door } : {}),
    },
  };
}
