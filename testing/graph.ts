import { runtime } from "@pulumi/pulumi";
import {
  type RegisterResourceOutputsRequest,
  type RegisterResourceRequest,
  RegisterResourceResponse,
} from "@pulumi/pulumi/proto/resource_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { withoutPositions, withoutPromiseStacks } from "../stacks/traces";
import { type Bag, computedOutputs, type Invokes, isSecretEnvelope, type Outputs, secretEnvelope } from "./mocks";

/** How `graph` runs a program. */
export interface GraphOptions {
  /** True: the program sees `isDryRun()`. Default false. */
  readonly preview?: boolean;
  /** True: a preview in which nothing exists yet, so every computed id and output is unknown. Implies `preview`. Default false. */
  readonly unknowns?: boolean;
  /** Computed outputs by resource type, over and above the inputs and the ones mocks.ts knows. Secret ones in `secretEnvelope`. */
  readonly outputs?: Outputs;
  /** Answers of provider functions by token; the default answer is the arguments and an id. */
  readonly invokes?: Invokes;
  /** What is really made of a resource: its id, and its state in place of what mocks.ts knows. Undefined: it is mocked as the others. */
  readonly make?: (resource: RecordedResource) => Promise<MadeResource | undefined>;
  /** Names of project and stack. Default `kpaas` and `test`. */
  readonly project?: string;
  readonly stack?: string;
}

/** A resource as somebody made it. Secrets in its state stay in their envelopes. */
export interface MadeResource {
  readonly id: string;
  readonly state: Bag;
}

/** The resource options as they stood in the request to the engine. Names are logical names. */
export interface RecordedOptions {
  /** Everything the resource waits for, written out or by an input, sorted. */
  readonly dependsOn: readonly string[];
  /** What each input depends on. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly protect: boolean | undefined;
  readonly retainOnDelete: boolean | undefined;
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  readonly replacementTrigger: unknown;
  readonly replaceWith: readonly string[];
  /** Undefined: not said, which means create before delete. */
  readonly deleteBeforeReplace: boolean | undefined;
  readonly deletedWith: string | undefined;
  readonly aliases: readonly string[];
  readonly additionalSecretOutputs: readonly string[];
  readonly hideDiffs: readonly string[];
  readonly customTimeouts: Readonly<Record<"create" | "update" | "delete", string>>;
  /** The provider resource that serves it; undefined for components. */
  readonly provider: string | undefined;
  /** The providers handed to a component, by package. */
  readonly providers: Readonly<Record<string, string>>;
  readonly import: string | undefined;
}

/** One resource as it was registered. Secrets in `inputs` and `outputs` stay in their envelopes, unknowns are the engine's marker. */
export interface RecordedResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  /** The parent's logical name; undefined at the root. */
  readonly parent: string | undefined;
  readonly inputs: Bag;
  readonly options: RecordedOptions;
  /** What a component registered with `registerOutputs`; undefined as long as it has not. */
  readonly outputs: Bag | undefined;
}

