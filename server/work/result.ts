import { fields, isFields, parsedJson } from "../../model/data";
import type { Ended } from "../../model/fleet/records";
import type { Step } from "../../model/fleet/work";
import type { Counts } from "../../model/preview/types";

/** What came of an operation, in numbers. */
export interface StepResult {
  readonly counts?: Counts;
  readonly drifted?: boolean;
  readonly healthy?: boolean;
  readonly certificatesUntil?: string;
  readonly seconds?: number;
}

/** How a step has ended, and in numbers what came of it: what it has printed lies in the folder of the service that ran it. */
export interface StepEnded extends Ended {
  readonly result?: StepResult;
}

/** What a step's command has printed, as far as it is kept; undefined where that is nothing. */
export function resultOf(step: Step, printed: string): StepResult | undefined {
  const data = parsedJson(printed);
  if (!isFields(data)) return undefined;
  if (step === "health") {
    const until = Object.values(fields(data.certificates))
      .map((end) => Date.parse(String(end)))
      .filter((end) => !Number.isNaN(end));
    return {
      healthy: data.healthy === true,
      ...(until.length === 0 ? {} : { certificatesUntil: new Date(Math.min(...until)).toISOString() }),
    };
  }
  if (!isFields(data.changes)) return undefined;
  const { create = 0, update = 0, replace = 0, delete: gone = 0, same = 0 } = data.changes as Partial<Counts>;
  return {
    counts: { create, update, replace, delete: gone, same },
    ...(typeof data.drifted === "boolean" ? { drifted: data.drifted } : {}),
    ...(typeof data.seconds === "number" ? { seconds: data.seconds } : {}),
  };
}
