import type { IngressArgs } from "../ingress/args";

/** Arguments of {@link Traefik}. */
export interface TraefikArgs extends IngressArgs {
  /** Whether it serves the Gateway API too, whose definitions must be there. @default false */
  readonly gateways?: boolean;
}
