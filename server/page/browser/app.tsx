import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Api, ApiError, type StreamState } from "./api";
import { Audit } from "./audit";
import { Cluster } from "./cluster";
import { LanguageContext, type Shared, SharedProvider, useWords } from "./context";
import { Fleet } from "./fleet";
import type { Language } from "./language";
import { LoginError } from "./oidc";
import { Operation } from "./operation";
import { Operations } from "./operations";
import { Failure, Loading } from "./parts";
import { chooseLanguage, chooseTheme, languageChosen, type Theme, themeChosen } from "./preferences";
import { may } from "./roles";
import { hashOf, isSameView, type Place, placeOf } from "./router";
import type { Session } from "./session";
import type { Me, Turn } from "./shapes";

/** How far the log-in is. */
type Stage =
  | { readonly kind: "starting" }
  | { readonly kind: "out"; readonly why?: "ended"; readonly error?: unknown }
  | { readonly kind: "in"; readonly me: Me };

/** The page. @param session undefined: nobody can log in */
export function App({ session }: { readonly session: Session | undefined }) {
  const [language, setLanguage] = useState<Language>(languageChosen);
  const [stage, setStage] = useState<Stage>({ kind: "starting" });
  const api = useMemo(() => session && new Api(session), [session]);
  useEffect(() => {
    if (session === undefined || api === undefined) return;
    session.onEnd = () => setStage({ kind: "out", why: "ended" });
    const start = async () => {
      if (!(await session.start())) return setStage({ kind: "out" });
      setStage({ kind: "in", me: await api.ask<Me>("/api/v1/me") });
    };
    start().catch((error: unknown) => setStage({ kind: "out", error }));
  }, [session, api]);
  const change = (to: Language) => {
    chooseLanguage(to);
    setLanguage(to);
  };
  return (
    <LanguageContext.Provider value={language}>
      {stage.kind === "in" && api !== undefined && session !== undefined ? (
        <Inside {...{ session, api, language }} me={stage.me} onLanguage={change} />
      ) : (
        <Outside {...{ session, stage, language }} onLanguage={change} />
      )}
    </LanguageContext.Provider>
  );
}

interface Languages {
  readonly language: Language;
  readonly onLanguage: (to: Language) => void;
}

function Outside({ session, stage, language, onLanguage }: { readonly session: Session | undefined; readonly stage: Stage } & Languages) {
  const { t } = useWords();
  const [failed, setFailed] = useState<unknown>();
  useEffect(() => {
    document.title = `${t("login.title")} – ${t("app.title")}`;
  });
  const error = failed ?? (stage.kind === "out" ? stage.error : undefined);
  const begin = () => {
    setFailed(undefined);
    session?.begin().catch(setFailed);
  };
  return (
    <>
      <header class="top">
        <span class="brand">{t("app.title")}</span>
        <Display language={language} onLanguage={onLanguage} />
      </header>
      <main class="login">
        {session === undefined ? (
          <>
            <h1>{t("login.missing")}</h1>
            <p>{t("login.missing.text")}</p>
          </>
        ) : stage.kind === "starting" ? (
          <>
            <h1 class="unseen">{t("login.title")}</h1>
            <Loading />
          </>
        ) : (
          <>
            <h1>{t("login.title")}</h1>
            {stage.kind === "out" && stage.why === "ended" && (
              <p class="note warn" role="status">
                {t("login.ended")}
              </p>
            )}
            {error !== undefined && <NotIn error={error} />}
            <p>{t("login.text")}</p>
            <button type="button" class="primary" onClick={begin}>
              {t("login.button")}
            </button>
          </>
        )}
      </main>
    </>
  );
}

function NotIn({ error }: { readonly error: unknown }) {
  const { t } = useWords();
  if (error instanceof ApiError) return <Failure error={error} />;
  const text = error instanceof LoginError ? t("login.failed.text", { reason: error.message }) : t("login.unreached");
  return (
    <div class="failure" role="alert">
      <p class="strong">{t("login.failed")}</p>
      <p>{text}</p>
    </div>
  );
}

