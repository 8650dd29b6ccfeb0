import { KUBESPRAY_CLUSTER } from "../../model/type-tokens";
import type { PendingOperation, State, StateResource } from "./state";

/*
 * Creations that ended without an answer. The engine takes every failed creation for one that made nothing; that is sure only where the cloud,
 * or its provider before it asked the cloud, said no.
 */

/** An HTTP status where errors put one: at the beginning, after a colon or a bracket, or after the word for it. */
const status = (digits: string) => `(?:^|: |\\(|\\b(?:got|code|status|http):? )${digits}\\b`;

/** Words of a call that was not answered, or only to say that something broke. They count even where other words are beside them. */
const NO_ANSWER = new RegExp(
  [
    status("(?:408|5\\d\\d)"),
    "internal (?:server )?error|bad gateway|(?:service|currently) (?:is )?unavailable|currently unable to handle",
    "\\bEOF\\b|connection (?:reset|refused|lost|closed)|broken pipe|unreachable|no such host|no route to host|tls handshake",
    "time(?:d)?[- ]?out|deadline exceeded|no answer|cancell?ed",
    "error reading from server|transport is closing|code = Unavailable|plugin exited|died",
  ].join("|"),
  "im",
);

/** Words with which a request is refused, by a cloud or by a provider that does not even make it. */
const NO = new RegExp(
  [
    status("4\\d\\d"),
    "quota|limit ?exceeded|too many requests|forbidden|unauthorized|authentication failed|bad request|method not allowed|denied",
    "not (?:be )?found|no matches for|no suitable|already (?:exists|in use|allocated)|still in use|conflict",
    "\\binvalid\\b|\\brequired\\b|\\bmust\\b|missing|(?:not|un)supported|does not implement",
  ].join("|"),
  "im",
);

/** Whether an error says for certain that nothing was made. */
export function saysNo(error: string): boolean {
  return !NO_ANSWER.test(error) && NO.test(error);
}

/**
 * A creation as the state would have recorded it. One that an event told of lacks what the resource depends on (what its inputs name by id) and
 * the cluster that it goes with (the one its provider speaks to), without which it would be deleted at the wrong time.
 */
export function completed(operation: PendingOperation, { deployment }: State): PendingOperation {
  const { resource } = operation;
  if (operation.type !== "creating" || resource.dependencies !== undefined) return operation;
  const recorded = deployment.resources ?? [];
  const named = textsIn(resource.inputs);
  const dependencies = recorded.filter(({ id }) => id !== undefined && id !== "" && named.has(id)).map(({ urn }) => urn);
  const cluster = resource.deletedWith ?? clusterOf(resource, recorded);
  return { ...operation, resource: { ...resource, dependencies, ...(cluster === undefined ? {} : { deletedWith: cluster }) } };
}

function clusterOf({ provider }: StateResource, recorded: readonly StateResource[]): string | undefined {
  const needed = recorded.find(({ urn }) => provider?.startsWith(`${urn}::`))?.dependencies ?? [];
  return recorded.find(({ urn, type }) => type === KUBESPRAY_CLUSTER && needed.includes(urn))?.urn;
}

function textsIn(value: unknown): Set<string> {
  if (typeof value === "string") return new Set([value]);
  if (typeof value !== "object" || value === null) return new Set();
  return new Set(Object.values(value).flatMap((field) => [...textsIn(field)]));
}
