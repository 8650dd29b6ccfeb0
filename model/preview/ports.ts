import type { Flow } from "../plan/infrastructure-types";

/** Traffic that is let through from now on, or no more. */
export interface PortChange {
  readonly change: "opened" | "closed";
  readonly from: string;
  readonly to: string;
  readonly protocol: string;
  readonly ports: readonly (number | string)[];
  readonly reason: string;
}

/** What a flow is told by; a plan's flows and recorded ones are such. */
export type KnownFlow = Omit<PortChange, "change">;

/** What is opened and closed from one list of flows to another. The same traffic for another reason is none. */
export function portChanges(before: readonly KnownFlow[], after: readonly (KnownFlow | Flow)[]): PortChange[] {
  const [was, becomes] = [singles(before), singles(after)];
  return grouped([
    ...[...becomes].filter(([id]) => !was.has(id)).map(([, flow]) => ({ change: "opened" as const, ...flow })),
    ...[...was].filter(([id]) => !becomes.has(id)).map(([, flow]) => ({ change: "closed" as const, ...flow })),
  ]);
}

/** Each port of each flow alone, by what tells it from others. */
function singles(flows: readonly (KnownFlow | Flow)[]): Map<string, KnownFlow> {
  const found = new Map<string, KnownFlow>();
  for (const flow of flows) {
    for (const port of flow.ports.length === 0 ? [undefined] : flow.ports) {
      const { from, to, protocol, reason } = flow;
      const id = JSON.stringify([from, to, protocol, port]);
      if (!found.has(id)) found.set(id, { from, to, protocol, ports: port === undefined ? [] : [port], reason });
    }
  }
  return found;
}

/** Changes that differ in nothing but their ports as one. */
function grouped(changes: readonly PortChange[]): PortChange[] {
  const groups = new Map<string, PortChange>();
  for (const change of changes) {
    const id = JSON.stringify({ ...change, ports: undefined });
    const known = groups.get(id);
    groups.set(id, known === undefined ? change : { ...known, ports: [...known.ports, ...change.ports] });
  }
  return [...groups.values()];
}
