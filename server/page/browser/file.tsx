import { useRef, useState } from "preact/hooks";
import { useAsked, valuesOf } from "./asked";
import { useShared, useWords } from "./context";
import { Failure, Field } from "./parts";
import { may } from "./roles";
import type { WholeEnvironment } from "./shapes";

/** A cluster's file, which who may change environments can edit. */
export function File({ of, onSaved }: { readonly of: WholeEnvironment; readonly onSaved: () => void }) {
  const { me, api, announce } = useShared();
  const { t } = useWords();
  // The change is of what was read then, whoever has changed it since: the service tells that they differ.
  const [edited, setEdited] = useState<{ readonly text: string; readonly commit: string } | undefined>();
  const { busy, error, ask } = useAsked();
  const form = useRef<HTMLFormElement>(null);
  const change = useRef<HTMLButtonElement>(null);
  const end = () => {
    setEdited(undefined);
    requestAnimationFrame(() => change.current?.focus());
  };
  const save = (event: Event) => {
    event.preventDefault();
    if (form.current === null || edited === undefined) return;
    const { text = "" } = valuesOf(form.current);
    // A form has its lines end as on Windows.
    const body = { text: text.replaceAll("\r\n", "\n"), expects: edited.commit };
    void ask(async () => {
      await api.ask(`/api/v1/environments/${encodeURIComponent(of.name)}`, { method: "PUT", body });
      announce(t("cluster.file.saved"));
      end();
      onSaved();
    });
  };
  return (
    <section aria-labelledby="file">
      <h2 id="file">{t("cluster.file")}</h2>
      {edited === undefined ? (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is wider or longer than its place is scrolled by keyboard too. */}
          <pre tabIndex={0}>{of.text}</pre>
          {may(me.roles, "operator", of.labels) && (
            <button type="button" ref={change} onClick={() => setEdited({ text: of.text, commit: of.commit })}>
              {t("cluster.file.edit")}
            </button>
          )}
        </>
      ) : (
        <form ref={form} onSubmit={save}>
          <Field
            label={t("cluster.file.label")}
            name="text"
            value={edited.text}
            rows={Math.min(30, edited.text.split("\n").length + 2)}
            hint={t("cluster.file.note")}
          />
          {error !== undefined && <Failure error={error} focus />}
          <div class="buttons">
            <button type="submit" class="primary" aria-disabled={busy}>
              {t("cluster.file.save")}
            </button>
            <button type="button" onClick={end}>
              {t("app.cancel")}
            </button>
          </div>
        </form>
      )}
    </section>
  );
}
