import { InputPropertyError } from "@pulumi/pulumi";
import { kebab } from "../../../model/service";
import type { RegistryRight } from "../grants";
import type { HarborArgs, ProjectSpec, RegistryClient } from "./args";
import { namedTwice } from "./claims";

/** An account of programs at a project. */
export interface PlannedRobot {
  readonly access: RegistryRight;
  /** The service whose it is; undefined for one that is named beside the project. */
  readonly client?: string;
}

/** A project as it is to be. */
export interface PlannedProject {
  readonly public: boolean;
  /** Bytes; -1 for as much as there is. */
  readonly quota: number;
  /** By name. */
  readonly robots: Readonly<Record<string, PlannedRobot>>;
}

/** What an account with a right may do, in Harbor's words. */
export const RIGHTS: Readonly<Record<RegistryRight, readonly string[]>> = {
  pull: ["repository:pull"],
  push: ["repository:pull", "repository:push"],
};

/**
 * The projects that are named and claimed, by name.
 * @throws InputPropertyError for an account that would be two
 */
export function plannedProjects({ projects = {}, clients = {} }: Pick<HarborArgs, "projects" | "clients">): Record<string, PlannedProject> {
  const names = [...new Set([...Object.keys(projects), ...Object.values(clients).map(({ project }) => project)])].sort();
  const twice = namedTwice(projects, Object.entries(clients)).map(([field, client]) => `${field} is the account of the service ${client}`);
  if (twice.length > 0)
    throw new InputPropertyError({
      propertyPath: "projects",
      reason: `name accounts of services that claim them: ${twice.join("; ")}; choose other names`,
    });
  return Object.fromEntries(names.map((name) => [name, plannedProject(projects[name] ?? {}, claimsOf(name, clients))]));
}

function plannedProject(named: ProjectSpec, claims: readonly (readonly [client: string, claim: RegistryClient])[]): PlannedProject {
  const quota = named.quota ?? claims.find(([, claim]) => claim.quota !== undefined)?.[1].quota;
  return {
    public: named.public ?? claims.some(([, claim]) => claim.public === true),
    quota: quota === undefined ? -1 : bytesOf(quota),
    robots: {
      ...Object.fromEntries(Object.entries(named.robots ?? {}).map(([name, access]) => [name, { access }])),
      ...Object.fromEntries(claims.map(([client, { access }]) => [kebab(client), { access, client }])),
    },
  };
}

function claimsOf(project: string, clients: Readonly<Record<string, RegistryClient>>): [string, RegistryClient][] {
  return Object.entries(clients).filter(([, claim]) => claim.project === project);
}

function bytesOf(quota: string): number {
  return Number.parseInt(quota, 10) * (quota.endsWith("Ti") ? 1024 ** 4 : 1024 ** 3);
}
