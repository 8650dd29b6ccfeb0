import type { Input } from "@pulumi/pulumi";

/** Where the platform's certificate comes from. `key` is secret. */
export type PlatformTlsArgs =
  | { readonly kind: "selfSigned"; readonly domain: string }
  | { readonly kind: "provided"; readonly domain: string; readonly certificate: Input<string>; readonly key: Input<string> };
