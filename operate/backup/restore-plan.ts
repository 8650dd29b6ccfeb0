/** What a restore would do. */
export interface RestorePlan {
  readonly backup: string;
  /** When it was made, ISO 8601. */
  readonly made: string;
  readonly services: readonly { readonly name: string; readonly holds: string; readonly without?: string; readonly bytes: number }[];
  /** Who is let in no more, though the backup knows them. */
  readonly ended: readonly string[];
  /** The services that are stopped meanwhile. */
  readonly stopped: readonly string[];
}
