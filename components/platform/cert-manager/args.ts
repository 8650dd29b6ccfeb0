import type { Input } from "@pulumi/pulumi";
import type { ServiceArgs } from "../args";

/**
 * Where the platform's cluster issuer takes certificates from: the platform's own CA, an ACME server (Let's Encrypt),
 * or nowhere: with a provided certificate there is nothing to issue from.
 */
export type PlatformIssuer =
  | { readonly kind: "ca"; readonly certificate: Input<string>; readonly key: Input<string> }
  | { readonly kind: "acme"; readonly email: string; readonly ingressClass: string }
  | { readonly kind: "none" };

/** Arguments of {@link CertManager}. */
export interface CertManagerArgs extends ServiceArgs {
  readonly issuer: PlatformIssuer;
}
