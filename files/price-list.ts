import { type PriceList, parsePriceList } from "../model/cost/price-list";
import { Findings, InvalidInputError } from "../model/problems";
import { registry } from "./registry";
import { readYaml } from "./yaml";

/**
 * Reads a price list.
 * @param name what the file is called in problems
 * @throws InvalidInputError with everything that is wrong with it
 */
export function readPriceList(file: string, name: string): PriceList {
  const findings = new Findings();
  const list = parsePriceList(readYaml(file, "", findings), registry, findings);
  if (list === undefined || findings.hasErrors) throw new InvalidInputError(findings.toProblems(name));
  return list;
}
