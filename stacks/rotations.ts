import { log } from "@pulumi/pulumi";
import type { Applied } from "../model/guard/applied";
import type { EnvironmentPlan } from "../model/plan/types";
import { Findings, type Problem } from "../model/problems";
import type { Registry } from "../model/registry";
import { type Rotations, rotationOf } from "../model/rotation";

/**
 * What is wrong with the numbers that a program gives, and with the services that it gives them for.
 * @param plan undefined where other fields are wrong: which services there are is not known then
 */
export function rotationProblems(
  environment: string,
  rotations: Rotations,
  plan: EnvironmentPlan | undefined,
  registry: Registry,
): Problem[] {
  const findings = new Findings();
  for (const [service, number] of Object.entries(rotations))
    if (!Number.isInteger(number) || number < 1)
      findings.error(
        `rotations.${service}`,
        "says how many times the secrets are made, so it must be a whole number from 1 on",
        "write 2 to exchange the first ones",
        number,
      );
  const named = plan && rotationOf(environment, plan.services, registry.services, Object.keys(rotations)).problems;
  for (const { value, reason, remedy } of named ?? [])
    findings.error(`rotations.${String(value)}`, reason, remedy, rotations[String(value)]);
  return findings.toProblems(environment);
}

/** Tells what is exchanged beyond what there is, and what restarts for it. */
export async function tellRotations(
  before: Applied | undefined,
  { environment, services }: EnvironmentPlan,
  registry: Registry,
): Promise<void> {
  if (before === undefined) return;
  const risen = services.filter(({ name, rotation = 1 }) => name in (before.versions ?? {}) && rotation > (before.rotations?.[name] ?? 1));
  const names = risen.map(({ name }) => name);
  if (names.length === 0) return;
  for (const { service, secret, restarts, seconds } of rotationOf(environment, services, registry.services, names).rows) {
    const pods = restarts.map((each) => `${each.service} (away ~${each.seconds} s)`).join(", ");
    const gap = seconds > 0 ? `not valid for ~${seconds} s` : "the new one is valid before the old one ends";
    await log.info(`${service}: exchanges ${secret}: ${gap}${pods === "" ? "" : `; restarts ${pods}`}`);
  }
}
