import type { Shared } from "../args";
import { katib } from "./katib";
import type { PartName } from "./names";
import { notebooks } from "./notebooks";
import type { Part } from "./part";
import { volumes } from "./volumes";

const MADE: Readonly<Record<PartName, Part>> = { notebooks, volumes, katib };

/** The parts that are there, in the order of the dashboard's menu. */
export function partsOf({ parts }: Pick<Shared, "parts">): Part[] {
  return Object.entries(MADE).flatMap(([name, part]) => (parts.some((each) => each === name) ? [part] : []));
}
