import { fromFolder } from "../files/from-folder";
import type { EnvironmentPlan } from "../model/plan/types";

/** Where a cluster takes kubespray from, as its arguments have it. */
export function kubespraySource({ kubesprayFrom }: EnvironmentPlan): { kubespraySource?: string } {
  return kubesprayFrom === undefined ? {} : { kubespraySource: fromFolder(process.cwd(), kubesprayFrom) };
}
