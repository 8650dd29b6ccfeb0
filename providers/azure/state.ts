import type { CloudState } from "../../model/cloud";
import { findable } from "./findable";

/** What has to be known of Azure's resources where something broke, was lost or goes for good. */
export const state: CloudState = {
  findable,
  kinds: {
    machine: "azure-native:compute:VirtualMachine",
    volume: "azure-native:compute:Disk",
    floatingAddress: "azure-native:network:PublicIPAddress",
  },
  // Custom data cannot be read at all.
  readsBack: false,
  commands: {
    show: (id) => `az vm show --ids ${id}`,
    remove: (id) => `az vm delete --yes --ids ${id}`,
  },
  remedies: [
    [
      /AllocationFailed|OverconstrainedAllocationRequest|ZonalAllocationFailed/,
      "The zone has no room for machines of that size just now. Run the same command again later, or have the machine in another zone or of another size: one that does not stand yet may change both.",
    ],
    [
      /SkuNotAvailable/,
      "The subscription is not offered this size in that region or zone: `az vm list-skus --location REGION --size SIZE --zone` says where it is. Choose another size or other zones, or ask for it under Help + support.",
    ],
    [
      /QuotaExceeded|PublicIPCountLimitReached|MaxSecurityRulesPerNsgLimitReached|OperationNotAllowed.*[Qq]uota/,
      "A quota of the subscription is used up: have it raised under Quotas in that region, then run the same command again.",
    ],
    [
      /SecurityRuleConflict/,
      "A rule of somebody else's in the security group has this one's number: `az network nsg rule list` names it. Give that another number, then run the same command again.",
    ],
    [
      /AnotherOperationInProgress/,
      "Azure was still at another change of the same network or security group. Run the same command again: what is done stays done.",
    ],
    [
      /PrivateIPAddressInUse|PrivateIPAddressIsAllocated|PrivateIPAddressInReservedRange/,
      "Azure has given the planned address to something else in the subnet: take that away, or give the machine another address at its key, then run the same command again.",
    ],
    [
      /AuthorizationFailed|LinkedAuthorizationFailed/,
      "The credentials may not do this: `kpaas plan ENV --show permissions` prints the role they need.",
    ],
    [
      /MarketplacePurchaseEligibilityFailed|ResourcePurchaseValidationFailed/,
      "The image is of a plan whose terms nobody has accepted: `az vm image terms accept --urn IMAGE` does, once in the subscription.",
    ],
    [
      /MissingSubscriptionRegistration/,
      "The subscription has not been used for such resources before: `az provider register --namespace NAMESPACE`, with the namespace that the message names, makes it so.",
    ],
    [
      /InUseSubnetCannotBeDeleted|NetworkSecurityGroupInUse|CannotDelete|InUse\w*CannotBeDeleted/,
      "Something is on it that is not in the state, as a balancer that a controller of the cluster has made: delete that, then run the same command again.",
    ],
  ],
};
