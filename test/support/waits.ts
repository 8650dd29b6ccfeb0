import type { Graph } from "../../testing/graph";

const graphs = new WeakMap<Graph, ReadonlyMap<string, readonly string[]>>();

/** The names of all that a resource of a graph waits for: what it names, what that names, and so on. */
export function waitsFor(graph: Graph, name: string): ReadonlySet<string> {
  const waits = waitsOf(graph);
  const all = new Set<string>();
  const add = (of: string): void => {
    for (const next of waits.get(of) ?? []) {
      if (all.has(next)) continue;
      all.add(next);
      add(next);
    }
  };
  add(name);
  return all;
}

/** What each resource names itself; of two with one name the first, as they were registered. */
function waitsOf(graph: Graph): ReadonlyMap<string, readonly string[]> {
  let waits = graphs.get(graph);
  if (waits === undefined) {
    waits = new Map(graph.resources.toReversed().map((each) => [each.name, each.options.dependsOn]));
    graphs.set(graph, waits);
  }
  return waits;
}
