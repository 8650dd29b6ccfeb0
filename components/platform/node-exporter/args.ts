import type { ServiceArgs } from "../args";
import type { CertificatePair } from "../certificates";

/** Arguments of {@link NodeExporter}. */
export interface NodeExporterArgs extends ServiceArgs {
  /** What signs its certificate. @default an authority of its own */
  readonly authority?: CertificatePair;
}
