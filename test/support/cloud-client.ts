import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Properties } from "../../plugin/rpc/provider";
import type { ProviderClient } from "./provider-client";

/** A resource that was created. */
export interface Created {
  readonly type: string;
  readonly id: string;
  readonly inputs: Properties;
  readonly properties: Properties;
}

/** A simulated cloud spoken to over gRPC. */
export class CloudClient<Short extends string = string> {
  /**
   * @param folder its world's
   * @param beforehand what is there from the start
   */
  constructor(
    readonly client: ProviderClient,
    readonly folder: string,
    private readonly cloud: { readonly types: Readonly<Record<string, unknown>> },
    private readonly beforehand: Properties,
  ) {}

  /** Writes what there is beforehand, with these in place of the usual. */
  world(entries: Properties): void {
    writeFileSync(join(this.folder, "world.json"), JSON.stringify({ ...this.beforehand, ...entries }));
  }

  /** A type by the last part of its name. */
  token(short: Short): string {
    return Object.keys(this.cloud.types).find((type) => type.endsWith(`:${short}`)) ?? assert.fail(short);
  }

  /** Checks and creates; throws what either refuses. */
  async create(short: Short, news: Properties, name = "it"): Promise<Created> {
    const type = this.token(short);
    const { inputs, failures } = await this.client.check({ type, name }, news);
    if (failures.length > 0) throw new Error(failures.map(({ property, reason }) => `${property}: ${reason}`).join("; "));
    return { type, inputs, ...(await this.client.create({ type, name }, inputs)) };
  }

  async delete(created: Created): Promise<void> {
    await this.client.delete(created, created.properties, created.inputs);
  }
  async read(created: Created): ReturnType<ProviderClient["read"]> {
    return this.client.read(created, created.inputs, created.properties);
  }
}
