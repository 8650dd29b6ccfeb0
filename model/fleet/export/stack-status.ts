import { at, fields, list, text } from "../../data";
import type { Ended } from "../records";
import { REQUEST } from "./operator-stack";

/** What a Stack tells of a request. */
export type StackVerdict =
  | { readonly kind: "under way" }
  /** Somebody has asked for something else since. */
  | { readonly kind: "another" }
  | ({ readonly kind: "ended" } & Ended);

/** Reasons of the operator's for which it goes on trying, whatever becomes of the run. */
const PASSING: ReadonlySet<string> = new Set(["SourceUnavailable"]);

/**
 * How far the operator is with what was asked for. It tries a failed update four times by itself before it calls the Stack stalled; only what it
 * says of the Stack as it is now counts.
 */
export function stackVerdict(stack: unknown, request: string): StackVerdict {
  const metadata = fields(at(stack, "metadata"));
  const status = fields(at(stack, "status"));
  if (fields(metadata.annotations)[REQUEST] !== request) return { kind: "another" };
  const isOfNow = (of: unknown): boolean => at(of, "generation") === metadata.generation && at(of, "reconcileRequest") === request;
  if (status.observedGeneration !== metadata.generation || status.observedReconcileRequest !== request) return { kind: "under way" };
  const last = isOfNow(status.lastUpdate) ? fields(status.lastUpdate) : {};
  if (last.state === "succeeded") return { kind: "ended", outcome: "done" };
  const stalled = list(status.conditions)
    .map(fields)
    .find(({ type, status: is }) => type === "Stalled" && is === "True");
  if (stalled === undefined || status.currentUpdate !== undefined) return { kind: "under way" };
  const said = [stalled.reason, stalled.message, last.message].flatMap((each) => text(each) || []);
  return { kind: "ended", outcome: "failed", reason: said.join(": "), transient: PASSING.has(String(stalled.reason)) };
}
