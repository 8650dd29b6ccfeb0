import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { controllersPolicy } from "../../providers/aws/controllers-policy";
import { actionsIn, NEEDS, permissions, SURVEY } from "../../providers/aws/permissions";
import { awsPlan } from "../../test/support/aws";
import { lifeOf } from "./aws-calls";
import { lookups } from "./aws-lookups";
import type { Call } from "./aws-rows";
import { Comparison, type Definitions } from "./comparison";
import { samplesOf } from "./samples";

/** A shape of botocore's service models. */
interface Shape {
  readonly type: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly min?: number;
  readonly max?: number;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, { readonly shape: string }>>;
  readonly member?: { readonly shape: string };
}

interface Model {
  readonly operations: Readonly<Record<string, { readonly input?: { readonly shape: string } }>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

/** By the service as policies name it, its folder in botocore. */
const FOLDERS: Readonly<Record<string, string>> = {
  ...{ ec2: "ec2", elasticloadbalancing: "elbv2", iam: "iam", sts: "sts", servicequotas: "service-quotas", kms: "kms" },
};

/** Actions that are no calls. */
const NO_CALLS: readonly string[] = ["iam:PassRole", "kms:ReEncryptFrom", "kms:ReEncryptTo"];

/** Texts that stand for what another resource's answer says. */
const STANDS_FOR = /^[\w.:/-]+-id$/;

/** Holds what an environment on AWS is made of, and what its policies name, against botocore's service models. */
export async function holdAws({ packages, versions }: Definitions, samples = samplesOf("aws")): Promise<Comparison> {
  const models = Object.fromEntries(
    Object.values(FOLDERS).map((folder) => [folder, readModel(join(packages, "botocore", "data", folder))]),
  );
  const comparison = new Comparison(`botocore ${versions.botocore}`);
  for (const call of await lookups()) {
    holdCall(models, "the look at the cloud", call, comparison);
    comparison.hold(actionOf(call), actionsIn(SURVEY).includes(actionOf(call)) ? undefined : "is asked beforehand, and SURVEY has it not");
  }
  for (const { name: sample, plan, resources } of await samples) {
    const allowed = new Set(permissions(plan).Statement.flatMap(({ Action }) => Action));
    for (const resource of resources) {
      const life = lifeOf(resource);
      if (life === undefined) {
        comparison.hold(resource.type, "is held against nothing: dev/truth/aws-rows.ts has no calls of it");
        continue;
      }
      const name = `${sample}: ${resource.name}`;
      for (const input of life.untold) comparison.hold(`${name}.${input}`, "is told to no call in dev/truth/aws-rows.ts");
      for (const call of [...life.make, life.read, ...life.remove]) {
        holdCall(models, name, call, comparison);
        comparison.hold(
          `${sample}: ${actionOf(call)}`,
          allowed.has(actionOf(call)) ? undefined : "is called, and the policy does not allow it",
        );
      }
      for (const [key, value] of Object.entries((resource.inputs.tags ?? {}) as Record<string, string>)) {
        comparison.hold(`${name}.tags`, misfit(models.iam?.shapes.tagKeyType, key));
        comparison.hold(`${name}.tags.${key}`, misfit(models.iam?.shapes.tagValueType, value));
      }
    }
  }
  const actions = new Set([
    ...Object.values(NEEDS).flatMap(({ actions: row }) => actionsIn(row)),
    ...actionsIn(SURVEY),
    ...permissions(awsPlan("highAvailability")).Statement.flatMap(({ Action }) => Action),
    ...controllersPolicy(awsPlan("highAvailability")).Statement.flatMap(({ Action }) => Action),
  ]);
  for (const action of actions) {
    if (NO_CALLS.includes(action)) continue;
    const [service = "", operation = ""] = action.split(":");
    const known = models[FOLDERS[service] ?? ""]?.operations[operation] !== undefined;
    comparison.hold(action, known ? undefined : "is no call of the service");
  }
  return comparison;
}

/** A call as policies name it. */
function actionOf({ service, operation }: Call): string {
  return `${Object.entries(FOLDERS).find(([, folder]) => folder === service)?.[0] ?? service}:${operation}`;
}

function readModel(folder: string): Model {
  const version = readdirSync(folder).sort().at(-1) ?? "";
  return JSON.parse(gunzipSync(readFileSync(join(folder, version, "service-2.json.gz"))).toString("utf8"));
}

function holdCall(models: Readonly<Record<string, Model>>, name: string, call: Call, comparison: Comparison): void {
  const model = models[call.service];
  const operation = model?.operations[call.operation];
  const what = `${name} ${call.operation}`;
  if (model === undefined || operation === undefined) comparison.hold(what, "is no call of the service");
  else holdValue(model, what, operation.input?.shape, call.params, comparison);
}

/** Holds a value against its shape, and what is in it against theirs. */
function holdValue({ shapes, ...model }: Model, what: string, shapeName: string | undefined, value: unknown, comparison: Comparison): void {
  const shape = shapes[shapeName ?? ""];
  if (shape?.type === "list" && Array.isArray(value)) {
    for (const [index, each] of value.entries())
      holdValue({ shapes, ...model }, `${what}[${index}]`, shape.member?.shape, each, comparison);
  } else if (shape?.type === "structure" && typeof value === "object" && value !== null) {
    for (const required of shape.required ?? []) comparison.hold(`${what}.${required}`, required in value ? undefined : "is lacking");
    for (const [key, each] of Object.entries(value))
      if (each !== undefined) holdValue({ shapes, ...model }, `${what}.${key}`, shape.members?.[key]?.shape, each, comparison);
  } else comparison.hold(what, misfit(shape, value));
}

const KINDS: Readonly<Record<string, string>> = { integer: "number", long: "number", boolean: "boolean", string: "string", blob: "string" };

/** What a value has that its shape does not take. */
function misfit(shape: Shape | undefined, value: unknown): string | undefined {
  if (shape === undefined) return "is no member of the call";
  if (KINDS[shape.type] !== typeof value) return `is a ${typeof value}, not a ${shape.type}`;
  if (shape.enum && !shape.enum.includes(String(value))) return `is none of ${shape.enum.join(", ")}`;
  const size = typeof value === "number" ? value : String(value).length;
  if (shape.max !== undefined && size > shape.max) return `is above ${shape.max}`;
  if (shape.min !== undefined && size < shape.min) return `is below ${shape.min}`;
  // The documents' classes of characters are Java's: those of whole planes are left to what is above.
  if (!shape.pattern || typeof value !== "string" || /\\u|\\p/.test(shape.pattern) || STANDS_FOR.test(value)) return undefined;
  return new RegExp(`^(?:${shape.pattern})$`).test(value) ? undefined : `does not match ${shape.pattern}`;
}
