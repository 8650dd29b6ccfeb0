import { type Input, output, ProviderResource, type ResourceOptions } from "@pulumi/pulumi";
import { versioned } from "./utilities";

/** How the provider reaches vCenter. What is left out, it takes from `VSPHERE_USER`, `VSPHERE_PASSWORD`, `VSPHERE_SERVER`. */
export interface ProviderArgs {
  /** Whether a certificate that nobody known has signed is taken. @default `VSPHERE_ALLOW_UNVERIFIED_SSL`, else false */
  readonly allowUnverifiedSsl?: Input<boolean | undefined>;
  /** Secret. */
  readonly password?: Input<string | undefined>;
  /** Who logs in, `USER@DOMAIN`. */
  readonly user?: Input<string | undefined>;
  /** The host name or address of vCenter. */
  readonly vsphereServer?: Input<string | undefined>;
}

/** An instance of the vSphere provider. */
export class Provider extends ProviderResource {
  constructor(name: string, args: ProviderArgs = {}, opts?: ResourceOptions) {
    const { allowUnverifiedSsl, password, user, vsphereServer } = args;
    super("vsphere", name, { allowUnverifiedSsl: asJson(allowUnverifiedSsl), password, user, vsphereServer }, versioned(opts));
  }
}

/** What is no text travels to a provider's configuration as JSON. */
function asJson(value: Input<boolean | undefined> | undefined): Input<string | undefined> {
  return output(value).apply((plain) => (plain === undefined ? undefined : JSON.stringify(plain)));
}
