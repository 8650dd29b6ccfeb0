/** A call of Harbor's. */
export interface HarborCall {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With the query. */
  readonly path: string;
  readonly body?: object;
  /** Who calls, where that is not who configures. The password is secret. */
  readonly as?: { readonly user: string; readonly password: string };
}

/** What Harbor answered. */
export interface HarborAnswer {
  readonly status: number;
  /** The JSON of it; undefined where there is none. */
  readonly body: unknown;
}

/** Carries calls to a Harbor. @throws NotReachedError, AnswerLostError, or what no repetition mends */
export type CallHarbor = (call: HarborCall, signal: AbortSignal) => Promise<HarborAnswer>;

/** Raised where nothing was made, for a reason that is certain. */
export class NothingMadeError extends Error {
  override readonly name = "NothingMadeError";
}

/** Raised where Harbor has not been given the call. */
export class NotReachedError extends Error {
  override readonly name = "NotReachedError";
}

/** Raised where Harbor may have carried the call out. */
export class AnswerLostError extends Error {
  override readonly name = "AnswerLostError";
}

/** Raised where Harbor refused. */
export class HarborRefusedError extends Error {
  override readonly name = "HarborRefusedError";

  constructor(
    { method, path }: HarborCall,
    readonly status: number,
    reason: string,
  ) {
    super(`Harbor answered ${method} ${path.replace(/\?.*/, "")}: ${status}${reason === "" ? "" : `: ${reason}`}`);
  }
}
