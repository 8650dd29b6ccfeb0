import type { Host } from "../../model/hosts";
import type { CloudOptions } from "../../model/plan/types";

/** What only existing hosts take, with its defaults. */
export interface ExistingOptions {
  readonly hosts: Readonly<Record<string, Host>>;
  readonly bastion?: string;
  readonly nfs?: string;
  readonly firewall: "nftables" | "none";
}

/** A cloud's options, taken as ours: whoever asks knows whose they are. */
export function existingOptions(options: CloudOptions): ExistingOptions {
  return options as ExistingOptions;
}
