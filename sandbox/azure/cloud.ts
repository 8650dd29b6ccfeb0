import type { SimulatedCloud } from "../cloud/cloud";
import { beforehand } from "./beforehand";
import { PARTS } from "./in-cluster";
import { refuseBeyondLimits } from "./limits";
import { LOOKUPS } from "./lookups";
import type { List, Quota } from "./names";
import { AzureTypes } from "./types";
import { QUOTAS, WORDS } from "./words";

/** The simulated Azure: one subscription, one region. */
export const AZURE: SimulatedCloud<List, Quota> = {
  name: "azure-native",
  version: "3.28.0",
  region: "koreacentral",
  types: AzureTypes,
  invokes: LOOKUPS,
  quotas: QUOTAS,
  words: WORDS,
  refuse: refuseBeyondLimits,
  parts: PARTS,
  beforehand,
};
