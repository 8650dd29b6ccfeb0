import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useWords } from "./context";

/** A column of a table. */
export interface Column {
  readonly key: string;
  readonly label: string;
  readonly numeric?: boolean;
  /** How the table is sorted by it; undefined where it cannot be. */
  readonly sort?: "ascending" | "descending" | "none";
}

export interface Row {
  readonly key: string;
  /** The first one heads the row. */
  readonly cells: readonly ComponentChildren[];
}

/** Where a table is drawn as cards, on narrow windows, some browsers forget that it is one: so it is said. */
const AS = {
  table: { role: "table" },
  group: { role: "rowgroup" },
  row: { role: "row" },
  column: { role: "columnheader" },
  head: { role: "rowheader" },
  cell: { role: "cell" },
} as const;

/** So many rows at first, and more as the reader comes to their end: a list of a thousand is drawn as fast as one of a hundred. */
const ROWS = 100;

/** More columns than these take a wider window. */
const MANY = 6;

/** Whether the window is at most so many pixels wide. */
function useNarrow(pixels: number): boolean {
  const query = `(max-width: ${pixels}px)`;
  const [is, setIs] = useState(() => matchMedia(query).matches);
  useLayoutEffect(() => {
    const watched = matchMedia(query);
    const look = () => setIs(watched.matches);
    look();
    watched.addEventListener("change", look);
    return () => watched.removeEventListener("change", look);
  }, [query]);
  return is;
}

/**
 * A table with a caption and headings; on narrow windows each row is a card.
 * @param about what its rows are: those of something else begin at the top again
 */
export function Table(props: {
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly about?: string;
  readonly onSort?: (key: string) => void;
}) {
  const { caption, columns, rows, about = "", onSort } = props;
  const { shown, more } = useMore(rows, about);
  const cards = useNarrow(columns.length > MANY ? 1_000 : 640);
  return (
    <>
      <table {...AS.table} class={cards ? "cards" : ""}>
        <caption class="unseen">{caption}</caption>
        <thead {...AS.group}>
          <tr {...AS.row}>
            {columns.map((column) => (
              <Heading key={column.key} of={column} {...(onSort === undefined ? {} : { onSort })} />
            ))}
          </tr>
        </thead>
        <tbody {...AS.group}>
          {shown.map(({ key, cells: [head, ...cells] }) => (
            <tr {...AS.row} key={key}>
              <th {...AS.head} scope="row">
                {head}
              </th>
              {cells.map((cell, index) => {
                const column = columns[index + 1];
                return (
                  <td {...AS.cell} key={column?.key} data-label={column?.label} class={column?.numeric ? "number" : ""}>
                    {cell}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {more}
    </>
  );
}

function Heading({ of: { key, label, sort, numeric }, onSort }: { readonly of: Column; readonly onSort?: (key: string) => void }) {
  return (
    <th {...AS.column} scope="col" class={numeric ? "number" : ""} {...(sort === undefined ? {} : { "aria-sort": sort })}>
      {sort === undefined || onSort === undefined ? (
        label
      ) : (
        <button type="button" class="sort" onClick={() => onSort(key)}>
          {label}
          <span aria-hidden="true">{sort === "ascending" ? " ▲" : sort === "descending" ? " ▼" : ""}</span>
        </button>
      )}
    </th>
  );
}

/** The rows that are shown, and the button that shows more; whoever scrolls to it need not press it. */
function useMore(rows: readonly Row[], about: string) {
  const { t } = useWords();
  const [room, setRoom] = useState({ about, count: ROWS });
  const count = room.about === about ? room.count : ROWS;
  const left = rows.length - count;
  const grow = () => setRoom({ about, count: count + ROWS });
  const end = useRef<HTMLButtonElement>(null);
  const latest = useRef(grow);
  latest.current = grow;
  // Another button is watched anew, and so is one that is still in sight.
  useEffect(() => {
    if (end.current === null) return;
    const watch = new IntersectionObserver(([seen]) => seen?.isIntersecting && latest.current(), { rootMargin: "400px" });
    watch.observe(end.current);
    return () => watch.disconnect();
  }, [left > 0, about, count]);
  const more = left > 0 && (
    <button type="button" ref={end} class="more" onClick={grow}>
      {t("app.more", { n: left })}
    </button>
  );
  return { shown: rows.slice(0, count), more };
}
