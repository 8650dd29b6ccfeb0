import { type Language, languageOf } from "./language";

/* What the reader has chosen; kept by the browser, since it is no secret. */

export type Theme = "light" | "dark";

const LANGUAGE = "kpaas.language";
const THEME = "kpaas.theme";

/** What was chosen, else what the browser is set to. */
export function languageChosen(): Language {
  const kept = read(LANGUAGE);
  if (kept === "en" || kept === "ko") return kept;
  return languageOf(navigator.languages);
}

/** What was chosen; undefined: as the system has it. */
export function themeChosen(): Theme | undefined {
  const kept = read(THEME);
  return kept === "light" || kept === "dark" ? kept : undefined;
}

export function chooseLanguage(language: Language): void {
  write(LANGUAGE, language);
  apply();
}

export function chooseTheme(theme: Theme | undefined): void {
  write(THEME, theme);
  apply();
}

/** Tells the document. */
export function apply(): void {
  const root = document.documentElement;
  root.lang = languageChosen();
  const theme = themeChosen();
  if (theme === undefined) delete root.dataset.theme;
  else root.dataset.theme = theme;
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    // A browser that keeps nothing: what it is set to holds.
    return null;
  }
}

function write(key: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // It holds until the page is left.
  }
}
