import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Api, ApiError } from "./api";
import { Audit } from "./audit";
import { Cluster } from "./cluster";
import { LanguageContext, type Shared, SharedProvider, useWords } from "./context";
import { Fleet } from "./fleet";
import type { Language } from "./language";
import { LoginError } from "./oidc";
import { Operation } from "./operation";
import { Operations } from "./operations";
import { Failure, Loading } from "./parts";
import { chooseLanguage, languageChosen } from "./preferences";
import { may } from "./roles";
import { hashOf, isSameView, type Place, placeOf } from "./router";
import type { Session } from "./session";
import { Settings } from "./settings";
import type { Me } from "./shapes";
import { Display, type Languages, Menu, NavLink, Roles } from "./top";
import { useTurns } from "./turns";

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
      setStage({ kind: "in", me: await api.ask(api.calls.GET("/api/v1/me")) });
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
  const [said, setSaid] = useState<readonly { readonly text: string; readonly number: number }[]>([]);
  const announced = useRef(0);
  const { stream, onTurn } = useTurns(api);
  const shared = useMemo<Shared>(
    () => ({
      ...{ language, api, me, onTurn },
      // One sentence does not push out another that nobody has read yet.
      announce: (text) => {
        const number = ++announced.current;
        setSaid((all) => [...all, { text, number }]);
        setTimeout(() => setSaid((all) => all.filter((each) => each.number !== number)), SHOWN_MS);
      },
    }),
    [language, api, me, onTurn],
  );
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
    [{ view: "settings" }, "nav.settings", may(me.roles, "administrator")],
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
        {said.map(({ text, number }) => (
          <p class="note good" key={number}>
            {text}
          </p>
        ))}
      </div>
      <main id="main" tabIndex={-1}>
        <View place={place} />
      </main>
    </SharedProvider>
  );
}

/** So long a sentence is shown that somebody was told. */
const SHOWN_MS = 8_000;

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
    case "settings":
      return <Settings />;
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
