import { useRef, useState } from "preact/hooks";
import { ApiError } from "./api";
import { useAsked, valuesOf } from "./asked";
import { useShared, useWords } from "./context";
import { around, differenceOf } from "./difference";
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
  const [theirs, setTheirs] = useState<Theirs | undefined>();
  const end = () => {
    setTheirs(undefined);
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
      const path = { name: of.name };
      try {
        await api.ask(api.calls.PUT("/api/v1/environments/{name}", { params: { path }, body }));
      } catch (failure) {
        // Somebody else has changed it: what they have written is shown beside this.
        if (failure instanceof ApiError && failure.kind === "precondition-failed") {
          const { text: there, commit } = await api.ask(api.calls.GET("/api/v1/environments/{name}", { params: { path } }));
          setTheirs({ there, commit, written: body.text });
        }
        throw failure;
      }
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
          {theirs !== undefined && (
            <Difference
              of={theirs}
              onKeep={() => {
                setEdited({ text: theirs.written, commit: theirs.commit });
                setTheirs(undefined);
              }}
            />
          )}
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

/** A file that somebody else has changed meanwhile. */
interface Theirs {
  readonly there: string;
  readonly commit: string;
  readonly written: string;
}

const MARKS = { both: " ", first: "−", second: "+" } as const;

/** How what was written differs from what is there now; whoever has read that may go on with their own. */
function Difference({ of: { there, written }, onKeep }: { readonly of: Theirs; readonly onKeep: () => void }) {
  const { t } = useWords();
  return (
    <section aria-labelledby="difference">
      <h3 id="difference">{t("cluster.file.differs")}</h3>
      <p>{t("cluster.file.differs.text")}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is wider or longer than its place is scrolled by keyboard too. */}
      <pre class="difference" tabIndex={0}>
        {around(differenceOf(there, written)).map((line, index) => (
          <span key={`${index}`} class={line?.of ?? "left"}>
            {line === undefined ? "…" : `${MARKS[line.of]} ${line.text}`}
            {"\n"}
          </span>
        ))}
      </pre>
      <button type="button" onClick={onKeep}>
        {t("cluster.file.differs.keep")}
      </button>
    </section>
  );
}
