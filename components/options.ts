import { type ComponentResourceOptions, InputPropertyError, type ProviderResource, type Resource } from "@pulumi/pulumi";

/** The options a component of ours is registered with. */
export interface OwnOptions {
  /** Without protection, which the engine would hand on to every child: a protected machine could never leave. */
  readonly options: ComponentResourceOptions;
  /** Whether data volumes below the component are protected, whatever its arguments say. */
  readonly protectsData: boolean;
}

/**
 * Reads what a user gave a component. `providers`, `dependsOn`, `aliases` and `transforms` reach the children as Pulumi hands them on; `protect`
 * reaches data volumes only.
 * @throws InputPropertyError for `ignoreChanges`, which nothing of a component listens to
 */
export function ownOptions(opts: ComponentResourceOptions = {}): OwnOptions {
  if (opts.ignoreChanges !== undefined && opts.ignoreChanges.length > 0) {
    throw new InputPropertyError({
      propertyPath: "ignoreChanges",
      reason: "has no effect on a component; give `transforms`, which can set it on the resources that are meant",
    });
  }
  const protect = opts.protect ?? inheritedProtection(opts.parent);
  return { options: protect === undefined ? opts : { ...opts, protect: false }, protectsData: protect === true };
}

/** The provider of a package that the options give, or that the parents hand on. */
export function providerIn(pkg: string, opts: ComponentResourceOptions = {}): ProviderResource | undefined {
  return ownProvider(pkg, opts) ?? opts.parent?.getProvider(`${pkg}:index:any`);
}

/** The provider of a package that the options themselves give. */
export function ownProvider(pkg: string, { provider, providers = [] }: ComponentResourceOptions = {}): ProviderResource | undefined {
  const given = Array.isArray(providers) ? providers : Object.values(providers);
  return [provider, ...given].find((each) => each !== undefined && packageOf(each) === pkg);
}

/** @throws InputPropertyError where the options give a provider of the cluster that the component itself makes */
export function refuseClusterProvider(opts: ComponentResourceOptions | undefined): void {
  if (ownProvider("kubernetes", opts) === undefined) return;
  throw new InputPropertyError({
    propertyPath: "providers",
    reason:
      "holds a kubernetes provider, but the objects go into the cluster that is made here, through a provider of its own: leave it out",
  });
}

/** @throws InputPropertyError where no kubernetes provider is given: the objects would go wherever the kubeconfig of the day leads */
export function requireClusterProvider(opts: ComponentResourceOptions | undefined): void {
  if (providerIn("kubernetes", opts) !== undefined) return;
  throw new InputPropertyError({
    propertyPath: "providers",
    reason:
      "holds no kubernetes provider, so nothing says which cluster is meant: give `{ provider }` of @pulumi/kubernetes, or a parent that has one",
  });
}

/** The SDK asks for it too, and has no public name for it. */
function packageOf(provider: ProviderResource & { getPackage?(): string }): string | undefined {
  return provider.getPackage?.();
}

function inheritedProtection(parent: Resource | undefined): boolean | undefined {
  // What the SDK itself hands on; it has no public name for it.
  const protect: unknown = parent === undefined ? undefined : Reflect.get(parent, "__protect");
  return typeof protect === "boolean" ? protect : undefined;
}
