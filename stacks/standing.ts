import { getOrganization, getProject, runtime } from "@pulumi/pulumi";
import { isFields } from "../model/data";

/** A resource that stands in a stack. */
export interface StandingResource {
  readonly urn: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** What stands in a stack as its last operation left it, also one that broke off; nothing where there is no such stack. */
export async function readStanding(stack: string): Promise<StandingResource[]> {
  const stackName = `${getOrganization()}/${getProject()}/${stack}`;
  const answer: unknown = await orUnknownStack(runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName }));
  const resources = isFields(answer) ? answer.outputs : undefined;
  return Object.entries(isFields(resources) ? resources : {}).map(([urn, resource]) => ({
    urn,
    outputs: isFields(resource) && isFields(resource.outputs) ? resource.outputs : {},
  }));
}

/** What the engine says of a stack; undefined where it knows none of that name. */
export async function orUnknownStack<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && /unknown stack|no stack named/i.test(error.message)) return undefined;
    throw error;
  }
}

/** The resource of that type and logical name. */
export function standingResource(resources: readonly StandingResource[], type: string, name: string): StandingResource | undefined {
  return resources.find(({ urn }) => {
    const [, , types = "", ...rest] = urn.split("::");
    return types.split("$").at(-1) === type && rest.join("::") === name;
  });
}
