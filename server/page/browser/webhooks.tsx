import { useState } from "preact/hooks";
import { Ask } from "./actions";
import { useAsked } from "./asked";
import { useLoaded, useShared, useWords } from "./context";
import { Failure, Field, Loading, Moment, Person, Said, Tag } from "./parts";
import type { Delivery, Webhook } from "./shapes";
import { Table } from "./table";

/** Webhooks, and what each was told. A new one's secret is shown once. */
export function Webhooks() {
  const { api, announce } = useShared();
  const { t, word } = useWords();
  const { data, error, reload } = useLoaded(
    "webhooks",
    (signal) => api.all((query) => api.calls.GET("/api/v1/webhooks", { params: { query }, signal })),
    () => false,
  );
  const [open, setOpen] = useState<{ readonly what: "add" | "remove"; readonly of?: Webhook } | undefined>();
  const [secret, setSecret] = useState<string | undefined>();
  const [told, setTold] = useState<{ readonly url: string; readonly deliveries: readonly Delivery[] } | undefined>();
  const asked = useAsked();
  const close = () => setOpen(undefined);
  const showDeliveries = ({ id, url }: Webhook) =>
    asked.ask(async () => {
      const query = { limit: 20 };
      const { items } = await api.ask(api.calls.GET("/api/v1/webhooks/{id}/deliveries", { params: { path: { id }, query } }));
      setTold({ url, deliveries: items });
    });
  return (
    <section aria-labelledby="webhooks">
      <h2 id="webhooks">{t("webhooks.title")}</h2>
      <p>{t("webhooks.text")}</p>
      {error !== undefined && <Failure error={error} onRetry={reload} />}
      {data === undefined && error === undefined && <Loading />}
      {asked.error !== undefined && <Failure error={asked.error} focus />}
      {secret !== undefined && (
        <p class="note warn" role="status">
          {t("webhooks.secret", { secret })}
        </p>
      )}
      {data !== undefined && data.length === 0 && <p>{t("webhooks.none")}</p>}
      {data !== undefined && data.length > 0 && (
        <Table
          caption={t("webhooks.title")}
          columns={(["url", "events", "createdBy", "at", "do"] as const).map((key) => ({ key, label: t(`column.${key}`) }))}
          rows={data.map((webhook) => ({
            key: webhook.id,
            cells: [
              webhook.url,
              webhook.events.map((each) => word("state", each)).join(", ") || t("webhooks.all"),
              <Person key="createdBy" id={webhook.createdBy} />,
              <Moment key="at" at={webhook.created} />,
              <div key="do" class="buttons">
                <button type="button" aria-label={`${t("webhooks.deliveries")}: ${webhook.url}`} onClick={() => showDeliveries(webhook)}>
                  {t("webhooks.deliveries")}
                </button>
                <button
                  type="button"
                  aria-label={`${t("accounts.remove")} ${webhook.url}`}
                  onClick={() => setOpen({ what: "remove", of: webhook })}
                >
                  {t("accounts.remove")}
                </button>
              </div>,
            ],
          }))}
        />
      )}
      {told !== undefined && <Deliveries of={told.deliveries} url={told.url} />}
      <div class="buttons">
        <button type="button" onClick={() => setOpen({ what: "add" })}>
          {t("webhooks.add")}
        </button>
      </div>
      {open?.what === "add" && (
        <Ask
          title={t("webhooks.add.title")}
          text={t("webhooks.add.text")}
          button={t("accounts.add.do")}
          onClose={close}
          send={async ({ url = "" }) => {
            setSecret((await api.ask(api.calls.POST("/api/v1/webhooks", { body: { url: url.trim() } }))).secret);
            reload();
          }}
        >
          {() => <Field label={t("webhooks.url")} name="url" />}
        </Ask>
      )}
      {open?.what === "remove" && open.of !== undefined && (
        <Ask
          title={t("webhooks.remove.title", { url: open.of.url })}
          text={t("webhooks.remove.text")}
          button={t("accounts.remove.do")}
          danger
          onClose={close}
          send={async () => {
            await api.ask(api.calls.DELETE("/api/v1/webhooks/{id}", { params: { path: { id: open.of?.id ?? "" } } }));
            setTold(undefined);
            announce(t("accounts.removed"));
            reload();
          }}
        />
      )}
    </section>
  );
}

function Deliveries({ of, url }: { readonly of: readonly Delivery[]; readonly url: string }) {
  const { t } = useWords();
  return (
    <>
      <h3>{t("webhooks.deliveries.of", { url })}</h3>
      {of.length === 0 ? (
        <p>{t("webhooks.deliveries.none")}</p>
      ) : (
        <Table
          caption={t("webhooks.deliveries.of", { url })}
          columns={(["number", "state", "tries", "status", "why"] as const).map((key) => ({ key, label: t(`column.${key}`) }))}
          rows={of.map(({ id, event, state, tries, status, reason }) => ({
            key: id,
            cells: [
              String(event),
              <Tag key="state" group="state" value={state} />,
              String(tries),
              status === undefined ? t("app.none") : String(status),
              reason === undefined ? t("app.none") : <Said key="why">{reason}</Said>,
            ],
          }))}
        />
      )}
    </>
  );
}
