import { describeLockChanges } from "../files/lock-problems";
import type { ClusterStepReport } from "../model/cluster/report";
import { minutesText } from "../model/preview/steps";
import { formatProblem } from "../model/problems";
import type { ClusterChange } from "../operate/cluster/change";
import type { FileChange } from "../operate/cluster/file-change";
import type { TakeOver } from "../operate/cluster/take-over";
import { type Colors, type Context, colorsFor, widthOf } from "./context";
import type { Sink } from "./sink";
import { wrapWords } from "./table";

/** A change of the cluster with its steps, for a person who reads `sink`. */
export function describeSteps(
  sink: Sink,
  { env }: Pick<Context, "env">,
  environment: string,
  { change, steps }: { readonly change: ClusterChange; readonly steps: readonly ClusterStepReport[] },
): string[] {
  const { recorded, wanted, uncompared, approved } = change;
  const about = recorded
    ? `${environment} runs Kubernetes ${recorded.kubernetes} by kubespray ${recorded.kubespray} on ${counted(Object.keys(recorded.nodes).length, "node")}`
    : `${environment} has no cluster yet; \`up\` makes one with Kubernetes ${wanted.kubernetes} by kubespray ${wanted.kubespray}`;
  const lines = [
    about,
    ...(uncompared.length > 0 ? [`taken as unchanged, since they refer to secrets: ${uncompared.join(", ")}`] : []),
    ...(steps.length === 0 ? ["the next `up` runs no playbook"] : stepLines(steps, colorsFor(sink, env))),
    ...approved.map(({ approval, reason }) => `approved: ${reason} (${approval})`),
  ];
  return lines.flatMap((line) => wrapWords(line, widthOf(sink), 14).split("\n"));
}

/** Steps that are about to run, one after another. */
export function stepLines(steps: readonly ClusterStepReport[], { bold, dim }: Colors): string[] {
  return steps.flatMap((step, index) => [
    "",
    bold(`${index + 1}/${steps.length} ${step.command}`),
    ...detailsOf(step).map(([what, said]) => `  ${dim(what.padEnd(10))}  ${said}`),
  ]);
}

function detailsOf(step: ClusterStepReport): [string, string][] {
  return [
    ["why", step.reason],
    ["from", `kubespray ${step.kubespray}, Kubernetes ${step.kubernetes}`],
    ["hosts", step.worksOn.length === 0 ? `all ${step.hosts}` : shortList(step.worksOn)],
    ["takes", `${minutesText(step.minutes)} min on real hosts`],
    ["quorum", step.quorum],
    ["endpoint", step.endpoint],
    ["workloads", step.workloads],
    ["before", step.precondition],
    ["after", step.check],
  ];
}

/** A change of a file, and what follows from it. */
export function describeEdit(
  sink: Sink,
  context: Pick<Context, "env">,
  { environment, edit }: { readonly environment: string; readonly edit: FileChange },
): string[] {
  const { bold } = colorsFor(sink, context.env);
  const hops = edit.ladder.map(({ kubernetes, kubespray }) => `${kubernetes} by ${kubespray}`);
  const from = edit.change.recorded;
  return [
    ...[bold(edit.file), ...describeLockChanges(edit.fields).map(indented)],
    ...(edit.lock.length > 0 ? [bold(edit.lockFile), ...describeLockChanges(edit.lock).map(indented)] : []),
    ...(from && hops.length > 0 ? [bold("Ladder"), indented([`${from.kubernetes} by ${from.kubespray}`, ...hops].join(" → "))] : []),
    ...edit.notes,
    "",
    ...describeSteps(sink, context, environment, edit),
    ...edit.change.refused.map((problem) => `needs an approval: ${formatProblem(problem).replace(/^error [^:]*: /, "")}`),
  ];
}

/** A cluster made by hand, and what the file says otherwise of it. */
export function describeTakeOver(sink: Sink, context: Pick<Context, "env">, environment: string, takeOver: TakeOver): string[] {
  const { differences, lock, notes, change } = takeOver;
  const { bold } = colorsFor(sink, context.env);
  return [
    ...(differences.length > 0
      ? [bold("The file says otherwise (cluster → file)"), ...describeLockChanges(differences).map(indented)]
      : []),
    ...(lock.length > 0 ? [bold("Lock file"), ...describeLockChanges(lock).map(indented)] : []),
    ...notes,
    "",
    ...describeSteps(sink, context, environment, { change, steps: takeOver.steps }),
  ];
}

/** What `--json` prints of a change beside its steps. */
export function changeFields({ recorded, wanted, approved, uncompared, refused }: ClusterChange): Record<string, unknown> {
  const versions = ({ kubernetes, kubespray }: typeof wanted) => ({ kubernetes, kubespray });
  return { recorded: recorded ? versions(recorded) : null, wanted: versions(wanted), approved, uncompared, refused };
}

/** What `--json` prints of a change of a file; of one that changed nothing, that. */
export function editFields(environment: string, edit: FileChange | undefined): Record<string, unknown> {
  if (!edit) return { environment, changed: false };
  const { file, lockFile, fields, lock, notes, ladder, change, steps } = edit;
  return { environment, changed: true, file, fields, lockFile, lock, notes, ...changeFields(change), ladder, steps };
}

function indented(line: string): string {
  return `  ${line}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function shortList(names: readonly string[]): string {
  return names.length <= 8 ? names.join(", ") : `${names.slice(0, 8).join(", ")} and ${names.length - 8} more`;
}
