import type { Profile } from "../plan/types";

/** What a profile gives where the file is silent. */
export interface ProfileDefaults {
  readonly controlPlanes: number;
  readonly workers: number;
  readonly bastion: boolean;
  /** Replicas of the services that can have several. */
  readonly replicas: number;
}

/** What each profile gives where the file is silent. */
export const profiles: Readonly<Record<Profile, ProfileDefaults>> = {
  minimal: { controlPlanes: 1, workers: 2, bastion: false, replicas: 1 },
  standard: { controlPlanes: 1, workers: 3, bastion: false, replicas: 1 },
  highAvailability: { controlPlanes: 3, workers: 3, bastion: true, replicas: 2 },
};
