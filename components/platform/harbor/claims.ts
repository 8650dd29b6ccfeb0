import { type ClaimProblem, kebab, type OfferedClaim } from "../../../model/service";
import type { RegistryProjectClaim } from "../grants";
import type { ProjectSpec } from "./args";

/** What a project may be called. */
export const PROJECT_NAME = /^[a-z0-9]+(?:[.-][a-z0-9]+)*$/;

/** The accounts that are named at a project and are those of services that claim it: `PROJECT.robots.NAME` by the service. */
export function namedTwice(
  projects: Readonly<Record<string, ProjectSpec>>,
  claims: readonly (readonly [consumer: string, claim: Pick<RegistryProjectClaim, "project">])[],
): [field: string, consumer: string][] {
  return claims.flatMap(([consumer, { project }]): [string, string][] =>
    kebab(consumer) in (projects[project]?.robots ?? {}) ? [[`${project}.robots.${kebab(consumer)}`, consumer]] : [],
  );
}

/** What Harbor, or its component, would refuse of projects that are claimed. */
export function refusedClaims(projects: Readonly<Record<string, ProjectSpec>>, claims: readonly OfferedClaim[]): ClaimProblem[] {
  const claimed = claims.map(({ consumer, claim }) => [consumer, claim as RegistryProjectClaim] as const);
  return [
    ...namedTwice(projects, claimed).map(([field, consumer]) => ({
      at: { field: `projects.${field}` },
      reason: `is the account of the service ${consumer}, which claims the project`,
      remedy: "choose another name",
    })),
    ...claimed.flatMap(([consumer, { project }]) =>
      PROJECT_NAME.test(project)
        ? []
        : [
            {
              at: { consumer },
              reason: `claims a project of Harbor's named "${project}", which must be lower-case letters and digits, with single . or - between them`,
              remedy: "choose another name in its definition",
            },
          ],
    ),
  ];
}
