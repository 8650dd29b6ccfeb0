import type { MachinePlan } from "./infrastructure-types";
import type { EnvironmentPlan } from "./types";

/** A machine that was there before the environment, and how SSH reaches it. */
export interface PlannedHost {
  /** Another address is another host. */
  readonly machineId: string;
  readonly dialAddress: string;
  readonly sshUser?: string;
  readonly sshPort?: number;
}

/** Whether a machine's id is that of a host which was there beforehand. No cloud's ids have an @. */
export function wasThereBefore(machineId: string): boolean {
  return machineId.includes("@");
}

/** The host behind a machine of the plan. */
export function plannedHost({ key, roles, address, login = {} }: MachinePlan): PlannedHost {
  const { address: outside = address, user, port } = login;
  // A node that is the way in for others is reached through itself, where its outer address may lead nowhere.
  const throughItself = roles.includes("bastion") && roles.length > 1;
  return {
    machineId: `${key}@${address}`,
    dialAddress: throughItself ? address : outside,
    ...(user === undefined ? {} : { sshUser: user }),
    ...(port === undefined ? {} : { sshPort: port }),
  };
}

/** The host that SSH goes through to all others. */
export interface PlannedDoor {
  readonly address: string;
  readonly user: string;
  readonly port?: number;
  /** What its host key is recorded under, where that is not `bastion`. */
  readonly name?: string;
}

/** The way in, where there is one. */
export function plannedDoor({ machines, access }: Pick<EnvironmentPlan, "machines" | "access">): PlannedDoor | undefined {
  const bastion = machines.find(({ roles }) => roles.includes("bastion"));
  if (!bastion) return undefined;
  const { name, address, login = {} } = bastion;
  return {
    address: login.address ?? address,
    user: login.user ?? access.ssh.user,
    ...(login.port === undefined ? {} : { port: login.port }),
    ...(name === "bastion" ? {} : { name }),
  };
}
