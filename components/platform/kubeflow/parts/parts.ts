import type { Shared } from "../args";
import { katib } from "./katib";
import { kserve } from "./kserve";
import type { PartName } from "./names";
import { notebooks } from "./notebooks";
import type { Part } from "./part";
import { tensorboard } from "./tensorboard";
import { training } from "./training";
import { volumes } from "./volumes";

const MADE: Readonly<Record<PartName, Part>> = { notebooks, tensorboard, volumes, katib, kserve, training };

/** The parts that are there, in the order of the dashboard's menu. */
export function partsOf({ parts }: Pick<Shared, "parts">): Part[] {
  return Object.entries(MADE).flatMap(([name, part]) => (parts.some((each) => each === name) ? [part] : []));
}
