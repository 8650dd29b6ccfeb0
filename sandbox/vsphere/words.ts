import { shortOf } from "../../plugin/faults-words";
import { ApiError, type Words } from "../cloud/cloud";

/** What vCenter and its provider say. */
export const WORDS: Words = {
  throttled: () => "503 Service Unavailable",
  expired: "ServerFaultCode: The session is not authenticated.",
  failed: "ServerFaultCode: A general system error occurred",
  lost: "Post https://vcenter/sdk: read tcp: connection reset by peer",
  notFound: (type, id) =>
    `ServerFaultCode: The object 'vim.${shortOf(type)}:${id}' has already been deleted or has not been completely created`,
  missing: (kind, id) => {
    const [what, why] = MISSING[kind]?.(id) ?? ["ServerFaultCode", GONE];
    return new ApiError(what, why);
  },
  held: (_kind, _id, refusal) => refusal.message,
};

/** vCenter's own words for an object that it has not. */
const GONE = "The object has already been deleted or has not been completely created";
const notFound = (id: string): string => `virtual machine with UUID "${id}" not found`;

/** By kind, what the provider was about, and why it could not. */
const MISSING: Readonly<Record<string, (id: string) => readonly [what: string, why: string]>> = {
  template: (id) => [`cannot locate virtual machine or template with UUID "${id}"`, notFound(id)],
  instance: (id) => [`cannot locate virtual machine with UUID "${id}"`, notFound(id)],
  resourcePool: (id) => [`could not find resource pool ID "${id}"`, `ServerFaultCode: ${GONE}`],
  datastore: () => ["error locating datastore for VM", `ServerFaultCode: ${GONE}`],
  network: (id) => [
    "error reconfiguring virtual machine",
    `error processing network device changes post-clone: network_interface.0: Network with ID ${id} not found`,
  ],
  tag: (id) => [`error attaching tags: tag-association/id:${id}`, "404 Not Found"],
  tagCategory: (id) => [`could not create tag: category ${id}`, "404 Not Found"],
};

/** Somebody has the name already, where each has its own. */
export function nameInUse(name: string): ApiError {
  return new ApiError("ServerFaultCode", `The name '${name}' already exists.`);
}

/** Something else is on it, or in it. */
export function inUse(message: string): ApiError {
  return new ApiError("InUse", message);
}
