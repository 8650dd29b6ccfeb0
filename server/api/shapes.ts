import { z } from "zod";

/* What the service's own calls give, in one place: answers, documents and their client go by it. */

/** As environments are called; nothing else leads to a file. */
export const Name = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$/, "must be a DNS label of at most 30 characters");
export const byName = z.strictObject({ name: Name });
export const byId = z.strictObject({ id: z.uuid() });
const moment = z.string().meta({ description: "ISO 8601, in UTC." });
const counts = z.strictObject({
  ...{ create: z.number().int(), update: z.number().int(), replace: z.number().int(), delete: z.number().int(), same: z.number().int() },
});

export const KINDS = ["preview", "up", "destroy", "drift", "refresh", "health"] as const;
export const STATES = ["waiting", "running", "planned", "done", "failed", "cancelled", "rejected"] as const;

/** What came of an operation, in numbers. */
export const Result = z
  .strictObject({
    counts: counts.optional().meta({ description: "Resources; of a drift, those that differ." }),
    drifted: z.boolean().optional(),
    healthy: z.boolean().optional(),
    certificatesUntil: moment.optional().meta({ description: "When the first of the cluster's certificates ends." }),
    seconds: z.number().optional(),
  })
  .meta({ id: "Result", description: "What came of an operation, in numbers." });

export const Operation = z
  .strictObject({
    ...{ id: z.uuid(), environment: z.string(), kind: z.enum(KINDS), state: z.enum(STATES) },
    title: z.string().optional().meta({ description: "What it is for, such as `scale worker to 3`." }),
    step: z.string().optional().meta({ description: "The step that was begun last." }),
    commit: z.string().optional().meta({ description: "That of the environment's file that it goes by." }),
    askedBy: z.string(),
    needsApproval: z.boolean(),
    ...{ approvedBy: z.string().optional(), rejectedBy: z.string().optional(), cancelledBy: z.string().optional() },
    approvals: z.array(z.string()).meta({ description: "Dangerous changes that were agreed to, `KEY:ACTION@FINGERPRINT`." }),
    reason: z.string().optional().meta({ description: "Why it failed, or was rejected." }),
    result: Result.optional(),
    ...{ created: moment, started: moment.optional(), ended: moment.optional() },
  })
  .meta({ id: "Operation", description: "An operation: `planned` waits for an approval." });

export const Plan = z
  .strictObject({
    ...{ operation: z.uuid(), environment: z.string(), kind: z.enum(KINDS), commit: z.string() },
    digest: z.string().meta({ description: "Of all of this: what an approval names." }),
    fingerprint: z.string().meta({ description: "What the run is held against." }),
    counts: counts.optional(),
    changes: z.array(z.strictObject({ effect: z.string(), what: z.string(), detail: z.string() })).meta({
      description: "What is created, changed, rebuilt and deleted, by machine and service.",
    }),
    risks: z.array(z.strictObject({ effect: z.string(), what: z.string(), detail: z.string() })).meta({
      description: "What is lost, moved or restarted.",
    }),
    steps: z.array(
      z.strictObject({
        playbook: z.string(),
        command: z.string(),
        minutes: z.strictObject({ from: z.number(), to: z.number(), basis: z.string() }),
        workloads: z.string(),
        reason: z.string(),
      }),
    ),
    approvals: z.array(z.strictObject({ approval: z.string(), name: z.string(), path: z.string(), reason: z.string() })).meta({
      description: "Dangerous changes: an approval names each of them.",
    }),
    lost: z.array(z.string()).meta({ description: "Of a destroy: the data that go." }),
    kept: z.array(z.string()).meta({ description: "Of a destroy: what stays." }),
    needs: z.array(z.string()).meta({ description: "All that an approval has to name." }),
    fourEyes: z.boolean().meta({ description: "Whether somebody else than who asked has to approve." }),
  })
  .meta({ id: "Plan", description: "What an operation would do." });

export const Environment = z
  .strictObject({
    ...{ name: z.string(), labels: z.record(z.string(), z.string()) },
    ...{ provider: z.string().optional(), release: z.string().optional(), kubernetes: z.string().optional() },
    machines: z.number().int().optional().meta({ description: "How many its plan has; missing where it cannot be planned." }),
    lock: z.enum(["current", "missing", "outdated"]).optional(),
    state: z.enum(["new", "up", "failed", "gone", "planned", "working"]).meta({
      description:
        "As its last operation that changed something has left it; `planned` waits for an approval, `new` was never brought up here.",
    }),
    operation: z.uuid().optional().meta({ description: "The one that is open." }),
    last: z
      .strictObject({ id: z.uuid(), kind: z.enum(KINDS), state: z.enum(STATES), ended: moment.optional() })
      .optional()
      .meta({ description: "The last operation." }),
    drift: z.strictObject({ drifted: z.boolean(), at: moment }).optional().meta({ description: "What the last look for drift found." }),
    certificatesUntil: moment
      .optional()
      .meta({ description: "When the first of its certificates ends, as the last look at its health found." }),
  })
  .meta({ id: "Environment", description: "An environment as lists tell of it." });

const Problem = z.strictObject({
  ...{ path: z.string(), reason: z.string(), remedy: z.string(), severity: z.enum(["error", "warning"]) },
});
const Commit = z.strictObject({ id: z.string(), at: z.string(), author: z.string(), subject: z.string() });
const Machine = z.strictObject({
  ...{ key: z.string(), name: z.string(), pool: z.string(), roles: z.array(z.string()), zone: z.string().optional() },
  ...{ address: z.string(), size: z.string(), generation: z.number().int() },
});

export const WholeEnvironment = Environment.extend({
  problems: z.array(Problem),
  text: z.string(),
  commit: z.string().meta({ description: "The newest one that has changed the file; what a change of it expects." }),
  account: z.number().int().optional().meta({ description: "The cloud account that its operations log in by." }),
  fourEyes: z.boolean(),
  topology: z
    .strictObject({
      pools: z.array(z.strictObject({ name: z.string(), machines: z.number().int() })),
      machines: z.array(Machine),
      services: z.array(z.strictObject({ name: z.string(), version: z.string(), host: z.string().optional() })),
      apiEndpoint: z.string().optional(),
    })
    .optional(),
  history: z.array(Commit),
}).meta({ id: "WholeEnvironment", description: "An environment with all that is known of it." });

export const Line = z
  .strictObject({ number: z.number().int(), at: moment, step: z.string(), text: z.string() })
  .meta({ id: "Line", description: "A line that an operation has said." });

export const Event = z
  .strictObject({
    ...{ id: z.number().int(), operation: z.uuid(), environment: z.string(), kind: z.enum(KINDS), state: z.enum(STATES) },
    ...{ step: z.string().optional(), reason: z.string().optional(), at: moment },
  })
  .meta({ id: "Event", description: "A turn of an operation." });

export type EnvironmentShape = z.output<typeof Environment>;
export type OperationShape = z.output<typeof Operation>;
export type PlanShape = z.output<typeof Plan>;
export type ResultShape = z.output<typeof Result>;
