import type { LoadedEnvironment } from "../stacks/load";

/** A line that says a lock is missing or outdated; nothing where it is current or the file could not be planned. */
export function lockNotice(loaded: LoadedEnvironment): string[] {
  const state = loaded.planned?.lockState ?? "current";
  if (state === "current") return [];
  return [`${loaded.name}: the lock file is ${state}; \`kpaas lock ${loaded.name}\` writes it`];
}
