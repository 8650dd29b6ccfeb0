import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { Client, credentials, type MethodDefinition, type ServiceError } from "@grpc/grpc-js";
import { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import {
  CheckRequest,
  ConfigureRequest,
  CreateRequest,
  DeleteRequest,
  DiffRequest,
  DiffResponse,
  GetMappingRequest,
  InvokeRequest,
  PropertyDiff,
  ProviderHandshakeRequest,
  ReadRequest,
  UpdateRequest,
} from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { LogLine } from "../../plugin/rpc/engine-log";
import { fromServiceError } from "../../plugin/rpc/errors";
import type { CheckFailure, Properties, Provider } from "../../plugin/rpc/provider";
import { listen } from "../../plugin/rpc/server";
import { fromStruct, toStruct } from "../../plugin/rpc/struct";

/** A call's resource: `type` is the token, `name` the logical name (default `it`). */
export interface ResourceRef {
  readonly type: string;
  readonly name?: string;
}

/** What a diff answered. */
export interface Diff {
  readonly changed: boolean;
  readonly replaces: readonly string[];
  readonly diffs: readonly string[];
  readonly deleteBeforeReplace: boolean;
  /** Kind by property path, as the protocol names it: `UPDATE_REPLACE`. */
  readonly detailed: Readonly<Record<string, string>>;
}

/** The URN tests use for a resource. */
export function urnOf({ type, name = "it" }: ResourceRef): string {
  return `urn:pulumi:test::kpaas::${type}::${name}`;
}

/** Speaks to a provider over gRPC as the engine does, in plain objects. A {@link PartialFailure} is thrown as one. */
export class ProviderClient {
  private constructor(
    private readonly client: Client,
    /** Lines logged by a provider served in this process. */
    readonly logs: readonly LogLine[],
    private readonly stop: () => void,
  ) {}

  /** Serves `provider` in this process and connects to it. Call `close` afterwards. */
  static async serve(provider: Provider): Promise<ProviderClient> {
    const logs: LogLine[] = [];
    const { port, close } = await listen(provider, { onLog: (line) => logs.push(line) });
    return new ProviderClient(new Client(`127.0.0.1:${port}`, credentials.createInsecure()), logs, close);
  }

  /** Starts a compiled provider (`node FILE ARGS`) as a process of its own and connects to it. */
  static async spawn(file: string, args: readonly string[]): Promise<ProviderClient & { readonly process: ChildProcess }> {
    return ProviderClient.start(process.execPath, [file, ...args]);
  }

  /** Starts any provider's program and connects to it. */
  static async start(command: string, args: readonly string[]): Promise<ProviderClient & { readonly process: ChildProcess }> {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = await Promise.race([
      once(createInterface({ input: child.stdout }), "line"),
      once(child, "exit").then(() => Promise.reject(new Error(`${[command, ...args].join(" ")} ended without printing a port`))),
    ]);
    const address = `127.0.0.1:${Number(line)}`;
    const client = new ProviderClient(new Client(address, credentials.createInsecure()), [], () => child.kill("SIGKILL"));
    return Object.assign(client, { process: child });
  }

  async handshake(): Promise<{ acceptSecrets: boolean }> {
    const response = await this.call(ResourceProviderService.handshake, new ProviderHandshakeRequest());
    return { acceptSecrets: response.getAcceptSecrets() };
  }

  async attach(address: string): Promise<void> {
    const request = new PluginAttach();
    request.setAddress(address);
    await this.call(ResourceProviderService.attach, request);
  }

  async version(): Promise<string> {
    return (await this.call(ResourceProviderService.getPluginInfo, new Empty())).getVersion();
  }

  async checkConfig(news: Properties): Promise<{ inputs: Properties; failures: CheckFailure[] }> {
    const request = new CheckRequest();
    request.setNews(toStruct(news));
    const response = await this.call(ResourceProviderService.checkConfig, request);
    return { inputs: fromStruct(response.getInputs()), failures: response.getFailuresList().map((failure) => failure.toObject()) };
  }

  async diffConfig(oldInputs: Properties, news: Properties): Promise<Diff> {
    const request = new DiffRequest();
    request.setOldInputs(toStruct(oldInputs));
    request.setNews(toStruct(news));
    return diffOf(await this.call(ResourceProviderService.diffConfig, request));
  }

  async configure(args: Properties = {}): Promise<{ supportsPreview: boolean }> {
    const request = new ConfigureRequest();
    request.setArgs(toStruct(args));
    const response = await this.call(ResourceProviderService.configure, request);
    return { supportsPreview: response.getSupportspreview() };
  }

  async check(ref: ResourceRef, news: Properties, olds: Properties = {}): Promise<{ inputs: Properties; failures: CheckFailure[] }> {
    const request = new CheckRequest();
    request.setUrn(urnOf(ref));
    request.setOlds(toStruct(olds));
    request.setNews(toStruct(news));
    // The engine's seed depends on the resource alone.
    request.setRandomseed(Buffer.from(urnOf(ref).padEnd(32).slice(-32)));
    const response = await this.call(ResourceProviderService.check, request);
    return { inputs: fromStruct(response.getInputs()), failures: response.getFailuresList().map((failure) => failure.toObject()) };
  }

  async diff(ref: ResourceRef & { id: string }, states: DiffStates): Promise<Diff> {
    const request = new DiffRequest();
    request.setUrn(urnOf(ref));
    request.setId(ref.id);
    request.setOldInputs(toStruct(states.oldInputs));
    request.setOlds(toStruct(states.olds ?? states.oldInputs));
    request.setNews(toStruct(states.news));
    request.setIgnorechangesList([...(states.ignoreChanges ?? [])]);
    return diffOf(await this.call(ResourceProviderService.diff, request));
  }

  async create(
    ref: ResourceRef,
    inputs: Properties,
    options: { preview?: boolean; timeout?: number } = {},
  ): Promise<{ id: string; properties: Properties }> {
    const request = new CreateRequest();
    request.setUrn(urnOf(ref));
    request.setProperties(toStruct(inputs));
    request.setPreview(options.preview ?? false);
    request.setTimeout(options.timeout ?? 0);
    const response = await this.call(ResourceProviderService.create, request);
    return { id: response.getId(), properties: fromStruct(response.getProperties()) };
  }

  async update(ref: ResourceRef & { id: string }, states: DiffStates & { preview?: boolean }): Promise<{ properties: Properties }> {
    const request = new UpdateRequest();
    request.setUrn(urnOf(ref));
    request.setId(ref.id);
    request.setOldInputs(toStruct(states.oldInputs));
    request.setOlds(toStruct(states.olds ?? states.oldInputs));
    request.setNews(toStruct(states.news));
    request.setPreview(states.preview ?? false);
    request.setIgnorechangesList([...(states.ignoreChanges ?? [])]);
    return { properties: fromStruct((await this.call(ResourceProviderService.update, request)).getProperties()) };
  }

  async read(
    ref: ResourceRef & { id: string },
    inputs: Properties = {},
    properties: Properties = {},
  ): Promise<{ id: string; inputs: Properties; properties: Properties }> {
    const request = new ReadRequest();
    request.setUrn(urnOf(ref));
    request.setId(ref.id);
    request.setInputs(toStruct(inputs));
    request.setProperties(toStruct(properties));
    const response = await this.call(ResourceProviderService.read, request);
    return { id: response.getId(), inputs: fromStruct(response.getInputs()), properties: fromStruct(response.getProperties()) };
  }

  async delete(
    ref: ResourceRef & { id: string },
    properties: Properties = {},
    inputs: Properties = {},
    { timeout = 0 }: { timeout?: number } = {},
  ): Promise<void> {
    const request = new DeleteRequest();
    request.setUrn(urnOf(ref));
    request.setId(ref.id);
    request.setProperties(toStruct(properties));
    request.setOldInputs(toStruct(inputs));
    request.setTimeout(timeout);
    await this.call(ResourceProviderService.delete, request);
  }

  async invoke(token: string, args: Properties): Promise<{ properties: Properties; failures: CheckFailure[] }> {
    const request = new InvokeRequest();
    request.setTok(token);
    request.setArgs(toStruct(args));
    const response = await this.call(ResourceProviderService.invoke, request);
    return { properties: fromStruct(response.getReturn()), failures: response.getFailuresList().map((failure) => failure.toObject()) };
  }

  async getMapping(key: string): Promise<string> {
    const request = new GetMappingRequest();
    request.setKey(key);
    return (await this.call(ResourceProviderService.getMapping, request)).getProvider();
  }

  async cancel(): Promise<void> {
    await this.call(ResourceProviderService.cancel, new Empty());
  }

  /** Closes the connection and ends the provider. */
  close(): void {
    this.client.close();
    this.stop();
  }

  private call<Request, Response>(method: MethodDefinition<Request, Response>, request: Request): Promise<Response> {
    return new Promise((resolve, reject) => {
      const answer = (error: ServiceError | null, response?: Response) => {
        if (error !== null) reject(fromServiceError(error) ?? error);
        else if (response !== undefined) resolve(response);
      };
      this.client.makeUnaryRequest(method.path, method.requestSerialize, method.responseDeserialize, request, answer);
    });
  }
}

/** Recorded and wanted state; `olds` (the recorded outputs) defaults to the inputs. */
export interface DiffStates {
  readonly oldInputs: Properties;
  readonly olds?: Properties;
  readonly news: Properties;
  readonly ignoreChanges?: readonly string[];
}

function diffOf(response: DiffResponse): Diff {
  const detailed: Record<string, string> = {};
  for (const [path, property] of response.getDetaileddiffMap().entries()) {
    const [kind = ""] = Object.entries(PropertyDiff.Kind).find(([, value]) => value === property.getKind()) ?? [];
    detailed[path] = kind;
  }
  return {
    changed: response.getChanges() === DiffResponse.DiffChanges.DIFF_SOME,
    replaces: response.getReplacesList(),
    diffs: response.getDiffsList(),
    deleteBeforeReplace: response.getDeletebeforereplace(),
    detailed,
  };
}
