import type { Input, Output } from "@pulumi/pulumi";
import type { MachinePlan } from "../../model/plan/infrastructure-types";
import type { EnvironmentPlan } from "../../model/plan/types";
import { userDataOf } from "../../model/plan/user-data";
import { cloudConfig } from "./cloud-init";

/**
 * The user data that a machine is prepared with at its first boot, on whatever cloud; undefined where it needs none.
 * @param devices by volume, where the guest may find it
 */
export function firstBoot(
  plan: Pick<EnvironmentPlan, "platform" | "network" | "services">,
  machine: MachinePlan,
  devices: Readonly<Record<string, Output<[string, ...string[]]>>>,
): Input<string> | undefined {
  const share = machine.roles.includes("nfs") ? devices[machine.volumes[0]?.name ?? ""] : undefined;
  if (share !== undefined) return share.apply((paths) => cloudConfig(userDataOf(plan, machine, paths) ?? {}));
  const content = userDataOf(plan, machine);
  return content && cloudConfig(content);
}
