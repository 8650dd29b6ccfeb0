import { shortOf } from "../../plugin/faults-words";
import { ApiError, type SimulatedCloud, type Words } from "../cloud/cloud";
import { TYPES } from "./types";

/** The realm of the administrators. */
export const MASTER = "master";

/** What Keycloak answers where nothing of a kind has the id. */
const MISSING: Readonly<Record<string, string>> = {
  realm: '{"error":"Realm not found."}',
  client: '{"error":"Could not find client"}',
  role: '{"error":"Could not find role with id"}',
  group: '{"error":"Could not find group by id"}',
  user: '{"error":"User not found"}',
};

/** What Keycloak and its provider say. */
const WORDS: Words = {
  throttled: () => "429 Too Many Requests.",
  expired: '401 Unauthorized. Response body: {"error":"HTTP 401 Unauthorized"}',
  failed: '500 Internal Server Error. Response body: {"error":"unknown_error"}',
  lost: "error sending request: EOF",
  notFound: (type, id) => `error sending GET request to /admin/realms: 404 Not Found: ${shortOf(type)} ${id}`,
  missing: (kind, id) =>
    new ApiError(
      `error sending request for ${kind} ${id}`,
      `404 Not Found. Response body: ${MISSING[kind] ?? '{"error":"HTTP 404 Not Found"}'}`,
    ),
  held: (_kind, _id, refusal) => refusal.message,
};

/** A Keycloak server as its provider meets it. */
export const KEYCLOAK: SimulatedCloud<never, never> = {
  name: "keycloak",
  // What is in it goes with the cluster.
  folder: "kubernetes/keycloak",
  version: "6.13.0",
  types: TYPES,
  invokes: {},
  quotas: {},
  words: WORDS,
  // The realm of its administrators is there from the start.
  beforehand: (_server, kind, id) => (kind === "realm" && id === MASTER ? { id } : undefined),
};