function Inside({ session, api, me, language, onLanguage }: { readonly session: Session; readonly api: Api; readonly me: Me } & Languages) {
  const { t } = useWords();
  const place = usePlace();
  const [said, setSaid] = useState({ text: "", number: 0 });
  const { stream, onTurn } = useTurns(api);
  const shared = useMemo<Shared>(
    () => ({ language, api, me, onTurn, announce: (text) => setSaid(({ number }) => ({ text, number: number + 1 })) }),
    [language, api, me, onTurn],
  );
  useEffect(() => {
    const timer = setTimeout(() => setSaid((was) => (was.number === said.number ? { ...was, text: "" } : was)), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [said.number]);
  const wasLost = useRef(false);
  useEffect(() => {
    if (stream === "lost") wasLost.current = true;
    else if (stream === "open" && wasLost.current) {
      wasLost.current = false;
      shared.announce(t("app.again"));
    }
  });
  const links = [
    [{ view: "fleet", filter: {} }, "nav.fleet", true],
    [{ view: "operations", filter: {} }, "nav.operations", true],
    [{ view: "audit" }, "nav.audit", may(me.roles, "administrator")],
  ] as const satisfies readonly (readonly [Place, string, boolean])[];
  return (
    <SharedProvider value={shared}>
      <button type="button" class="skip" onClick={() => document.getElementById("main")?.focus()}>
        {t("app.skip")}
      </button>
      <header class="top">
        <a class="brand" href="#/">
          {t("app.title")}
        </a>
        <nav aria-label={t("app.nav")}>
          <ul>{links.map(([to, key, isOffered]) => isOffered && <NavLink key={key} to={to} now={place} label={t(key)} />)}</ul>
        </nav>
        <Display language={language} onLanguage={onLanguage} />
        <Menu label={t("app.user", { name: me.name })}>
          <p class="strong">{t("app.roles")}</p>
          <Roles me={me} />
          <button type="button" onClick={() => session.end()}>
            {t("app.logout")}
          </button>
        </Menu>
      </header>
      <div role="status" class="announced">
        {stream === "lost" && <p class="note warn">{t("app.lost")}</p>}
        {said.text !== "" && (
          <p class="note good" key={said.number}>
            {said.text}
          </p>
        )}
      </div>
      <main id="main" tabIndex={-1}>
        <View place={place} />
      </main>
    </SharedProvider>
  );
}

/** So long a sentence is shown that somebody was told. */
const SHOWN_MS = 8_000;

function NavLink({ to, now, label }: { readonly to: Place; readonly now: Place; readonly label: string }) {
  const isHere =
    to.view === now.view || (to.view === "fleet" && now.view === "cluster") || (to.view === "operations" && now.view === "operation");
  return (
    <li>
      <a href={hashOf(to)} {...(isHere ? { "aria-current": to.view === now.view ? "page" : "true" } : {})}>
        {label}
      </a>
    </li>
  );
}

function Roles({ me }: { readonly me: Me }) {
  const { t, word } = useWords();
  if (me.roles.length === 0) return <p>{t("role.none")}</p>;
  return (
    <ul>
      {me.roles.map(({ role, label }) => (
        <li key={`${role} ${label?.name} ${label?.value}`}>
          {label === undefined ? word("role", role) : t("role.where", { role: word("role", role), label: label.name, value: label.value })}
        </li>
      ))}
    </ul>
  );
}

/** Language and colours. */
function Display({ language, onLanguage }: Languages) {
  const { t } = useWords();
  const [theme, setTheme] = useState<Theme | undefined>(themeChosen);
  return (
    <Menu label={t("app.settings")} name="display">
      <div class="field">
        <label for="language">{t("app.language")}</label>
        <select id="language" value={language} onChange={({ currentTarget }) => onLanguage(currentTarget.value === "ko" ? "ko" : "en")}>
          <option value="ko" lang="ko">
            한국어
          </option>
          <option value="en" lang="en">
            English
          </option>
        </select>
      </div>
      <div class="field">
        <label for="theme">{t("app.theme")}</label>
        <select
          id="theme"
          value={theme ?? "system"}
          onChange={({ currentTarget: { value } }) => {
            const chosen = value === "light" || value === "dark" ? value : undefined;
            chooseTheme(chosen);
            setTheme(chosen);
          }}
        >
          {(["system", "light", "dark"] as const).map((each) => (
            <option key={each} value={each}>
              {t(`app.theme.${each}`)}
            </option>
          ))}
        </select>
      </div>
    </Menu>
  );
}

/** What opens from the bar at the top. Escape closes it, and so does a press elsewhere. */
function Menu({ label, name = "", children }: { readonly label: string; readonly name?: string; readonly children: ComponentChildren }) {
  const box = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const pressed = ({ target }: Event) => {
      if (box.current !== null && target instanceof Node && !box.current.contains(target)) box.current.open = false;
    };
    addEventListener("pointerdown", pressed);
    return () => removeEventListener("pointerdown", pressed);
  }, []);
  const close = ({ key }: KeyboardEvent) => {
    if (key !== "Escape" || box.current?.open !== true) return;
    box.current.open = false;
    box.current.querySelector("summary")?.focus();
  };
  return (
    <details ref={box} class={`menu ${name}`} onKeyDown={close}>
      <summary>{label}</summary>
      <div>{children}</div>
    </details>
  );
}

