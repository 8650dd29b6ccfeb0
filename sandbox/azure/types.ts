import { BALANCING } from "./balancing";
import { COMPUTE } from "./compute";
import type { Types } from "./names";
import { NETWORKING } from "./networking";
import { SECURITY } from "./security";

/** Every type there is. */
export const AzureTypes: Types = { ...NETWORKING, ...SECURITY, ...BALANCING, ...COMPUTE };
