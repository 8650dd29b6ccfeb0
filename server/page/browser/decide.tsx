import { useRef, useState } from "preact/hooks";
import { Ask } from "./actions";
import { focusWrong, useAsked, valuesOf } from "./asked";
import { useShared, useWords } from "./context";
import { Failure, Field } from "./parts";
import { may } from "./roles";
import type { Environment, Operation, Plan } from "./shapes";

/** The decision on a plan: bound to its digest, and what is dangerous is typed by name. */
export function Decide({
  plan,
  of,
  labels,
  reload,
}: {
  readonly plan: Plan;
  readonly of: Operation;
  readonly labels: Environment["labels"] | undefined;
  readonly reload: () => void;
}) {
  const { api, me, announce } = useShared();
  const { t } = useWords();
  const [wrong, setWrong] = useState<Readonly<Record<string, string>>>({});
  const [rejecting, setRejecting] = useState(false);
  const { busy, error, ask } = useAsked();
  const form = useRef<HTMLFormElement>(null);
  const { digest, needs, fourEyes } = plan;
  const isApprover = may(me.roles, "approver", labels);
  const isOwn = fourEyes && of.askedBy === me.id;
  const reject = (
    <button type="button" onClick={() => setRejecting(true)}>
      {t("decide.reject")}
    </button>
  );
  const approve = (event: Event) => {
    event.preventDefault();
    if (form.current === null) return;
    const values = valuesOf(form.current);
    const found = Object.fromEntries(
      needs.filter((name) => (values[name] ?? "").trim() !== name).map((name) => [name, t("act.type.wrong", { name })]),
    );
    setWrong(found);
    if (Object.keys(found).length > 0) return focusWrong(form.current);
    void ask(async () => {
      await api.ask(
        api.calls.POST("/api/v1/operations/{id}/approval", { params: { path: { id: of.id } }, body: { digest, names: [...needs] } }),
      );
      announce(t("decide.approved"));
      // What had the focus is gone once it has begun.
      document.getElementById("plan")?.focus();
      reload();
    });
  };
  return (
    <section class="decide" aria-labelledby="decide">
      <h3 id="decide">{t("decide.title")}</h3>
      {!isApprover || isOwn ? (
        <>
          <p>{t(isApprover ? "decide.foureyes" : "decide.role")}</p>
          {(isApprover || may(me.roles, "operator", labels)) && <div class="buttons">{reject}</div>}
        </>
      ) : (
        <form ref={form} noValidate onSubmit={approve}>
          <p>{t("decide.text", { digest: digest.slice(0, 12) })}</p>
          {needs.length > 0 && <p class="strong">{t("decide.cannotundo")}</p>}
          {needs.map((name) => (
            <Field key={name} label={t("decide.type", { name })} name={name} wrong={wrong[name]} />
          ))}
          {error !== undefined && <Failure error={error} focus />}
          <div class="buttons">
            <button type="submit" class={needs.length > 0 ? "danger" : "primary"} aria-disabled={busy}>
              {t("decide.approve")}
            </button>
            {reject}
          </div>
        </form>
      )}
      {rejecting && (
        <Ask
          title={t("decide.reject.title")}
          text={t("decide.reject.text")}
          button={t("decide.reject.do")}
          onClose={() => setRejecting(false)}
          check={({ reason = "" }) => (reason.trim() === "" ? { reason: t("act.required") } : {})}
          send={async ({ reason = "" }) => {
            await api.ask(
              api.calls.POST("/api/v1/operations/{id}/rejection", { params: { path: { id: of.id } }, body: { reason: reason.trim() } }),
            );
            announce(t("decide.rejected"));
            reload();
          }}
        >
          {(missing) => <Field label={t("decide.reject.reason")} name="reason" rows={3} wrong={missing.reason} />}
        </Ask>
      )}
    </section>
  );
}
