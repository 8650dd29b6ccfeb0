import type { FleetPlan, Wave } from "../plan";
import type { ExportedCluster } from "./cluster";
import { accessResources, claimResource, type KubernetesObject, resourceName, stackResource, type Workspaces } from "./operator-stack";

/** Resources that go into one file. */
export interface ResourceFile {
  /** `kubectl apply -f FOLDER` takes files by their names: what others wait for comes before them. */
  readonly name: string;
  readonly resources: readonly KubernetesObject[];
}

/**
 * All clusters of a fleet as resources of the operator, in the order of its waves: each waits for those that it comes after, for all of the
 * part before (canaries are a part of their wave), and its layers for each other.
 */
export function operatorFiles(plan: FleetPlan, clusters: ReadonlyMap<string, ExportedCluster>, settings: Workspaces): ResourceFile[] {
  const { fleet } = plan;
  const files: ResourceFile[] = [{ name: "000-access.yaml", resources: accessResources(fleet, settings) }];
  /** The Stack with which a cluster is up. */
  const last = (name: string) => clusters.get(name)?.stacks.at(-1);
  let before: readonly string[] = [];
  for (const part of plan.waves.flatMap(partsOf)) {
    for (const { name, after } of part) {
      const cluster = clusters.get(name);
      if (cluster === undefined) continue;
      const ends = [...before, ...after.map((each) => each.cluster)].flatMap((each) => last(each) ?? []).map(resourceName);
      let prerequisites: readonly string[] = [...new Set(ends)];
      for (const stack of cluster.stacks) {
        const own = stackResource(fleet, cluster, stack, settings, { prerequisites });
        const resources = stack === cluster.stacks[0] ? [claimResource(fleet, cluster, settings), own] : [own];
        files.push({ name: `${String(files.length).padStart(3, "0")}-${resourceName(stack)}.yaml`, resources });
        prerequisites = [resourceName(stack)];
      }
    }
    before = part.map(({ name }) => name);
  }
  return files;
}

/** What of a wave may be under way together. */
export function partsOf({ canaries, clusters }: Wave): Wave["clusters"][] {
  const parts = canaries > 0 ? [clusters.slice(0, canaries), clusters.slice(canaries)] : [clusters];
  return parts.filter((part) => part.length > 0);
}
