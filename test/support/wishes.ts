import fc from "fast-check";
import type { Profile } from "../../model/plan/types";
import { BARE } from "./layers";
import { type FileContent, merge } from "./plan";

/** A pool as a file has it: so many machines, or those of its keys, each with its generation. */
interface WishedPool {
  readonly nodes: number | Readonly<Record<string, number>>;
  readonly volumes: readonly string[];
}

/** An environment in words that no cloud has for its own. */
export interface Wish {
  readonly name: string;
  readonly profile: Profile;
  readonly controlPlanes: 1 | 3 | 5;
  readonly etcd: "stacked" | "external";
  readonly pools: Readonly<Record<string, WishedPool>>;
  readonly bastion: boolean;
  /** How many. */
  readonly zones: 1 | 2 | 3;
  /** How machines without an address outside get out, where that is the file's to say. */
  readonly nat: "perZone" | "one" | "none";
  /** Whether anything has an address outside. */
  readonly outside: boolean;
  /** Whether the network is there already. */
  readonly existing: boolean;
}

/** Keys of machines: as long as one may be, and such that run together with others, with volumes or with what the clouds call things of ours. */
const KEYS = [
  ...["b-1", "a", "a-b", "a-b-c", "c", "boot", "api", "ingress", "nodes", "network", "x-nfs"],
  ...["k".repeat(40), `${"k".repeat(39)}j`, `${"k".repeat(38)}-j`],
] as const;
/** `a-b` has the machine `a-b-1`, and `a` one of the key `b-1`. */
const POOLS = ["a-b", "a", "general", "api", "p".repeat(30), `${"p".repeat(29)}q`] as const;
const VOLUMES = ["c", "b-c", "data", "boot", "v".repeat(20), `${"v".repeat(19)}w`] as const;

const pools = fc
  .record({
    names: fc.uniqueArray(fc.constantFrom(...POOLS), { minLength: 1, maxLength: 3 }),
    keys: fc.uniqueArray(fc.constantFrom(...KEYS), { minLength: 1, maxLength: 5 }),
    counts: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 3, maxLength: 3 }),
    generations: fc.array(fc.constantFrom(1, 1, 2), { minLength: 5, maxLength: 5 }),
    volumes: fc.array(fc.uniqueArray(fc.constantFrom(...VOLUMES), { maxLength: 3 }), { minLength: 3, maxLength: 3 }),
  })
  .map(({ names, keys, counts, generations, volumes }) => {
    // The first pool has its machines by their keys, the others by their number.
    const own = Object.fromEntries(keys.map((key, index) => [key, generations[index] ?? 1]));
    return Object.fromEntries(
      names.map((name, index): [string, WishedPool] => [
        name,
        { nodes: index === 0 ? own : (counts[index] ?? 1), volumes: volumes[index] ?? [] },
      ]),
    );
  });

/** Environments of all sorts. */
export const wishes: fc.Arbitrary<Wish> = fc
  .record({
    name: fc.constantFrom("k", "seoul", "a-b", "s".repeat(30)),
    profile: fc.constantFrom<Profile>("minimal", "standard", "highAvailability"),
    controlPlanes: fc.constantFrom<Wish["controlPlanes"]>(1, 3, 3, 5),
    etcd: fc.constantFrom<Wish["etcd"]>("stacked", "stacked", "external"),
    pools,
    bastion: fc.boolean(),
    zones: fc.constantFrom<Wish["zones"]>(1, 2, 3),
    nat: fc.constantFrom<Wish["nat"]>("perZone", "one", "none"),
    outside: fc.boolean(),
    existing: fc.constantFrom(false, false, false, true),
  })
  .map((wish) => ({ ...wish, controlPlanes: wish.profile === "highAvailability" && wish.controlPlanes === 1 ? 3 : wish.controlPlanes }));

/** Names as long as they may be, and such that one runs into another: `a-b` has a volume `c`, and `a` one `b-c`. */
export const NEAR: Wish = {
  ...{ name: "s".repeat(30), profile: "highAvailability", controlPlanes: 3, etcd: "external", bastion: true, zones: 3 },
  ...{ nat: "perZone", outside: true, existing: false },
  pools: {
    a: { nodes: { a: 1, "a-b": 2, "b-1": 1, ["k".repeat(40)]: 2, [`${"k".repeat(39)}j`]: 2 }, volumes: ["c", "b-c"] },
    "a-b": { nodes: 2, volumes: ["v".repeat(20), `${"v".repeat(19)}w`] },
  },
};

/** What every cloud's file says in the same words; `infrastructure` is what it says in its own. */
export function fileOf(wish: Wish, infrastructure: FileContent): FileContent {
  const { name, profile, controlPlanes, etcd, bastion, outside } = wish;
  return {
    name,
    profile,
    labels: { team: "platform" },
    infrastructure: merge(
      {
        network: { cidr: "10.20.0.0/16", ...(outside ? {} : { floating: "none" }) },
        access: { bastion, adminCidrs: ["203.0.113.0/24"], ingressCidrs: ["0.0.0.0/0"] },
      },
      infrastructure,
    ),
    cluster: {
      controlPlane: { nodes: controlPlanes },
      ...(etcd === "external" ? { etcd: { placement: "external", nodes: 3 } } : {}),
      pools: Object.fromEntries(
        Object.entries(wish.pools).map(([pool, { nodes, volumes }]) => [
          pool,
          {
            nodes:
              typeof nodes === "number"
                ? nodes
                : Object.fromEntries(Object.entries(nodes).map(([key, generation]) => [key, { generation }])),
            volumes: volumes.map((volume) => ({ name: volume, sizeGiB: 20 })),
          },
        ]),
      ),
    },
    platform: BARE,
  };
}
