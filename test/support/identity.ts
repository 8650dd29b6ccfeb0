import assert from "node:assert/strict";
import fc from "fast-check";
import type { Lock } from "../../model/lock";
import type { PlannedEnvironment } from "../../model/plan/plan";
import type { EnvironmentPlan, Profile } from "../../model/plan/types";
import type { Graph } from "../../testing/graph";
import type { FileContent } from "./plan";

/** A cloud's sample environments, and what their infrastructures register. */
export interface Sampled {
  environment(profile: Profile, overrides?: FileContent, lock?: Lock): PlannedEnvironment;
  build(plan: EnvironmentPlan): Promise<Graph>;
}

/** What is registered before a change of the file and after it. */
export async function beforeAndAfter(
  { environment, build }: Sampled,
  profile: Profile,
  was: FileContent,
  becomes: FileContent,
): Promise<readonly [before: Graph, after: Graph]> {
  const before = environment(profile, was);
  const after = environment(profile, becomes, before.lock);
  return [await build(before.plan), await build(after.plan)];
}

/**
 * Machines of a pool with a volume each come and go anywhere: with them what is their own, and nothing else changes.
 * @param own the names of a machine's resources, by its key
 */
export async function touchesNoOther(
  cloud: Sampled,
  zones: readonly string[],
  own: (key: string) => readonly string[],
  names: readonly string[] = ["a", "b", "c", "d", "e", "f"],
): Promise<void> {
  const keys = fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 4 });
  const nodes = (of: readonly string[]): FileContent => ({
    infrastructure: { zones },
    cluster: { pools: { general: { nodes: Object.fromEntries(of.map((key) => [key, {}])), volumes: [{ name: "osd", sizeGiB: 10 }] } } },
  });
  await fc.assert(
    fc.asyncProperty(keys, keys, async (was, becomes) => {
      const [one, two] = await beforeAndAfter(cloud, "minimal", nodes(was), nodes(becomes));
      assert.deepEqual(one.changed(two), []);
      const of = (list: readonly string[]): string[] => list.flatMap(own).sort();
      assert.deepEqual(one.added(two), of(becomes.filter((key) => !was.includes(key))));
      assert.deepEqual(one.removed(two), of(was.filter((key) => !becomes.includes(key))));
    }),
    { numRuns: 3 },
  );
}

/**
 * A label of another name makes nothing and takes nothing away, and changes labels alone.
 * @param bare inputs without them
 */
export async function renamesLabelsAlone(cloud: Sampled, bare: (inputs: Record<string, unknown>) => unknown): Promise<void> {
  const [one, two] = await beforeAndAfter(cloud, "minimal", {}, { labels: { team: undefined, crew: "platform" } });
  assert.deepEqual([one.added(two), one.removed(two)], [[], []]);
  const changed = one.changed(two);
  assert.ok(changed.length > 0);
  for (const name of changed) assert.deepEqual(bare(one.get(name).inputs), bare(two.get(name).inputs), name);
}