function View({ place }: { readonly place: Place }) {
  const { t } = useWords();
  const narrow = (to: Place) => {
    history.replaceState(null, "", hashOf(to));
    dispatchEvent(new HashChangeEvent("hashchange"));
  };
  switch (place.view) {
    case "fleet":
      return <Fleet filter={place.filter} onFilter={(filter) => narrow({ view: "fleet", filter: filter as Record<string, string> })} />;
    case "cluster":
      return <Cluster key={place.name} name={place.name} />;
    case "operations":
      return <Operations filter={place.filter} onFilter={(filter) => narrow({ view: "operations", filter })} />;
    case "operation":
      return <Operation key={place.id} id={place.id} />;
    case "audit":
      return <Audit />;
    case "nowhere":
      return (
        <>
          <h1 tabIndex={-1}>{t("app.nowhere")}</h1>
          <p>{t("app.nowhere.text")}</p>
          <p>
            <a href="#/">{t("app.home")}</a>
          </p>
        </>
      );
  }
}

/** Where the reader is. On the way to another view the focus goes to its heading, so that it is read aloud, and the window to its top. */
function usePlace(): Place {
  const { t } = useWords();
  const [place, setPlace] = useState(() => placeOf(location.hash));
  const shown = useRef(place);
  useEffect(() => {
    const changed = () => setPlace(placeOf(location.hash));
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  useLayoutEffect(() => {
    const heading = document.querySelector<HTMLElement>("main h1");
    document.title = `${titleOf(place, t)} – ${t("app.title")}`;
    if (isSameView(shown.current, place)) return;
    shown.current = place;
    scrollTo(0, 0);
    heading?.focus({ preventScroll: true });
  });
  return place;
}

function titleOf(place: Place, t: ReturnType<typeof useWords>["t"]): string {
  if (place.view === "cluster") return place.name;
  if (place.view === "operation") return t("operations.title");
  return t(place.view === "nowhere" ? "app.nowhere" : `nav.${place.view}`);
}

/** After so long the lists are asked for anew where the service tells of no turns. */
const LOOK_MS = 30_000;

/** Turns of operations, from one stream for the whole page. */
function useTurns(api: Api): { readonly stream: StreamState | undefined; readonly onTurn: Shared["onTurn"] } {
  const [stream, setStream] = useState<StreamState | undefined>();
  const told = useRef(new Set<(turn: Turn | undefined) => void>());
  useEffect(() => {
    const gone = new AbortController();
    let timer: ReturnType<typeof setInterval> | undefined;
    const tell = (turn: Turn | undefined) => {
      for (const each of told.current) each(turn);
    };
    const now = (state: StreamState) => {
      if (gone.signal.aborted) return;
      setStream((was) => {
        // What happened meanwhile may be missing.
        if (was === "lost" && state === "open") tell(undefined);
        return state;
      });
    };
    const look = () => {
      timer ??= setInterval(() => tell(undefined), LOOK_MS);
    };
    api.follow("/api/v1/events", ({ data }) => tell(JSON.parse(data) as Turn), now, gone.signal).then(look, look);
    return () => {
      gone.abort();
      clearInterval(timer);
    };
  }, [api]);
  const onTurn = useMemo<Shared["onTurn"]>(
    () => (listener) => {
      told.current.add(listener);
      return () => told.current.delete(listener);
    },
    [],
  );
  return { stream, onTurn };
}
