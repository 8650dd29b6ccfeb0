import type { Progress } from "../engine/events";
import { describeLockChanges } from "../files/lock-problems";
import type { Ask, Job, Notice, Operator, Question } from "../operate/operator";
import { asking, isYes } from "./asking";
import { describeEdit, describeTakeOver, stepLines } from "./cluster-steps";
import { type Context, colorsFor, widthOf, writeLines } from "./context";
import { describeRestore } from "./data";
import { lockNotice } from "./lock";
import { describeLoss } from "./loss";
import { describeReport, reportOf } from "./preview";
import { withProgress } from "./progress/progress";
import { describeProblems } from "./report";
import { describeRotation } from "./rotation";
import { interruptible } from "./signals";
import { describeRecovery, describeSecretsChange, describeStateRestore } from "./state";
import { warningsToShow } from "./warnings";

/**
 * Whoever has typed a command: told on standard error, asked on the terminal, and able to interrupt.
 * @param agreed with `--yes` nobody is asked
 */
export function operatorOf(context: Context, agreed = false): Operator {
  return {
    asker: (kind) => (agreed ? undefined : askerOf(context, kind)),
    tell: (notice) => writeLines(context.stderr, wordsFor(context, notice)),
    run: (job, work) =>
      interruptible(context, (signals) => {
        if (job.kind === "read") return work({ ...signals, onProgress: (event) => writeLines(context.stderr, warningIn(event)) });
        return withProgress(context, titleOf(job), (onProgress) => work({ ...signals, onProgress }));
      }),
  };
}

/** What is read is read without a word, but for what hinders it. */
function warningIn(event: Progress): string[] {
  return event.kind === "message" && event.severity === "warning" ? [`warning ${event.text}`] : [];
}

function titleOf({ kind, environment, sandbox }: Job): string {
  return `${kind} ${environment}${sandbox ? " in the sandbox" : ""}`;
}

/** The way to ask; exits with 2 where there is nobody to ask. */
function askerOf(context: Context, command: string): Ask {
  const ask = asking(context, command);
  return async (question) => {
    const { environment } = question;
    switch (question.kind) {
      case "up":
        writeLines(context.stderr, await previewOf(context, question));
        return isYes(await ask(`Bring ${environment} up like this? [y/N] `));
      case "rotate": {
        const style = { width: widthOf(context.stderr), colors: colorsFor(context.stderr, context.env) };
        writeLines(context.stderr, [...describeRotation(question.rotation, style), "", ...(await previewOf(context, question))]);
        return isYes(await ask(`Exchange the secrets of ${environment} like this? [y/N] `));
      }
      case "refresh":
        return isYes(await ask(`Overwrite the recorded state of ${environment} with what is there? [y/N] `));
      case "destroy":
        return (await ask("Type the environment's name to destroy it: ")).trim() === environment;
      case "cluster upgrade":
      case "cluster replace-node":
        writeLines(context.stderr, describeEdit(context.stderr, context, question));
        return isYes(await ask(`Change the file of ${environment} like this? [y/N] `));
      case "cluster import":
        writeLines(context.stderr, describeTakeOver(context.stderr, context, environment, question.takeOver));
        return isYes(await ask(`Take the cluster of ${environment} over like this? [y/N] `));
      case "cluster renew-certificates":
        writeLines(context.stderr, stepLines(question.steps, colorsFor(context.stderr, context.env)));
        return isYes(await ask(`Renew the certificates of ${environment} like this? [y/N] `));
      case "cluster restore": {
        const steps = stepLines(question.steps, colorsFor(context.stderr, context.env));
        writeLines(context.stderr, [
          ...steps,
          "",
          `lost by going back to ${question.snapshot}:`,
          ...question.lost.map((each) => `  ${each}`),
        ]);
        return (await ask("Type the environment's name to restore it: ")).trim() === environment;
      }
      case "restore":
        writeLines(context.stderr, describeRestore(question.plan));
        return (await ask("Type the environment's name to restore its data: ")).trim() === environment;
      case "state restore":
        return (await ask("Type the environment's name to restore its states: ")).trim() === environment;
      case "state recover":
        return (await ask("Type the environment's name to keep what was found as its state: ")).trim() === environment;
      case "state secrets":
        writeLines(context.stderr, describeSecretsChange(question.change));
        return isYes(await ask(`Encrypt the secrets of ${environment} like this? [y/N] `));
    }
  };
}

/** What a preview found, and what the lock file would fix. */
async function previewOf(
  context: Context,
  { preview, planned, layer }: Pick<Question & { kind: "up" }, "preview" | "planned" | "layer">,
): Promise<string[]> {
  const colors = colorsFor(context.stderr, context.env);
  const lock = describeLockChanges(planned.lockChanges);
  return [
    ...(await describeReport(await reportOf(planned.plan, layer, preview), "short", { width: widthOf(context.stderr), colors })),
    ...(lock.length === 0 ? [] : [colors.cyan("Lock file"), ...lock]),
  ];
}

function wordsFor(context: Context, notice: Notice): string[] {
  switch (notice.kind) {
    case "loaded": {
      const { root, loaded, approvals } = notice;
      context.remember?.({ approvals });
      return describeProblems(context, loaded.planned ? warningsToShow(root, loaded) : loaded.problems);
    }
    case "lockProposed":
      return lockNotice(notice.loaded);
    case "lockWritten":
      return [`wrote ${notice.file}`];
    case "stateFound":
      return describeRecovery(notice.environment, notice.plan, widthOf(context.stderr), colorsFor(context.stderr, context.env));
    case "stateLoss":
      return describeStateRestore(notice.environment, notice.plan);
    case "loss": {
      const { environment, loss, loaded } = notice;
      const unread = loaded.content === undefined ? " It may ask for data volumes to be left, so they are." : "";
      const unplanned = loaded.planned ? [] : [`The file cannot be planned: what follows goes by what is recorded.${unread}`];
      return [...unplanned, ...describeLoss(environment, loss)];
    }
  }
}
