import { type Output, output } from "@pulumi/pulumi";
import type { InfrastructureMachine, SshAccess } from "../../components/infrastructure";
import type { EnvironmentPlan } from "../../model/plan/types";
import { madeWith } from "./host-key";

/** A machine of a cloud, as far as whoever reaches it has to know. */
export interface MadeMachine {
  readonly instance: { readonly id: Output<string>; readonly userData: Output<string | undefined> };
  /** The key it is first met by, where it is met from outside. */
  readonly hostKey?: Output<string>;
  /** Where the guest may find a volume, by its name; the usual place first. */
  readonly devices: Readonly<Record<string, Output<[string, ...string[]]>>>;
}

/**
 * The machines as everything above the cloud sees them.
 * @param bastion where the bastion is reached from outside; undefined where it is reached at its own address
 */
export function reachedMachines(
  plan: EnvironmentPlan,
  made: Readonly<Record<string, MadeMachine>>,
  bastion: Output<string> | undefined,
): Record<string, InfrastructureMachine> {
  return Object.fromEntries(
    plan.machines.map(({ key, name, roles, zone, address }): [string, InfrastructureMachine] => {
      const { instance, devices } = made[name]!;
      const usual = Object.fromEntries(Object.entries(devices).map(([volume, paths]) => [volume, paths.apply(([path]) => path)]));
      const dialAddress = (roles.includes("bastion") ? bastion : undefined) ?? output(address);
      return [name, { key, name, roles, ...(zone !== undefined && { zone }), id: instance.id, dialAddress, address, devices: usual }];
    }),
  );
}

/** How to log in to them, through the bastion where there is one. */
export function accessTo(
  { access }: EnvironmentPlan,
  machines: Readonly<Record<string, InfrastructureMachine>>,
  made: Readonly<Record<string, MadeMachine>>,
  privateKey: Output<string>,
): SshAccess {
  const { user } = access.ssh;
  const bastion = Object.values(machines).find(({ roles }) => roles.includes("bastion"))?.dialAddress;
  const met = Object.entries(made).flatMap(([machine, { instance, hostKey }]) =>
    hostKey === undefined ? [] : [[machine, { userData: instance.userData, publicKey: hostKey }] as const],
  );
  const firstHostKeys = met.length === 0 ? {} : { firstHostKeys: madeWith(Object.fromEntries(met)) };
  return { user, privateKey, ...(bastion && { bastion: { address: bastion, user } }), ...firstHostKeys };
}
