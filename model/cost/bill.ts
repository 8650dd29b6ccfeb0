import type { EnvironmentPlan } from "../plan/types";

/** What a bill has lines of. */
export type BilledKind = "machine" | "volume" | "address" | "balancer" | "gateway";

/** What a machine has, by which private clouds price it. */
export interface Capacity {
  readonly processors: number;
  readonly memoryGiB: number;
}

/** Something that a cloud puts on its bill. */
export interface Billed {
  readonly kind: BilledKind;
  /** What price lists call it: a machine's size, a volume's type, of the others one of the names that the cloud says (`Bill.names`). */
  readonly name: string;
  /** What it is told under: of a machine its group, of a volume whether a machine boots from it or keeps data on it. */
  readonly group?: string;
  /** Logical name of the resource, without the infrastructure's own before it. */
  readonly resource: string;
  /** How many of it the resource is. @default 1 */
  readonly count?: number;
  /** Of a volume. */
  readonly sizeGiB?: number;
  /** Of a machine: what it has, where the name of its size tells. */
  readonly capacity?: Capacity;
}

/** What of a plan a cloud puts on its bill, as long as it stands. */
export interface Bill {
  /** By name, what price lists can give for it, besides machines (by size) and volumes (by type). */
  readonly names: Readonly<Partial<Record<"address" | "balancer" | "gateway", Readonly<Record<string, string>>>>>;
  /** Everything that it makes for the plan and has a price; what was there before is none of it. */
  of(plan: EnvironmentPlan): readonly Billed[];
}

/** What price lists call the volume type of a file that names none, where only the cloud knows it. */
export const DEFAULT_TYPE = "default";

/**
 * The machines and volumes of a plan, as every cloud that makes them calls their resources.
 * @param boot the volume that each machine boots from
 * @param dataType the type of a data volume for which the file names none
 */
export function billedMachines(
  { machines }: Pick<EnvironmentPlan, "machines">,
  boot: { readonly type: string; readonly sizeGiB: number },
  dataType: string,
): Billed[] {
  return machines.flatMap(({ key, name, group, size, volumes }): Billed[] => [
    { kind: "machine", name: size, group, resource: `machine-${name}` },
    { kind: "volume", name: boot.type, group: "boot", resource: `machine-${name}`, sizeGiB: boot.sizeGiB },
    ...volumes.map(({ name: volume, type = dataType, sizeGiB = 0 }) => ({
      ...{ kind: "volume" as const, name: type, group: "data", resource: `volume-${key}.${volume}`, sizeGiB },
    })),
  ]);
}

/** The floating addresses that are made, each of the name that price lists have for it. */
export function billedAddresses({ network }: Pick<EnvironmentPlan, "network">, name: string): Billed[] {
  return Object.entries(network.floating).flatMap(([what, { address }]): Billed[] =>
    address === undefined ? [{ kind: "address", name, resource: `floating-ip-${what}` }] : [],
  );
}
