import type { InfrastructureMachine, SshAccess } from "../components/infrastructure";
import type { PlatformNodes } from "../components/platform/platform";
import { registriesOf } from "../model/plan/registries";
import type { EnvironmentPlan } from "../model/plan/types";

/** The nodes as the platform takes them: none where nothing of it is done on them. */
export function nodesOf(
  plan: EnvironmentPlan,
  machines: Readonly<Record<string, Pick<InfrastructureMachine, "dialAddress" | "login">>>,
  { user, privateKey, agent, becomePassword, bastion }: SshAccess,
): { readonly nodes?: PlatformNodes } {
  if (registriesOf(plan).length === 0) return {};
  const hosts = Object.keys(plan.cluster.nodes).flatMap((name) => {
    const machine = machines[name];
    return machine === undefined ? [] : [[name, { address: machine.dialAddress, ...machine.login }] as const];
  });
  const ssh = {
    user,
    ...(privateKey === undefined ? {} : { privateKey }),
    ...(agent === undefined ? {} : { agent }),
    ...(becomePassword === undefined ? {} : { becomePassword }),
    ...(bastion === undefined ? {} : { bastion }),
  };
  return { nodes: { hosts: Object.fromEntries(hosts), ssh } };
}
