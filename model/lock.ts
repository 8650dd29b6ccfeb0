import { z } from "zod";
import { newerData } from "./formats";
import { parseAddress, parseCidr, parseRange } from "./ipv4";
import { NO_RANGE } from "./plan/spans";
import type { Findings } from "./problems";

const address = z.string().refine((text) => parseAddress(text) !== undefined, "must be an IPv4 address");
const cidr = z.string().refine((text) => parseCidr(text) !== undefined, "must be an IPv4 network");
const range = z.string().refine((text) => parseRange(text) !== undefined, "must be a range of IPv4 addresses");

const lockedMachineSchema = z.strictObject({
  zone: z.string().optional(),
  address,
  generation: z.int().min(1),
  /** Place among the control planes, and in the etcd group; the first one is kubeadm's. Numbers are never given twice. */
  order: z.int().min(1).optional(),
  etcdMember: z.string().optional(),
});

const retired = z.record(z.string(), z.strictObject({ zone: z.string().optional(), address }));

/** The lock file: what the first plan chose and the file does not say. */
/** By service, of those that were exchanged. */
export const rotationsSchema = z.record(z.string(), z.int().min(2));

const lockSchema = z
  .strictObject({
    version: z.literal(1),
    environment: z.string(),
    release: z.string(),
    kubespray: z.string(),
    kubernetes: z.string(),
    /** How kube-proxy leads to Services, where it is not `ipvs`. */
    proxyMode: z.enum(["iptables", "nftables"]).exactOptional(),
    /** The ingress controller of a file that names none, where it is not ingress-nginx. */
    ingress: z.literal("traefik").exactOptional(),
    /** Undefined where machines are not made. */
    image: z.string().exactOptional(),
    network: z.strictObject({
      /** Where one subnet spans all zones; `none` where the cloud has no ports of its own in it. */
      cloudRange: z.union([range, z.literal(NO_RANGE)]).optional(),
      /** By name, where each zone has a subnet of its own. */
      subnets: z
        .record(z.string(), z.strictObject({ cidr, zone: z.string().optional(), outer: z.literal(true).optional(), cloudRange: range }))
        .optional(),
      loadBalancerRange: range.optional(),
      ingressAddress: address.optional(),
      /** What the ingress had before, as far as it lies in the load balancers' range: no Service is given it again. */
      formerIngressAddresses: z.array(address).optional(),
      apiEndpointAddress: address.optional(),
    }),
    /** By service how many times its secrets were made, where that is more than once; raised by `kpaas rotate`, and never lowered. */
    rotations: rotationsSchema.exactOptional(),
    machines: z.record(z.string(), lockedMachineSchema),
    /**
     * What machines had that are gone or were rebuilt, by machine name. They have it again when they come back; to others an address
     * is given only when nothing else is free.
     */
    retired: z.union([
      retired,
      // The first lock files had the addresses alone: whose they were is not known any more, and nobody has them again.
      z
        .array(address)
        .transform((addresses): z.infer<typeof retired> => Object.fromEntries(addresses.map((each) => [each, { address: each }]))),
    ]),
  })
  .superRefine(({ image, network: { cloudRange, subnets } }, context) => {
    const missing = (path: string[]): void =>
      context.addIssue({ code: "custom", path, message: "is missing or is not what belongs there" });
    // Where machines are made there is an image and a network of ours, where they were there before there is neither.
    if (image === undefined && (cloudRange !== undefined || subnets !== undefined)) missing(["image"]);
    if (image !== undefined && (cloudRange === undefined) === (subnets === undefined)) missing(["network", "cloudRange"]);
  });

export type Lock = z.infer<typeof lockSchema>;
export type LockedMachine = z.infer<typeof lockedMachineSchema>;

/** What the lock has of a machine of that generation, also where it is gone for now. */
export function lockedIdentity(
  lock: Lock | undefined,
  key: string,
  generation: number,
): { readonly zone?: string; readonly address: string } | undefined {
  const standing = lock?.machines[key];
  const found = standing?.generation === generation ? standing : lock?.retired[machineName(key, generation)];
  return found && { address: found.address, ...(found.zone === undefined ? {} : { zone: found.zone }) };
}

