import { useEffect, useRef, useState } from "preact/hooks";
import { Ask } from "./actions";
import { useAsked } from "./asked";
import { useLoaded, useShared, useWords } from "./context";
import { Log } from "./log";
import { Kind } from "./operations";
import { Facts, Failure, Loading, Moment, Person, Said, Tag } from "./parts";
import { PlanOf } from "./plan";
import { may } from "./roles";
import { hashOf } from "./router";
import type { Environment, Operation as Shape } from "./shapes";

/** How often one that is under way is looked at, where turns are not told. */
const LOOK_MS = 5_000;

/** One operation: how far it is, what it would do and who decides, and what its steps say. */
export function Operation({ id }: { readonly id: string }) {
  const { api } = useShared();
  const { t, word } = useWords();
  const { data, error, reload } = useLoaded(
    `operation ${id}`,
    async (signal) => {
      const operation = await api.ask(api.calls.GET("/api/v1/operations/{id}", { params: { path: { id } }, signal }));
      // Who may decide goes by the cluster's labels; one that is gone has none.
      const labels = await api
        .ask(api.calls.GET("/api/v1/environments/{name}", { params: { path: { name: operation.environment } }, signal }))
        .then(
          (environment) => environment.labels,
          () => undefined,
        );
      return { operation, labels };
    },
    ({ operation }) => operation === id,
  );
  const state = data?.operation.state;
  const isUnderWay = state === "waiting" || state === "running";
  useEffect(() => {
    if (!isUnderWay) return;
    const timer = setInterval(reload, LOOK_MS);
    return () => clearInterval(timer);
  }, [isUnderWay, reload]);
  return (
    <>
      <h1 tabIndex={-1}>
        {data === undefined
          ? t("column.kind")
          : t("operation.title", { kind: word("kind", data.operation.kind), name: data.operation.environment })}
      </h1>
      {error !== undefined && <Failure error={error} onRetry={reload} />}
      {data !== undefined ? <Shown of={data.operation} labels={data.labels} reload={reload} /> : error === undefined && <Loading />}
    </>
  );
}

function Shown({
  of,
  labels,
  reload,
}: {
  readonly of: Shape;
  readonly labels: Environment["labels"] | undefined;
  readonly reload: () => void;
}) {
  const { api, me, announce } = useShared();
  const { t, word } = useWords();
  const { busy, error, ask } = useAsked();
  const [cancelling, setCancelling] = useState(false);
  const { id, environment, kind, state, step, askedBy, approvedBy, rejectedBy, cancelledBy, reason, created, started, ended } = of;
  const isOperator = may(me.roles, "operator", labels);
  const was = useRef(state);
  useEffect(() => {
    if (was.current !== state) announce(t("operation.now", { kind: word("kind", kind), name: environment, state: word("state", state) }));
    was.current = state;
  });
  const who = (key: "approvedBy" | "rejectedBy" | "cancelledBy", name: string | undefined) =>
    name === undefined ? undefined : ([t(`operation.${key}`), <Person key={key} id={name} />] as const);
  return (
    <>
      <section aria-labelledby="facts">
        <h2 id="facts">{t("operation.facts")}</h2>
        <Facts
          of={[
            [t("column.state"), <Tag key="state" group="state" value={state} />],
            [
              t("column.cluster"),
              <a key="cluster" href={hashOf({ view: "cluster", name: environment })}>
                {environment}
              </a>,
            ],
            [t("column.kind"), <Kind key="kind" of={of} />],
            step === undefined ? undefined : [t("operation.step"), word("kind", step)],
            [t("column.askedBy"), <Person key="askedBy" id={askedBy} />],
            who("approvedBy", approvedBy),
            who("rejectedBy", rejectedBy),
            who("cancelledBy", cancelledBy),
            [t("column.created"), <Moment key="created" at={created} />],
            [t("operation.started"), <Moment key="started" at={started} />],
            [t("operation.ended"), <Moment key="ended" at={ended} />],
          ]}
        />
        {reason !== undefined && (
          <p class={`note ${state === "failed" ? "bad" : ""}`}>
            <span class="strong">{t("operation.reason")}:</span> <Said>{reason}</Said>
          </p>
        )}
        {isOperator && (
          <div class="buttons">
            {(state === "failed" || state === "cancelled") && (
              <button
                type="button"
                class="primary"
                disabled={busy}
                onClick={() =>
                  ask(async () => {
                    const again = await api.ask(api.calls.POST("/api/v1/operations/{id}/retry", { params: { path: { id: of.id } } }));
                    announce(t("act.begun"));
                    if (again !== undefined && again.id !== id) location.hash = hashOf({ view: "operation", id: again.id });
                    else reload();
                  })
                }
              >
                {t("operation.retry")}
              </button>
            )}
            {(state === "waiting" || state === "running" || state === "planned") && cancelledBy === undefined && (
              <button type="button" class="danger" onClick={() => setCancelling(true)}>
                {t("operation.cancel")}
              </button>
            )}
          </div>
        )}
        {error !== undefined && <Failure error={error} focus />}
        {cancelling && (
          <Ask
            title={t("operation.cancel.title")}
            text={t("operation.cancel.text")}
            button={t("operation.cancel.do")}
            danger
            onClose={() => setCancelling(false)}
            send={async () => {
              await api.ask(api.calls.POST("/api/v1/operations/{id}/cancel", { params: { path: { id: of.id } } }));
              announce(t("operation.cancel.done"));
              reload();
            }}
          />
        )}
      </section>
      {state !== "planned" && <Log key="log" of={of} />}
      <PlanOf of={of} labels={labels} reload={reload} />
      {state === "planned" && <Log key="log" of={of} />}
    </>
  );
}
