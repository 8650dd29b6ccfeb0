import type { CloudState } from "../../model/cloud";
import { findable } from "./findable";

/** What has to be known of GCP's resources where something broke, was lost or goes for good. */
export const state: CloudState = {
  findable,
  kinds: { machine: "gcp:compute/instance:Instance", volume: "gcp:compute/disk:Disk", floatingAddress: "gcp:compute/address:Address" },
  // What a machine booted from is told as the disk that was made of it.
  readsBack: false,
  commands: {
    show: (id) => `gcloud compute instances describe ${id}`,
    remove: (id) => `gcloud compute instances delete ${id}`,
  },
  remedies: [
    [
      /ZONE_RESOURCE_POOL_EXHAUSTED|does not have enough resources available/,
      "The zone has no room for machines of that type just now. Run the same command again later, or have the machine in another zone or of another size: one that does not stand yet may change both.",
    ],
    [
      /QUOTA_EXCEEDED|Quota '[^']+' exceeded|quotaExceeded/,
      "A quota of the project is used up: have it raised under IAM & Admin, Quotas, for that region, which takes minutes to days, then run the same command again.",
    ],
    [
      /IP_IN_USE_BY_ANOTHER_RESOURCE|already being used by another resource/,
      "Something else in the subnet has the planned address: take that away, or give the machine another address at its key, then run the same command again.",
    ],
    [
      /SERVICE_DISABLED|accessNotConfigured|has not been used in project/,
      "An API of Google's is not switched on in the project: `gcloud services enable compute.googleapis.com iam.googleapis.com cloudresourcemanager.googleapis.com dns.googleapis.com`, wait a minute, then run the same command again.",
    ],
    [
      /Error 403(?![^\n]*(quota|rateLimit))|PERMISSION_DENIED|Required '.*' permission/,
      "The credentials may not do this: `kpaas plan ENV --show permissions` prints a role that may, for `gcloud iam roles create`.",
    ],
    [
      /resourceInUseByAnotherResource|is already being used by/,
      "Something is on it that is not in the state, as a balancer, a firewall rule or a disk that a controller of the cluster has made: delete that, then run the same command again.",
    ],
    [
      /conditionNotMet.*external|constraints\/compute\.vmExternalIpAccess|constraints\/compute\.\w+/,
      "A policy of the organization forbids it: have the project exempted from the constraint that is named, or change the file so that it is not needed.",
    ],
  ],
};
