import type { Profile } from "../plan/types";
import type { Registry } from "../registry";

/** The services that the environment file names and nobody brings yet, with the profiles that will have them. Nothing else is known of them. */
const named: Readonly<Record<string, readonly Profile[]>> = {
};

/** Their names; those of one profile where it is given. One that the registry has is not among them any more. */
export function laterServices({ services }: Registry, profile?: Profile): string[] {
  return Object.entries(named).flatMap(([name, profiles]) =>
    name in services || (profile !== undefined && !profiles.includes(profile)) ? [] : [name],
  );
}
