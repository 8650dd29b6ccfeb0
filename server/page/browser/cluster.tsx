import { useState } from "preact/hooks";
import { Actions } from "./actions";
import { useLoaded, useShared, useWords } from "./context";
import { File } from "./file";
import { Certificates, Drift } from "./fleet";
import { OperationTable } from "./operations";
import { Facts, Failure, Faults, Loading, Moment, Said, Tag } from "./parts";
import { hashOf } from "./router";
import type { WholeEnvironment } from "./shapes";
import { Table } from "./table";
import { Topology } from "./topology";

/** One cluster: what it is, what can be done, how it is made up, its file and its history. */
export function Cluster({ name }: { readonly name: string }) {
  const { api } = useShared();
  const { data, error, reload } = useLoaded(
    `cluster ${name}`,
    (signal) => api.ask(api.calls.GET("/api/v1/environments/{name}", { params: { path: { name } }, signal })),
    ({ environment }) => environment === name,
  );
  return (
    <>
      <h1 tabIndex={-1}>{name}</h1>
      {error !== undefined && <Failure error={error} onRetry={reload} />}
      {data !== undefined ? <Shown of={data} reload={reload} /> : error === undefined && <Loading />}
    </>
  );
}

function Shown({ of, reload }: { readonly of: WholeEnvironment; readonly reload: () => void }) {
  const { t, number } = useWords();
  const [now] = useState(Date.now);
  const { labels, provider, release, kubernetes, machines, lock, state, operation, problems, history, topology } = of;
  const known = (value: string | undefined) => value ?? t("app.none");
  return (
    <>
      {operation !== undefined && (
        <p class={`note ${state === "planned" ? "warn" : "busy"}`}>
          {t(state === "planned" ? "cluster.open.planned" : "cluster.open")}:{" "}
          <a href={hashOf({ view: "operation", id: operation })}>
            {t(state === "planned" ? "cluster.open.planned.link" : "cluster.open.link")}
          </a>
        </p>
      )}
      <section aria-labelledby="facts">
        <h2 id="facts">{t("cluster.facts")}</h2>
        <Facts
          of={[
            [t("column.state"), <Tag key="state" group="state" value={state} />],
            [t("column.provider"), known(provider)],
            [t("column.release"), known(release)],
            [t("column.kubernetes"), known(kubernetes)],
            [t("column.machines"), machines === undefined ? t("app.none") : number(machines)],
            [t("column.drift"), <Drift key="drift" of={of} long />],
            [t("column.certificatesUntil"), <Certificates key="certificates" of={of} now={now} />],
            topology?.apiEndpoint === undefined ? undefined : [t("cluster.api"), <code key="api">{topology.apiEndpoint}</code>],
            [t("cluster.lock"), lock === undefined ? t("app.none") : <Tag key="lock" group="lock" value={lock} />],
            [
              t("cluster.labels"),
              Object.entries(labels)
                .map(([label, value]) => `${label}=${value}`)
                .join(", ") || t("app.none"),
            ],
          ]}
        />
      </section>
      <Actions of={of} />
      {problems.length > 0 && (
        <section aria-labelledby="problems">
          <h2 id="problems">{t("cluster.problems")}</h2>
          <Faults faults={problems} caption={t("cluster.problems")} />
        </section>
      )}
      {topology === undefined ? <p class="note">{t("cluster.topology.none")}</p> : <Topology of={topology} />}
      <Operations of={of.name} />
      <File of={of} onSaved={reload} />
      <section aria-labelledby="history">
        <h2 id="history">{t("cluster.history")}</h2>
        <Table
          caption={t("cluster.history")}
          columns={(["subject", "author", "at", "commit"] as const).map((key) => ({ key, label: t(`column.${key}`) }))}
          rows={history.map(({ id, at, author, subject }) => ({
            key: id,
            cells: [<Said key="subject">{subject}</Said>, author, <Moment key="at" at={at} />, <code key="id">{id.slice(0, 10)}</code>],
          }))}
        />
      </section>
    </>
  );
}

function Operations({ of: name }: { readonly of: string }) {
  const { api } = useShared();
  const { t } = useWords();
  const { data, error, reload } = useLoaded(
    `operations of ${name}`,
    (signal) =>
      api
        .ask(api.calls.GET("/api/v1/operations", { params: { query: { order: "newest", environment: name, limit: 20 } }, signal }))
        .then(({ items }) => items),
    ({ environment }) => environment === name,
  );
  return (
    <section aria-labelledby="operations">
      <h2 id="operations">{t("cluster.operations")}</h2>
      {error !== undefined && <Failure error={error} onRetry={reload} />}
      {data !== undefined && data.length === 0 && <p>{t("cluster.operations.none")}</p>}
      {data !== undefined && data.length > 0 && <OperationTable of={data} caption={t("cluster.operations")} />}
    </section>
  );
}
