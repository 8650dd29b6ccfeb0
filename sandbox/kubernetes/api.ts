import type { ServedKind } from "./objects";
import type { Fields, KubeObject } from "./values";

/** What an API server answers to a request it refuses, in its own words. */
export class ApiError extends Error {
  constructor(
    readonly reason: "AlreadyExists" | "NotFound" | "Invalid" | "Forbidden" | "NoMatch" | "Other",
    message: string,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

/** One wrong field: its path below the object and what is wrong. */
export interface FieldError {
  readonly path: string;
  readonly reason: string;
}

type Awaitable<T> = T | Promise<T>;

/** An object as its controllers left it, and why it is not ready (empty when it is). */
export interface Observed {
  readonly object: KubeObject;
  readonly reasons: readonly string[];
}

/** What the provider asks of an API server: the simulated one or a real one. Refusals are {@link ApiError}s. */
export interface Api {
  get(object: Fields): Awaitable<KubeObject | undefined>;
  list(apiVersionKind: string): Awaitable<readonly KubeObject[]>;
  create(wanted: Fields): Awaitable<KubeObject>;
  /** Applies wanted fields over the live object: what `before` asked for and `wanted` does not is taken out. */
  apply(before: Fields, wanted: Fields): Awaitable<KubeObject>;
  /** Deletes an object and what it owns, and waits until it is gone; one that is not there is fine. */
  delete(object: Fields): Awaitable<void>;
  /** Whether a field at a path of names belongs to others than us; where it is not known whose it is, it is ours. */
  isOthers?(object: Fields, path: string): Awaitable<boolean>;
  /** Why an object could not be deleted yet, where `delete` itself does not wait for that. */
  heldBy?(object: Fields): readonly string[];
  /** Tries a create, or an apply over what `before` asked for, and stores nothing. */
  dryRun(before: Fields | undefined, wanted: Fields): Awaitable<void>;
  /** Lets controllers work, or looks at what they did. */
  observe(object: KubeObject): Awaitable<Observed>;
  /** What is known of a kind without asking over the network. */
  served(apiVersion: string, kind: string): ServedKind | undefined;
  /** How long, in milliseconds, a wait goes on while nothing changes, and how often it looks; the provider's own where not given. */
  readonly patience?: { readonly quietMs: number; readonly everyMs: number };
}
