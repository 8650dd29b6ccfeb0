import type { OperationResult } from "../engine/types";
import { countChanges } from "../model/preview/sections";
import { type Column, table } from "./table";
import type { ViewStyle } from "./views";

/** Beyond so many resources of one operation only their types are counted. */
const LISTED = 12;

type Changed = OperationResult["resources"][number];

/** One kubespray run, as far as it is shown. */
interface ShownStep {
  readonly id: string;
  readonly playbook: string;
  readonly limit: string;
  readonly reason: string;
}

/** What an operation has changed: counts, the resources by operation, the kubespray steps. */
export function describeChanges(result: OperationResult, style: ViewStyle): string[] {
  const { colors } = style;
  const changed = result.resources;
  const operations = [...new Set(changed.map((resource) => resource.op))];
  return [
    ...operations.flatMap((op) => [colors.cyan(op), ...listResources(changed.filter((resource) => resource.op === op))]),
    ...describeSteps(result.steps, style),
    colors.bold(countChanges(result.changes, "done")),
  ];
}

function listResources(resources: readonly Changed[]): string[] {
  if (resources.length <= LISTED) return resources.map((resource) => `  ${resource.name}  (${resource.type})`);
  const types = new Map<string, number>();
  for (const { type } of resources) types.set(type, (types.get(type) ?? 0) + 1);
  return [...types].map(([type, count]) => `  ${count} × ${type}`);
}

/** The kubespray runs of a change as a table; nothing where there are none. */
export function describeSteps(steps: readonly unknown[], style: ViewStyle): string[] {
  if (steps.length === 0) return [];
  return [style.colors.cyan("Cluster steps"), ...table(STEP_COLUMNS, steps.map(readStep), style.width, style.colors)];
}

function readStep(step: unknown): ShownStep {
  const fields = typeof step === "object" && step !== null ? new Map<string, unknown>(Object.entries(step)) : new Map<string, unknown>();
  const text = (name: string) => String(fields.get(name) ?? "");
  const limit = fields.get("limit");
  return {
    id: text("id"),
    playbook: text("playbook"),
    limit: Array.isArray(limit) && limit.length > 0 ? limit.join(",") : "all",
    reason: text("reason"),
  };
}

const STEP_COLUMNS: readonly Column<ShownStep>[] = [
  { title: "STEP", value: (step) => step.id },
  { title: "PLAYBOOK", value: (step) => step.playbook },
  { title: "LIMIT", value: (step) => step.limit },
  { title: "WHY", value: (step) => step.reason },
];
