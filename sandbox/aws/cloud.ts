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
import { SECURITY } from "./security";
import { QUOTAS, WORDS } from "./words";

/** The simulated AWS: one account, one region. */
export const AWS: SimulatedCloud<List, Quota> = {
  name: "aws",
  version: "7.48.0",
  region: "us-east-1",
  types: { ...NETWORKING, ...SECURITY, ...IDENTITY, ...COMPUTE, ...BALANCING },
  invokes: LOOKUPS,
  quotas: QUOTAS,
  words: WORDS,
  refuse: refuseBeyondLimits,
  parts: PARTS,
  beforehand,
};
