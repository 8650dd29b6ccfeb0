import { shortOf } from "../../plugin/faults-words";
import { ApiError, type Words } from "../cloud/cloud";
import type { Quota } from "./names";

/** What Azure and its provider say. */
export const WORDS: Words = {
  throttled: (limit) => `Status=429 Code="TooManyRequests" Message="The request was throttled: only ${limit} call(s) a second."`,
  expired: 'Status=401 Code="ExpiredAuthenticationToken" Message="The access token expiry UTC time is earlier than current UTC time."',
  failed: 'Status=500 Code="InternalServerError" Message="An error occurred."',
  lost: "read tcp: connection reset by peer",
  notFound: (type, id) => `Status=404 Code="ResourceNotFound" Message="The ${shortOf(type)} ${id} was not found."`,
  missing: (kind, id) =>
    kind === "resourceGroup"
      ? new ApiError("ResourceGroupNotFound", `Resource group '${id.slice(id.lastIndexOf("/") + 1)}' could not be found.`)
      : new ApiError("ResourceNotFound", `The Resource '${id}' was not found.`),
  held: (kind, id, refusal) => `deleting ${kind} ${id}: ${refusal.message}`,
};

const exceeded = (quota: string, limit: number, more: number, used: number): ApiError =>
  new ApiError(
    "OperationNotAllowed",
    `Operation could not be completed as it results in exceeding approved ${quota} quota. Current Limit: ${limit}, Current Usage: ${used}, Additional Required: ${more}.`,
  );

/** How Azure refuses what would go over a quota. */
export const QUOTAS: Readonly<Record<Quota, (limit: number, more: number, used: number, of: string) => ApiError>> = {
  processors: (limit, more, used) => exceeded("Total Regional Cores", limit, more, used),
  families: (limit, more, used, family) => exceeded(`${family} Cores`, limit, more, used),
  addresses: (limit) =>
    new ApiError("PublicIPCountLimitReached", `Cannot create more than ${limit} public IP addresses for this subscription in this region.`),
  disks: (limit) => new ApiError("OperationNotAllowed", `The disks quota of ${limit} is exceeded.`),
  rules: (limit) =>
    new ApiError("MaxSecurityRulesPerNsgLimitReached", `Cannot create more than ${limit} security rules for the network security group.`),
};
