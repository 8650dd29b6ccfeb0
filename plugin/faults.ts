import { createHash } from "node:crypto";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { countIn, makeFolder, readIfThere } from "../host/files";
import { isFields } from "../model/data";
import type { CountedRule, Faults, When } from "./faults-file";
import { type CloudWords, shortOf } from "./faults-words";
import { CancelledError } from "./rpc/errors";
import type { Properties, Provider } from "./rpc/provider";

type Operation = "create" | "update" | "delete" | "read" | "invoke";

/** One call that would reach the cloud. */
interface CloudCall {
  readonly operation: Operation;
  /** The resource's type, or the function's token. */
  readonly type: string;
  /** The resource's logical name; empty for a function. */
  readonly name: string;
  readonly signal: AbortSignal;
  status?(message: string): Promise<void>;
}

const DOING: Readonly<Record<Operation, string>> = {
  create: "creating",
  update: "updating",
  delete: "deleting",
  read: "reading",
  invoke: "calling",
};

/**
 * The provider, with everything that `<worldDir>/faults.json` switches on happening to its calls (docs/sandbox.md). The file is read afresh
 * at each call, and while there is none nothing happens. Only calls that would reach a cloud count: what a preview merely computes does not.
 */
export function withFaults(provider: Provider, setting: FaultSetting): Provider {
  const faults = new Switches(provider.name, { now: Date.now, ...setting });
  const { invoke } = provider;
  return {
    ...provider,
    async check(call) {
      // A preview tells of a file that cannot be used, before anything is changed.
      await faults.read();
      return provider.check(call);
    },
    async create(call) {
      if (call.preview) return provider.create(call);
      return faults.strike({ ...call, operation: "create" }, call.inputs, async (rules) => {
        const created = await provider.create(call);
        faults.hide(rules, call.type, created.id);
        return created;
      });
    },
    async update(call) {
      if (call.preview) return provider.update(call);
      return faults.strike({ ...call, operation: "update" }, call.news, () => provider.update(call));
    },
    async delete(call) {
      return faults.strike({ ...call, operation: "delete" }, {}, () => provider.delete(call));
    },
    async read(call) {
      return faults.strike({ ...call, operation: "read" }, {}, async () =>
        faults.isHidden(call.id) ? { id: "", inputs: {}, properties: {} } : provider.read(call),
      );
    },
    ...(invoke === undefined
      ? {}
      : {
          async invoke(call) {
            const struck = { operation: "invoke", type: call.token, name: "", signal: call.signal } as const;
            return faults.strike(struck, {}, () => invoke.call(provider, call));
          },
        }),
  };
}

/** Where faults happen. */
export interface FaultSetting {
  readonly worldDir: string;
  /** What the cloud says where it refuses a call. */
  readonly words: CloudWords;
  /** The packages the file may name. @default any: whoever serves the others says which there are */
  readonly packages?: readonly string[];
  /** The clock, in milliseconds. */
  readonly now?: () => number;
}

/** An object that was created and is not to be seen yet. */
interface Hidden {
  readonly type: string;
  /** When it is to be seen, on this process's clock. */
  readonly until?: number;
  /** How many more looks miss it. */
  left?: number;
}

class Switches {
  private known: { readonly content: string; readonly faults: Faults } | undefined;
  private readonly hidden = new Map<string, Hidden>();
  /** By rule, when the calls of the last second came. */
  private readonly recent = new Map<string, number[]>();

  constructor(
    private readonly packageName: string,
    private readonly setting: FaultSetting & Required<Pick<FaultSetting, "now">>,
  ) {}

  /** The file as it is now; undefined where there is none. @throws Error where it cannot be used. */
  async read(): Promise<Faults | undefined> {
    const path = join(this.setting.worldDir, "faults.json");
    const content = readIfThere(path);
    if (content === undefined) return undefined;
    if (this.known?.content !== content) {
      // The schema is loaded only by who has faults.
      const { parseFaults } = await import("./faults-file.js");
      this.known = { content, faults: parseFaults(path, content, this.setting.packages) };
    }
    return this.known.faults;
  }

  /** Lets happen to a call what the rules that match it say, in their order, and carries it out where they let it through. */
  async strike<T>(call: CloudCall, inputs: Properties, carryOut: (rules: readonly CountedRule[]) => Promise<T>): Promise<T> {
    const faults = await this.read();
    if (faults === undefined) return carryOut([]);
    const rules = faults.rules.filter((rule) => matches(rule, this.packageName, call));
    let isLost = false;
    for (const rule of rules) {
      const count = await this.apply(rule, faults.seed, call);
      isLost ||= isDue(rule.loseAnswer, count);
    }
    const missing = this.missingReference(inputs);
    if (missing !== undefined) throw this.refusal(call, this.setting.words.notFound(missing.type, missing.id));
    const answer = carryOut(rules);
    // Done or refused: nobody hears of it.
    return isLost ? answer.finally(() => Promise.reject(this.refusal(call, this.setting.words.lost))) : answer;
  }

