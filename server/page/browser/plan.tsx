import { ApiError } from "./api";
import { useLoaded, useShared, useWords } from "./context";
import { Decide } from "./decide";
import { Failure, Loading, Said, Tag } from "./parts";
import type { Effect, Environment, Operation, Plan, PlannedStep } from "./shapes";
import { Table } from "./table";

/** What an operation would do, the worst first; and who decides on it. */
export function PlanOf({
  of,
  labels,
  reload,
}: {
  readonly of: Operation;
  readonly labels: Environment["labels"] | undefined;
  readonly reload: () => void;
}) {
  const { api } = useShared();
  const { t } = useWords();
  const loaded = useLoaded(
    // Until it waits for an approval, and once it is done, it may be another one, or there may be none.
    `plan ${of.id} ${of.state}`,
    (signal) =>
      api.ask(api.calls.GET("/api/v1/operations/{id}/plan", { params: { path: { id: of.id } }, signal })).catch((error: unknown) => {
        if (error instanceof ApiError && (error.status === 404 || error.status === 409)) return undefined;
        throw error;
      }),
    ({ operation }) => operation === of.id,
  );
  const { data, error, loading } = loaded;
  const isComing = of.state === "waiting" || of.state === "running";
  return (
    <section aria-labelledby="plan">
      <h2 id="plan" tabIndex={-1}>
        {t("plan.title")}
      </h2>
      {error !== undefined && <Failure error={error} onRetry={loaded.reload} />}
      {data === undefined && error === undefined && (loading ? <Loading /> : <p>{t(isComing ? "plan.waiting" : "plan.none")}</p>)}
      {data !== undefined && (
        <>
          <Consequences of={data} />
          {of.state === "planned" && <Decide plan={data} of={of} labels={labels} reload={reload} />}
        </>
      )}
    </section>
  );
}

function Consequences({ of }: { readonly of: Plan }) {
  const { t } = useWords();
  const { counts, risks, lost, kept, approvals, steps, changes } = of;
  return (
    <>
      {counts !== undefined && <p class="strong">{t("plan.counts", counts)}</p>}
      {approvals.length > 0 && (
        <>
          <h3>{t("plan.dangers")}</h3>
          <Table
            caption={t("plan.dangers")}
            columns={(["what", "why", "where"] as const).map((key) => ({ key, label: t(`column.${key}`) }))}
            rows={approvals.map(({ path, name, reason }) => ({
              key: `${path} ${name}`,
              cells: [<Said key="what">{name}</Said>, <Said key="why">{reason}</Said>, <code key="where">{path}</code>],
            }))}
          />
        </>
      )}
      {lost.length > 0 && <Names title={t("plan.lost")} names={lost} tone="bad" />}
      <h3>{t("plan.risks")}</h3>
      {risks.length === 0 ? <p>{t("plan.risks.none")}</p> : <Effects of={risks} caption={t("plan.risks")} />}
      {kept.length > 0 && <Names title={t("plan.kept")} names={kept} tone="good" />}
      {steps.length > 0 && (
        <>
          <h3>{t("plan.steps")}</h3>
          <p class="soft">{t("plan.steps.note", { n: span(steps.map(({ minutes }) => minutes)) })}</p>
          <Table
            caption={t("plan.steps")}
            columns={(["playbook", "minutes", "workloads", "why"] as const).map((key) => ({
              key,
              label: t(`column.${key}`),
              numeric: key === "minutes",
            }))}
            rows={steps.map(({ playbook, command, minutes, workloads, reason }, index) => ({
              key: `${index}`,
              cells: [
                <span key="playbook">
                  {playbook}
                  <br />
                  <code class="small">{command}</code>
                </span>,
                span([minutes]),
                <Said key="workloads">{workloads}</Said>,
                <Said key="why">{reason}</Said>,
              ],
            }))}
          />
        </>
      )}
      {changes.length > 0 && (
        <>
          <h3>{t("plan.changes")}</h3>
          <Effects of={changes} caption={t("plan.changes")} />
        </>
      )}
    </>
  );
}

function Names({ title, names, tone }: { readonly title: string; readonly names: readonly string[]; readonly tone: string }) {
  return (
    <>
      <h3>{title}</h3>
      <ul class={`names ${tone}`} lang="en">
        {names.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
    </>
  );
}

function Effects({ of, caption }: { readonly of: readonly Effect[]; readonly caption: string }) {
  const { t } = useWords();
  return (
    <Table
      caption={caption}
      columns={(["what", "effect", "detail"] as const).map((key) => ({ key, label: t(`column.${key}`) }))}
      rows={of.map(({ effect, what, detail }, index) => ({
        key: `${index}`,
        cells: [<Said key="what">{what}</Said>, <Tag key="effect" group="effect" value={effect} />, <Said key="detail">{detail}</Said>],
      }))}
    />
  );
}

/** Minutes together, from the least to the most that it may take. */
function span(minutes: readonly PlannedStep["minutes"][]): string {
  const [from, to] = [minutes.reduce((sum, each) => sum + each.from, 0), minutes.reduce((sum, each) => sum + each.to, 0)];
  return from === to ? `${from}` : `${from}–${to}`;
}
