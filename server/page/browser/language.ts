/** The languages that the page speaks. */
export type Language = "en" | "ko";

/** The first that there is of what somebody reads. */
export function languageOf(read: readonly string[]): Language {
  for (const each of read) {
    if (/^ko\b/i.test(each)) return "ko";
    if (/^en\b/i.test(each)) return "en";
  }
  return "en";
}
