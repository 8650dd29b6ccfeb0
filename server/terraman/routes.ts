import type { Route } from "../http/route";
import { accountRoutes } from "./accounts";
import { terramanRoutes } from "./calls";
import { clusterRoutes } from "./clusters";
import type { Face } from "./face";
import { keyRoutes } from "./keys";
import { templateRoutes } from "./templates";

/** All calls in K-PaaS's shapes. */
export function kpaasRoutes(face: Face): Route[] {
  return [...terramanRoutes(face), ...clusterRoutes(face), ...accountRoutes(face), ...templateRoutes(face), ...keyRoutes(face)];
}
