import { InvalidInputError, type Problem, RefusedError } from "../../model/problems";

/** One thing wrong with what was sent. */
export interface Fault {
  /** Dotted path of the offending field; empty for the whole body. */
  readonly path: string;
  readonly reason: string;
  readonly remedy?: string;
}

/** What each kind of problem is called, and the status it has. */
const KINDS = {
  "invalid-request": [400, "The request is not as it must be"],
  unauthenticated: [401, "Nobody is logged in"],
  forbidden: [403, "The one who asks may not do this"],
  "not-found": [404, "There is nothing here by this name"],
  "method-not-allowed": [405, "This cannot be done here"],
  conflict: [409, "It is in the way of something else"],
  "precondition-failed": [412, "It was changed since it was read"],
  "too-large": [413, "The request is too large"],
  "unsupported-media-type": [415, "The body must be JSON"],
  refused: [422, "It is refused as dangerous or outdated"],
  "too-many-requests": [429, "Too many requests"],
  "internal-error": [500, "The service has failed"],
  "not-ready": [503, "The service is not ready"],
} as const;

export type ProblemKind = keyof typeof KINDS;

/** The body of an answer that tells of a problem (RFC 9457). */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly requestId: string;
  readonly problems?: readonly Fault[];
}

/** Raised where a request is answered with a problem. */
export class HttpProblem extends Error {
  override readonly name = "HttpProblem";
  readonly status: number;

  /**
   * @param detail one sentence for whoever asked: what is wrong, and what to do
   * @param faults all that is wrong, by path
   * @param headers sent with the answer
   */
  constructor(
    readonly kind: ProblemKind,
    readonly detail: string,
    readonly faults: readonly Fault[] = [],
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    [this.status] = KINDS[kind];
  }

  body(requestId: string): ProblemBody {
    const [status, title] = KINDS[this.kind];
    const problems = this.faults.length === 0 ? {} : { problems: this.faults };
    return { type: `urn:kpaas:problem:${this.kind}`, title, status, detail: this.detail, requestId, ...problems };
  }
}

/** The problem that an error is: those of environments keep their paths, and one that nobody has foreseen says nothing of what is inside. */
export function problemOf(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof InvalidInputError) return new HttpProblem("invalid-request", "see problems", error.problems.map(faultOf));
  if (error instanceof RefusedError) return new HttpProblem("refused", "see problems", error.problems.map(faultOf));
  const kind = ofHttp(error);
  if (kind !== undefined) return new HttpProblem(kind, error instanceof Error ? error.message : "");
  return new HttpProblem("internal-error", "the request's number finds the cause in the service's log");
}

function faultOf({ path, reason, remedy }: Problem): Fault {
  return { path, reason, remedy };
}

/** What the HTTP server itself refuses, before a route has it. */
function ofHttp(error: unknown): ProblemKind | undefined {
  if (!(error instanceof Error) || !("statusCode" in error) || typeof error.statusCode !== "number") return undefined;
  if (error.statusCode >= 500) return undefined;
  const known = Object.entries(KINDS).find(([, [status]]) => status === error.statusCode);
  return (known?.[0] as ProblemKind | undefined) ?? "invalid-request";
}
