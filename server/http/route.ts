import type { z } from "zod";
import type { Principal } from "../access/principal";
import type { Role } from "../access/roles";
import type { HttpProblem } from "./problem";

/** What a request has brought, checked. */
export interface Call<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** Who asks; where a route is for everybody, nobody may have been asked. */
  readonly principal: Principal;
  readonly requestId: string;
  /** The header `idempotency-key`, of a route that takes one. */
  readonly key?: string;
  /** A digest of what was asked for, by which a request that comes again is known. */
  readonly digest: string;
  /** The header `last-event-id`. */
  readonly lastEventId?: string;
}

/** An answer with a status or headers of its own. */
export class Answer {
  constructor(
    readonly body: unknown,
    readonly status: number,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {}
}

/** One event of a stream of them. */
export interface StreamEvent {
  readonly id?: string;
  readonly event: string;
  readonly data: unknown;
}

/** How a route answers where something is wrong; K-PaaS's own calls answer in K-PaaS's shape. */
export type FailureShape = (problem: HttpProblem, requestId: string) => { readonly status: number; readonly body: unknown };

/**
 * A call of the API, as data: from it follow what is checked, who may, the OpenAPI document and its client.
 * Schemas are strict, so that a misspelt field is told of.
 */
export interface Route<P extends z.ZodType = z.ZodType, Q extends z.ZodType = z.ZodType, B extends z.ZodType = z.ZodType> {
  /** Unique; the client's method is called so. */
  readonly id: string;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Whether the header `idempotency-key` is taken. */
  readonly idempotent?: boolean;
  /** Statuses of the same reply, as documents tell them. */
  readonly also?: Readonly<Record<number, string>>;
  /** What may be wrong, by status, as documents tell it. */
  readonly tells?: Readonly<Record<number, string>>;
  /** With `{name}` for each parameter. */
  readonly path: string;
  readonly summary: string;
  /** The least role that may; `everybody` is not even asked who they are. */
  readonly needs: Role | "everybody";
  /**
   * What it is about: the service as a whole, which takes a grant for all environments, or environments, whose labels the route itself looks at.
   * @default "service"
   */
  readonly about?: "service" | "environments";
  /** Which of the ways to log in it takes. @default "token" */
  readonly login?: "token" | "compatible";
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** What is answered. Left out where nothing is, or text. */
  readonly reply?: z.ZodType;
  /** @default 200 */
  readonly status?: number;
  /** The answer's type where that is no JSON. */
  readonly text?: string;
  /** Sent in place of those that every answer has. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether it is asked so often, by machines, that no limit counts it. */
  readonly unlimited?: boolean;
  readonly failure?: FailureShape;
  /** What follows the answer as server-sent events, for who accepts `text/event-stream`. Ends where the signal says so. */
  stream?(call: Call<z.output<P>, z.output<Q>, z.output<B>>, signal: AbortSignal): AsyncIterable<StreamEvent>;
  /** What each event of the stream holds. */
  readonly streamed?: z.ZodType;
  handle(call: Call<z.output<P>, z.output<Q>, z.output<B>>): Promise<unknown>;
}

/** Gives a route its types. */
export function defineRoute<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(route: Route<P, Q, B>): Route {
  return route;
}
