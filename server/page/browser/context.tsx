import { createContext } from "preact";
import { useCallback, useContext, useEffect, useRef, useState } from "preact/hooks";
import type { Api } from "./api";
import type { Language } from "./language";
import type { Me, Turn } from "./shapes";
import { say, type TextKey, wordOf } from "./texts";

/** What every view needs. */
export interface Shared {
  readonly language: Language;
  readonly api: Api;
  readonly me: Me;
  /** Has a sentence read aloud, and shown for a while. */
  announce(text: string): void;
  /** Called at each turn of an operation that the reader may see; with nothing where some may have been missed. Gives what ends it. */
  onTurn(told: (turn: Turn | undefined) => void): () => void;
}

const Context = createContext<Shared | undefined>(undefined);
export const SharedProvider = Context.Provider;
export const LanguageContext = createContext<Language>("en");

export function useShared(): Shared {
  const shared = useContext(Context);
  if (shared === undefined) throw new Error("no view stands by itself");
  return shared;
}

/** How things are said in the reader's language. */
export function useWords() {
  const language = useContext(LanguageContext);
  return {
    language,
    t: (key: TextKey, values?: Readonly<Record<string, string | number>>) => say(language, key, values),
    word: (group: string, value: string) => wordOf(language, group, value),
    ...formatsOf(language),
  };
}

const kept = new Map<Language, ReturnType<typeof makeFormats>>();

function formatsOf(language: Language) {
  const formats = kept.get(language) ?? makeFormats(language);
  kept.set(language, formats);
  return formats;
}

// Making one takes longer than using it a hundred times.
function makeFormats(language: Language) {
  const moment = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" });
  const day = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
  const number = new Intl.NumberFormat(language);
  const units = (["hour", "minute", "second"] as const).map(
    (unit) => [unit, new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short" })] as const,
  );
  return {
    number: (value: number) => number.format(value),
    moment: (at: string) => moment.format(new Date(at)),
    day: (at: string) => day.format(new Date(at)),
    /** Of milliseconds, by its two largest units. */
    span: (ms: number) => {
      const seconds = Math.max(0, Math.round(ms / 1_000));
      const parts = { hour: Math.floor(seconds / 3_600), minute: Math.floor(seconds / 60) % 60, second: seconds % 60 };
      const first = units.findIndex(([unit]) => parts[unit] > 0);
      const shown = first === -1 ? units.slice(2) : units.slice(first, first + 2);
      return shown.map(([unit, format]) => format.format(parts[unit])).join(" ");
    },
  };
}

/** What was asked for, or what became of that. */
export interface Loaded<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly loading: boolean;
  reload(): void;
}

/** After a turn the view waits so long before it asks again: turns come in swarms. */
const SETTLE_MS = 400;

/**
 * Asks for something when the view is shown, and again after turns of operations. What there was stays until there is something newer.
 * @param key what it is about: another one is asked for anew
 * @param concerns whether a turn changes it. @default each does
 */
export function useLoaded<T>(
  key: string,
  load: (signal: AbortSignal) => Promise<T>,
  concerns: (turn: Turn) => boolean = () => true,
): Loaded<T> {
  const { onTurn } = useShared();
  const [found, setFound] = useState<{ readonly key: string; readonly data?: T; readonly error?: unknown; readonly loading: boolean }>({
    key,
    loading: true,
  });
  const [round, setRound] = useState(0);
  const latest = useRef({ load, concerns });
  latest.current = { load, concerns };
  // Another round asks for the same once more.
  useEffect(() => {
    const gone = new AbortController();
    setFound((was) => (was.key === key ? { ...was, loading: true } : { key, loading: true }));
    latest.current.load(gone.signal).then(
      (data) => !gone.signal.aborted && setFound({ key, data, loading: false }),
      (error: unknown) =>
        !gone.signal.aborted &&
        setFound((was) => ({ key, ...(was.key === key && was.data !== undefined ? { data: was.data } : {}), error, loading: false })),
    );
    return () => gone.abort();
  }, [key, round]);
  const reload = useCallback(() => setRound((one) => one + 1), []);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = onTurn((turn) => {
      if (turn !== undefined && !latest.current.concerns(turn)) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        reload();
      }, SETTLE_MS);
    });
    return () => {
      end();
      clearTimeout(timer);
    };
  }, [onTurn, reload]);
  const current = found.key === key ? found : { loading: true };
  return { ...current, reload };
}
