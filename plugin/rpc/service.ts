import { isDeepStrictEqual } from "node:util";
import { type ServerUnaryCall, type sendUnaryData, status, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { type PluginAttach, PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import {
  CheckFailure as CheckFailureMessage,
  type CheckRequest,
  CheckResponse,
  type ConfigureRequest,
  ConfigureResponse,
  type CreateRequest,
  CreateResponse,
  type DeleteRequest,
  type DiffRequest,
  DiffResponse,
  GetMappingResponse,
  GetMappingsResponse,
  GetSchemaResponse,
  type InvokeRequest,
  InvokeResponse,
  PropertyDiff,
  ProviderHandshakeResponse,
  type ReadRequest,
  ReadResponse,
  type UpdateRequest,
  UpdateResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { LogLine } from "./engine-log";
import { CancelledError, toServiceError } from "./errors";
import type { Call, CheckFailure, DiffKind, DiffResult, Provider } from "./provider";
import { fromStruct, toStruct } from "./struct";

/** What the service needs of the process around it. */
export interface ServiceHost {
  log(line: LogLine): Promise<void>;
  /** The engine gave its address after the start. */
  attach(engineAddress: string): void;
}

const KINDS: Readonly<Record<DiffKind, PropertyDiff.Kind>> = {
  add: PropertyDiff.Kind.ADD,
  "add-replace": PropertyDiff.Kind.ADD_REPLACE,
  delete: PropertyDiff.Kind.DELETE,
  "delete-replace": PropertyDiff.Kind.DELETE_REPLACE,
  update: PropertyDiff.Kind.UPDATE,
  "update-replace": PropertyDiff.Kind.UPDATE_REPLACE,
};

/** The engine's protocol in terms of a {@link Provider}. Secrets may be sent; whether they arrive as such, the provider says. */
export function providerService(provider: Provider, host: ServiceHost): UntypedServiceImplementation {
  const cancelled = new AbortController();

  const callOf = (urn: string): Call => {
    const { type, name } = partsOf(urn);
    return {
      urn,
      type,
      name,
      signal: cancelled.signal,
      log: (severity, message) => host.log({ urn, severity, message, ephemeral: false }),
      status: (message) => host.log({ urn, severity: "info", message, ephemeral: true }),
    };
  };

  // Work that would start after a cancel is refused; work that runs sees the signal and ends itself, so that its state is reported.
  const work = <Request, Response>(run: (request: Request) => Promise<Response>) =>
    unary<Request, Response>((request) => {
      if (cancelled.signal.aborted) throw new CancelledError();
      return run(request);
    });

  return {
    handshake: unary(async () => {
      const response = new ProviderHandshakeResponse();
      response.setAcceptSecrets(provider.acceptsSecrets === true);
      response.setAcceptResources(false);
      response.setAcceptOutputs(false);
      return response;
    }),

    attach: unary(async (request: PluginAttach) => {
      host.attach(request.getAddress());
      return new Empty();
    }),

    getPluginInfo: unary(async () => {
      const response = new PluginInfo();
      response.setVersion(provider.version);
      return response;
    }),

    getSchema: unary(async () => {
      const response = new GetSchemaResponse();
      response.setSchema(JSON.stringify({ name: provider.name, version: provider.version }));
      return response;
    }),

    checkConfig: work(async (request: CheckRequest) => {
      const news = fromStruct(request.getNews());
      const response = new CheckResponse();
      response.setInputs(request.getNews() ?? toStruct({}));
      response.setFailuresList(failuresOf(await provider.checkConfig?.(news)));
      return response;
    }),

    // A changed provider configuration never replaces what the provider manages.
    diffConfig: unary(async (request: DiffRequest) => {
      const response = new DiffResponse();
      const same = isDeepStrictEqual(fromStruct(request.getOldInputs() ?? request.getOlds()), fromStruct(request.getNews()));
      response.setChanges(same ? DiffResponse.DiffChanges.DIFF_NONE : DiffResponse.DiffChanges.DIFF_SOME);
      return response;
    }),

    configure: work(async (request: ConfigureRequest) => {
      await provider.configure?.(fromStruct(request.getArgs()));
      const response = new ConfigureResponse();
      response.setSupportspreview(true);
      response.setAcceptsecrets(provider.acceptsSecrets === true);
      return response;
    }),

    check: work(async (request: CheckRequest) => {
      const { inputs, failures } = await provider.check({
        ...callOf(request.getUrn()),
        olds: fromStruct(request.getOlds()),
        news: fromStruct(request.getNews()),
        randomSeed: Buffer.from(request.getRandomseed_asU8()),
      });
      const response = new CheckResponse();
      response.setInputs(toStruct(inputs));
      response.setFailuresList(failuresOf(failures));
      return response;
    }),

    diff: work(async (request: DiffRequest) =>
      diffResponse(
        await provider.diff({
          ...callOf(request.getUrn()),
          id: request.getId(),
          oldInputs: fromStruct(request.getOldInputs()),
          olds: fromStruct(request.getOlds()),
          news: fromStruct(request.getNews()),
          ignoreChanges: request.getIgnorechangesList(),
        }),
      ),
    ),

    create: work(async (request: CreateRequest) => {
      const { id, properties } = await provider.create({
        ...callOf(request.getUrn()),
        inputs: fromStruct(request.getProperties()),
        preview: request.getPreview(),
        timeout: request.getTimeout(),
      });
      const response = new CreateResponse();
      response.setId(id);
      response.setProperties(toStruct(properties));
      return response;
    }),

    update: work(async (request: UpdateRequest) => {
      const { properties } = await provider.update({
        ...callOf(request.getUrn()),
        id: request.getId(),
        oldInputs: fromStruct(request.getOldInputs()),
        olds: fromStruct(request.getOlds()),
        news: fromStruct(request.getNews()),
        ignoreChanges: request.getIgnorechangesList(),
        preview: request.getPreview(),
        timeout: request.getTimeout(),
      });
      const response = new UpdateResponse();
      response.setProperties(toStruct(properties));
      return response;
    }),

    read: work(async (request: ReadRequest) => {
      const result = await provider.read({
        ...callOf(request.getUrn()),
        id: request.getId(),
        inputs: fromStruct(request.getInputs()),
        properties: fromStruct(request.getProperties()),
      });
      const response = new ReadResponse();
      response.setId(result.id);
      response.setInputs(toStruct(result.inputs));
      response.setProperties(toStruct(result.properties));
      return response;
    }),

    delete: work(async (request: DeleteRequest) => {
      await provider.delete({
        ...callOf(request.getUrn()),
        id: request.getId(),
        inputs: fromStruct(request.getOldInputs()),
        properties: fromStruct(request.getProperties()),
        timeout: request.getTimeout(),
      });
      return new Empty();
    }),

    invoke: work(async (request: InvokeRequest) => {
      if (provider.invoke === undefined) throw new Error(`${provider.name} has no function ${request.getTok()}`);
      const { properties, failures } = await provider.invoke({
        token: request.getTok(),
        args: fromStruct(request.getArgs()),
        signal: cancelled.signal,
      });
      const response = new InvokeResponse();
      response.setReturn(toStruct(properties));
      response.setFailuresList(failuresOf(failures));
      return response;
    }),

    cancel: unary(async () => {
      cancelled.abort(new CancelledError());
      return new Empty();
    }),

    getMapping: unary(async () => new GetMappingResponse()),
    getMappings: unary(async () => new GetMappingsResponse()),

    parameterize: unimplemented("Parameterize"),
    construct: unimplemented("Construct"),
    call: unimplemented("Call"),
    list: (call: { emit(event: "error", error: object): void }) =>
      call.emit("error", { code: status.UNIMPLEMENTED, details: `${provider.name} does not implement List` }),
  };

  function unimplemented(method: string) {
    return (_call: unknown, callback: sendUnaryData<Empty>) =>
      callback({ code: status.UNIMPLEMENTED, details: `${provider.name} does not implement ${method}` });
  }
}

function unary<Request, Response>(run: (request: Request) => Promise<Response>) {
  return async (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>): Promise<void> => {
    try {
      callback(null, await run(call.request));
    } catch (error) {
      callback(toServiceError(error));
    }
  };
}

function diffResponse(diff: DiffResult): DiffResponse {
  const changes = Object.entries(diff.changes);
  const response = new DiffResponse();
  response.setChanges(changes.length === 0 ? DiffResponse.DiffChanges.DIFF_NONE : DiffResponse.DiffChanges.DIFF_SOME);
  response.setHasdetaileddiff(true);
  for (const [path, kind] of changes) {
    const property = new PropertyDiff();
    property.setKind(KINDS[kind]);
    // The paths are those of inputs; against them the engine shows old and new.
    property.setInputdiff(true);
    response.getDetaileddiffMap().set(path, property);
    response.addDiffs(rootOf(path));
    if (kind.endsWith("-replace")) response.addReplaces(path);
  }
  response.setDiffsList([...new Set(response.getDiffsList())]);
  response.setDeletebeforereplace(diff.deleteBeforeReplace ?? false);
  return response;
}

function failuresOf(failures: readonly CheckFailure[] | undefined): CheckFailureMessage[] {
  return (failures ?? []).map((failure) => {
    const message = new CheckFailureMessage();
    message.setProperty(failure.property);
    message.setReason(failure.reason);
    return message;
  });
}

/** Type and name in `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`; a name may hold `::` itself. */
function partsOf(urn: string): { type: string; name: string } {
  const [, , types = "", ...name] = urn.split("::");
  return { type: types.slice(types.lastIndexOf("$") + 1), name: name.join("::") };
}

/** The first segment of a property path: `fixedIps` of `fixedIps[0].ipAddress`. */
function rootOf(path: string): string {
  return /^[^.[]+/.exec(path)?.[0] ?? path;
}
