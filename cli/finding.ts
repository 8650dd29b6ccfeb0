/** One thing looked at. */
export interface Finding {
  readonly name: string;
  /** `warning`: something other than the sandbox lacks it. */
  readonly status: "ok" | "warning" | "missing";
  readonly detail: string;
  readonly remedy?: string;
}
