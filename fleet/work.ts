import { chooseVersion } from "../model/cluster/versions";
import type { Member } from "../model/fleet/member";
import { narrowed } from "../model/fleet/narrowed";
import { clusterNames } from "../model/fleet/plan";
import type { Work } from "../model/fleet/work";
import { InvalidInputError, type Problem } from "../model/problems";
import { type FleetRequest, type Loaded, readFleet } from "./request";

/** What somebody wants done with a fleet, as they say it. */
export type Wanted =
  | { readonly operation: "up" }
  | {
      readonly operation: "upgrade";
      readonly to: string;
      /** Whether each cluster's data are backed up before. */
      readonly backup: boolean;
      /** Path of the certificate that backups are encrypted to. @default what each file says */
      readonly encryptTo?: string;
    }
  /** @param services whose secrets are exchanged. @default all that have some */
  | { readonly operation: "rotate"; readonly services?: readonly string[] };

/**
 * Reads a fleet, and what is to be done with each of its clusters.
 * @throws InvalidInputError
 */
export function readWork(request: FleetRequest, wanted: Wanted): LoadedWork {
  const loaded = readFleet(request);
  if (wanted.operation === "up") return { loaded, work: wanted };
  return wanted.operation === "upgrade" ? upgradeOf(loaded, wanted, request.sandbox) : rotationOf(loaded, wanted);
}

interface LoadedWork {
  readonly loaded: Loaded;
  readonly work: Work;
}

function upgradeOf(loaded: Loaded, { to, backup, encryptTo }: Wanted & { operation: "upgrade" }, sandbox: boolean): LoadedWork {
  const { fleet } = loaded.plan;
  const choice = chooseVersion(to);
  if ("reason" in choice) throw new InvalidInputError([{ environment: fleet, path: "--to", value: to, ...choice, severity: "error" }]);
  // The sandbox's pods keep nothing.
  if (!backup || sandbox) return { loaded, work: { operation: "upgrade", to: choice.value } };
  const kept = membersOf(loaded).filter((member) => member.backup !== undefined);
  const keyless = encryptTo === undefined ? kept.filter((member) => member.backup === "keyless") : [];
  const reason = "its data are backed up before, and nothing says to which key that is encrypted";
  const remedy =
    "give a certificate by --encrypt-to or in cluster.backups.etcd.encryptTo; where it is backed up otherwise, add --no-backup";
  if (keyless.length > 0)
    throw new InvalidInputError(keyless.map(({ name }): Problem => ({ environment: name, path: "", reason, remedy, severity: "error" })));
  const clusters = kept.map(({ name }) => name);
  return {
    loaded,
    work: {
      operation: "upgrade",
      to: choice.value,
      backup: { clusters, ...(encryptTo === undefined ? {} : { encryptTo }) },
    },
  };
}

/** Clusters that have nothing of what is to be exchanged are left as they are; what no cluster has is a mistake. */
function rotationOf(loaded: Loaded, { services: wanted }: Wanted & { operation: "rotate" }): LoadedWork {
  const { fleet } = loaded.plan;
  const members = membersOf(loaded);
  const known = [...new Set(members.flatMap(({ exchanges = [] }) => exchanges))];
  const problem = (reason: string, remedy: string, value?: string): Problem => ({
    ...{ environment: fleet, path: "--service", reason, remedy, severity: "error" },
    ...(value === undefined ? {} : { value }),
  });
  if (known.length === 0)
    throw new InvalidInputError([problem("no cluster has a service whose secrets are exchanged", "switch one on first")]);
  const unknown = (wanted ?? []).filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new InvalidInputError(
      unknown.map((name) =>
        problem("is a service of no cluster, or has no secret that is exchanged", `choose of ${known.join(", ")}`, name),
      ),
    );
  const chosen = members.flatMap(({ name, exchanges = [] }) => {
    const own = exchanges.filter((service) => wanted?.includes(service) ?? true);
    return own.length === 0 ? [] : [[name, own] as const];
  });
  return {
    loaded: {
      ...loaded,
      plan: narrowed(
        loaded.plan,
        chosen.map(([name]) => name),
      ),
    },
    work: { operation: "rotate", services: Object.fromEntries(chosen) },
  };
}

function membersOf({ plan, members }: Loaded): readonly Member[] {
  const names = new Set(clusterNames(plan));
  return members.filter(({ name }) => names.has(name));
}
