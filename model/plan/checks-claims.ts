import type { Findings } from "../problems";
import { fieldOf, type Registry } from "../registry";
import type { OfferedClaim } from "../service";
import type { ServicePlan } from "./types";

/** What services refuse of what others claim of them: the same as their components would, before anything is made. */
export function checkClaimed(services: readonly ServicePlan[], { services: definitions }: Registry, findings: Findings): void {
  for (const { name, options = {}, offers = [] } of services) {
    const definition = definitions[name];
    if (definition?.refuses === undefined) continue;
    const claims = services.flatMap(({ name: consumer, needs = {} }): OfferedClaim[] =>
      offers.flatMap((kind) => (needs[kind] === undefined ? [] : [{ consumer, kind, claim: needs[kind] }])),
    );
    for (const { at, reason, remedy } of definition.refuses(options, claims)) {
      const claiming = "consumer" in at ? definitions[at.consumer] : undefined;
      const path = "field" in at ? `${fieldOf(definition)}.${at.field}` : fieldOf(claiming ?? { name: at.consumer });
      findings.error(path, reason, remedy);
    }
  }
}
