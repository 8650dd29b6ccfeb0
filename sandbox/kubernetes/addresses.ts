import { isIPv4 } from "node:net";
import { ApiError } from "./api";
import { annotationsOf, at, type Fields, fields, type KubeObject, list, nameOf, namespaceOf, text } from "./values";

/** Where MetalLB's address pools are kept. */
export const POOL_KIND = "metallb.io/v1beta1/IPAddressPool";

/** The objects that decide about addresses. */
interface Listed {
  list(apiVersionKind: string): readonly KubeObject[];
}

interface Range {
  /** As written in the pool. */
  readonly written: string;
  readonly first: number;
  readonly last: number;
}

interface Pool {
  readonly name: string;
  readonly ranges: readonly Range[];
  readonly autoAssign: boolean;
  readonly avoidBuggy: boolean;
  /** Empty: services of every namespace. */
  readonly namespaces: readonly unknown[];
}

/** What MetalLB decides about a Service: its address, or why it has none. */
export type Allocation = { readonly address: string; readonly pool: string } | { readonly reason: string };

/** How a Service's status says where its balancer is reached: some clouds tell a name. */
export function reachedBy(address: string): Fields {
  return isIPv4(address) ? { ip: address, ipMode: "VIP" } : { hostname: address };
}

/** Decides the address of a Service of type LoadBalancer; one that it has and may keep stays. */
export function allocate(service: KubeObject, objects: Listed): Allocation {
  const failed = (why: string): Allocation => ({
    reason: `[AllocationFailed] Failed to allocate IP for "${namespaceOf(service)}/${nameOf(service)}": ${why}`,
  });
  const className = text(at(service, "spec.loadBalancerClass"));
  if (className !== undefined) return { reason: `no controller answers to loadBalancerClass "${className}"` };
  const pools = objects.list(POOL_KIND).map(readPool);
  if (pools.length === 0) return { reason: "no IPAddressPool exists to take an address from" };
  const owners = takenAddresses(service, objects);
  const wanted = wantedAddress(service);
  const named = text(annotated(service, "address-pool"));
  if (wanted !== undefined) {
    const pool = pools.find((one) => contains(one, wanted) && allowed(one, service));
    if (pool === undefined) return failed(`["${wanted}"] is not allowed in config`);
    if (named !== undefined && pool.name !== named) return failed(`["${wanted}"] is not in the pool "${named}" that the Service asks for`);
    const owner = owners.get(wanted);
    return owner === undefined
      ? { address: wanted, pool: pool.name }
      : failed(`can't change sharing key for "${owner}", address also in use by ${owner}`);
  }
  if (named !== undefined && !pools.some((pool) => pool.name === named)) return failed(`unknown pool "${named}"`);
  const usable = pools.filter((pool) => (named === undefined ? pool.autoAssign : pool.name === named) && allowed(pool, service));
  const current = text(fields(list(at(service, "status.loadBalancer.ingress"))[0]).ip);
  for (const pool of usable) {
    if (current !== undefined && contains(pool, current) && !owners.has(current)) return { address: current, pool: pool.name };
  }
  for (const pool of usable) {
    const address = firstFree(pool, owners);
    if (address !== undefined) return { address, pool: pool.name };
  }
  return failed(named === undefined ? "no available IPs" : `no available IPs in pool "${named}"`);
}

/** The problem with a pool's own addresses, in the words of MetalLB's admission webhook. */
export function poolProblem(pool: KubeObject, objects: Listed): string | undefined {
  const denial = (why: string): string => `admission webhook "ipaddresspoolvalidationwebhook.metallb.io" denied the request: ${why}`;
  const written = list(at(pool, "spec.addresses")).map(String);
  const wrong = written.find((one) => parseRange(one) === undefined);
  if (wrong !== undefined) return denial(`parsing address pool ${nameOf(pool)}: invalid CIDR "${wrong}" in pool "${nameOf(pool)}"`);
  const own = readPool(pool).ranges;
  for (const other of objects.list(POOL_KIND).map(readPool)) {
    if (other.name === nameOf(pool)) continue;
    for (const range of other.ranges) {
      const clash = own.find((one) => one.first <= range.last && range.first <= one.last);
      if (clash !== undefined)
        return denial(`CIDR "${clash.written}" in pool "${nameOf(pool)}" overlaps with already defined CIDR "${range.written}"`);
    }
  }
  return undefined;
}

