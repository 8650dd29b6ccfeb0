/** What to do about a failure: in words, and what to type next where the same command cannot work. */
export interface Remedy {
  readonly text: string;
  readonly next?: string;
}