/** The range of a subnet that the cloud's own ports have, as the lock has it. */
export function lockedCloudRange(lock: Lock | undefined, subnet: string): string | undefined {
  return lock?.network.subnets?.[subnet]?.cloudRange ?? lock?.network.cloudRange;
}

/** Inventory host, node and member name: the key, or `KEY-gN` from the second generation on. */
export function machineName(key: string, generation: number): string {
  return generation > 1 ? `${key}-g${generation}` : key;
}

/** One value the lock file has and the plan would write otherwise. */
export interface LockChange {
  readonly path: string;
  readonly was?: unknown;
  readonly becomes?: unknown;
}

const restore = "restore the lock file from version control; it is not to be edited by hand";

/** Reads a lock file's content; problems land in `findings` under `lock`. */
export function parseLock(content: unknown, environment: string, findings: Findings): Lock | undefined {
  const newer = newerData("lock", content);
  if (newer !== undefined) {
    findings.add([{ ...newer, path: "lock.version" }]);
    return undefined;
  }
  const result = lockSchema.safeParse(content);
  if (!result.success) {
    if (typeof content !== "object" || content === null) {
      findings.error(
        "lock",
        "the lock file is torn: nothing of it is left",
        `${restore}; where it was never committed, delete it, and another is chosen`,
      );
      return undefined;
    }
    for (const issue of result.error.issues) {
      const path = ["lock", ...issue.path.map(String)];
      const known =
        issue.code === "unrecognized_keys" ||
        issue.code === "invalid_type" ||
        issue.code === "invalid_value" ||
        issue.code === "invalid_union";
      for (const key of issue.code === "unrecognized_keys" ? issue.keys : [undefined])
        findings.error(
          [...path, ...(key === undefined ? [] : [key])].join("."),
          key !== undefined ? "is no known field of a lock file" : known ? "is missing or is not what belongs there" : issue.message,
          restore,
        );
    }
    return undefined;
  }
  if (result.data.environment !== environment) {
    findings.error(
      "lock.environment",
      `the lock file belongs to the environment ${result.data.environment}`,
      `restore the lock file of ${environment}, or take this one away to plan afresh`,
      result.data.environment,
    );
    return undefined;
  }
  return checkTwice(result.data, findings) ? undefined : result.data;
}

/** Whether two machines were given the same address or the same place, as a bad merge does. */
function checkTwice(lock: Lock, findings: Findings): boolean {
  let twice = false;
  for (const field of ["address", "order"] as const) {
    const holders = new Map<string, string>();
    for (const [key, machine] of Object.entries(lock.machines)) {
      const value = machine[field];
      if (value === undefined) continue;
      // External etcd members are counted by themselves.
      const place = field === "order" ? `${value} ${machine.etcdMember !== undefined}` : `${value}`;
      const holder = holders.get(place);
      if (holder !== undefined) findings.error(`lock.machines.${key}.${field}`, `is also that of ${holder}`, restore, value);
      twice ||= holder !== undefined;
      holders.set(place, key);
    }
  }
  return twice;
}

/** What differs between two locks, by dotted path. A missing lock differs in everything. */
export function diffLocks(was: Lock | undefined, becomes: Lock): LockChange[] {
  const before = flatten(was ?? {});
  const after = flatten(becomes);
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => before.get(path) !== after.get(path))
    .sort()
    .map((path) => ({
      path,
      ...(before.has(path) ? { was: before.get(path) } : {}),
      ...(after.has(path) ? { becomes: after.get(path) } : {}),
    }));
}

function flatten(value: unknown, path = "", into = new Map<string, unknown>()): Map<string, unknown> {
  if (Array.isArray(value)) into.set(path, value.join(", "));
  else if (typeof value === "object" && value !== null) {
    for (const [key, each] of Object.entries(value)) flatten(each, path ? `${path}.${key}` : key, into);
  } else if (value !== undefined) into.set(path, value);
  return into;
}
