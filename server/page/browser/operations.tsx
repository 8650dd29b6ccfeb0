import { useLoaded, useShared, useWords } from "./context";
import { Failure, Loading, Moment, Person, Tag } from "./parts";
import { hashOf } from "./router";
import type { Operation } from "./shapes";
import { Table } from "./table";

const OPEN: ReadonlySet<string> = new Set(["waiting", "running", "planned"]);
const WHICH = ["all", "open", "planned", "failed"] as const;

/** All operations; those that wait for an approval are found at once. */
export function Operations({
  filter,
  onFilter,
}: {
  readonly filter: Readonly<Record<string, string>>;
  readonly onFilter: (filter: Readonly<Record<string, string>>) => void;
}) {
  const { api } = useShared();
  const { t } = useWords();
  const which = WHICH.find((each) => each === filter.which) ?? "all";
  const { data, error, reload } = useLoaded(`operations ${which}`, (signal) =>
    api
      .ask(
        api.calls.GET("/api/v1/operations", {
          params: { query: { order: "newest", limit: 500, ...(which === "planned" || which === "failed" ? { state: which } : {}) } },
          signal,
        }),
      )
      .then(({ items }) => items),
  );
  const shown = data?.filter(({ state }) => which === "all" || (which === "open" ? OPEN.has(state) : state === which));
  return (
    <>
      <h1 tabIndex={-1}>{t("operations.title")}</h1>
      <fieldset class="choices">
        <legend>{t("operations.which")}</legend>
        {WHICH.map((each) => (
          <label key={each}>
            <input
              type="radio"
              name="which"
              value={each}
              checked={which === each}
              onChange={() => onFilter(each === "all" ? {} : { which: each })}
            />
            {t(`operations.${each}`)}
          </label>
        ))}
      </fieldset>
      {error !== undefined && <Failure error={error} onRetry={reload} />}
      {shown === undefined ? (
        error === undefined && <Loading />
      ) : shown.length === 0 ? (
        <p role="status">{t("operations.none")}</p>
      ) : (
        <OperationTable of={shown} caption={t("operations.table")} withCluster />
      )}
    </>
  );
}

/** Operations, newest first. */
export function OperationTable({
  of,
  caption,
  withCluster = false,
}: {
  readonly of: readonly Operation[];
  readonly caption: string;
  readonly withCluster?: boolean;
}) {
  const { t, span } = useWords();
  const newest = [...of].sort((one, other) => (one.created < other.created ? 1 : -1));
  return (
    <Table
      caption={caption}
      columns={(["kind", ...(withCluster ? (["cluster"] as const) : []), "state", "askedBy", "created", "took"] as const).map((key) => ({
        key,
        label: t(`column.${key}`),
      }))}
      rows={newest.map((operation) => {
        const { id, environment, state, askedBy, created, started, ended } = operation;
        return {
          key: id,
          cells: [
            <a key="kind" href={hashOf({ view: "operation", id })}>
              <Kind of={operation} />
            </a>,
            ...(withCluster
              ? [
                  <a key="cluster" href={hashOf({ view: "cluster", name: environment })}>
                    {environment}
                  </a>,
                ]
              : []),
            <Tag key="state" group="state" value={state} />,
            <Person key="askedBy" id={askedBy} />,
            <Moment key="created" at={created} />,
            started !== undefined && ended !== undefined ? span(Date.parse(ended) - Date.parse(started)) : t("app.none"),
          ],
        };
      })}
    />
  );
}

/** What an operation does, with what the service has called it. */
export function Kind({ of: { kind, title } }: { readonly of: Pick<Operation, "kind" | "title"> }) {
  const { word } = useWords();
  return (
    <>
      {word("kind", kind)}
      {title !== undefined && <span lang="en"> ({title})</span>}
    </>
  );
}
