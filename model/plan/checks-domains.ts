import type { Environment } from "../environment/types";
import { contains, formatAddress, parseAddress, parseCidr } from "../ipv4";
import type { Findings } from "../problems";
import type { PlatformPlan, ServicePlan } from "./types";

/** What can be wrong with the names that the platform and the API are reached by, the default ones included. */
export function checkDomains(
  environment: Environment,
  platform: Pick<PlatformPlan, "domain" | "tls">,
  services: readonly Pick<ServicePlan, "host">[],
  findings: Findings,
): void {
  const hosts = services.flatMap(({ host }) => (host === undefined ? [] : [host]));
  const [longest = ""] = [...hosts].sort((a, b) => b.length - a.length);
  if (longest.length > 253)
    findings.error(
      "platform.domain",
      `makes the name ${longest.split(".")[0]}.… of ${longest.length} characters; a name has at most 253`,
      `choose one of at most ${253 - (longest.length - platform.domain.length)} characters`,
    );
  const api = environment.cluster.apiEndpoint.domain;
  for (const [path, domain] of [
    ["platform.domain", platform.domain],
    ["cluster.apiEndpoint.domain", api],
  ] as const) {
    if (domain === "cluster.local" || domain?.endsWith(".cluster.local"))
      findings.error(
        path,
        "lies in the domain of the cluster itself, whose names only its pods can look up",
        "choose another domain",
        domain,
      );
  }
  const why = platform.tls.kind === "acme" ? whyNobodyReaches(platform.domain) : undefined;
  if (why !== undefined)
    findings.error(
      "platform.domain",
      `${why}: no ACME authority can reach it`,
      "choose a domain whose names the world looks up, or another kind of platform.tls",
      platform.domain,
    );
}

/** Endings that no public name server answers for (RFC 6761, RFC 6762, RFC 8375, RFC 9476 and what is used like them). */
const privateEndings: readonly string[] = [
  "alt",
  "arpa",
  "corp",
  "example",
  "home",
  "internal",
  "intranet",
  "intra",
  "invalid",
  "lan",
  "local",
  "localdomain",
  "localhost",
  "mail",
  "onion",
  "private",
  "svc",
  "test",
];

/** Domains whose names all mean the machine that asks. */
const loopbackDomains: readonly string[] = ["localtest.me", "lvh.me", "vcap.me", "lacolhost.com"];

/** Domains whose names mean the address written in them. */
const addressDomains: readonly string[] = ["nip.io", "sslip.io", "xip.io", "traefik.me", "ip.addr.tools"];

const privateBlocks: readonly string[] = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "224.0.0.0/3",
];

/** Why the world finds nothing under a name; undefined where it may. */
function whyNobodyReaches(domain: string): string | undefined {
  const ending = domain.split(".").at(-1) ?? "";
  if (privateEndings.includes(ending)) return `names in .${ending} are not looked up in the world`;
  const below = (parents: readonly string[]): string | undefined => parents.find((each) => domain === each || domain.endsWith(`.${each}`));
  if (below(loopbackDomains) !== undefined) return "names in it mean whoever asks";
  const parent = below(addressDomains);
  const address = parent === undefined ? undefined : addressIn(domain.slice(0, -parent.length));
  const isPrivate = address !== undefined && privateBlocks.some((each) => contains(parseCidr(each) ?? { first: 1, last: 0 }, address));
  return isPrivate ? `its names mean ${formatAddress(address)}, which is a private address` : undefined;
}

/** The address in `portal.10.20.0.5.`, `portal-10-20-0-5.` or `0a140005.`. */
function addressIn(text: string): number | undefined {
  const [, ...parts] = /(\d{1,3})[.-](\d{1,3})[.-](\d{1,3})[.-](\d{1,3})\.$/.exec(text) ?? [];
  if (parts.length > 0) return parseAddress(parts.join("."));
  const hex = /(?:^|[.-])([0-9a-f]{8})\.$/.exec(text)?.[1];
  return hex === undefined ? undefined : Number.parseInt(hex, 16);
}
