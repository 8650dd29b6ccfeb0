import type * as Locate from "../engine/locate";
import type * as Operations from "../engine/operations";
import type * as Load from "../files/load";
import type * as StandIn from "../files/stand-in";
import type * as EnvironmentSchema from "../model/environment/json-schema";
import type * as FleetSchema from "../model/fleet/schema";

/** What the commands use of the rest, each part loaded when a command first needs it. Tests put their own in its place. */
export interface Modules {
  environments(): Promise<Pick<typeof Load, "findRoot" | "listEnvironments" | "loadEnvironment" | "writeLock">>;
  standIns(): Promise<Pick<typeof StandIn, "standIn">>;
  schemas(): Promise<Pick<typeof EnvironmentSchema, "environmentJsonSchema"> & Pick<typeof FleetSchema, "fleetJsonSchema">>;
  engine(): Promise<
    Pick<
      typeof Operations,
      "previewEnvironment" | "upEnvironment" | "refreshEnvironment" | "destroyEnvironment" | "readLoss" | "readOutputs"
    >
  >;
  locator(): Promise<Pick<typeof Locate, "diagnoseEngine">>;
}

/** The real parts. */
export const modules: Modules = {
  environments: () => import("../files/load.js"),
  standIns: () => import("../files/stand-in.js"),
  schemas: async () => ({ ...(await import("../model/environment/json-schema.js")), ...(await import("../model/fleet/schema.js")) }),
  engine: () => import("../engine/operations.js"),
  locator: () => import("../engine/locate.js"),
};
