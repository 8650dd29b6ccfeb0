import type { Graph } from "../../testing/graph";

/** The names of all that a resource of a graph waits for: what it names, what that names, and so on. */
export function waitsFor(graph: Graph, name: string): ReadonlySet<string> {
  const all = new Set<string>();
  const add = (of: string): void => {
    for (const next of graph.resources.find((each) => each.name === of)?.options.dependsOn ?? []) {
      if (all.has(next)) continue;
      all.add(next);
      add(next);
    }
  };
  add(name);
  return all;
}
