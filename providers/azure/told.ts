import { output } from "@pulumi/pulumi";
import type { ToldOutputs } from "../../components/infrastructure";
import type { PublicAddress } from "./addresses";
import type { MachineIdentity } from "./identity";
import { TOLD } from "./in-cluster";
import type { Scope } from "./scope";

/** What the controller and the driver of disks are told: the subscription, as whom they ask, and the address that is met from outside. Nothing is secret. */
export function toldBy({ group }: Pick<Scope, "group">, { clientId }: MachineIdentity, outside: PublicAddress | undefined): ToldOutputs {
  return {
    ids: {
      [TOLD.subscription]: group.id.apply((id) => id.split("/")[2] ?? ""),
      [TOLD.client]: clientId,
      ...(outside && { [TOLD.outside]: output(outside.id) }),
    },
    secrets: {},
  };
}
