import type { Input } from "@pulumi/pulumi";

/** Where the platform's certificate comes from. `key` is secret. */
export type PlatformTlsArgs =
  | {
      readonly kind: "selfSigned";
      readonly domain: string;
      /** Numbers of its authorities: the first one signs, all of them are trusted. @default [1] */
      readonly authorities?: readonly number[];
    }
  | {
      readonly kind: "provided";
      readonly domain: string;
      readonly certificate: Input<string>;
      readonly key: Input<string>;
      /** What is trusted. PEM. @default the certificate itself */
      readonly authority?: Input<string>;
    };
