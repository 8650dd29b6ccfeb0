import assert from "node:assert/strict";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { EventCollector } from "../../engine/events";
import type { ResourceChange } from "../../model/preview/types";

/** Runs something with all events that the engine tells meanwhile written down. */
export async function withEvents<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly events: readonly EngineEvent[] }> {
  const events: EngineEvent[] = [];
  const { take } = EventCollector.prototype;
  EventCollector.prototype.take = function (event) {
    events.push(event);
    take.call(this, event);
  };
  try {
    return { result: await work(), events };
  } finally {
    EventCollector.prototype.take = take;
  }
}

/** The steps that change nothing, or are part of a replacement that is told too. */
const NO_CHANGE = /^(same|read|refresh|create-replacement|delete-replaced|remove-pending-replace|discard-replaced)$/;

/** The path up to its first place in a list: lists are compared as a whole. */
function upToList(path: string): string {
  return path.replace(/\[\d.*$/, "");
}

function touch(a: string, b: string): boolean {
  return upToList(a).startsWith(upToList(b)) || upToList(b).startsWith(upToList(a));
}

/**
 * Compares what the engine reports with what is told: every changed resource, and every path of its diff, once and by nothing else; what is told
 * of a property differs, unless it is hidden on both sides or only the provider knows it.
 */
export function assertAllTold(events: readonly EngineEvent[], resources: readonly ResourceChange[]): void {
  const steps = events.flatMap(({ resourcePreEvent }) => (resourcePreEvent ? [resourcePreEvent.metadata] : []));
  const changed = steps.filter(({ op }) => !NO_CHANGE.test(op));
  const urns = (some: readonly { readonly urn: string }[]) => [...new Set(some.map(({ urn }) => urn))].sort();
  assert.deepEqual(urns(resources), urns(changed));
  for (const { urn, op, properties } of resources) {
    const paths = changed.filter((step) => step.urn === urn).flatMap(({ detailedDiff }) => Object.keys(detailedDiff ?? {}));
    for (const path of paths)
      assert.ok(
        properties.some((each) => touch(each.path, path)),
        `${urn}: ${path} is not told`,
      );
    for (const { path, old, new: wanted } of properties) {
      if (paths.length > 0)
        assert.ok(
          paths.some((each) => touch(path, each)),
          `${urn}: ${path} is told and does not change`,
        );
      if (old !== undefined && old !== "[secret]") assert.notDeepEqual(old, wanted, `${urn}: ${path}`);
    }
    if (op === "update") assert.ok(properties.length > 0, `${urn} is updated, and nothing is told of it`);
  }
}
