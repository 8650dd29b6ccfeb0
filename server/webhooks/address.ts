import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";

/** Where nothing is sent unless it was allowed: this machine, its link, and what clouds tell their machines about themselves. */
const CLOSED: readonly string[] = [
  ...[
    "0.0.0.0/8",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "100.100.100.200/32",
    "192.0.0.192/32",
    "168.63.129.16/32",
    "224.0.0.0/4",
    "240.0.0.0/4",
  ],
  ...["::/128", "::1/128", "fe80::/10", "fd00:ec2::254/128", "ff00::/8"],
];

/** Raised where an address is not one that anything is sent to. */
export class ClosedAddressError extends Error {
  override readonly name = "ClosedAddressError";
}

/** Decides where webhooks may lead. */
export class Addresses {
  private readonly closed = listOf(CLOSED);
  private readonly open: BlockList;

  /** @param allowed networks that are allowed all the same, such as `127.0.0.0/8` */
  constructor(allowed: readonly string[] = []) {
    this.open = listOf(allowed);
  }

  /** Whether an address may be sent to. */
  takes(address: string): boolean {
    const plain = plainOf(address);
    const family = isIP(plain) === 6 ? "ipv6" : "ipv4";
    return isIP(plain) !== 0 && (this.open.check(plain, family) || !this.closed.check(plain, family));
  }

  /** Whether an address is one of those that were allowed by name. */
  isAllowed(address: string): boolean {
    const plain = plainOf(address);
    return isIP(plain) !== 0 && this.open.check(plain, isIP(plain) === 6 ? "ipv6" : "ipv4");
  }

  /**
   * The address that a host has, which is the one that is sent to: what its name means a moment later counts for nothing.
   * @throws ClosedAddressError where one of its addresses is closed
   */
  async of(host: string): Promise<string> {
    const bare = host.replace(/^\[|\]$/g, "");
    const found = isIP(bare) === 0 ? (await lookup(bare, { all: true })).map(({ address }) => address) : [bare];
    const [first] = found;
    if (first === undefined || !found.every((address) => this.takes(address)))
      throw new ClosedAddressError("the host's address is this machine's own, its link's or a cloud's metadata: nothing is sent there");
    return first;
  }
}

/** An IPv4 address within an IPv6 one is that IPv4 address. */
function plainOf(address: string): string {
  const [, dotted, high = "", low = ""] =
    /^(?:::ffff:|64:ff9b::)(?:(\d+(?:\.\d+){3})|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/i.exec(address) ?? [];
  if (dotted !== undefined) return dotted;
  if (high === "") return address;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join(".");
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", bits = ""] = network.split("/");
    list.addSubnet(address, Number(bits), isIP(address) === 6 ? "ipv6" : "ipv4");
  }
  return list;
}
