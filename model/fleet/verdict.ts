import { contentDigest } from "../canonical";
import { at, fields, isFields, list, parsedJson } from "../data";
import type { FleetPlan } from "./plan";
import type { Ended } from "./records";
import type { Step } from "./work";

/** Failures that may pass by themselves. */
const PASSING =
  /being changed by|currently locked|throttl|too many requests|rate limit|\b(429|502|503|504)\b|timed? ?out|ETIMEDOUT|ECONNRESET|ECONNREFUSED|EAI_AGAIN|EHOSTUNREACH|temporarily|unavailable|does not answer|the engine (was killed|crashed) \(/i;

/**
 * How a step ended, by what its command printed.
 * @param code its exit code; undefined where nobody was there to be told
 */
export function endedOf(step: Step, printed: string, code: number | null | undefined, health: FleetPlan["health"]): Ended {
  const data = parsedJson(printed);
  const reasons = list(at(data, "problems"))
    .filter((problem) => fields(problem).severity !== "warning")
    .map((problem) => String(fields(problem).reason));
  if (step === "health" && isFields(data) && "healthy" in data) return healthOf(data, health);
  if (step === "loss" && isFields(data) && Array.isArray(data.lost) && code === 0) return { outcome: "done" };
  if (step === "backup" && isFields(data) && typeof data.backup === "string" && (code ?? 0) === 0) return { outcome: "done" };
  if (step === "upgrade" && isFields(data) && typeof data.changed === "boolean" && (code ?? 0) === 0) return { outcome: "done" };
  if ((step === "destroy" || step === "loss") && reasons.some((reason) => /has no stack here/.test(reason))) return { outcome: "done" };
  if (reasons.length > 0) {
    const reason = reasons.join("; ");
    // Bad input and refusals stay what they are.
    return { outcome: "failed", reason, transient: code !== 2 && code !== 3 && reasons.every((each) => PASSING.test(each)) };
  }
  if (isFields(data) && isFields(data.changes) && (code ?? 0) === 0) {
    if (step !== "preview") return { outcome: "done" };
    return { outcome: "done", fingerprint: previewFingerprint(data) };
  }
  if (code === undefined) return { outcome: "unknown" };
  return { outcome: "failed", reason: code === null ? "its process was ended" : `it ended with ${code}`, transient: code === null };
}

/** What a preview shows, in a word: all that would be changed, all that is asked for, and nothing that is another each time. */
function previewFingerprint(data: Readonly<Record<string, unknown>>): string {
  const { plan, changes, steps, resources, impacts, moves, ports, later, approved } = data;
  // The engine tells of resources in the order in which it comes to them, which is another one each time.
  const unordered = list(resources).map(contentDigest).sort();
  return contentDigest({ plan, changes, steps, unordered, impacts, moves, ports, later, approved }).slice(0, 16);
}

/** Whether a cluster is what the fleet's file asks for; without a field of its own, whatever `kpaas cluster health` calls bad is. */
function healthOf(data: Readonly<Record<string, unknown>>, { apiServer = true, nodesReady, deployments = [] }: FleetPlan["health"]): Ended {
  const bad = list(data.checks)
    .map(fields)
    .filter(({ status }) => status === "bad");
  const nodes = Object.values(fields(data.nodes));
  const ready = nodes.length === 0 ? 0 : (100 * nodes.filter((node) => fields(node).ready === true).length) / nodes.length;
  const reasons = [
    ...bad.filter(({ name }) => apiServer && name === "api").map(({ detail }) => String(detail)),
    ...bad.filter(({ name }) => deployments.length > 0 && name === "deployments").map(({ detail }) => `deployments: ${detail}`),
    ...(nodesReady !== undefined && ready < Number.parseInt(nodesReady, 10) ? [`${Math.floor(ready)}% of its nodes are Ready`] : []),
  ];
  // Nodes and pods may need a while; a hundred looks would not mend more than three.
  return reasons.length === 0 ? { outcome: "done" } : { outcome: "failed", reason: reasons.join("; "), transient: true };
}
