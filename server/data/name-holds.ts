import { type RawBuilder, sql } from "kysely";

/**
 * That a row's name holds a text, in letters of either case. The database lowers both: an embedded one knows only the cases of ASCII's letters.
 * @param text none: every name
 */
export function nameHolds(text: string): RawBuilder<boolean> {
  return sql<boolean>`strpos(lower(name), lower(${text})) > 0`;
}
