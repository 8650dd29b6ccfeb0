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

/** What an API server says. */
export const KUBERNETES: CloudWords = {
  throttled: () => "429: Too Many Requests: the server has received too many requests and has asked us to try again later",
  expired: "401: Unauthorized: the server has asked for the client to provide credentials",
  failed: "500: Internal error occurred: etcdserver: request timed out",
  lost: "unexpected EOF",
  notFound: (type, id) => `404: ${shortOf(type).toLowerCase()}s "${id}" not found`,
};

/** `random` and `tls` call nobody, and our own plugin has several to call: what a rule does to them is a defect of the provider. */
export const LOCAL: CloudWords = {
  throttled: (limit) => `429: Too Many Requests: only ${limit} call(s) a second`,
  expired: "401: Unauthorized",
  failed: "the provider failed",
  lost: "unexpected EOF",
  notFound: (type, id) => `404: ${shortOf(type)} ${id} could not be found.`,
};

/** `Network` of `openstack:networking/network:Network`. */
export function shortOf(type: string): string {
  return type.slice(type.lastIndexOf(":") + 1);
}
