/** No Pulumi engine could be found, downloaded or built. The message says what to install; the command line exits with 1. */
export class EngineMissingError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "EngineMissingError";
  }
}

/** The engine's operation failed. The message is made from what the engine reported, never from its raw output; exit code 1. */
export class OperationFailedError extends Error {
  /** The command to type next, where the same one cannot work. */
  readonly next?: string;

  constructor(message: string, { next, ...options }: ErrorOptions & { readonly next?: string | undefined } = {}) {
    super(message, options);
    this.name = "OperationFailedError";
    if (next !== undefined) this.next = next;
  }
}

/** The environment has no stack: nothing was ever brought up, or it was destroyed; exit code 1. */
export class StackMissingError extends Error {
  constructor(readonly environment: string) {
    super(`Environment ${environment} has no stack here: it was never brought up, or it was destroyed.`);
    this.name = "StackMissingError";
  }
}

/** Another operation holds the environment's stack; exit code 1. */
export class StackBusyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "StackBusyError";
  }
}

/** The caller's signal ended the operation; exit code 130. */
export class InterruptedError extends Error {
  constructor(message = "Interrupted.") {
    super(message);
    this.name = "InterruptedError";
  }
}