/** Plays MetalLB's admission webhook. @throws ApiError where it refuses a pool */
export function denyPool(object: KubeObject, objects: Listed): void {
  const problem = `${object.apiVersion}/${object.kind}` === POOL_KIND ? poolProblem(object, objects) : undefined;
  if (problem !== undefined) throw new ApiError("Forbidden", problem);
}

function readPool(object: KubeObject): Pool {
  const spec = fields(object.spec);
  return {
    name: nameOf(object),
    ranges: list(spec.addresses).flatMap((written) => parseRange(String(written)) ?? []),
    autoAssign: spec.autoAssign !== false,
    avoidBuggy: spec.avoidBuggyIPs === true,
    namespaces: list(at(spec, "serviceAllocation.namespaces")),
  };
}

/** `10.0.0.1-10.0.0.9` or `10.0.0.0/28`. */
function parseRange(written: string): Range | undefined {
  const [from, to] = written.split("-").map((part) => part.trim());
  if (from !== undefined && to !== undefined) {
    if (!isIPv4(from) || !isIPv4(to)) return undefined;
    const [first, last] = [toNumber(from), toNumber(to)];
    return first <= last ? { written, first, last } : undefined;
  }
  const [address, bits] = written.trim().split("/");
  if (address === undefined || bits === undefined || !isIPv4(address) || !/^\d+$/.test(bits) || Number(bits) > 32) return undefined;
  const size = 2 ** (32 - Number(bits));
  const first = Math.floor(toNumber(address) / size) * size;
  return { written, first, last: first + size - 1 };
}

function toNumber(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

function toAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

function contains(pool: Pool, address: string): boolean {
  return isIPv4(address) && pool.ranges.some((range) => range.first <= toNumber(address) && toNumber(address) <= range.last);
}

function allowed(pool: Pool, service: Fields): boolean {
  return pool.namespaces.length === 0 || pool.namespaces.includes(namespaceOf(service));
}

function firstFree(pool: Pool, taken: ReadonlyMap<string, string>): string | undefined {
  for (const range of pool.ranges) {
    for (let value = range.first; value <= range.last; value += 1) {
      const buggy = pool.avoidBuggy && (value % 256 === 0 || value % 256 === 255);
      if (!buggy && !taken.has(toAddress(value))) return toAddress(value);
    }
  }
  return undefined;
}

function annotated(service: KubeObject, key: string): unknown {
  const annotations = annotationsOf(service);
  return annotations[`metallb.io/${key}`] ?? annotations[`metallb.universe.tf/${key}`];
}

function wantedAddress(service: KubeObject): string | undefined {
  const listed = text(annotated(service, "loadBalancerIPs"))?.split(",")[0]?.trim();
  return listed ?? text(at(service, "spec.loadBalancerIP"));
}

/** The addresses other Services have, unless both Services allow sharing by the same key; by address, the owner's name. */
function takenAddresses(service: KubeObject, objects: Listed): Map<string, string> {
  const key = text(annotated(service, "allow-shared-ip"));
  const taken = new Map<string, string>();
  for (const other of objects.list("v1/Service")) {
    if (nameOf(other) === nameOf(service) && namespaceOf(other) === namespaceOf(service)) continue;
    if (key !== undefined && annotated(other, "allow-shared-ip") === key) continue;
    for (const entry of list(at(other, "status.loadBalancer.ingress"))) {
      const ip = text(fields(entry).ip);
      if (ip !== undefined) taken.set(ip, `${namespaceOf(other)}/${nameOf(other)}`);
    }
  }
  return taken;
}
