import { z } from "zod";
import { ofProvider } from "../accounts/providers";
import { HIGHEST_ROW } from "../data/tables";
import type { FailureShape } from "../http/route";
import { text } from "../http/sent-text";

export { ofProvider, PROVIDERS, type Provider } from "../accounts/providers";
export { text } from "../http/sent-text";

/* K-PaaS's shapes, as its portal's programs of 1.7 send and read them (cp-portal-api, cp-portal-common-api, cp-terraman). */

/** What every answer begins with. */
export interface Result {
  readonly resultCode: "SUCCESS" | "FAIL";
  readonly resultMessage: string | null;
  readonly httpStatusCode: number | null;
  readonly detailMessage: string | null;
}

export const SUCCESS: Result = { resultCode: "SUCCESS", resultMessage: "OK", httpStatusCode: 200, detailMessage: "OK" };

/** K-PaaS tells of what is wrong with status 200, and its programs go by `resultCode`. */
export const failure: FailureShape = (problem) => {
  const reasons = problem.faults.map(({ path, reason, remedy }) =>
    [path && `${path}:`, reason, remedy && `(${remedy})`].filter(Boolean).join(" "),
  );
  const text = reasons.length === 0 ? problem.detail : reasons.join("; ");
  return {
    status: problem.status >= 500 ? problem.status : 200,
    body: { resultCode: "FAIL", resultMessage: text, httpStatusCode: problem.status, detailMessage: text, nextActionUrl: "" },
  };
};

/** The same in a body, where K-PaaS takes AWS for none. */
export const providerType = ofProvider.default("AWS");

/** The account, template or key that is meant. */
export const uid = z.coerce.number("must be a number").int().positive().max(HIGHEST_ROW);

/** What is asked of a list: K-PaaS's `offset` counts pages. Other fields are not looked at, as there. */
export const listQuery = z.object({
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(0).max(1_000).default(0),
  searchName: text(200),
  orderBy: text(50),
  order: text(10),
});

const SEOUL_MS = 9 * 3_600_000;

/** A moment as K-PaaS writes it, in Seoul's time. */
export function seoulTime(moment: Date): string {
  return new Date(moment.getTime() + SEOUL_MS).toISOString().slice(0, 19).replace("T", " ");
}
