import { at, fields, text } from "../data";

/** The checksum that a tag of kubespray holds of a file, by kubespray's name of it, in the form `sha256:…`; undefined where it holds none. */
export function checksumOf(table: unknown, name: string, version: string): string | undefined {
  const own = Object.entries(fields(table)).find(([key]) => key.startsWith(`${name}_`) && key.endsWith("checksums"))?.[1];
  const byVersion = fields(at(own, "amd64") ?? at(own, "no_arch") ?? own);
  const hex = (text(byVersion[version]) ?? text(byVersion[`v${version}`]))?.replace(/^sha256:/, "");
  return hex !== undefined && /^[0-9a-f]{64}$/.test(hex) ? `sha256:${hex}` : undefined;
}
