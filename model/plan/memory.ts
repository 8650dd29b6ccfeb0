import { parseQuantity } from "../quantity";
import type { ServicePlan } from "./types";

/** How many GiB of memory a service asks for with one of each of its parts, where the plan has amounts for single ones. */
export function askedMemoryGiB({ images, parts, resources }: ServicePlan): number | undefined {
  if (parts === undefined) return undefined;
  const asked = Object.keys(images).map((image) => parseQuantity((parts[image] ?? resources)?.requests?.memory) ?? 0);
  return asked.reduce((sum, each) => sum + each, 0) / 2 ** 30;
}
