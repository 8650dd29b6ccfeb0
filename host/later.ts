import Module, { createRequire } from "node:module";

/** What the Pulumi SDK uses only for functions that are written into the state: a TypeScript compiler, and npm's own code. */
const UNUSED = ["@pulumi/pulumi/typescript-shim.js", "@npmcli/arborist"];

/**
 * Has these parts of the SDK, two thirds of all that it loads, wait until something of them is asked for. To be called before the SDK is loaded.
 */
export function loadLater(): void {
  const sdk = createRequire(require.resolve("@pulumi/pulumi/package.json"));
  for (const name of UNUSED) {
    const path = whereIs(name, sdk);
    if (path === undefined || sdk.cache[path] !== undefined) continue;
    let loaded: Record<PropertyKey, unknown> | undefined;
    const load = () => {
      if (loaded === undefined) {
        delete sdk.cache[path];
        loaded = sdk(path) as Record<PropertyKey, unknown>;
      }
      return loaded;
    };
    const later = new Module(path);
    later.loaded = true;
    // What says that it is an ES module is taken as it is; of anything else all properties would be asked for at once.
    later.exports = new Proxy({}, { get: (_, key) => (key === "__esModule" ? true : load()[key]), has: (_, key) => key in load() });
    sdk.cache[path] = later;
  }
}

/** Another version of the SDK may do without. */
function whereIs(name: string, sdk: NodeJS.Require): string | undefined {
  try {
    return sdk.resolve(name);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}
