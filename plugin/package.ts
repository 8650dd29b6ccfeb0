import type { Properties, Provider } from "./rpc/provider";

/** What serves one type of resource. */
export type ResourceProvider = Pick<Provider, "check" | "diff" | "create" | "update" | "read" | "delete">;

/**
 * The package `kpaas`.
 * @param types a provider for each of its types, by type token
 * @param settle takes what a provider's configuration says. @default it says nothing
 */
export function kpaasPackage(
  version: string,
  types: Readonly<Record<string, ResourceProvider>>,
  settle: (args: Properties) => void = () => undefined,
): Provider {
  const of = (type: string): ResourceProvider => {
    const provider = types[type];
    if (provider === undefined) throw new Error(`the package kpaas has no resource ${type}`);
    return provider;
  };
  return {
    name: "kpaas",
    version,
    acceptsSecrets: true,
    configure: async (args) => settle(args),
    check: async (call) => await of(call.type).check(call),
    diff: async (call) => await of(call.type).diff(call),
    create: async (call) => await of(call.type).create(call),
    update: async (call) => await of(call.type).update(call),
    read: async (call) => await of(call.type).read(call),
    delete: async (call) => await of(call.type).delete(call),
  };
}
