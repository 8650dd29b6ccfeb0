import type { Dialect } from "../openstack/dialect";
import { credentials } from "./credentials";
import { LOCAL_FLAVORS, nhnLimits } from "./names";

/** How NHN Cloud differs from OpenStack. Where each of it is said stands in `facts.ts`. */
export const NHN: Dialect = {
  provider: "nhn",
  title: "NHN Cloud",
  makesNetworks: false,
  tags: false,
  describes: false,
  configDrive: false,
  apart: "anti-affinity",
  volumesInZone: true,
  volumesGrow: false,
  confirmsResize: false,
  bootsLocally: LOCAL_FLAVORS,
  limits: { labels: nhnLimits.labels },
  credentials,
};
