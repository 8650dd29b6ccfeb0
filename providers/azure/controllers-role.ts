import type { CloudPartName } from "../../model/cloud-parts";
import type { EnvironmentPlan } from "../../model/plan/types";

/** What a role may do, as Azure puts it. */
export interface RolePermissions {
  readonly actions: string[];
  readonly notActions: string[];
  readonly dataActions: string[];
  readonly notDataActions: string[];
}

/**
 * By part, the operations that it calls, from the sources and documents of the two: cloud-provider-azure (docs: topics/azure-permissions) with members
 * by address, which needs neither machines nor interfaces, and azuredisk-csi-driver (docs/driver-parameters.md). Beside what they call themselves,
 * Azure asks for what a written object refers to: groups that rules name, a network that members are in, an identity of a machine.
 */
const OPERATIONS: Readonly<Record<CloudPartName, readonly string[]>> = {
  controller: [
    "Microsoft.Network/applicationSecurityGroups/joinNetworkSecurityRule/action",
    "Microsoft.Network/loadBalancers/backendAddressPools/read",
    "Microsoft.Network/loadBalancers/backendAddressPools/write",
    "Microsoft.Network/loadBalancers/delete",
    "Microsoft.Network/loadBalancers/read",
    "Microsoft.Network/loadBalancers/write",
    "Microsoft.Network/networkSecurityGroups/join/action",
    "Microsoft.Network/networkSecurityGroups/read",
    "Microsoft.Network/networkSecurityGroups/write",
    "Microsoft.Network/publicIPAddresses/delete",
    "Microsoft.Network/publicIPAddresses/join/action",
    "Microsoft.Network/publicIPAddresses/read",
    "Microsoft.Network/publicIPAddresses/write",
    "Microsoft.Network/virtualNetworks/joinLoadBalancer/action",
    "Microsoft.Network/virtualNetworks/subnets/join/action",
    "Microsoft.Network/virtualNetworks/subnets/read",
  ],
  volumes: [
    "Microsoft.Compute/diskEncryptionSets/read",
    "Microsoft.Compute/disks/delete",
    "Microsoft.Compute/disks/read",
    "Microsoft.Compute/disks/write",
    "Microsoft.Compute/locations/DiskOperations/read",
    "Microsoft.Compute/locations/operations/read",
    "Microsoft.Compute/snapshots/delete",
    "Microsoft.Compute/snapshots/read",
    "Microsoft.Compute/snapshots/write",
    "Microsoft.Compute/virtualMachines/read",
    "Microsoft.Compute/virtualMachines/write",
    "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
  ],
};

/** What a controller calls beside these whose members are interfaces, as somebody may run one of their own. */
const BY_INTERFACES: readonly string[] = [
  "Microsoft.Compute/virtualMachines/instanceView/read",
  "Microsoft.Network/loadBalancers/backendAddressPools/join/action",
  "Microsoft.Network/networkInterfaces/join/action",
  "Microsoft.Network/networkInterfaces/read",
  "Microsoft.Network/networkInterfaces/write",
  "Microsoft.Network/virtualNetworks/read",
  "Microsoft.Resources/subscriptions/resourceGroups/read",
];

/** What the controller reads of the whole subscription before it begins: the zones of its regions. */
export const ZONES_OPERATION = "Microsoft.Resources/subscriptions/providers/read";

/** The parts that the plan has. */
export function partsOf({ platform }: Pick<EnvironmentPlan, "platform">): CloudPartName[] {
  return [
    ...(platform.loadBalancer.kind === "cloud" && platform.loadBalancer.controller ? (["controller"] as const) : []),
    ...(platform.storage.kind === "cloud" ? (["volumes"] as const) : []),
  ];
}

/**
 * What control planes may do within the environment's resource group: what the parts call that the plan has; where it has none, what both do, for
 * whoever brings them by themselves.
 */
export function controllersRole(plan: Pick<EnvironmentPlan, "platform">): RolePermissions {
  const parts = partsOf(plan);
  const actions = parts.length > 0 ? parts.flatMap((part) => OPERATIONS[part]) : [...Object.values(OPERATIONS).flat(), ...BY_INTERFACES];
  return { actions: actions.sort(), notActions: [], dataActions: [], notDataActions: [] };
}