  /** Hides a new object for as long as the rules of its creation say. */
  hide(rules: readonly CountedRule[], type: string, id: string): void {
    for (const { eventuallyConsistent: lag } of rules) {
      if (lag !== undefined) this.hidden.set(id, "ms" in lag ? { type, until: this.setting.now() + lag.ms } : { type, left: lag.calls });
    }
  }

  /** Whether an object is not to be seen yet; each look counts. */
  isHidden(id: string): boolean {
    const hidden = this.hidden.get(id);
    if (hidden === undefined) return false;
    const missed = hidden.until !== undefined ? this.setting.now() < hidden.until : (hidden.left ?? 0) > 0;
    if (hidden.left !== undefined) hidden.left -= 1;
    if (!missed) this.hidden.delete(id);
    return missed;
  }

  /** Lets happen what comes before a call is carried out; gives the call's number. */
  private async apply(rule: CountedRule, seed: number, call: CloudCall): Promise<number> {
    const count = this.count(rule);
    if (rule.latencyMs !== undefined) await this.wait(latencyOf(rule.latencyMs, `${seed}/${rule.key}/${count}`), call.signal);
    if (isDue(rule.hang, count)) await this.hang(call);
    if (isDue(rule.expiredCredentials, count)) throw this.refusal(call, this.setting.words.expired);
    if (rule.throttle !== undefined && this.isTooOften(rule.key, rule.throttle.callsPerSecond))
      throw this.refusal(call, this.setting.words.throttled(rule.throttle.callsPerSecond));
    if (isDue(rule.diskFull, count) && ["create", "update", "delete"].includes(call.operation))
      throw this.refusal(call, `ENOSPC: no space left on device, write '${this.setting.worldDir}'`);
    if (isDue(rule.failAt, count)) throw this.refusal(call, rule.failAt?.message ?? this.setting.words.failed);
    return count;
  }

  /**
   * How many matching calls there were, this one included. Kept as the length of a file, so that it goes on in the next operation and after
   * a kill, whichever process of the world makes the call.
   */
  private count({ key }: CountedRule): number {
    const folder = join(this.setting.worldDir, "faults-state");
    makeFolder(folder);
    return countIn(join(folder, key));
  }

  private isTooOften(key: string, limit: number): boolean {
    const now = this.setting.now();
    const recent = (this.recent.get(key) ?? []).filter((time) => now - time < 1_000);
    const refused = recent.length >= limit;
    // A refused call does not use up the limit.
    this.recent.set(key, refused ? recent : [...recent, now]);
    return refused;
  }

  private async wait(ms: number, signal: AbortSignal): Promise<void> {
    await pause(ms, undefined, { signal }).catch(() => {
      throw new CancelledError();
    });
  }

  private async hang(call: CloudCall): Promise<never> {
    await call.status?.(`${this.packageName} does not answer`);
    return new Promise<never>((_, reject) => {
      const end = () => reject(new CancelledError());
      if (call.signal.aborted) end();
      call.signal.addEventListener("abort", end, { once: true });
    });
  }

  /** The first object among the inputs that is not to be seen yet. */
  private missingReference(inputs: Properties): { readonly type: string; readonly id: string } | undefined {
    if (this.hidden.size === 0) return undefined;
    for (const id of new Set(referencesIn(inputs))) {
      const type = this.hidden.get(id)?.type;
      if (type !== undefined && this.isHidden(id)) return { type, id };
    }
    return undefined;
  }

  private refusal({ operation, type }: CloudCall, words: string): Error {
    return new Error(`Error ${DOING[operation]} ${type}: ${words}`);
  }
}

/** A rule's `type` is the whole token or its last part (`Network`). */
function matches(rule: CountedRule, packageName: string, call: CloudCall): boolean {
  return (
    rule.package === packageName &&
    (rule.type === undefined || rule.type === call.type || rule.type === shortOf(call.type)) &&
    (rule.name === undefined || rule.name === call.name) &&
    (rule.operation === undefined || [rule.operation].flat().includes(call.operation))
  );
}

function isDue(when: When | undefined, count: number): boolean {
  if (when === undefined || when === true) return when === true;
  if ("from" in when) return count >= when.from;
  if ("call" in when) return count >= when.call && count < when.call + when.times;
  return count % when.every === 0 && count / when.every <= (when.times ?? Number.POSITIVE_INFINITY);
}

/** How long a call waits, in milliseconds: equally long in every run with the same seed. */
export function latencyOf(latency: number | readonly [number, number], seed: string): number {
  if (typeof latency === "number") return latency;
  const [shortest, longest] = latency;
  const share = createHash("sha256").update(seed).digest().readUInt32BE() / 2 ** 32;
  return shortest + Math.round(share * (longest - shortest));
}

/** Labels and annotations may hold the name of an object without meaning it. */
const NO_REFERENCES = new Set(["labels", "matchLabels", "annotations", "selector"]);

function referencesIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (!isFields(value)) return [];
  return Object.entries(value).flatMap(([key, field]) => (NO_REFERENCES.has(key) ? [] : referencesIn(field)));
}
