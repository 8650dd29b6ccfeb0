import type * as Locate from "../engine/locate";
import type * as ServerPrograms from "../engine/servers/programs";
import type * as ServersOfWorlds from "../engine/servers/world";
import type * as FleetSchema from "../model/fleet/schema";
import { DOORS, type Doors } from "../operate/doors";
import type * as Server from "../server/server";

/** What the commands use of the rest, each part loaded when a command first needs it. Tests put their own in its place. */
export interface Modules extends Doors {
  schemas(): Promise<{ environmentJsonSchema(): object; pricesJsonSchema(): object } & Pick<typeof FleetSchema, "fleetJsonSchema">>;
  locator(): Promise<Pick<typeof Locate, "diagnoseEngine">>;
  server(): Promise<Pick<typeof Server, "backupService" | "restoreService" | "settingsOf" | "startServer" | "verifyAudit">>;
  servers(): Promise<
    Pick<typeof ServerPrograms, "diagnoseServers" | "installServers"> &
      Pick<typeof ServersOfWorlds, "runningServers" | "startSandboxServers" | "stopSandboxServers">
  >;
}

/** The real parts. */
export const modules: Modules = {
  ...DOORS,
  schemas: async () => {
    const [{ environmentJsonSchema }, { registry }, { fleetJsonSchema }, { pricesJsonSchema }] = await Promise.all([
      import("../model/environment/json-schema.js"),
      import("../files/registry.js"),
      import("../model/fleet/schema.js"),
      import("../model/cost/price-list.js"),
    ]);
    return {
      environmentJsonSchema: () => environmentJsonSchema(registry),
      fleetJsonSchema,
      pricesJsonSchema: () => pricesJsonSchema(registry),
    };
  },
  locator: () => import("../engine/locate.js"),
  server: () => import("../server/server.js"),
  servers: async () => ({ ...(await import("../engine/servers/programs.js")), ...(await import("../engine/servers/world.js")) }),
};
