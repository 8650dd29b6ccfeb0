import { parse } from "yaml";

/** The packages that cloud-init installs by a machine's user data: none where it is no cloud-config. */
export function packagesOf(userData: string): string[] {
  if (!userData.startsWith("#cloud-config")) return [];
  const config: unknown = parse(userData);
  const packages = typeof config === "object" && config !== null && "packages" in config ? config.packages : undefined;
  return Array.isArray(packages) ? packages.map(String) : [];
}
