import { useMemo, useState } from "preact/hooks";
import { useLoaded, useShared, useWords } from "./context";
import { counted, daysLeft, type Facet, type Filter, filtered, SOON_DAYS, type SortKey, sorted } from "./filter";
import { Failure, Loading, Tag } from "./parts";
import { hashOf } from "./router";
import type { Environment } from "./shapes";
import { type Column, Table } from "./table";

const COLUMNS = ["name", "provider", "state", "release", "kubernetes", "machines", "drift", "certificatesUntil", "last"] as const;
interface Order {
  readonly key: SortKey;
  readonly down: boolean;
}
const SORTABLE: ReadonlySet<string> = new Set(["name", "provider", "state", "kubernetes", "machines", "certificatesUntil"]);

/** All clusters: what wants attention, how the fleet is made up, and each of them. */
export function Fleet({
  filter,
  onFilter,
}: {
  readonly filter: Readonly<Record<string, string>>;
  readonly onFilter: (filter: Filter) => void;
}) {
  const { api } = useShared();
  const { t } = useWords();
  const { data, error, reload } = useLoaded("fleet", (signal) =>
    api.all((query) => api.calls.GET("/api/v1/environments", { params: { query }, signal })),
  );
  return (
    <>
      <h1 tabIndex={-1}>{t("fleet.title")}</h1>
      {error !== undefined && <Failure error={error} onRetry={reload} />}
      {data !== undefined ? <Shown all={data} filter={filter} onFilter={onFilter} /> : error === undefined && <Loading />}
    </>
  );
}

function Shown({
  all,
  filter,
  onFilter,
}: {
  readonly all: readonly Environment[];
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
}) {
  const { t, number } = useWords();
  const [order, setOrder] = useState<Order>({ key: "name", down: false });
  const now = Date.now();
  const key = JSON.stringify(filter);
  // The clock goes on without another look at each.
  const shown = useMemo(() => sorted(filtered(all, JSON.parse(key), now), order.key, order.down), [all, key, order]);
  const change = (part: Filter) => onFilter({ ...filter, ...part });
  const isNarrowed = Object.values(filter).some((value) => value !== "");
  if (all.length === 0) return <p>{t("fleet.empty")}</p>;
  return (
    <>
      <Attention all={all} filter={filter} now={now} onFilter={onFilter} />
      <Facets all={all} filter={filter} change={change} />
      <search class="bar">
        <div class="field grow">
          <label for="find">{t("fleet.search")}</label>
          <input
            id="find"
            type="search"
            value={filter.text ?? ""}
            autocomplete="off"
            spellcheck={false}
            onInput={({ currentTarget }) => change({ text: currentTarget.value })}
          />
        </div>
        <div class="field">
          <label for="order">{t("fleet.sort")}</label>
          <select
            id="order"
            value={order.key}
            onChange={({ currentTarget }) => setOrder({ key: currentTarget.value as SortKey, down: false })}
          >
            {[...SORTABLE].map((each) => (
              <option key={each} value={each}>
                {t(`column.${each as SortKey}`)}
              </option>
            ))}
          </select>
        </div>
        {isNarrowed && (
          <button type="button" onClick={() => onFilter({})}>
            {t("fleet.clear")}
          </button>
        )}
      </search>
      <p role="status" class="count">
        {shown.length === 0 ? t("fleet.nothing") : t("fleet.shown", { shown: number(shown.length), n: number(all.length) })}
      </p>
      {shown.length > 0 && (
        <Table
          caption={t("fleet.table")}
          columns={columnsOf(t, order)}
          about={`${key} ${order.key} ${order.down}`}
          onSort={(by) => setOrder((was) => ({ key: by as SortKey, down: was.key === by && !was.down }))}
          rows={shown.map((each) => ({ key: each.name, cells: cellsOf(each, now) }))}
        />
      )}
    </>
  );
}

