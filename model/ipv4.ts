import type { AddressRange } from "./plan/infrastructure-types";

/** Addresses from the first to the last. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/** A block of IPv4 addresses as numbers; `first` is the network address, `last` the broadcast address. */
export interface Block extends Span {
  readonly prefix: number;
}

/** The address as a number, or undefined where the text is no dotted IPv4 address. */
export function parseAddress(text: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1);
  if (!parts || parts.some((part) => Number(part) > 255 || (part.length > 1 && part.startsWith("0")))) return undefined;
  return parts.reduce((value, part) => value * 256 + Number(part), 0);
}

/** The number as a dotted address. */
export function formatAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

/** The block of `a.b.c.d/n`, or undefined where the text is none or has bits set beyond its prefix. */
export function parseCidr(text: string): Block | undefined {
  const [addressText, prefixText, ...rest] = text.split("/");
  if (addressText === undefined || prefixText === undefined || rest.length > 0 || !/^\d{1,2}$/.test(prefixText)) return undefined;
  const address = parseAddress(addressText);
  const prefix = Number(prefixText);
  if (address === undefined || prefix > 32) return undefined;
  const size = 2 ** (32 - prefix);
  return address % size === 0 ? { first: address, last: address + size - 1, prefix } : undefined;
}

/** The block in which the address of `a.b.c.d/n` lies, for naming the intended one in a remedy. */
export function alignedCidr(text: string): string | undefined {
  const [addressText = "", prefixText = ""] = text.split("/");
  const address = parseAddress(addressText);
  if (address === undefined || !/^\d{1,2}$/.test(prefixText) || Number(prefixText) > 32) return undefined;
  const size = 2 ** (32 - Number(prefixText));
  return `${formatAddress(address - (address % size))}/${prefixText}`;
}

export function overlaps(a: Span, b: Span): boolean {
  return a.first <= b.last && b.first <= a.last;
}

export function contains(block: Span, address: number): boolean {
  return address >= block.first && address <= block.last;
}

/** The range of `a-b` or of a single address, or undefined. */
export function parseRange(text: string): Span | undefined {
  const [firstText = "", lastText = firstText, ...rest] = text.split("-").map((part) => part.trim());
  const first = parseAddress(firstText);
  const last = parseAddress(lastText);
  return rest.length > 0 || first === undefined || last === undefined || first > last ? undefined : { first, last };
}

/** The addresses of a network, a range or a single address, or undefined. */
export function parseSpan(text: string): Span | undefined {
  const block = parseCidr(text);
  return block ? { first: block.first, last: block.last } : parseRange(text);
}

/** `a-b`, as lock files and environment files write a range. */
export function formatRange(range: AddressRange): string {
  return `${range.first}-${range.last}`;
}

/** The fewest CIDR blocks, in order, that hold every address which none of these blocks holds. */
export function complement(cidrs: readonly string[]): string[] {
  const held = cidrs.flatMap((text) => parseCidr(alignedCidr(text) ?? "") ?? []).sort((a, b) => a.first - b.first);
  const rest: string[] = [];
  let next = 0;
  const fill = (last: number): void => {
    if (next <= last) rest.push(...rangeToCidrs({ first: formatAddress(next), last: formatAddress(last) }));
  };
  for (const { first, last } of held) {
    fill(first - 1);
    next = Math.max(next, last + 1);
  }
  fill(2 ** 32 - 1);
  return rest;
}

/** The fewest CIDR blocks that cover exactly the range. */
export function rangeToCidrs(range: AddressRange): string[] {
  let first = parseAddress(range.first) ?? 0;
  const last = parseAddress(range.last) ?? -1;
  const blocks: string[] = [];
  while (first <= last) {
    let prefix = 32;
    while (prefix > 0) {
      const size = 2 ** (32 - (prefix - 1));
      if (first % size !== 0 || first + size - 1 > last) break;
      prefix -= 1;
    }
    blocks.push(`${formatAddress(first)}/${prefix}`);
    first += 2 ** (32 - prefix);
  }
  return blocks;
}
