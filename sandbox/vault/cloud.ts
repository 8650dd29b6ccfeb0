import { shortOf } from "../../plugin/faults-words";
import type { SimulatedCloud, Words } from "../cloud/cloud";
import { refused, TYPES } from "./types";

/** What OpenBao and its provider say. */
const WORDS: Words = {
  throttled: () => "Error making API request.\n\nCode: 429. Errors:\n\n* request path rate limit exceeded",
  expired: "Error making API request.\n\nCode: 403. Errors:\n\n* permission denied",
  failed: "Error making API request.\n\nCode: 500. Errors:\n\n* internal error",
  lost: "error sending request: EOF",
  notFound: (type, id) => `${shortOf(type)} ${id} not found`,
  missing: (_kind, id) => refused("PUT", id, 404, "no value found"),
  held: (_kind, _id, refusal) => refusal.message,
};

/** An OpenBao server as the provider of Vault meets it. */
export const VAULT: SimulatedCloud<never, never> = {
  name: "vault",
  // What is in it goes with the cluster.
  folder: "kubernetes/vault",
  version: "7.8.0",
  types: TYPES,
  invokes: {},
  quotas: {},
  words: WORDS,
};
