import type { Context } from "./context";
import { badUsage } from "./report";

/** The way to ask whoever sits at the terminal; exits with 2 where nobody does. */
export function asking(
  { ask }: Context,
  command: string,
  remedy = "add --yes to run it without a question",
): (question: string) => Promise<string> {
  if (ask !== undefined) return ask;
  throw badUsage(`\`kpaas ${command}\` asks before it changes anything, and there is no terminal to ask on`, remedy);
}

/** Whether an answer agrees. */
export function isYes(answer: string): boolean {
  return ["y", "yes"].includes(answer.trim().toLowerCase());
}
