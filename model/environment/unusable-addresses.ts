import { parseCidr, type Span } from "../ipv4";

const blocks: readonly (readonly [cidr: string, what: string])[] = [
  ["0.0.0.0/8", "is no host's address"],
  ["127.0.0.0/8", "is what each machine calls itself"],
  ["169.254.25.10/32", "is the cache that kubespray puts on each node"],
  ["169.254.0.0/16", "is link-local: it means another machine on every network"],
  ["224.0.0.0/4", "is a multicast address"],
  ["240.0.0.0/4", "is no host's address"],
];

/** Blocks that nobody else reaches an ordinary host at, and what they are instead; the narrower first. */
export const unusable: readonly { readonly block: Span; readonly what: string }[] = blocks.flatMap(([cidr, what]) => {
  const block = parseCidr(cidr);
  return block === undefined ? [] : [{ block, what }];
});
