import { contains, parseAddress, parseCidr } from "../ipv4";
import type { SecretReference } from "../plan/infrastructure-types";

/** A value inside a variable's value, and its dotted path from the variable's name on. */
export interface Leaf {
  readonly path: string;
  readonly value: unknown;
}

/** A variable's value with all that is in it: maps and lists, then their members. */
export function membersOf(path: string, value: unknown): Leaf[] {
  const below = typeof value === "object" && value !== null && !isReference(value) ? Object.entries(value) : [];
  return [{ path, value }, ...below.flatMap(([key, member]) => membersOf(`${path}.${key}`, member))];
}

/** Where secrets are: the one key of a reference. */
export const referenceKinds: readonly string[] = ["env", "config", "vault", "file"];

/** Whether a value is a reference to a secret: a map with one text in it, under a name that says where the secret is. */
export function isReference(value: unknown): value is SecretReference {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const [[kind, place] = [], ...more] = Object.entries(value);
  return more.length === 0 && typeof place === "string" && referenceKinds.includes(kind ?? "");
}

/** The references among variables, by dotted path. */
export function referencesIn(variables: Readonly<Record<string, unknown>>): Map<string, SecretReference> {
  return new Map(
    Object.entries(variables)
      .flatMap(([name, value]) => membersOf(name, value))
      .flatMap(({ path, value }) => (isReference(value) ? [[path, value] as const] : [])),
  );
}

/** A value with every reference replaced. */
export function replaceReferences(path: string, value: unknown, replace: (path: string, reference: SecretReference) => unknown): unknown {
  if (isReference(value)) return replace(path, value);
  if (Array.isArray(value)) return value.map((item, index) => replaceReferences(`${path}.${index}`, item, replace));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, replaceReferences(`${path}.${key}`, member, replace)]));
}

/** A server that a value names. */
export interface NamedServer {
  readonly host: string;
  readonly port: number;
}

const usualPorts: Readonly<Record<string, number>> = { http: 80, https: 443 };
const ownAddresses = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16"].flatMap((text) => parseCidr(text) ?? []);

/**
 * The servers in a text: URLs anywhere in it, or `host:port` at its beginning. What is the machine itself or a Service is none.
 * @param variable the variable it stands in: where that names a registry, `registry:5000` is a server too, and elsewhere an image's tag
 */
export function serversIn(text: string, variable = ""): NamedServer[] {
  const urls = [...text.matchAll(/([a-z][a-z0-9+.-]*):\/\/(?:[^@/\s"']*@)?([A-Za-z0-9_.-]+)(?::(\d{1,5}))?/gi)];
  const found = /^([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*):(\d{1,5})(\/.*)?$/.exec(text);
  const isServer = found && (found[1]?.includes(".") || found[3] !== undefined || /_repo$|registr|mirror|proxy/.test(variable));
  const plain = isServer ? found : undefined;
  return [
    ...urls.map(([, scheme = "", host = "", port]) => ({ host, port: Number(port ?? usualPorts[scheme.toLowerCase()] ?? 0) })),
    ...(plain ? [{ host: plain[1] ?? "", port: Number(plain[2]) }] : []),
  ].filter(({ host, port }) => port > 0 && port < 65_536 && !isInside(host));
}

function isInside(host: string): boolean {
  const address = parseAddress(host);
  if (address !== undefined) return ownAddresses.some((block) => contains(block, address));
  return host === "localhost" || /\.svc(\.|$)/.test(host);
}

/** Whether a text is a template, which Ansible would evaluate where the playbooks run. */
export function isTemplate(text: string): boolean {
  return /\{\{|\{%|\{#/.test(text);
}
