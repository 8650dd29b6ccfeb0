/** The provider plugin that the bindings in `sdk/` are for, and that the engine is asked for. */
export const PLUGIN_VERSION = "4.17.0";
