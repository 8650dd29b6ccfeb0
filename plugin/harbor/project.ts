import { z } from "zod";
import { parseInputs, readInputs } from "../inputs";
import type { ResourceProvider } from "../package";
import {
  type CheckCall,
  type CheckFailure,
  type CreateCall,
  type DeleteCall,
  type DiffCall,
  type DiffResult,
  type Properties,
  type ReadCall,
  type ReadResult,
  UNKNOWN,
  type UpdateCall,
  withTimeout,
} from "../rpc/provider";
import type { HarborAccess } from "./access";
import { HarborRefusedError } from "./call";
import type { HarborProject } from "./harbor";
import { differences, makeOne } from "./resource";
import { MOST_BYTES, NAME } from "./rights";

const name = z.string().max(255).regex(NAME, "must be lower-case letters and digits, with single . _ or - between them");

const schema = z.strictObject({
  name,
  public: z.boolean().default(false),
  quota: z
    .int()
    .refine(
      (bytes) => bytes === -1 || (bytes > 0 && bytes <= MOST_BYTES),
      "must be a number of bytes up to 1024 TiB, or -1 for as much as there is",
    )
    .default(-1),
  deleteRepositories: z.boolean().default(false),
});

const FIELDS = { identity: ["name"], changeable: ["public", "quota", "deleteRepositories"] } as const;

/** `kpaas:harbor:Project`: a project of a Harbor, by its name. */
export class ProjectProvider implements ResourceProvider {
  constructor(private readonly access: HarborAccess) {}

  async check({ news }: CheckCall): Promise<{ inputs: Properties; failures: readonly CheckFailure[] }> {
    const { inputs, failures } = parseInputs(schema, news);
    return { inputs: inputs === undefined ? news : { ...inputs, ...news }, failures };
  }

  async diff({ olds, news, ignoreChanges }: DiffCall): Promise<DiffResult> {
    return differences(olds, news, FIELDS, ignoreChanges);
  }

  async create(call: CreateCall): Promise<{ id: string; properties: Properties }> {
    if (call.preview) return { id: "", properties: { ...call.inputs, projectId: UNKNOWN } };
    const inputs = readInputs(schema, call.inputs);
    const signal = withTimeout(call);
    const { harbor } = this.access;
    const made = await makeOne(
      call,
      () => harbor.project(inputs.name, signal),
      () => harbor.createProject(inputs.name, { isPublic: inputs.public, quota: inputs.quota }, signal),
      `a project ${inputs.name} already exists in Harbor that is not of this program: choose another name, delete that one, or take it over by importing it, as \`pulumi import ${call.type} ${call.name} ${inputs.name}\` does with its provider`,
    );
    return { id: inputs.name, properties: { ...inputs, projectId: made.project_id } };
  }

  async update(call: UpdateCall): Promise<{ properties: Properties }> {
    if (call.preview) return { properties: { ...call.news, projectId: call.olds.projectId ?? UNKNOWN } };
    const inputs = readInputs(schema, call.news);
    const signal = withTimeout(call);
    const { harbor } = this.access;
    const there = await harbor.project(inputs.name, signal);
    if (there === undefined)
      throw new Error(`Harbor has no project ${inputs.name} any more: a refresh finds that out, and the next \`up\` makes it`);
    if (there.metadata.public !== String(inputs.public)) await harbor.publish(inputs.name, inputs.public, signal);
    const quota = (await harbor.quota(there.project_id, signal)) ?? -1;
    if (quota !== inputs.quota) await harbor.limit(there.project_id, inputs.quota, signal);
    return { properties: { ...inputs, projectId: there.project_id } };
  }

  async read({ id, inputs, properties, signal }: ReadCall): Promise<ReadResult> {
    const { harbor } = this.access;
    const there = await harbor.project(id, signal);
    if (there === undefined) return { id: "", inputs: {}, properties: {} };
    const quota = (await harbor.quota(there.project_id, signal)) ?? -1;
    // Ours alone: Harbor does not know of it.
    const { deleteRepositories = inputs.deleteRepositories ?? false } = properties;
    const found = { name: there.name, public: there.metadata.public === "true", quota, deleteRepositories };
    return { id, inputs: found, properties: { ...found, projectId: there.project_id } };
  }

  async delete(call: DeleteCall): Promise<void> {
    const signal = withTimeout(call);
    const { harbor } = this.access;
    const there = await harbor.project(call.id, signal);
    if (there === undefined) return;
    if (call.properties.deleteRepositories === true) await harbor.deleteRepositories(call.id, signal);
    await harbor.deleteProject(call.id, signal).catch((error: unknown) => {
      throw error instanceof HarborRefusedError && error.status === 412 ? held(there, error) : error;
    });
  }
}

/** What it holds is not lost by a resource that goes. */
function held({ name: project, repo_count: count }: HarborProject, cause: Error): Error {
  return new Error(
    `the project ${project} holds ${count} repositories, and Harbor deletes none that does (412): delete them there, set deleteRepositories and bring that up first, or set retainOnDelete to leave the project`,
    { cause },
  );
}
