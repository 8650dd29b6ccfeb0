import type { Loss } from "../engine/state/loss";

/** What goes with an environment and what stays, one line each. */
export function describeLoss(environment: string, { lost, kept }: Loss): string[] {
  const listed = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
  return [
    ...(lost.length === 0 ? [`Nothing of ${environment} that holds data is left to lose`] : listed(`Lost with ${environment}:`, lost)),
    ...listed("Kept:", kept),
  ];
}
