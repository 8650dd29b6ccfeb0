import type { Input, Output } from "@pulumi/pulumi";
import { nfsClient, operatingSystem } from "../../model/plan/operating-system";
import { groupsOf } from "../../model/plan/rules";
import type { EnvironmentPlan, MachinePlan } from "../../model/plan/types";
import { nfsServerUserData, nodeUserData } from "./cloud-init";

/**
 * The user data that a machine is prepared with at its first boot, on whatever cloud; undefined where it needs none.
 * @param devices by volume, where the guest may find it
 */
export function firstBoot(
  { platform: { storage }, network }: Pick<EnvironmentPlan, "platform" | "network">,
  machine: MachinePlan,
  devices: Readonly<Record<string, Output<[string, ...string[]]>>>,
): Input<string> | undefined {
  if (groupsOf(machine).includes("nodes")) {
    const client = storage.kind === "nfs" ? nfsClient(operatingSystem(machine.image)) : undefined;
    return nodeUserData({ packages: client === undefined ? [] : [client], podCidr: network.podCidr });
  }
  const share = devices[machine.volumes[0]?.name ?? ""];
  if (!machine.roles.includes("nfs") || storage.kind !== "nfs" || share === undefined) return undefined;
  return share.apply((paths) => nfsServerUserData({ devices: paths, path: storage.path, clients: network.cidr }));
}
