import { contains, overlaps, parseCidr, parseSpan, type Span } from "../ipv4";
import type { Findings } from "../problems";
import type { Environment } from "./types";
import { unusable } from "./unusable-addresses";

/** Addresses that a field of the file names and that belong to somebody else: nothing new of ours is given one. */
export interface NamedAddress extends Span {
  /**
   * `server`: what machines and pods call, which is never a machine of ours; `caller`: who may call, which can be one;
   * `reserved`: whatever the network has beside us.
   */
  readonly kind: "server" | "caller" | "reserved";
  readonly path: string;
  readonly text: string;
}

/** What the file names of others' addresses, wherever it names them. */
export function namedAddresses(environment: Environment): NamedAddress[] {
  const { access, network, platform } = environment;
  const { storage } = platform;
  const { backups } = environment.cluster;
  const named = (kind: NamedAddress["kind"], path: string, text: string | undefined): NamedAddress[] => {
    const span = text === undefined ? undefined : parseSpan(text);
    return text === undefined || span === undefined ? [] : [{ ...span, kind, path, text }];
  };
  const listed = (kind: NamedAddress["kind"], path: string, texts: readonly string[]): NamedAddress[] =>
    texts.flatMap((text, index) => named(kind, `${path}.${index}`, text));
  return [
    ...listed("server", "infrastructure.network.dns", network.dns),
    ...named("server", "platform.storage.server", storage.kind === "nfs" ? storage.server : undefined),
    ...named("server", "cluster.backups.etcd.to.nfs.server", backups && "nfs" in backups.to ? backups.to.nfs.server : undefined),
    ...listed("caller", "infrastructure.access.adminCidrs", access.adminCidrs),
    // What ingressCidrs has by default stands elsewhere in the file.
    ...listed("caller", "infrastructure.access.ingressCidrs", access.ingressCidrs).filter(
      ({ text }) => text !== network.cidr && !access.adminCidrs.includes(text),
    ),
    ...listed("reserved", "infrastructure.network.reserved", network.reserved),
  ];
}

/**
 * Others' addresses must be ones that a packet of a node or a pod reaches, and comes from: none that every machine takes for its own, and
 * none in the networks of pods and Services, which the cluster keeps to itself.
 */
export function checkNamedAddresses(environment: Environment, network: Span | undefined, findings: Findings): void {
  const own = [
    ["cluster.network.serviceCidr", environment.cluster.serviceCidr],
    ["cluster.network.podCidr", environment.cluster.podCidr],
  ] as const;
  for (const { kind, path, text, ...span } of namedAddresses(environment)) {
    if (kind === "reserved") continue;
    const why = unusable.find(({ block }) => isWithin(span, block))?.what;
    const [field, cidr] = own.find((each) => isWithin(span, parseCidr(each[1]))) ?? [];
    if (why !== undefined) findings.error(path, why, "give an address that the machines can reach", text);
    // In a machines' network that overlaps the cluster's own it would be a second problem of one mistake.
    else if (field !== undefined && !(network && overlaps(network, span)))
      findings.error(path, `lies in ${field} ${cidr}`, `give an address outside it, or another network at ${field}`, text);
  }
}

function isWithin(span: Span, block: Span | undefined): boolean {
  return block !== undefined && contains(block, span.first) && contains(block, span.last);
}

/** How a problem names one that something of ours would have too: `that of infrastructure.network.dns.0`. */
export function describeNamed({ kind, path, text }: NamedAddress): string {
  return kind === "reserved" ? `in ${path} (${text})` : `that of ${path}`;
}
