import { type CustomResourceOptions, type InvokeOptions, mergeOptions, runtime } from "@pulumi/pulumi";

/*
 * Typed bindings of the vSphere provider, for no npm package of it is published: names, tokens and shapes of `@pulumi/vsphere`, as far as this
 * project uses them, so that the package can take their place by other import paths alone.
 */

/** The provider plugin that the bindings are for, and that the engine is asked for. */
export const VERSION = "4.17.0";

/** The options with the plugin's version, unless they name one. */
export function versioned(options: CustomResourceOptions = {}): CustomResourceOptions {
  return mergeOptions({ version: VERSION }, options);
}

/** Calls a function of the provider. */
export function call<Result>(name: string, args: object, options: InvokeOptions = {}): Promise<Result> {
  return runtime.invoke(`vsphere:index/${name}:${name}`, { ...args }, { version: VERSION, ...options });
}
