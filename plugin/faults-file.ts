import { createHash } from "node:crypto";
import { z } from "zod";

const wholeFrom1 = z.int().min(1);

/** Which of the matching calls, counted from 1 for as long as the rule stands in the file. */
const when = z.union(
  [
    z.literal(true),
    z.strictObject({ call: wholeFrom1, times: wholeFrom1.default(1) }),
    z.strictObject({ every: wholeFrom1, times: wholeFrom1.optional() }),
    z.strictObject({ from: wholeFrom1 }),
  ],
  {
    error:
      'must be true (every call), { "call": N, "times": K }, { "every": N, "times": K } or { "from": N }, with whole numbers from 1 on',
  },
);

const failAt = z.union(
  [
    z.strictObject({ call: wholeFrom1, times: wholeFrom1.default(1), message: z.string().min(1).optional() }),
    z.strictObject({ every: wholeFrom1, times: wholeFrom1.optional(), message: z.string().min(1).optional() }),
    z.strictObject({ from: wholeFrom1, message: z.string().min(1).optional() }),
  ],
  {
    error:
      'must be { "call": N, "times": K }, { "every": N, "times": K } or { "from": N }, with whole numbers from 1 on, and optionally a "message"',
  },
);

const milliseconds = z.number().min(0).max(3_600_000);
const asLatency = { error: "must be milliseconds, at most an hour, or [shortest, longest]" };
const range = z.tuple([milliseconds, milliseconds]).refine(([shortest, longest]) => shortest <= longest, asLatency);
const latencyMs = z.union([milliseconds, range], asLatency);

const eventuallyConsistent = z.union([z.strictObject({ ms: milliseconds }), z.strictObject({ calls: wholeFrom1 })], {
  error: 'must be { "ms": MILLISECONDS } or { "calls": N }',
});

const operation = z.enum(["create", "update", "delete", "read", "invoke"]);

/** What a rule can switch on. */
const SWITCHES = [
  "latencyMs",
  "failAt",
  "throttle",
  "eventuallyConsistent",
  "expiredCredentials",
  "hang",
  "diskFull",
  "loseAnswer",
] as const;

const ruleOf = (packages: readonly string[] | undefined) =>
  z
    .strictObject({
      package: z.string().refine((name) => packages?.includes(name) ?? true, {
        error: `must be one of ${packages?.join(", ")}; kubespray's faults stand under "kubespray"`,
      }),
      type: z.string().min(1).optional(),
      name: z.string().min(1).optional(),
      operation: z
        .union([operation, z.array(operation).min(1)], { error: `must be one or a list of ${operation.options.join(", ")}` })
        .optional(),
      latencyMs: latencyMs.optional(),
      failAt: failAt.optional(),
      throttle: z.strictObject({ callsPerSecond: wholeFrom1 }).optional(),
      eventuallyConsistent: eventuallyConsistent.optional(),
      expiredCredentials: when.optional(),
      hang: when.optional(),
      diskFull: when.optional(),
      loseAnswer: when.optional(),
    })
    .refine((fields) => SWITCHES.some((name) => fields[name] !== undefined), {
      error: `switches nothing on: give it one of ${SWITCHES.join(", ")}`,
    });

const fileOf = (packages: readonly string[] | undefined) =>
  z.strictObject({
    seed: z.int().default(1),
    rules: z
      .array(ruleOf(packages))
      .default([])
      .refine((rules) => new Set(rules.map((each) => JSON.stringify(each))).size === rules.length, { error: "holds the same rule twice" }),
    kubespray: z
      .strictObject({
        failStep: z.string().min(1).optional(),
        times: z.int().min(0).optional(),
        loseAnswer: z.boolean().optional(),
        paceMs: milliseconds.optional(),
      })
      .refine(({ failStep, times, loseAnswer }) => failStep !== undefined || (times === undefined && loseAnswer === undefined), {
        error: '"times" and "loseAnswer" say more of the step that "failStep" names, which is missing',
      })
      .optional(),
  });

/** Which of the matching calls something happens to. */
export type When = z.output<typeof when>;

/** One rule of faults.json: which calls, and what happens to them. */
export type FaultRule = z.output<ReturnType<typeof ruleOf>>;

/** A rule and the name under which its calls are counted: the same until the rule is changed. */
export interface CountedRule extends FaultRule {
  readonly key: string;
}

/** What happens to the simulated kubespray's steps. */
export interface KubesprayFaults {
  /** A playbook's name or a step's id that shall fail. */
  readonly failStep?: string | undefined;
  /** How many times; for ever if left out. */
  readonly times?: number | undefined;
  /** The step is carried out all the same: only its answer is lost. */
  readonly loseAnswer?: boolean | undefined;
  /** How long each step takes, in milliseconds. */
  readonly paceMs?: number | undefined;
}

/** What faults.json says. */
export interface Faults {
  readonly seed: number;
  readonly rules: readonly CountedRule[];
  readonly kubespray: KubesprayFaults;
}

/**
 * Reads the content of a faults.json.
 * @param path for the error text
 * @param packages the packages whose calls a rule can disturb; who asks for kubespray's part alone leaves them to their own providers
 * @throws Error with every problem at once: where, what must be
 */
export function parseFaults(path: string, content: string, packages?: readonly string[]): Faults {
  let raw: unknown;
  try {
    raw = JSON.parse(content);
  } catch (error) {
    throw new Error(`${path} is not JSON: ${error instanceof Error ? error.message : String(error)}. Mend it or delete it.`);
  }
  const parsed = fileOf(packages).safeParse(raw);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `\n  ${placeOf(issue.path)}: ${issue.message}`);
    throw new Error(`${path} cannot be used; docs/sandbox.md describes it. Mend it or delete it.${problems.join("")}`);
  }
  const { seed, rules, kubespray = {} } = parsed.data;
  return { seed, rules: rules.map((each) => ({ ...each, key: keyOf(seed, each) })), kubespray };
}

function keyOf(seed: number, each: FaultRule): string {
  return createHash("sha256")
    .update(JSON.stringify([seed, each]))
    .digest("hex")
    .slice(0, 16);
}

/** `rules[0].latencyMs` */
function placeOf(path: readonly PropertyKey[]): string {
  const text = path.map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`)).join("");
  return text.replace(/^\./, "") || "the file";
}
