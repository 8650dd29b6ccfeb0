import { useState } from "preact/hooks";

/** Something that is asked of the service by a button: whether it is under way, and what went wrong. */
export function useAsked(): { readonly busy: boolean; readonly error: unknown; ask(asking: () => Promise<void>): Promise<void> } {
  const [now, setNow] = useState<{ readonly busy: boolean; readonly error?: unknown }>({ busy: false });
  return {
    ...{ busy: now.busy, error: now.error },
    ask: async (asking) => {
      // A second press while the first is under way asks for nothing more.
      if (now.busy) return;
      setNow({ busy: true });
      try {
        await asking();
        setNow({ busy: false });
      } catch (error) {
        setNow({ busy: false, error });
      }
    },
  };
}

/** What a form holds, by the names of its fields. */
export function valuesOf(form: HTMLFormElement): Readonly<Record<string, string>> {
  return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
}

/** Puts the focus on the first field that something is wrong with, once that is shown. */
export function focusWrong(form: HTMLFormElement): void {
  requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
}
