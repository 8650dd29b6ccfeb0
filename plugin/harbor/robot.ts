import { z } from "zod";
import { parseInputs, readInputs } from "../inputs";
import { reveal } from "../kubespray/values";
import type { ResourceProvider } from "../package";
import {
  type CheckCall,
  type CheckFailure,
  type CreateCall,
  type DeleteCall,
  type DiffCall,
  type DiffResult,
  PartialFailure,
  type Properties,
  type ReadCall,
  type ReadResult,
  secret,
  UNKNOWN,
  type UpdateCall,
  withTimeout,
} from "../rpc/provider";
import type { HarborAccess } from "./access";
import { NothingMadeError } from "./call";
import type { HarborRobot } from "./harbor";
import { differences, makeOne } from "./resource";
import { isGoodSecret, NAME, RIGHTS } from "./rights";

const schema = z.strictObject({
  project: z.string().min(1),
  name: z.string().regex(NAME, "must be lower-case letters and digits, with single . _ or - between them"),
  access: z
    .array(z.string().refine((right) => RIGHTS.has(right), "must be a right at a project, RESOURCE:ACTION, as repository:pull is"))
    .min(1, "must name what it may do"),
  secret: z.string().refine(isGoodSecret, "must have 8 to 128 characters, lower-case and upper-case letters and digits among them"),
  description: z.string().default("made by kpaas"),
});

type RobotInputs = z.infer<typeof schema>;

const FIELDS = { identity: ["project", "name"], changeable: ["access", "description", "disabled", "secret"] } as const;

/** `kpaas:harbor:Robot`: an account of programs at one project of a Harbor, by its name there, with a secret that is given. */
export class RobotProvider implements ResourceProvider {
  constructor(private readonly access: HarborAccess) {}

  async check({ news }: CheckCall): Promise<{ inputs: Properties; failures: readonly CheckFailure[] }> {
    const { inputs, failures } = parseInputs(schema, news);
    if (inputs === undefined) return { inputs: news, failures };
    // What the engine was given stays in its envelope; the order of rights says nothing.
    return { inputs: { description: inputs.description, ...news, access: [...new Set(inputs.access)].sort() }, failures };
  }

  async diff({ olds, news, ignoreChanges }: DiffCall): Promise<DiffResult> {
    return differences(olds, { ...news, disabled: false }, FIELDS, ignoreChanges);
  }

  async create(call: CreateCall): Promise<{ id: string; properties: Properties }> {
    if (call.preview) return { id: "", properties: { ...call.inputs, disabled: false, robotId: UNKNOWN, fullName: UNKNOWN } };
    const inputs = readInputs(schema, call.inputs);
    const signal = withTimeout(call);
    const { harbor } = this.access;
    const id = `${inputs.project}/${inputs.name}`;
    const made = await makeOne(
      call,
      async () => await harbor.robot((await this.projectOf(inputs, signal)).project_id, inputs.name, signal),
      () => harbor.createRobot(inputs, signal),
      `a robot account ${inputs.name} already exists at the project ${inputs.project} that is not of this program: choose another name, delete that one, or take it over by importing it, as \`pulumi import ${call.type} ${call.name} ${id}\` does with its provider`,
    );
    try {
      await harbor.setSecret(made, inputs.secret, signal);
    } catch (error) {
      // It is there: the next \`up\` gives it its secret.
      throw new PartialFailure(
        error instanceof Error ? error.message : String(error),
        id,
        outputsOf({ ...inputs, secret: undefined }, made),
      );
    }
    return { id, properties: outputsOf(inputs, made) };
  }

  async update(call: UpdateCall): Promise<{ properties: Properties }> {
    const { robotId = UNKNOWN, fullName = UNKNOWN } = call.olds;
    if (call.preview) return { properties: { ...call.news, disabled: false, robotId, fullName } };
    const inputs = readInputs(schema, call.news);
    const signal = withTimeout(call);
    const { harbor } = this.access;
    const { project_id } = await this.projectOf(inputs, signal);
    const there = await harbor.robot(project_id, inputs.name, signal);
    if (there === undefined)
      throw new Error(
        `Harbor has no robot account ${inputs.name} at ${inputs.project} any more: a refresh finds that out, and the next \`up\` makes it`,
      );
    await harbor.changeRobot(there, inputs, signal);
    if (reveal(call.olds.secret) !== inputs.secret || robotId !== there.id) await harbor.setSecret(there, inputs.secret, signal);
    return { properties: outputsOf(inputs, there) };
  }

  /** Harbor tells no secret; whether the recorded one still lets in, it does. */
  async read({ id, inputs, properties, signal }: ReadCall): Promise<ReadResult> {
    const [project = "", name = ""] = id.split("/");
    const { harbor } = this.access;
    const gone = { id: "", inputs: {}, properties: {} };
    const home = await harbor.project(project, signal);
    const there = home && (await harbor.robot(home.project_id, name, signal));
    if (there === undefined) return gone;
    const known = reveal(properties.secret);
    const counts = typeof known === "string" && !there.disable && (await harbor.letsIn(there.name, known, signal));
    const access = there.permissions.flatMap(({ kind, access: each }) =>
      kind === "project" ? each.map(({ resource, action }) => `${resource}:${action}`) : [],
    );
    const found = { project, name, access: access.sort(), description: there.description };
    const kept = inputs.secret === undefined ? {} : { secret: inputs.secret };
    return { id, inputs: { ...found, ...kept }, properties: outputsOf({ ...found, secret: counts ? known : undefined }, there) };
  }

  async delete(call: DeleteCall): Promise<void> {
    const signal = withTimeout(call);
    const { harbor } = this.access;
    const home = await harbor.project(String(call.properties.project), signal);
    const there = home && (await harbor.robot(home.project_id, String(call.properties.name), signal));
    if (there !== undefined) await harbor.deleteRobot(there, signal);
  }

  private async projectOf({ project }: RobotInputs, signal: AbortSignal) {
    const there = await this.access.harbor.project(project, signal);
    if (there === undefined)
      throw new NothingMadeError(`there must be a project ${project} in Harbor before it has a robot account; it was not found there`);
    return there;
  }
}

/** @param inputs without a secret where the account has not the one that is recorded */
function outputsOf(
  { secret: text, ...inputs }: Omit<RobotInputs, "secret"> & { readonly secret: string | undefined },
  robot: HarborRobot,
): Properties {
  return {
    ...inputs,
    ...(text === undefined ? {} : { secret: secret(text) }),
    disabled: robot.disable,
    robotId: robot.id,
    fullName: robot.name,
  };
}
