import { all, type ComponentResource, type CustomResourceOptions, interpolate, type Output, secret } from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";
import { madeAnew } from "../generated-password";
import type { RegistryAccess } from "../grants";
import { type PlannedProject, type PlannedRobot, RIGHTS } from "./projects";
import { HarborProject, HarborRobot } from "./resources";

/** An account at a project, and how it logs in. */
export interface MadeRobot extends PlannedRobot {
  readonly project: string;
  readonly name: string;
  readonly login: RegistryAccess;
}

/**
 * Projects, and the accounts of programs at them. What else people make there is theirs.
 * @param name gives a resource its logical name
 * @param registry the name that images have Harbor by
 * @param data options of the projects, which hold the images
 * @param parent of the passwords
 * @param rotation another number makes other passwords. @default 1
 */
export function createInside(
  name: (role: string) => string,
  { projects, registry }: { readonly projects: Readonly<Record<string, PlannedProject>>; readonly registry: string },
  options: CustomResourceOptions,
  data: Pick<CustomResourceOptions, "protect" | "retainOnDelete">,
  parent: ComponentResource,
  rotation?: number,
): MadeRobot[] {
  return Object.entries(projects).flatMap(([project, { public: isPublic, quota, robots }]) => {
    // What in it goes with it was asked for: the guard has told whose images they are.
    const made = new HarborProject(
      name(`project-${project}`),
      { name: project, public: isPublic, quota, deleteRepositories: true },
      { ...options, ...data },
    );
    return Object.entries(robots).map(([robot, planned]): MadeRobot => {
      // No name of an account has a dot in it.
      const role = `robot-${project}.${robot}`;
      const password = secret(
        new RandomPassword(
          name(`${role}-password`),
          { length: 32, special: false, minLower: 1, minUpper: 1, minNumeric: 1, ...madeAnew(rotation) },
          { parent },
        ).result,
      );
      const account = new HarborRobot(
        name(role),
        { project: made.name, name: robot, access: RIGHTS[planned.access], secret: password },
        options,
      );
      return { ...planned, project, name: robot, login: loginOf(registry, project, account.fullName, password) };
    });
  });
}

function loginOf(registry: string, project: string, user: Output<string>, password: Output<string>): RegistryAccess {
  const dockerConfig = secret(
    all([user, password, interpolate`${user}:${password}`]).apply(([username, known, both]) =>
      JSON.stringify({ auths: { [registry]: { username, password: known, auth: Buffer.from(both).toString("base64") } } }),
    ),
  );
  return { registry, project, user, password, dockerConfig };
}
