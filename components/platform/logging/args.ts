import type { ServiceArgs } from "../args";
import type { CertificatePair } from "../certificates";

/** Arguments of {@link Logging}. */
export interface LoggingArgs extends ServiceArgs {
  /** Storage class of the volume. Changing it replaces it. */
  readonly storageClass: string;
  /** True: the volume is protected against deletion. */
  readonly protectData: boolean;
  /** True: destroying the platform leaves the volume, and the namespace it is claimed in. */
  readonly retainData: boolean;
  /** Namespaces of those who send logs or ask for them, by client. Nobody else reaches it. */
  readonly clients: Readonly<Record<string, string>>;
  /** How long logs are kept: days or weeks. @default 7d */
  readonly retention?: string;
  /** What signs its certificate. @default an authority of its own */
  readonly authority?: CertificatePair;
}
