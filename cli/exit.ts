/** The exit codes every command keeps to. */
export const EXIT = {
  done: 0,
  failed: 1,
  badInput: 2,
  refused: 3,
  interrupted: 130,
  /** What shells give for a command that was ended because nobody reads what it says any more. */
  readerGone: 141,
} as const;
