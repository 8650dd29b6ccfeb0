import type * as Locate from "../engine/locate";
import type * as EnvironmentSchema from "../model/environment/json-schema";
import type * as FleetSchema from "../model/fleet/schema";
import { DOORS, type Doors } from "../operate/doors";

/** What the commands use of the rest, each part loaded when a command first needs it. Tests put their own in its place. */
export interface Modules extends Doors {
  schemas(): Promise<Pick<typeof EnvironmentSchema, "environmentJsonSchema"> & Pick<typeof FleetSchema, "fleetJsonSchema">>;
  locator(): Promise<Pick<typeof Locate, "diagnoseEngine">>;
}

/** The real parts. */
export const modules: Modules = {
  ...DOORS,
  schemas: async () => ({ ...(await import("../model/environment/json-schema.js")), ...(await import("../model/fleet/schema.js")) }),
  locator: () => import("../engine/locate.js"),
};
