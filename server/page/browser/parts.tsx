import type { ComponentChildren } from "preact";
import { useEffect, useId, useLayoutEffect, useRef } from "preact/hooks";
import { ApiError, OfflineError } from "./api";
import { useShared, useWords } from "./context";
import type { Fault } from "./shapes";
import { Table } from "./table";

/** Words that have a colour too. */
const TONES: Readonly<Record<string, string>> = {
  ...{ up: "good", done: "good", created: "good", current: "good", kept: "good" },
  ...{ failed: "bad", lost: "bad", deleted: "bad", error: "bad", expired: "bad" },
  ...{
    planned: "warn",
    rebuilt: "warn",
    moved: "warn",
    restarted: "warn",
    warning: "warn",
    drifted: "warn",
    outdated: "warn",
    missing: "warn",
  },
  ...{ working: "busy", running: "busy", waiting: "busy" },
};

/** A word of the service's, with a colour; the word alone says all. */
export function Tag({ group, value, children }: { readonly group: string; readonly value: string; readonly children?: ComponentChildren }) {
  const { word } = useWords();
  return (
    <span class={`tag ${TONES[value] ?? "plain"}`}>
      <span class="dot" aria-hidden="true" />
      {children ?? word(group, value)}
    </span>
  );
}

/** What the service says in its own words, which are English. */
export function Said({ children }: { readonly children: ComponentChildren }) {
  return <span lang="en">{children}</span>;
}

export function Moment({ at }: { readonly at: string | undefined }) {
  const { moment, t } = useWords();
  return at === undefined ? t("app.none") : <time dateTime={at}>{moment(at)}</time>;
}

/** Somebody, by the service's name for them: the reader's own is known, of others what their issuer calls them by. */
export function Person({ id }: { readonly id: string }) {
  const { me } = useShared();
  return <span title={id}>{id === me.id ? me.name : id.slice(id.lastIndexOf("#") + 1)}</span>;
}

export function Loading() {
  const { t } = useWords();
  return (
    <p class="loading" role="status">
      {t("app.loading")}
    </p>
  );
}

/** Names and what they are. */
export function Facts({ of }: { readonly of: readonly (readonly [name: string, value: ComponentChildren] | undefined)[] }) {
  return (
    <dl class="facts">
      {of.map((fact) =>
        fact === undefined ? null : (
          <div key={fact[0]}>
            <dt>{fact[0]}</dt>
            <dd>{fact[1]}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

/** What went wrong: all of it, with the request's number. It takes the focus where somebody has just asked for something. */
export function Failure({
  error,
  onRetry,
  focus = false,
}: {
  readonly error: unknown;
  readonly onRetry?: () => void;
  readonly focus?: boolean;
}) {
  const { t, word } = useWords();
  const box = useRef<HTMLDivElement>(null);
  // Another failure is told like the first; before it is seen, so that nobody is elsewhere by then.
  useLayoutEffect(() => {
    if (focus) box.current?.focus();
  }, [error, focus]);
  const [title, text] =
    error instanceof OfflineError
      ? [t("error.offline"), t("error.offline.text")]
      : error instanceof ApiError
        ? [t("error.title"), undefined]
        : [t("error.unknown"), error instanceof Error ? error.message : String(error)];
  return (
    <div class="failure" role="alert" tabIndex={-1} ref={box}>
      <p class="strong">{title}</p>
      {text !== undefined && <p>{text}</p>}
      {error instanceof ApiError && (
        <>
          <p>
            {word("problem", error.kind) === error.kind ? <Said>{error.title}</Said> : word("problem", error.kind)}
            {error.detail !== undefined && error.problems.length === 0 && <Said>: {error.detail}</Said>}
          </p>
          {error.problems.length > 0 && <Faults faults={error.problems} caption={t("error.problems")} />}
          {error.requestId !== undefined && (
            <p class="small">
              {t("error.request")}: <code>{error.requestId}</code>
            </p>
          )}
        </>
      )}
      {onRetry !== undefined && (
        <button type="button" onClick={onRetry}>
          {t("app.retry")}
        </button>
      )}
    </div>
  );
}

/** All that is wrong, by path. */
export function Faults({ faults, caption }: { readonly faults: readonly Fault[]; readonly caption: string }) {
  const { t } = useWords();
  const weighed = faults.some(({ severity }) => severity !== undefined);
  const mended = faults.some(({ remedy }) => remedy !== undefined);
  return (
    <Table
      caption={caption}
      columns={[
        { key: "path", label: t("error.path") },
        ...(weighed ? [{ key: "severity", label: t("error.severity") }] : []),
        { key: "reason", label: t("error.reason") },
        ...(mended ? [{ key: "remedy", label: t("error.remedy") }] : []),
      ]}
      rows={faults.map(({ path, reason, remedy, severity }, index) => ({
        key: `${index}`,
        cells: [
          <code key="path">{path === "" ? "*" : path}</code>,
          ...(weighed ? [<Tag key="severity" group="severity" value={severity ?? "error"} />] : []),
          <Said key="reason">{reason}</Said>,
          ...(mended ? [remedy === undefined ? t("app.none") : <Said key="remedy">{remedy}</Said>] : []),
        ],
      }))}
    />
  );
}

/** A question that stands before all else. The browser keeps the focus within, Escape closes it, and the focus goes back to where it was. */
export function Dialog({
  title,
  onClose,
  children,
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}) {
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement;
    box.current?.showModal();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog ref={box} aria-labelledby={id} onClose={onClose}>
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}

/** A field with its label, what it wants, and what is wrong with it. */
export function Field(props: {
  readonly label: ComponentChildren;
  readonly name: string;
  readonly value?: string;
  readonly type?: "text" | "number" | "password";
  readonly hint?: string;
  readonly wrong?: string | undefined;
  readonly rows?: number;
  readonly options?: readonly string[];
}) {
  const { label, name, value = "", type = "text", hint, wrong, rows, options } = props;
  const id = useId();
  const described = [hint === undefined ? [] : [`${id}-hint`], wrong === undefined ? [] : [`${id}-wrong`]].flat().join(" ");
  const common = {
    ...{ id, name, required: true, "aria-invalid": wrong !== undefined, autocomplete: "off", spellcheck: false },
    ...(described === "" ? {} : { "aria-describedby": described }),
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint !== undefined && (
        <span id={`${id}-hint`} class="small">
          {hint}
        </span>
      )}
      {options !== undefined ? (
        <select {...common} defaultValue={value}>
          {options.map((option) => (
            <option key={option} value={option}>
              {option}
            </option>
          ))}
        </select>
      ) : rows !== undefined ? (
        <textarea {...common} rows={rows} defaultValue={value} />
      ) : type === "number" ? (
        <input {...common} type="number" inputMode="numeric" defaultValue={value} />
      ) : type === "password" ? (
        <input {...common} type="password" autocomplete="new-password" />
      ) : (
        <input {...common} type="text" defaultValue={value} />
      )}
      {wrong !== undefined && (
        <span id={`${id}-wrong`} class="wrong">
          {wrong}
        </span>
      )}
    </div>
  );
}
