import { PublicIPAddress } from "@pulumi/azure-native/network/publicIPAddress";
import { type Input, type Output, output } from "@pulumi/pulumi";
import { azureLimits, azureName } from "./names";
import { child, everyZone, placed, type Scope, tags } from "./scope";

/** A public address, as others are told of it and as people dial it. */
export interface PublicAddress {
  readonly id: Input<string>;
  readonly address: Output<string>;
}

/** An address that stays what it is. By default all zones have it, and it goes with the environment unless the file keeps addresses. */
export function createAddress(scope: Scope, what: string, of: { readonly zones?: string[]; readonly kept?: boolean } = {}): PublicAddress {
  const { name, plan } = scope;
  const { kept = true, zones } = of;
  const made = new PublicIPAddress(
    `${name}-floating-ip-${what}`,
    {
      ...placed(scope),
      ...(zones === undefined ? everyZone(scope) : zones.length === 0 ? {} : { zones }),
      publicIpAddressName: azureName(plan, azureLimits.publicAddress, what),
      publicIPAllocationMethod: "Static",
      publicIPAddressVersion: "IPv4",
      sku: { name: "Standard" },
      tags: tags(scope),
    },
    child(scope, { retainOnDelete: kept && plan.retain.includes("addresses") }),
  );
  return { id: made.id, address: made.ipAddress.apply((text) => text ?? "") };
}

/** The address that was made beforehand, or one of ours. */
export function givenAddress(scope: Scope, what: string, address: string | undefined): PublicAddress {
  return address === undefined ? createAddress(scope, what) : { id: scope.azure.addresses?.[address] ?? "", address: output(address) };
}
