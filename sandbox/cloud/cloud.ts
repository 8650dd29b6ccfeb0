import { createHash, randomUUID } from "node:crypto";
import { join } from "node:path";
import { parseFile } from "../../host/files";
import { type Clock, worldClock } from "../../plugin/clock";
import type { CloudWords } from "../../plugin/faults-words";
import type { Properties } from "../../plugin/rpc/provider";
import { FreshFiles } from "../fresh";
import { Store, type Stored } from "../store";
import { isMap, number, text, texts } from "../values";
import type { SimulatedParts } from "./in-cluster";
import type { ResourceType } from "./type";

/**
 * What one cloud brings to its simulation; everything else is the same for all.
 * @typeParam List the lists of world.json that it knows
 * @typeParam Quota what a quota can be set on
 */
export interface SimulatedCloud<List extends string = string, Quota extends string = string> {
  /** The provider's package. */
  readonly name: string;
  /** The folder of the objects in the world. @default the name */
  readonly folder?: string;
  /** The provider's version that is simulated. */
  readonly version: string;
  /** Where it is as long as neither the environment nor the world says. @default nothing of it has a region */
  readonly region?: string;
  /** The resource types by token. */
  readonly types: Readonly<Record<string, ResourceType<Cloud<List, Quota>>>>;
  /** The lookups by token; each throws the provider's words where nothing is found. */
  readonly invokes: Readonly<Record<string, (cloud: Cloud<List, Quota>, args: Properties) => Properties | Promise<Properties>>>;
  /** How it refuses what would go over a quota; `of` says of which, where one stands for several. */
  readonly quotas: Readonly<Record<Quota, (limit: number, more: number, used: number, of: string) => ApiError>>;
  readonly words: Words;
  /** What everything that is made there has besides. */
  readonly given?: Properties;
  /** Refuses what the API refuses before it looks at anything else. */
  refuse?(kind: string, inputs: Properties): void;
  /** What of its own works in a cluster. @default nothing */
  readonly parts?: SimulatedParts<Cloud<List, Quota>>;
  /** An object that nobody created and that is there all the same, by the lists of world.json. */
  beforehand?(cloud: Cloud<List, Quota>, kind: string, id: string): Stored | undefined;
}

/** What the cloud and its provider say. */
export interface Words extends CloudWords {
  /** Nothing of this kind has the id. */
  missing(kind: string, id: string): ApiError;
  /** The time for a deletion is up, because of what is still on the object. */
  held(kind: string, id: string, refusal: ApiError): string;
}

/** Something that exists from the start. */
export interface Thing {
  readonly id: string;
  readonly name: string;
}

/** An error as a cloud's API gives it. */
export class ApiError extends Error {
  constructor(
    readonly code: number | string,
    message: string,
  ) {
    super(`${code}: ${message}`);
    this.name = "ApiError";
  }
}

/** A simulated cloud at work: its objects, what exists from the start, and what follows from both. */
export class Cloud<List extends string = string, Quota extends string = string> {
  readonly store: Store;
  /** The time that the world plays. */
  readonly now: Clock;

  constructor(
    private readonly own: SimulatedCloud<List, Quota>,
    private readonly worldDir: string,
  ) {
    this.store = new Store(join(worldDir, own.folder ?? own.name));
    this.now = worldClock(worldDir);
  }

  /** What was made here and has not gone by itself. */
  lasting({ kind, until }: Pick<ResourceType<never>, "kind" | "until">, id: string): Stored | undefined {
    const object = this.store.get(kind, id);
    const end = object && until?.(object);
    if (end === undefined || this.now() < end) return object;
    this.store.delete(kind, id);
    return undefined;
  }

  /** Undefined where nothing of it has one. */
  get region(): string | undefined {
    return this.own.region === undefined ? undefined : text(this.world(), "region") || this.own.region;
  }

  /** Names (or ids) of one kind of what exists from the start. */
  existing(list: List): string[] {
    return texts(this.world(), list);
  }

  /** What exists from the start of one kind. */
  things(list: List): Thing[] {
    return this.existing(list).map((entry) => thing(list, entry));
  }

  byName(list: List, name: string): Thing | undefined {
    return this.things(list).find((each) => each.name === name);
  }

  byId(list: List, id: string): Thing | undefined {
    return this.things(list).find((each) => each.id === id);
  }

  /** The object, created here or existing from the start; refused with the cloud's words where there is none. */
  find(kind: string, id: string): Stored {
    const found = this.look(kind, id);
    if (found === undefined) throw this.own.words.missing(kind, id);
    return found;
  }

  has(kind: string, id: string): boolean {
    return this.look(kind, id) !== undefined;
  }

  /** The quota that world.json sets; undefined where it sets none. */
  quota(quota: Quota): number | undefined {
    const { quotas } = this.world();
    return isMap(quotas) ? number(quotas, quota) : undefined;
  }

  /** Refuses what would go over a quota, with the cloud's words. */
  charge(quota: Quota, more: number, used: number, of = ""): void {
    const limit = this.quota(quota);
    if (limit !== undefined && used + more > limit) throw this.own.quotas[quota](limit, more, used, of);
  }

  private look(kind: string, id: string): Stored | undefined {
    return this.store.get(kind, id) ?? this.own.beforehand?.(this, kind, id);
  }

  /** world.json as it is now: a person may edit it. */
  private world(): Properties {
    const path = join(this.worldDir, "world.json");
    const world = WORLDS.read(path);
    if (world === undefined) throw new Error(`the simulated cloud needs ${path}, which says what exists in it: there is no such file`);
    return world;
  }
}

const WORLDS = new FreshFiles((path, content): Properties => {
  const world = parseFile(path, content, "mend it or delete it; the next operation writes it anew");
  if (!isMap(world)) throw new Error(`${path} must hold one JSON object`);
  return world;
});

/** A new id. */
export function newId(): string {
  return randomUUID();
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What an entry of world.json stands for. One that is an id has a name that nobody knows; others have an id that follows from their name. */
function thing(list: string, entry: string): Thing {
  if (list === "zones") return { id: entry, name: entry };
  if (UUID.test(entry)) return { id: entry, name: `unnamed ${entry.slice(0, 8)}` };
  const hash = createHash("sha256").update(`${list}/${entry}`).digest("hex");
  const id = [hash.slice(0, 8), hash.slice(8, 12), `5${hash.slice(13, 16)}`, `8${hash.slice(17, 20)}`, hash.slice(20, 32)].join("-");
  return { id, name: entry };
}
