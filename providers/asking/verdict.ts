import { type ComponentResource, log, runtime } from "@pulumi/pulumi";
import type { EnvironmentPlan } from "../../model/plan/types";
import { describeProblem, type Finding, Findings, InvalidInputError, RefusedError } from "../../model/problems";
import type { Answer } from "./ask";

/** Logical names of what stands in this stack. */
export type Standing = () => Promise<ReadonlySet<string>>;

/**
 * Makes of the cloud's answers what stops the run. What is missing and used only by what stands already stops nothing: machines keep what
 * they were made with.
 *
 * @throws InvalidInputError for what is missing, RefusedError where only quotas do not suffice
 */
export async function judge(
  plan: EnvironmentPlan,
  answers: readonly Answer<unknown>[],
  shortages: readonly Finding[],
  standing: Standing | undefined,
  parent: ComponentResource,
): Promise<void> {
  const missing = new Findings();
  for (const answer of answers) {
    if (answer.kind !== "missing") continue;
    const there = answer.uses && standing ? await standing() : undefined;
    const stands = there !== undefined && answer.uses?.every((each) => there.has(each)) === true;
    missing.add([{ ...answer.finding, severity: stands ? "warning" : "error" }]);
  }
  const problems = missing.toProblems(plan.environment);
  const errors = problems.filter(({ severity }) => severity === "error");
  const refused = new Findings();
  refused.add(shortages);
  const short = refused.toProblems(plan.environment);
  if (errors.length > 0) throw new InvalidInputError([...errors, ...short]);
  if (short.length > 0) throw new RefusedError(short);
  // A preview tells; the update that follows it need not again.
  if (!runtime.isDryRun()) return;
  for (const warning of problems) await log.warn(describeProblem(warning), parent);
  const notes = new Set(answers.flatMap((answer) => (answer.kind === "notChecked" ? [answer.note] : [])));
  if (notes.size > 0) await log.info(`not all of the cloud was looked at beforehand:\n    ${[...notes].join("\n    ")}`, parent);
}
