import type {
  CheckCall,
  CheckFailure,
  CreateCall,
  DeleteCall,
  DiffCall,
  DiffResult,
  Properties,
  Provider,
  ReadCall,
  ReadResult,
  UpdateCall,
} from "./rpc/provider";

/** What serves one type of resource. */
export type ResourceProvider = Pick<Provider, "check" | "diff" | "create" | "update" | "read" | "delete">;

/** The package `kpaas`: a provider for each of its types, by type token. */
export class KpaasPackage implements Provider {
  readonly name = "kpaas";
  readonly acceptsSecrets = true;

  /** @param settle takes what a provider's configuration says. @default it says nothing */
  constructor(
    readonly version: string,
    private readonly types: Readonly<Record<string, ResourceProvider>>,
    private readonly settle: (args: Properties) => void = () => undefined,
  ) {}

  async configure(args: Properties): Promise<void> {
    this.settle(args);
  }

  async check(call: CheckCall): Promise<{ inputs: Properties; failures: readonly CheckFailure[] }> {
    return await this.of(call.type).check(call);
  }

  async diff(call: DiffCall): Promise<DiffResult> {
    return await this.of(call.type).diff(call);
  }

  async create(call: CreateCall): Promise<{ id: string; properties: Properties }> {
    return await this.of(call.type).create(call);
  }

  async update(call: UpdateCall): Promise<{ properties: Properties }> {
    return await this.of(call.type).update(call);
  }

  async read(call: ReadCall): Promise<ReadResult> {
    return await this.of(call.type).read(call);
  }

  async delete(call: DeleteCall): Promise<void> {
    await this.of(call.type).delete(call);
  }

  private of(type: string): ResourceProvider {
    const provider = this.types[type];
    if (provider === undefined) throw new Error(`the package kpaas has no resource ${type}`);
    return provider;
  }
}
