import { z } from "zod";
import type { FailureShape } from "../http/route";

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

/** What its programs send as a text may be a number, or missing. */
export const text = (most: number) =>
  z
    .union([z.string(), z.number(), z.null()])
    .optional()
    .transform((value) => (value === undefined || value === null ? "" : String(value)))
    .pipe(z.string().max(most));

export const PROVIDERS = ["AWS", "OPENSTACK", "NAVER", "NHN", "KT"] as const;
export type Provider = (typeof PROVIDERS)[number];

/** A cloud, in a path; and in a body, where K-PaaS takes AWS for none. */
export const ofProvider = z.enum(PROVIDERS);
export const providerType = ofProvider.default("AWS");

/** The account, template or key that is meant. */
export const uid = z.coerce.number("must be a number").int().positive().max(2_147_483_647);

/** What is asked of a list: K-PaaS's `offset` counts pages. Other fields are not looked at, as there. */
export const listQuery = z.object({
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(0).max(1_000).default(0),
  searchName: text(200),
  orderBy: text(50),
  order: text(10),
});

interface Listed {
  readonly name: string | null;
  readonly created: string;
}

/** A list as its pages show it: those whose name holds what is searched for, in the order that is wanted, one page of them. */
export function listed<T extends Listed>(
  items: readonly T[],
  query: z.output<typeof listQuery>,
): Result & Readonly<Record<string, unknown>> {
  const { offset, limit, searchName, orderBy, order } = query;
  const wanted = searchName.trim().toLowerCase();
  const found = items.filter(({ name }) => (name ?? "").toLowerCase().includes(wanted));
  const by = orderBy === "name" ? ({ name }: T) => name ?? "" : ({ created }: T) => created;
  const sign = order === "asc" ? 1 : -1;
  found.sort((a, b) => (by(a) < by(b) ? -sign : by(a) > by(b) ? sign : 0));
  const left = limit === 0 ? 0 : Math.max(0, found.length - (offset + 1) * limit);
  const page = limit === 0 ? found : found.slice(offset * limit, (offset + 1) * limit);
  return { ...SUCCESS, itemMetaData: { allItemCount: found.length, remainingItemCount: left }, items: page };
}

const SEOUL_MS = 9 * 3_600_000;

/** A moment as K-PaaS writes it, in Seoul's time. */
export function seoulTime(moment: Date): string {
  return new Date(moment.getTime() + SEOUL_MS).toISOString().slice(0, 19).replace("T", " ");
}
