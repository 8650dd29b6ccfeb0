import type { EnvironmentPlan } from "./types";

/** The host names by which nodes pull images of the platform's own services, where no public authority vouches for them. */
export function registriesOf({ services, platform }: Pick<EnvironmentPlan, "services" | "platform">): string[] {
  if (platform.tls.kind === "acme") return [];
  return services.flatMap(({ needs }) => (needs?.trust as { readonly pulledFrom?: string } | undefined)?.pulledFrom ?? []);
}