/** Everything a program registered. */
export interface Graph {
  /** What the builder returned. */
  readonly result: unknown;
  readonly resources: readonly RecordedResource[];
  /** The tree, one line `type name` a resource, indented by two under its parent, sorted under each parent. */
  lines(): string[];
  /** The resource of that logical name (and type, where two types share the name); throws when there is none or several. */
  get(name: string, type?: string): RecordedResource;
  /** All URNs, sorted. */
  urns(): string[];
  /** Names of the resources this graph has and the other has not, sorted. */
  removed(other: Graph): string[];
  /** Names of the resources the other graph has and this has not, sorted. */
  added(other: Graph): string[];
  /** Names of the resources both have whose inputs or options differ, sorted. */
  changed(other: Graph): string[];
  /** Where the canary stands outside a secret envelope, plain or in base64: `name.inputs.path`, names and provider functions included. */
  leaks(canary: string): string[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Reply<T> = (error: Error | null, response?: T) => void;
interface InvokeCall {
  readonly token: string;
  readonly inputs: Bag;
}

let running: Promise<unknown> = Promise.resolve();

/**
 * Runs a program against a recording engine and waits until every registration is done.
 *
 * The SDK's settings are global, so runs in one process take turns. What a mock cannot show: what a provider's check and diff say, and
 * the engine's own steps.
 *
 * @throws what the builder throws, or the first error a registration failed with.
 */
export function graph(build: () => unknown, options: GraphOptions = {}): Promise<Graph> {
  const run = running.then(() => record(build, options));
  running = run.catch(() => undefined); // its caller sees the error; the next run starts all the same
  return run;
}

async function record(build: () => unknown, options: GraphOptions): Promise<Graph> {
  const unknowns = options.unknowns === true;
  const resources: Mutable<RecordedResource>[] = [];
  const invokes: InvokeCall[] = [];
  withoutPositions();
  withoutPromiseStacks();
  // A run that failed leaves its failure in the settings.
  runtime.resetOptions("", "", -1, "", "", false, "");
  await runtime.setMocks(
    {
      call: ({ token, inputs }) => {
        invokes.push({ token, inputs });
        return options.invokes?.[token]?.(inputs) ?? { id: `${String(inputs.name ?? token)}-id`, ...inputs };
      },
      newResource: ({ type, name, inputs, id }) => ({
        id: id || `${name}-id`,
        state: { ...inputs, ...computedOutputs(type, name, inputs, options.outputs) },
      }),
    },
    options.project ?? "kpaas",
    options.stack ?? "test",
    options.preview === true || unknowns,
    "organization",
  );
  const monitor = runtime.getMonitor();
  Object.defineProperty(monitor, "registerResource", {
    value: (request: RegisterResourceRequest, reply: Reply<RegisterResourceResponse>) => {
      const recorded = toRecord(request);
      if (resources.some((known) => known.urn === recorded.urn)) {
        reply(new Error(`duplicate resource URN ${recorded.urn}`));
        return;
      }
      resources.push(recorded);
      const answer = (id: string, state: Bag) => {
        const response = new RegisterResourceResponse();
        response.setUrn(recorded.urn);
        response.setId(id);
        response.setObject(Struct.fromJavaScript(state as Record<string, never>));
        reply(null, response);
      };
      const made = recorded.custom ? options.make?.(recorded) : undefined;
      if (made === undefined) answer(...mocked(request, recorded));
      else made.then((it) => (it === undefined ? answer(...mocked(request, recorded)) : answer(it.id, it.state))).catch(reply);
    },
  });
  const mocked = (request: RegisterResourceRequest, recorded: RecordedResource): [id: string, state: Bag] => {
    const computed = request.getCustom() ? computedOutputs(recorded.type, recorded.name, recorded.inputs, options.outputs) : {};
    const state: Bag = { ...recorded.inputs };
    for (const [key, value] of Object.entries(computed)) state[key] = unknowns ? runtime.unknownValue : value;
    for (const key of request.getAdditionalsecretoutputsList()) {
      if (state[key] !== undefined && !isSecretEnvelope(state[key])) state[key] = secretEnvelope(state[key]);
    }
    return [request.getCustom() && !unknowns ? request.getImportid() || `${recorded.name}-id` : "", state];
  };
  Object.defineProperty(monitor, "registerResourceOutputs", {
    value: (request: RegisterResourceOutputsRequest, reply: Reply<object>) => {
      const resource = resources.find((known) => known.urn === request.getUrn());
      if (resource !== undefined) resource.outputs = toBag(request.getOutputs());
      reply(resource === undefined ? new Error(`outputs for the unknown resource ${request.getUrn()}`) : null, {});
    },
  });
  const result = await collectRejections(async () => {
    const built = await build();
    let seen = -1;
    while (seen !== resources.length) {
      seen = resources.length;
      await runtime.disconnect().catch(afterTheOthers); // waits for the queue of calls to drain
      await new Promise((resolve) => setImmediate(resolve)); // lets what hangs on the last answers start calls of its own
    }
    return built;
  });
  return toGraph(result, resources, invokes);
}

/** Passes a failure on once what waited for the same has failed too, lest it be taken for the next run's. */
async function afterTheOthers(failure: unknown): Promise<never> {
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
  throw failure;
}

/** A failed registration surfaces as an unhandled rejection only; here it becomes the run's own error. */
async function collectRejections<T>(action: () => Promise<T>): Promise<T> {
  const others = process.listeners("unhandledRejection");
  const rejections: unknown[] = [];
  const collect = (reason: unknown) => rejections.push(reason);
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", collect);
  try {
    const value = await action();
    if (rejections.length > 0) throw rejections[0];
    return value;
  } finally {
    process.removeListener("unhandledRejection", collect);
    for (const listener of others) process.on("unhandledRejection", listener);
  }
}

function toBag(struct: Struct | undefined): Bag {
  return struct === undefined ? {} : (struct.toJavaScript() as Bag);
}

function toRecord(request: RegisterResourceRequest): Mutable<RecordedResource> {
  const parent = request.getParent();
  const name = request.getName();
  const type = request.getType();
  const prefix = parent === "" ? "" : `${parent.split("::")[2]?.replace(/^pulumi:pulumi:Stack\$?/, "")}`;
  const qualified = prefix === "" ? type : `${prefix}$${type}`;
  return {
    urn: `urn:pulumi:${runtime.getStack()}::${runtime.getProject()}::${qualified}::${name}`,
    type,
    name,
    custom: request.getCustom(),
    parent: parent === "" ? undefined : nameOf(parent),
    inputs: toBag(request.getObject()),
    options: toOptions(request),
    outputs: undefined,
  };
}

function toOptions(request: RegisterResourceRequest): RecordedOptions {
  const propertyDependencies: Record<string, string[]> = {};
  for (const [key, dependencies] of request.getPropertydependenciesMap().entries()) {
    const names = dependencies.getUrnsList().map(nameOf).sort();
    if (names.length > 0) propertyDependencies[key] = names;
  }
  const timeouts = request.getCustomtimeouts();
  const provider = request.getProvider();
  const providers: Record<string, string> = {};
  for (const [pkg, reference] of request.getProvidersMap().entries()) providers[pkg] = providerName(reference);
  return {
    dependsOn: request.getDependenciesList().map(nameOf).sort(),
    propertyDependencies,
    protect: request.hasProtect() ? request.getProtect() : undefined,
    retainOnDelete: request.hasRetainondelete() ? request.getRetainondelete() : undefined,
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    replacementTrigger: request.getReplacementTrigger()?.toJavaScript(),
    replaceWith: request.getReplaceWithList().map(nameOf).sort(),
    deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
    deletedWith: request.getDeletedwith() === "" ? undefined : nameOf(request.getDeletedwith()),
    aliases: request.getAliasesList().map((alias) => alias.getUrn() || (alias.getSpec()?.getName() ?? "")),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    hideDiffs: request.getHidediffsList(),
    customTimeouts: { create: timeouts?.getCreate() ?? "", update: timeouts?.getUpdate() ?? "", delete: timeouts?.getDelete() ?? "" },
    provider: provider === "" ? undefined : providerName(provider),
    providers,
    import: request.getImportid() || undefined,
  };
}

/** The logical name in a URN. */
function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** The logical name in a provider reference, `URN::ID`. */
function providerName(reference: string): string {
  return nameOf(reference.slice(0, reference.lastIndexOf("::")));
}

function toGraph(result: unknown, resources: readonly RecordedResource[], invokes: readonly InvokeCall[]): Graph {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  let clear: readonly Clear[] | undefined;
  const without = (mine: readonly RecordedResource[], theirs: readonly RecordedResource[]) => {
    const known = new Set(theirs.map((resource) => resource.urn));
    return mine
      .filter((resource) => !known.has(resource.urn))
      .map((resource) => resource.name)
      .sort();
  };
  return {
    result,
    resources,
    lines: () => tree(resources, undefined, ""),
    get(name, type) {
      const found = resources.filter((resource) => resource.name === name && (type === undefined || resource.type === type));
      if (found.length === 1 && found[0] !== undefined) return found[0];
      const known = found.length === 0 ? resources.map((resource) => resource.name) : found.map((resource) => resource.type);
      throw new Error(
        `${found.length === 0 ? "no" : "more than one"} resource ${type ?? ""} "${name}"; there are: ${known.sort().join(", ")}`,
      );
    },
    urns: () => [...byUrn.keys()].sort(),
    removed: (other) => without(resources, other.resources),
    added: (other) => without(other.resources, resources),
    changed: (other) =>
      other.resources
        .filter((theirs) => {
          const mine = byUrn.get(theirs.urn);
          return mine !== undefined && canonical([mine.inputs, mine.options]) !== canonical([theirs.inputs, theirs.options]);
        })
        .map((resource) => resource.name)
        .sort(),
    leaks(canary) {
      clear ??= inClear(resources, invokes);
      return clear
        .filter(({ text, decoded }) => text.includes(canary) || decoded?.includes(canary))
        .map(({ path }) => path)
        .sort();
    },
  };
}

function tree(resources: readonly RecordedResource[], parent: RecordedResource | undefined, indent: string): string[] {
  const prefix = parent === undefined ? undefined : typeOf(parent.urn);
  return resources
    .filter((child) =>
      parent === undefined ? child.parent === undefined : child.parent === parent.name && typeOf(child.urn) === `${prefix}$${child.type}`,
    )
    .map((child) => ({ child, line: `${indent}${child.type} ${child.name}` }))
    .sort((a, b) => (a.line < b.line ? -1 : 1))
    .flatMap(({ child, line }) => [line, ...tree(resources, child, `${indent}  `)]);
}

function typeOf(urn: string): string {
  return urn.split("::")[2] ?? "";
}

/** A text that lies open: a name, a key, or a value outside of every envelope, also as what it is the base64 of. */
interface Clear {
  readonly path: string;
  readonly text: string;
  readonly decoded?: string;
}

function inClear(resources: readonly RecordedResource[], invokes: readonly InvokeCall[]): Clear[] {
  const found: Clear[] = [];
  const walk = (value: unknown, path: string): void => {
    if (typeof value === "string") found.push({ path, text: value, decoded: Buffer.from(value, "base64").toString("latin1") });
    else if (typeof value === "object" && value !== null && !isSecretEnvelope(value))
      for (const [key, inner] of Object.entries(value)) {
        const at = `${path}.${key}`;
        // An index says nothing.
        if (!Array.isArray(value)) found.push({ path: at, text: key });
        walk(inner, at);
      }
  };
  for (const { name, inputs, options, outputs, urn } of resources) {
    found.push({ path: `${name}.urn`, text: urn });
    for (const [part, value] of Object.entries({ inputs, options, outputs })) walk(value, `${name}.${part}`);
  }
  for (const { token, inputs } of invokes) walk(inputs, token);
  return found;
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
