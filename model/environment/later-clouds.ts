import type { Registry } from "../registry";

/** The clouds that the environment file names, in the order of the documentation. Those that the registry has not are for later. */
export const cloudNames: readonly string[] = ["openstack", "nhn", "aws", "gcp", "azure", "vsphere", "existing"];

/** The names of those that nobody brings yet. */
export function laterClouds({ clouds }: Pick<Registry, "clouds">): string[] {
  return cloudNames.filter((name) => !(name in clouds));
}
