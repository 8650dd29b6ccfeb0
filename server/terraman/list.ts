import { type SelectQueryBuilder, type Simplify, sql } from "kysely";
import type { z } from "zod";
import { nameHolds } from "../data/name-holds";
import type { Tables } from "../data/tables";
import { type listQuery, type Result, SUCCESS } from "./shapes";

/** Tables that K-PaaS's calls list: each has `id`, `name`, `provider` and `created`. */
type ListedTable = "clusters" | "accounts" | "templates" | "sshKeys";

/** One page of a list, as its programs read it. */
export interface Listed<S> extends Result {
  readonly itemMetaData: { readonly allItemCount: number; readonly remainingItemCount: number };
  readonly items: readonly S[];
}

/**
 * One page of a list: the rows whose name holds what is searched for, in the order that is wanted. The database counts, sorts and cuts.
 * @param rows all of them, with what else restricts them
 */
export async function listed<T extends ListedTable, O, S>(
  rows: SelectQueryBuilder<Tables, T, O>,
  { offset, limit, searchName, orderBy, order }: z.output<typeof listQuery>,
  shapeOf: (row: Simplify<O>) => S,
): Promise<Listed<S>> {
  const found = rows.where(nameHolds(searchName.trim()));
  const counted = await found.clearSelect().select(sql<number>`count(*)::int`.as("count")).executeTakeFirst();
  const all = counted?.count ?? 0;
  const way = order === "asc" ? sql`asc` : sql`desc`;
  const sorted = found.orderBy(orderBy === "name" ? sql`name collate "C" ${way}, id ${way}` : sql`created ${way}, id ${way}`);
  const page = limit === 0 ? sorted : sorted.limit(limit).offset(offset * limit);
  const items = limit !== 0 && offset * limit >= all ? [] : (await page.execute()).map(shapeOf);
  const left = limit === 0 ? 0 : Math.max(0, all - (offset + 1) * limit);
  return { ...SUCCESS, itemMetaData: { allItemCount: all, remainingItemCount: left }, items };
}