/** What is to be done something about, as buttons that narrow the list to it. */
function Attention({
  all,
  filter,
  now,
  onFilter,
}: {
  readonly all: readonly Environment[];
  readonly filter: Filter;
  readonly now: number;
  readonly onFilter: (filter: Filter) => void;
}) {
  const { t, number } = useWords();
  const tiles = useMemo(() => {
    const tile = (label: string, tone: string, of: Filter) => ({ label, tone, of, count: filtered(all, of, now).length });
    return [
      tile(t("fleet.all"), "plain", {}),
      tile(t("fleet.planned"), "warn", { state: "planned" }),
      tile(t("fleet.working"), "busy", { state: "working" }),
      tile(t("fleet.failed"), "bad", { state: "failed" }),
      tile(t("fleet.drifted"), "warn", { attention: "drifted" }),
      tile(t("fleet.expiring", { n: SOON_DAYS }), "warn", { attention: "expiring" }),
    ];
  }, [all, t("fleet.all")]);
  const current = JSON.stringify({ ...filter, text: undefined });
  return (
    <section aria-labelledby="attention">
      <h2 id="attention" class="unseen">
        {t("fleet.attention")}
      </h2>
      <ul class="tiles">
        {tiles.map(({ label, tone, of, count }) => (
          <li key={label}>
            <button
              type="button"
              class={`tile ${count === 0 ? "plain" : tone}`}
              aria-pressed={JSON.stringify(of) === current}
              onClick={() => onFilter(of)}
            >
              <span class="big">{number(count)}</span> <span>{label}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Facets({
  all,
  filter,
  change,
}: {
  readonly all: readonly Environment[];
  readonly filter: Filter;
  readonly change: (part: Filter) => void;
}) {
  const { t, word, number } = useWords();
  const facets = useMemo(
    () => (["provider", "state", "kubernetes", "release"] as const).map((facet) => [facet, counted(all, facet)] as const),
    [all],
  );
  // On narrow windows the clusters themselves come first.
  const [isWide] = useState(() => matchMedia("(min-width: 901px)").matches);
  const named = (facet: Facet, value: string) => (value === "" ? t("fleet.unknown") : facet === "state" ? word("state", value) : value);
  return (
    <details class="by" open={isWide}>
      <summary>
        <h2>{t("fleet.by")}</h2>
      </summary>
      <div class="facets">
        {facets.map(([facet, values]) => (
          <div key={facet} class="facet">
            <h3 id={`by-${facet}`}>{t(`fleet.by.${facet}`)}</h3>
            <ul aria-labelledby={`by-${facet}`}>
              {values.map(({ value, count }) => (
                <li key={value}>
                  <button
                    type="button"
                    aria-pressed={filter[facet] === value}
                    onClick={() => change({ [facet]: filter[facet] === value ? "" : value })}
                  >
                    <span>{named(facet, value)}</span> <span class="number">{number(count)}</span>
                  </button>
                  <svg class="share" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
                    <rect width={(100 * count) / all.length} height={1} />
                  </svg>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
    </details>
  );
}

function columnsOf(t: ReturnType<typeof useWords>["t"], order: Order): Column[] {
  return COLUMNS.map((key) => ({
    ...{ key, label: t(`column.${key}`), numeric: key === "machines" },
    ...(SORTABLE.has(key) ? { sort: order.key !== key ? "none" : order.down ? "descending" : "ascending" } : {}),
  }));
}

function cellsOf(each: Environment, now: number) {
  const { name, provider, release, kubernetes, machines, state, last } = each;
  return [
    <a key="name" href={hashOf({ view: "cluster", name })}>
      {name}
    </a>,
    <Known key="provider" value={provider} />,
    <Tag key="state" group="state" value={state} />,
    <Known key="release" value={release} />,
    <Known key="kubernetes" value={kubernetes} />,
    <Known key="machines" value={machines} />,
    <Drift key="drift" of={each} />,
    <Certificates key="certificates" of={each} now={now} />,
    last === undefined ? <Known key="last" value={undefined} /> : <Last key="last" of={last} />,
  ];
}

function Known({ value }: { readonly value: string | number | undefined }) {
  const { t, number } = useWords();
  return <>{value === undefined ? t("app.none") : typeof value === "number" ? number(value) : value}</>;
}

function Last({ of: { id, kind, state } }: { readonly of: NonNullable<Environment["last"]> }) {
  const { word } = useWords();
  return (
    <a href={hashOf({ view: "operation", id })}>
      {word("kind", kind)}: {word("state", state)}
    </a>
  );
}

/** What the last look for drift found. */
export function Drift({ of: { drift }, long = false }: { readonly of: Pick<Environment, "drift">; readonly long?: boolean }) {
  const { t, moment } = useWords();
  if (drift === undefined) return <span class="soft">{t("drift.never")}</span>;
  return (
    <>
      {drift.drifted ? (
        <Tag group="drift" value="drifted">
          {t("drift.found")}
        </Tag>
      ) : (
        t("drift.none")
      )}
      {long && <span class="small soft"> ({t("drift.at", { at: moment(drift.at) })})</span>}
    </>
  );
}

/** When the first certificate ends; soon is said with a colour too. */
export function Certificates({ of, now }: { readonly of: Pick<Environment, "certificatesUntil">; readonly now: number }) {
  const { t, day } = useWords();
  const days = daysLeft(of, now);
  if (days === undefined || of.certificatesUntil === undefined) return <>{t("app.none")}</>;
  const date = day(of.certificatesUntil);
  if (days > SOON_DAYS) return <time dateTime={of.certificatesUntil}>{date}</time>;
  const text = days < 0 ? t("certificates.over", { date }) : t("certificates.days", { date, n: days });
  return (
    <Tag group="certificates" value={days < 0 ? "expired" : "warning"}>
      <time dateTime={of.certificatesUntil}>{text}</time>
    </Tag>
  );
}
