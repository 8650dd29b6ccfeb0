import { shortOf } from "../../plugin/faults-words";
import { ApiError, type Words } from "../cloud/cloud";
import type { Quota } from "./names";

/** What GCP and its provider say. */
export const WORDS: Words = {
  throttled: (limit) =>
    `googleapi: Error 403: Quota exceeded for quota metric 'Queries' and limit '${limit} per second', rateLimitExceeded`,
  expired: "googleapi: Error 401: Request had invalid authentication credentials. Expected OAuth 2 access token, authError",
  failed: "googleapi: Error 500: Internal error. Please try again or contact Google Support., backendError",
  lost: "Post: read tcp: connection reset by peer",
  notFound: (type, id) => `googleapi: Error 404: The resource '${id}' was not found (${shortOf(type)}), notFound`,
  missing: (_kind, id) => new ApiError("Error 404", `The resource '${id}' was not found, notFound`),
  held: (_kind, _id, refusal) => refusal.message,
};

const exceeded = (metric: string) => (limit: number) =>
  new ApiError("Error 403", `QUOTA_EXCEEDED: Quota '${metric}' exceeded.  Limit: ${limit}.0 in region., quotaExceeded`);

/** How GCP refuses what would go over a quota. */
export const QUOTAS: Readonly<Record<Quota, (limit: number) => ApiError>> = {
  processors: exceeded("CPUS_ALL_REGIONS"),
  e2: exceeded("CPUS"),
  n2: exceeded("N2_CPUS"),
  n2d: exceeded("N2D_CPUS"),
  t2d: exceeded("T2D_CPUS"),
  c2d: exceeded("C2D_CPUS"),
  c3: exceeded("C3_CPUS"),
  ssd: exceeded("SSD_TOTAL_GB"),
  standard: exceeded("DISKS_TOTAL_GB"),
  hyperdisk: exceeded("HDB_TOTAL_GB"),
  addresses: exceeded("STATIC_ADDRESSES"),
  networks: exceeded("NETWORKS"),
  firewalls: exceeded("FIREWALLS"),
  disks: exceeded("DISKS"),
};
