import { useState } from "preact/hooks";
import { useAsked } from "./asked";
import { useLoaded, useShared, useWords } from "./context";
import { Failure, Loading, Moment, Person, Said } from "./parts";
import type { Verification } from "./shapes";
import { Table } from "./table";

/** What was changed or tried, by whom; and whether the trail is whole. */
export function Audit() {
  const { api } = useShared();
  const { t, number } = useWords();
  const { data, error, reload } = useLoaded("audit", (signal) =>
    api.all(({ limit, after }) => api.calls.GET("/api/v1/audit", { params: { query: { limit, after: Number(after ?? 0) } }, signal })),
  );
  const [found, setFound] = useState<Verification | undefined>();
  const asked = useAsked();
  const newest = data === undefined ? undefined : [...data].sort((one, other) => other.number - one.number);
  return (
    <>
      <h1 tabIndex={-1}>{t("audit.title")}</h1>
      <p>{t("audit.text")}</p>
      <div class="buttons">
        <button
          type="button"
          aria-disabled={asked.busy}
          onClick={() => asked.ask(async () => setFound(await api.ask(api.calls.GET("/api/v1/audit/verification"))))}
        >
          {t("audit.verify")}
        </button>
      </div>
      <div role="status">
        {found !== undefined && (
          <p class={`note ${found.faults.length === 0 ? "good" : "bad"}`}>
            {t(found.faults.length === 0 ? "audit.whole" : "audit.broken", { entries: found.entries, heads: found.heads })}
          </p>
        )}
        {found !== undefined && found.faults.length > 0 && (
          <ul lang="en">
            {found.faults.map((fault) => (
              <li key={fault}>{fault}</li>
            ))}
          </ul>
        )}
      </div>
      {asked.error !== undefined && <Failure error={asked.error} focus />}
      {error !== undefined && <Failure error={error} onRetry={reload} />}
      {newest === undefined && error === undefined && <Loading />}
      {newest !== undefined && newest.length === 0 && <p>{t("audit.none")}</p>}
      {newest !== undefined && newest.length > 0 && (
        <Table
          caption={t("audit.table")}
          columns={(["number", "at", "actor", "action", "target", "detail"] as const).map((key) => ({ key, label: t(`column.${key}`) }))}
          rows={newest.map((entry) => ({
            key: `${entry.number}`,
            cells: [
              number(entry.number),
              <Moment key="at" at={entry.at} />,
              <Person key="actor" id={entry.actor} />,
              <Said key="action">{entry.action}</Said>,
              entry.target,
              <code key="detail" class="small">
                {JSON.stringify(entry.detail)}
              </code>,
            ],
          }))}
        />
      )}
    </>
  );
}
