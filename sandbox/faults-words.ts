import type { FaultPackage } from "../plugin/faults-file";

/** What a cloud says when it refuses a call, before its provider puts `Error creating TYPE: ` in front. */
export interface CloudWords {
  throttled(callsPerSecond: number): string;
  readonly expired: string;
  /** An error on the cloud's side, where the rule gives no message of its own. */
  readonly failed: string;
  /** The connection broke before the answer came. */
  readonly lost: string;
  notFound(type: string, id: string): string;
}

const OPENSTACK: CloudWords = {
  throttled: (limit) => `429: Over Limit: This request was rate-limited. Only ${limit} request(s) can be made every second.`,
  expired: "401: Unauthorized: The request you have made requires authentication.",
  failed: "500: Internal Server Error: The server has either erred or is incapable of performing the requested operation.",
  lost: "read tcp: connection reset by peer",
  notFound: (type, id) => `404: ${shortOf(type)} ${id} could not be found.`,
};

const KUBERNETES: CloudWords = {
  throttled: () => "429: Too Many Requests: the server has received too many requests and has asked us to try again later",
  expired: "401: Unauthorized: the server has asked for the client to provide credentials",
  failed: "500: Internal error occurred: etcdserver: request timed out",
  lost: "unexpected EOF",
  notFound: (type, id) => `404: ${shortOf(type).toLowerCase()}s "${id}" not found`,
};

/** `random` and `tls` call nobody: what a rule does to them is a defect of the provider. */
const LOCAL: CloudWords = {
  throttled: (limit) => `429: Too Many Requests: only ${limit} call(s) a second`,
  expired: "401: Unauthorized",
  failed: "the provider failed",
  lost: "unexpected EOF",
  notFound: (type, id) => `404: ${shortOf(type)} ${id} could not be found.`,
};

/** By package, how its cloud refuses. */
export const WORDS: Readonly<Record<FaultPackage, CloudWords>> = {
  openstack: OPENSTACK,
  kubernetes: KUBERNETES,
  random: LOCAL,
  tls: LOCAL,
};

/** `Network` of `openstack:networking/network:Network`. */
export function shortOf(type: string): string {
  return type.slice(type.lastIndexOf(":") + 1);
}
