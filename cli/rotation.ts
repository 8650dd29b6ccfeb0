import type { EnvironmentPlan } from "../model/plan/types";
import type { Rotation, RotationRow } from "../model/rotation";
import type { Colors } from "./context";
import { type Column, table } from "./table";

/** What an exchange of all secrets of an environment would be. */
export async function plannedRotation({ environment, services }: EnvironmentPlan): Promise<Rotation> {
  const [{ registry }, { rotationOf }] = await Promise.all([import("../files/registry.js"), import("../model/rotation.js")]);
  const { problems: _problems, ...rotation } = rotationOf(environment, services, registry.services);
  return rotation;
}

/** What `--json` prints of an exchange of secrets. */
export function rotationFields({ rows, left }: Rotation): Record<string, unknown> {
  return { rotation: { exchanged: rows, kept: left } };
}

/** Which secrets are exchanged and what restarts for it, for people. */
export function describeRotation(
  { rows, left }: Rotation,
  { width, colors }: { readonly width: number; readonly colors: Colors },
): string[] {
  return [
    colors.cyan("Secrets that are exchanged (seconds are estimates)"),
    ...table(COLUMNS, rows, width, colors),
    ...left.map(({ service, secret, reason }) => colors.dim(`  kept: ${secret} of ${service}: ${reason}`)),
  ];
}

const COLUMNS: readonly Column<RotationRow>[] = [
  { title: "service", value: ({ service }) => service },
  { title: "secret", value: ({ secret }) => secret },
  {
    title: "how",
    value: ({ how, seconds }) =>
      how === "overlap" ? "the new one is valid before the old one ends" : `one only: not valid for ~${seconds} s`,
  },
  {
    title: "restarts",
    value: ({ restarts }) =>
      restarts.map(({ service, seconds }) => (seconds === 0 ? service : `${service} (away ~${seconds} s)`)).join(", ") || "nothing",
  },
];
