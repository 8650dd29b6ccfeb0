/** A property bag as it travels over the plugin protocol: JSON, with {@link UNKNOWN} and {@link SecretValue} inside. */
export type Properties = Readonly<Record<string, unknown>>;

/** Stands for a value that is not known during a preview. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The protocol's signature key and the signature of a secret. */
export const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
export const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";

/** Marks an output as secret, so that the engine encrypts it in its state. */
export function secret(value: unknown): Readonly<Record<string, unknown>> {
  return { [SIGNATURE_KEY]: SECRET_SIGNATURE, value };
}

/** One wrong input property. */
export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

/** What every call knows of the resource it is about. */
export interface Call {
  readonly urn: string;
  /** `pkg:module/file:Type`. */
  readonly type: string;
  /** The resource's logical name. */
  readonly name: string;
  /** Aborted when the engine cancels the operation. */
  readonly signal: AbortSignal;
  /** Shows a line beside the resource in the engine's output. */
  log(severity: "debug" | "info" | "warning" | "error", message: string): Promise<void>;
  /** As `log` at info level, but shown only while the operation runs. */
  status(message: string): Promise<void>;
}

/** Aborted when the engine cancels the operation, or when it takes longer than it may. */
export function withTimeout({ signal, timeout }: Call & { readonly timeout: number }): AbortSignal {
  return timeout > 0 ? AbortSignal.any([signal, AbortSignal.timeout(timeout * 1000)]) : signal;
}

export interface CheckCall extends Call {
  readonly olds: Properties;
  readonly news: Properties;
  readonly randomSeed: Buffer;
}

export interface DiffCall extends Call {
  readonly id: string;
  /** The recorded inputs. */
  readonly oldInputs: Properties;
  /** The recorded outputs. */
  readonly olds: Properties;
  readonly news: Properties;
  readonly ignoreChanges: readonly string[];
}

export type DiffKind = "add" | "add-replace" | "delete" | "delete-replace" | "update" | "update-replace";

export interface DiffResult {
  /** By property path, e.g. `nodes.worker-2` or `fixedIps[0].ipAddress`. Empty: nothing changes. */
  readonly changes: Readonly<Record<string, DiffKind>>;
  readonly deleteBeforeReplace?: boolean;
}

export interface CreateCall extends Call {
  readonly inputs: Properties;
  readonly preview: boolean;
  /** Seconds; 0 for none. */
  readonly timeout: number;
}

export interface UpdateCall extends Call {
  readonly id: string;
  readonly oldInputs: Properties;
  readonly olds: Properties;
  readonly news: Properties;
  /** Paths of the inputs that are not to change: there `news` has what was recorded. */
  readonly ignoreChanges?: readonly string[];
  readonly preview: boolean;
  readonly timeout: number;
}

export interface ReadCall extends Call {
  readonly id: string;
  readonly inputs: Properties;
  readonly properties: Properties;
}

export interface DeleteCall extends Call {
  readonly id: string;
  readonly inputs: Properties;
  readonly properties: Properties;
  readonly timeout: number;
}

export interface InvokeCall {
  readonly token: string;
  readonly args: Properties;
  /** Aborted when the engine cancels the operation. */
  readonly signal: AbortSignal;
}

export interface ReadResult {
  /** Empty when the resource is gone. */
  readonly id: string;
  readonly inputs: Properties;
  readonly properties: Properties;
}

/**
 * Thrown by create or update when part of the work was done: the engine records the state and shows the reasons,
 * and the next `up` goes on from there.
 */
export class PartialFailure extends Error {
  constructor(
    message: string,
    readonly id: string,
    readonly properties: Properties,
    readonly inputs?: Properties,
  ) {
    super(message);
    this.name = "PartialFailure";
  }
}

/** A resource provider: what the protocol server ({@link serve}) calls. One process serves one provider instance. */
export interface Provider {
  /** Package name, e.g. `kpaas`. */
  readonly name: string;
  readonly version: string;
  /** Secrets arrive in their envelopes, and what comes back of them must be in one. @default plain values arrive, and the engine keeps track */
  readonly acceptsSecrets?: boolean;
  /** Once per process, before anything else that needs it. */
  configure?(args: Properties): Promise<void>;
  checkConfig?(news: Properties): Promise<readonly CheckFailure[]>;
  check(call: CheckCall): Promise<{ readonly inputs: Properties; readonly failures: readonly CheckFailure[] }>;
  diff(call: DiffCall): Promise<DiffResult>;
  create(call: CreateCall): Promise<{ readonly id: string; readonly properties: Properties }>;
  update(call: UpdateCall): Promise<{ readonly properties: Properties }>;
  read(call: ReadCall): Promise<ReadResult>;
  delete(call: DeleteCall): Promise<void>;
  invoke?(call: InvokeCall): Promise<{ readonly properties: Properties; readonly failures?: readonly CheckFailure[] }>;
}
