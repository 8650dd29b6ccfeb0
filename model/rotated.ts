import type { ServicePlan } from "./plan/types";

/** One kind of a service's secrets, and how it is exchanged for another one. */
export type Rotated = OverlappingSecret | SingleSecret | KeptSecret;

/** What comes after it is valid before it ends, and it ends once everybody has that. */
export interface OverlappingSecret extends Exchanged {
  readonly how: "overlap";
}

/** The service holds one only: it ends as its successor begins. */
export interface SingleSecret extends Exchanged {
  readonly how: "one";
  /** About how many seconds it takes from its end until everybody has its successor. */
  readonly seconds: number;
}

interface Exchanged {
  /** What it is, as a noun. */
  readonly secret: string;
  /** Whose pods are made anew for it: the service's own, and those of whoever takes its grants. @default none */
  readonly restarts?: readonly ("itself" | "takers")[];
  /** Which of those who take its grants have this secret, by their claims. @default all of them */
  readonly takenBy?: (claims: NonNullable<ServicePlan["needs"]>) => boolean;
}

/** It stays as it was made. */
export interface KeptSecret {
  readonly secret: string;
  readonly how: "never";
  /** Why, as a clause. */
  readonly reason: string;
  /** What to do instead. */
  readonly remedy: string;
}

/** What of a planned service decides how its secrets are exchanged. */
export type RotatedPlan = Pick<ServicePlan, "version" | "replicas" | "options">;
