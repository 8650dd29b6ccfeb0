import { type CustomResourceOptions, type InvokeOptions, mergeOptions, runtime } from "@pulumi/pulumi";
import { PLUGIN_VERSION } from "../plugin-version";

/*
 * Typed bindings of the vSphere provider, for no npm package of it is published: names, tokens and shapes of `@pulumi/vsphere`, as far as this
 * project uses them, so that the package can take their place by other import paths alone.
 */

/** The options with the plugin's version, unless they name one. */
export function versioned(options: CustomResourceOptions = {}): CustomResourceOptions {
  return mergeOptions({ version: PLUGIN_VERSION }, options);
}

/** Calls a function of the provider. */
export function call<Result>(name: string, args: object, options: InvokeOptions = {}): Promise<Result> {
  return runtime.invoke(`vsphere:index/${name}:${name}`, { ...args }, { version: PLUGIN_VERSION, ...options });
}
