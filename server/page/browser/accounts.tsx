import { useState } from "preact/hooks";
import { Ask } from "./actions";
import { useAsked } from "./asked";
import { useLoaded, useShared, useWords } from "./context";
import { Failure, Field, Loading, Said } from "./parts";
import type { Account, AccountForm, Tried } from "./shapes";
import { Table } from "./table";

type Values = Readonly<Record<string, string>>;

/** Cloud accounts: they are added, tried out, given other credentials and removed; what they hold is shown to nobody. */
export function Accounts() {
  const { api, announce } = useShared();
  const { t } = useWords();
  const { data, error, reload } = useLoaded(
    "accounts",
    async (signal) => ({
      accounts: await api.all(({ limit, after }) =>
        api.calls.GET("/api/v1/accounts", { params: { query: { limit, after: Number(after ?? 0) } }, signal }),
      ),
      forms: (await api.ask(api.calls.GET("/api/v1/accounts/forms", { signal }))).items,
    }),
    () => false,
  );
  const [open, setOpen] = useState<{ readonly what: "add" | "change" | "remove"; readonly of?: Account } | undefined>();
  const [provider, setProvider] = useState<AccountForm["provider"] | undefined>();
  const [tried, setTried] = useState<{ readonly name: string; readonly result: Tried } | undefined>();
  const asked = useAsked();
  const close = () => setOpen(undefined);
  const form = data?.forms.find((each) => each.provider === (open?.of?.provider ?? provider)) ?? data?.forms[0];
  const done = (said: string) => {
    announce(said);
    reload();
  };
  const tryOut = ({ id, name }: Account) =>
    asked.ask(async () => {
      setTried(undefined);
      const result = await api.ask(api.calls.POST("/api/v1/accounts/{id}/test", { params: { path: { id } } }));
      if (result.good) announce(t("accounts.good", { name }));
      else setTried({ name, result });
    });
  return (
    <section aria-labelledby="accounts">
      <h2 id="accounts">{t("accounts.title")}</h2>
      <p>{t("accounts.text")}</p>
      {error !== undefined && <Failure error={error} onRetry={reload} />}
      {data === undefined && error === undefined && <Loading />}
      {asked.error !== undefined && <Failure error={asked.error} focus />}
      {tried !== undefined && (
        <div class="failure" role="alert">
          <p class="strong">{t("accounts.bad", { name: tried.name })}</p>
          <p>
            {tried.result.path !== undefined && <code>{tried.result.path}</code>}{" "}
            <Said>{`${tried.result.reason}: ${tried.result.remedy}`}</Said>
          </p>
        </div>
      )}
      {data !== undefined && data.accounts.length === 0 && <p>{t("accounts.none")}</p>}
      {data !== undefined && data.accounts.length > 0 && (
        <Table
          caption={t("accounts.title")}
          columns={(["name", "provider", "region", "project", "environments", "do"] as const).map((key) => ({
            key,
            label: t(`column.${key}`),
          }))}
          rows={data.accounts.map((account) => ({
            key: String(account.id),
            cells: [
              account.name,
              account.provider,
              account.region ?? t("app.none"),
              account.project ?? account.site ?? t("app.none"),
              account.environments.join(", ") || t("app.none"),
              <div key="do" class="buttons">
                {data.forms.some((each) => each.provider === account.provider && each.makes) && (
                  <button
                    type="button"
                    aria-disabled={asked.busy}
                    aria-label={`${t("accounts.test")}: ${account.name}`}
                    onClick={() => tryOut(account)}
                  >
                    {t("accounts.test")}
                  </button>
                )}
                <button
                  type="button"
                  aria-label={`${t("accounts.change")} ${account.name}`}
                  onClick={() => setOpen({ what: "change", of: account })}
                >
                  {t("accounts.change")}
                </button>
                <button
                  type="button"
                  aria-label={`${t("accounts.remove")} ${account.name}`}
                  onClick={() => setOpen({ what: "remove", of: account })}
                >
                  {t("accounts.remove")}
                </button>
              </div>,
            ],
          }))}
        />
      )}
      {form !== undefined && (
        <div class="buttons">
          <label>
            {t("accounts.cloud")}{" "}
            <select value={form.provider} onChange={(event) => setProvider(event.currentTarget.value as AccountForm["provider"])}>
              {data?.forms.map((each) => (
                <option key={each.provider} value={each.provider}>
                  {each.provider}
                </option>
              ))}
            </select>
          </label>
          <button type="button" onClick={() => setOpen({ what: "add" })}>
            {t("accounts.add")}
          </button>
        </div>
      )}
      {open?.what === "add" && form !== undefined && (
        <Ask
          title={t("accounts.add.title", { provider: form.provider })}
          text={t("accounts.text")}
          button={t("accounts.add.do")}
          onClose={close}
          send={async ({ name = "", ...values }) => {
            const { region, project, site } = values;
            const where = { ...(region ? { region } : {}), ...(project ? { project } : {}), ...(site ? { site } : {}) };
            const body = { name, provider: form.provider, ...where, credentials: credentialsIn(values) };
            await api.ask(api.calls.POST("/api/v1/accounts", { body }));
            done(t("accounts.added"));
          }}
        >
          {() => (
            <>
              <Field label={t("account.name")} name="name" />
              {form.needs.map((need) => (
                <Field key={need} label={t(`account.${need as "region"}`)} name={need} />
              ))}
              <Credentials of={form} />
            </>
          )}
        </Ask>
      )}
      {open?.what === "change" && open.of !== undefined && form !== undefined && (
        <Ask
          title={t("accounts.change.title", { name: open.of.name })}
          text={t("accounts.text")}
          button={t("accounts.change.do")}
          onClose={close}
          send={async (values) => {
            const params = { path: { id: open.of?.id ?? 0 } };
            await api.ask(api.calls.PATCH("/api/v1/accounts/{id}", { params, body: { credentials: credentialsIn(values) } }));
            done(t("accounts.changed"));
          }}
        >
          {() => <Credentials of={form} />}
        </Ask>
      )}
      {open?.what === "remove" && open.of !== undefined && (
        <Ask
          title={t("accounts.remove.title", { name: open.of.name })}
          text={t("accounts.remove.text")}
          button={t("accounts.remove.do")}
          danger
          onClose={close}
          send={async () => {
            await api.ask(api.calls.DELETE("/api/v1/accounts/{id}", { params: { path: { id: open.of?.id ?? 0 } } }));
            done(t("accounts.removed"));
          }}
        />
      )}
    </section>
  );
}

/** What a cloud calls its credentials is the same in every language. */
function Credentials({ of: { credentials } }: { readonly of: AccountForm }) {
  return (
    <>
      {credentials.map((each) => (
        <Field
          key={each}
          label={<Said>{each}</Said>}
          name={`${PREFIX}${each}`}
          type={/url|user|server|Id$/i.test(each) ? "text" : "password"}
        />
      ))}
    </>
  );
}

const PREFIX = "credentials.";

function credentialsIn(values: Values): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (name.startsWith(PREFIX) ? [[name.slice(PREFIX.length), value]] : [])),
  );
}
