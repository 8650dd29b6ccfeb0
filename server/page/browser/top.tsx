import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useWords } from "./context";
import type { Language } from "./language";
import { chooseTheme, type Theme, themeChosen } from "./preferences";
import { hashOf, type Place } from "./router";
import type { Me } from "./shapes";

/** The language that the page speaks, and how another one is chosen. */
export interface Languages {
  readonly language: Language;
  readonly onLanguage: (to: Language) => void;
}

/** A view's link; the one that is shown is said to be. */
export function NavLink({ to, now, label }: { readonly to: Place; readonly now: Place; readonly label: string }) {
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

/** What the reader may do, and where. */
export function Roles({ me }: { readonly me: Me }) {
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
export function Display({ language, onLanguage }: Languages) {
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
export function Menu({
  label,
  name = "",
  children,
}: {
  readonly label: string;
  readonly name?: string;
  readonly children: ComponentChildren;
}) {
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
