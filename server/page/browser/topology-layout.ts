import type { Machine } from "./shapes";

/** A box of the drawing, in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What is drawn within a zone: one machine, or the rest of those that there is no room for. */
export interface Item extends Box {
  readonly kind: "control" | "etcd" | "worker" | "other";
  readonly name: string;
  readonly about: string;
}

export interface Zone extends Box {
  readonly name: string;
  readonly items: readonly Item[];
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly zones: readonly Zone[];
}

const GAP = 12;
const TITLE = 34;
const ITEM = { width: 148, height: 50 };
/** So many of a kind are drawn one by one in a zone; the table beside the drawing has all. */
const MOST = 24;
const KINDS = ["control", "etcd", "worker", "other"] as const;

/**
 * Places machines by zone and kind: pure, so that it is tested without a browser.
 * @param width pixels that there are
 * @param more what the rest is called: `and 12 more`
 */
export function drawTopology(machines: readonly Machine[], width: number, more: (count: number) => string): Drawing {
  const byZone = new Map<string, Machine[]>();
  for (const machine of machines) byZone.set(machine.zone ?? "", [...(byZone.get(machine.zone ?? "") ?? []), machine]);
  const zones = [...byZone].sort(([one], [other]) => one.localeCompare(other));
  const least = ITEM.width + 2 * GAP;
  const columns = Math.max(1, Math.min(zones.length, Math.floor((width + GAP) / (least + GAP))));
  const zoneWidth = Math.max(least, (width - GAP * (columns - 1)) / columns);
  const across = Math.max(1, Math.floor((zoneWidth - GAP) / (ITEM.width + GAP)));
  const itemWidth = (zoneWidth - GAP * (across + 1)) / across;
  const drawn: Zone[] = [];
  let y = 0;
  for (let first = 0; first < zones.length; first += columns) {
    const row = zones.slice(first, first + columns).map(([name, of], column) => {
      const x = column * (zoneWidth + GAP);
      const items = itemsOf(of, more).map((item, index) => ({
        ...item,
        x: x + GAP + (index % across) * (itemWidth + GAP),
        y: y + TITLE + Math.floor(index / across) * (ITEM.height + GAP),
        ...{ width: itemWidth, height: ITEM.height },
      }));
      return { name, items, x, y, width: zoneWidth, height: TITLE + Math.ceil(items.length / across) * (ITEM.height + GAP) };
    });
    const height = Math.max(...row.map((zone) => zone.height));
    drawn.push(...row.map((zone) => ({ ...zone, height })));
    y += height + GAP;
  }
  return { width: Math.max(width, least), height: Math.max(0, y - GAP), zones: drawn };
}

function itemsOf(machines: readonly Machine[], more: (count: number) => string): Pick<Item, "kind" | "name" | "about">[] {
  return KINDS.flatMap((kind) => {
    const of = machines.filter((machine) => kindOf(machine) === kind);
    // One that is left over takes no less room than what would say so.
    const shown = of.length <= MOST ? of : of.slice(0, MOST - 1);
    const items = shown.map(({ key, address, size }) => ({ kind, name: key, about: [address, size].filter(Boolean).join(" · ") }));
    return shown.length === of.length ? items : [...items, { kind, name: more(of.length - shown.length), about: "" }];
  });
}

/** By the weightiest of its roles. */
export function kindOf({ roles }: Machine): Item["kind"] {
  if (roles.includes("control-plane")) return "control";
  if (roles.includes("etcd")) return "etcd";
  return roles.includes("worker") ? "worker" : "other";
}
