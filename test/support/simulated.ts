import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeWorld } from "../../engine/world";
import type { EnvironmentPlan } from "../../model/plan/types";
import type { Properties, Provider, ReadResult } from "../../plugin/rpc/provider";
import { clouds } from "../../providers/clouds";
import type { Cloud } from "../../providers/define-cloud";
import { PACKAGES } from "../../sandbox/packages";
import { revealAll } from "../../sandbox/values";
import { graph, type RecordedResource } from "../../testing/graph";
import { packageOf } from "./cloud-files";
import { filesIn, readJson } from "./project";

/** A resource of an environment that stands in a simulated cloud. */
export interface Standing {
  readonly resource: RecordedResource;
  readonly id: string;
  /** As the provider took them. */
  readonly inputs: Properties;
  readonly properties: Properties;
}

/** A failure as gRPC passes it on. */
function toService(error: Error): never {
  throw Object.assign(error, { details: error.message });
}

const CALL = { signal: new AbortController().signal, log: async () => undefined, status: async () => undefined };

/** A simulated cloud whose provider works in this process: no engine, and no process of its own. */
export class Simulated {
  private readonly providers = new Map<string, Promise<Provider>>();

  /** @param world the folder of its world */
  constructor(
    readonly cloud: string,
    readonly world: string,
  ) {}

  /** The same with what is there now, in another folder. */
  copy(world: string): Simulated {
    cpSync(this.world, world, { recursive: true });
    return new Simulated(this.cloud, world);
  }

  /**
   * Makes the infrastructure of a plan.
   * @param onChecked called once the cloud was asked for all that is needed, before anything is made
   * @throws what a provider refuses, or the look at the cloud finds
   */
  async make(plan: EnvironmentPlan, onChecked?: () => void): Promise<readonly Standing[]> {
    writeWorld(this.world, plan);
    const standing: Standing[] = [];
    const Infrastructure = Object.values<Cloud>(clouds)
      .find(({ name }) => name === this.cloud)!
      .infrastructure();
    await graph(
      async () => {
        const infrastructure = new Infrastructure("seoul", { plan, secrets: {}, ...(onChecked && { onChecked }) });
        await infrastructure.checked;
        return infrastructure;
      },
      {
        invokes: new Proxy({}, { get: (_, token) => (inputs: Properties) => this.invoke(String(token), inputs).catch(toService) }),
        make: async (resource) => {
          const { type, name, urn, inputs: asked } = resource;
          if (type.startsWith("pulumi:providers:")) await (await this.provider(type.split(":")[2] ?? ""))?.configure?.(revealAll(asked));
          const provider = await this.provider(type.split(":")[0] ?? "");
          if (provider === undefined) return undefined;
          const call = { ...CALL, urn, type, name };
          const { inputs, failures } = await provider.check({ ...call, olds: {}, news: revealAll(asked), randomSeed: Buffer.from(urn) });
          if (failures.length > 0) throw new Error(`${name}: ${failures.map((one) => `${one.property}: ${one.reason}`).join("; ")}`);
          const { id, properties } = await provider.create({ ...call, inputs, preview: false, timeout: 0 });
          standing.push({ resource, id, inputs, properties });
          return { id, state: { ...properties } };
        },
      },
    );
    return standing.filter(({ resource }) => resource.type.startsWith(`${packageOf(this.cloud)}:`));
  }

  /** What can be had of each at the most. */
  quotas(quotas: Readonly<Record<string, number>>): void {
    mkdirSync(this.world, { recursive: true });
    const path = join(this.world, "world.json");
    writeFileSync(path, JSON.stringify({ ...(existsSync(path) ? readJson(path) : {}), quotas }));
  }

  /** Makes another one with the same inputs. */
  async create({ resource: { urn, type, name }, inputs }: Standing): Promise<string> {
    const provider = await this.provider(packageOf(this.cloud));
    return (await provider!.create({ ...CALL, urn, type, name, inputs, preview: false, timeout: 0 })).id;
  }

  async delete({ resource: { urn, type, name }, id, inputs, properties }: Standing): Promise<void> {
    const provider = await this.provider(packageOf(this.cloud));
    await provider!.delete({ ...CALL, urn, type, name, id, inputs, properties: revealAll(properties), timeout: 0 });
  }

  async read(type: string, id: string, inputs: Properties = {}, properties: Properties = {}): Promise<ReadResult> {
    const provider = await this.provider(packageOf(this.cloud));
    return await provider!.read({ ...CALL, urn: id, type, name: id, id, inputs, properties });
  }

  async invoke(token: string, args: Properties): Promise<Record<string, unknown>> {
    const provider = await this.provider(token.split(":")[0] ?? "");
    return { ...(await provider?.invoke?.({ token, args: revealAll(args), signal: CALL.signal }))?.properties };
  }

  /** What a resource as it was read is to be changed in, by property. */
  async changes({ resource: { urn, type, name, options }, id, inputs }: Standing, read: ReadResult): Promise<string[]> {
    const provider = await this.provider(packageOf(this.cloud));
    const states = { oldInputs: read.inputs, olds: revealAll(read.properties), news: inputs, ignoreChanges: options.ignoreChanges };
    return Object.keys((await provider!.diff({ ...CALL, urn, type, name, id, ...states })).changes);
  }

  /** The objects that there are, as paths. */
  objects(): string[] {
    const folder = join(this.world, packageOf(this.cloud));
    return filesIn(folder).map((file) => file.slice(folder.length + 1));
  }

  /** Undefined for a package that nobody simulates. */
  private provider(name: string): Promise<Provider | undefined> {
    const known = this.providers.get(name) ?? PACKAGES[name]?.load(this.world).then(({ provider }) => provider);
    if (known === undefined) return Promise.resolve(undefined);
    this.providers.set(name, known);
    return known;
  }
}
