import type { SimulatedCloud } from "../cloud/cloud";
import { BALANCING } from "./balancing";
import { beforehand } from "./beforehand";
import { COMPUTE } from "./compute";
import { IDENTITY } from "./identity";
import { PARTS } from "./in-cluster";
import { refuseBeyondLimits } from "./limits";
import { LOOKUPS } from "./lookups";
import type { List, Quota } from "./names";
import { NETWORKING } from "./networking";
import { QUOTAS, WORDS } from "./words";

/** The simulated GCP: its regions, in whichever project. */
export const GCP: SimulatedCloud<List, Quota> = {
  name: "gcp",
  version: "9.37.0",
  region: "us-central1",
  types: { ...IDENTITY, ...NETWORKING, ...COMPUTE, ...BALANCING },
  invokes: LOOKUPS,
  quotas: QUOTAS,
  words: WORDS,
  refuse: refuseBeyondLimits,
  beforehand,
  parts: PARTS,
};
