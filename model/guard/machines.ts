import { isNode } from "../plan/cluster";
import { groupPath } from "../plan/input-field";
import type { CloudPlan } from "../plan/types";
import type { AppliedMachine } from "./applied";
import { type Danger, groupField } from "./danger";

/**
 * What the change of one machine would cost; `machine` is undefined where it goes.
 * @param counted pools of which the environment's own file says which machines, or how many
 * @param hosts the field that describes machines that were there before
 * @param cloud how volumes pass from a machine to its successor
 */
export function machineDangers(
  key: string,
  was: AppliedMachine,
  machine: AppliedMachine | undefined,
  counted: readonly string[],
  hosts: string,
  cloud: Pick<CloudPlan, "volumesStay" | "volumesFollow"> = {},
): Danger[] {
  if (was.login !== undefined) return hostDangers(key, was, machine, counted, hosts);
  const path = groupPath(was.group);
  const danger = (action: Danger["action"], at: string, reason: string, remedy: string, value?: unknown): Danger => ({
    key,
    action,
    path: at,
    reason,
    remedy,
    ...(value === undefined ? {} : { value }),
  });
  if (!machine) {
    const lost = `${key} would be removed with its data (${volumes(was)})`;
    if (was.volumes.length > 0) return [danger("remove", path, lost, `put ${key} back, or move its data away first`)];
    // A lower number or a key taken out is a wish of its own: the preview names what goes, and it is drained.
    return counted.includes(was.group) ? [] : [danger("remove", path, `${key} would be removed: ${unasked(was)}`, wayBack(key, was))];
  }
  const field = (name: string): string => `${path}.${key}.${name}`;
  if (machine.generation < was.generation) {
    const reason = `generations only rise (${was.generation} → ${machine.generation})`;
    return [danger("never", field("generation"), reason, `set it to ${was.generation} or ${was.generation + 1}`, machine.generation)];
  }
  if (machine.generation > was.generation) {
    const taken = cloud.volumesFollow
      ? `the volumes of ${key} (${volumes(was)}) would stay with the machine until it is drained and gone; its successor has none of them before another update`
      : `the volumes of ${key} (${volumes(was)}) would be taken from the running machine, before it is drained, to be given to its successor`;
    if (was.volumes.length === 0) return [];
    if (cloud.volumesStay) {
      const stays = `the volumes of ${key} (${volumes(was)}) cannot pass to a successor while it runs: here they are the machine's own`;
      const remedy = `set it to ${was.generation}; a machine under another key can take over, once you have moved the data to it`;
      return [danger("never", field("generation"), stays, remedy, machine.generation)];
    }
    return [
      danger("rebuild", field("generation"), taken, "take the machine out of service first", machine.generation),
      ...volumeDangers(key, was, machine),
    ];
  }
  const own = was.group === "nfs" || was.group === "bastion";
  const remedy = own
    ? "set it back, or restore the lock file"
    : `set it back, or raise ${field("generation")} to have the machine built anew`;
  const changes: readonly (readonly [Danger["action"], string, unknown, unknown, string])[] = [
    ["never", field("address"), was.address, machine.address, `${key} would lose its address`],
    ["never", field("zone"), was.zone ?? "none", machine.zone ?? "none", `${key} cannot move to another zone`],
    ["never", path, [...was.roles].sort().join(", "), [...machine.roles].sort().join(", "), `${key} would change its roles`],
    ["resize", groupField(was, "size"), was.size, machine.size, `${key} would be restarted without being drained to change its size`],
  ];
  return [
    ...changes.flatMap(([action, at, before, after, what]) =>
      before === after ? [] : [danger(action, at, `${what} (${before} → ${after})`, remedy, at === path ? undefined : after)],
    ),
    ...volumeDangers(key, was, machine, cloud.volumesStay),
    ...mountDangers(key, was, machine),
  ];
}

/** The same of a host that was there before: it stays, with its data, when the environment has let go of it. */
function hostDangers(
  key: string,
  was: AppliedMachine,
  machine: AppliedMachine | undefined,
  counted: readonly string[],
  hosts: string,
): Danger[] {
  const path = groupPath(was.group);
  if (!machine) {
    if (!isNode(was) || counted.includes(was.group)) return [];
    return [{ key, action: "remove", path, reason: `${key} would leave the cluster: ${unasked(was)}`, remedy: wayBack(key, was) }];
  }
  const roles = (of: AppliedMachine): string =>
    of.roles
      .filter((role) => role !== "bastion" && role !== "nfs")
      .sort()
      .join(", ");
  const changes = [
    [`${hosts}.${key}.address`, was.address, machine.address, "would lose its address"],
    [path, roles(was), roles(machine), "would change its roles"],
  ] as const;
  const moved = changes.flatMap(([at, before, after, what]) =>
    before === after
      ? []
      : [
          {
            ...{ key, action: "never" as const, path: at },
            reason: `${key} ${what} (${before || "none"} → ${after || "none"})`,
            remedy: "set it back; another host, or the same one after it has left, is described under another key",
            ...(at === path ? {} : { value: after }),
          },
        ],
  );
  return [...moved, ...mountDangers(key, was, machine)];
}

/** Why nothing in the file asks for a machine's removal. */
function unasked({ group, roles }: AppliedMachine): string {
  return roles.includes("worker")
    ? `the file itself neither counts nor names the machines of the pool ${group} any more`
    : "control planes, members of etcd and the bastion leave only when you say so";
}

function wayBack(key: string, { roles }: AppliedMachine): string {
  return roles.includes("worker") ? "say there which machines are to stand, or how many" : `put ${key} back`;
}

/** What would harm the data on the volumes of a machine, which outlive its rebuilds. */
function volumeDangers(key: string, was: AppliedMachine, machine: AppliedMachine, stay = false): Danger[] {
  return was.volumes.flatMap(({ name, sizeGiB, type }): Danger[] => {
    const now = machine.volumes.find((volume) => volume.name === name);
    if (!now) {
      const reason = `the volume ${name} of ${key} would be deleted`;
      return [
        {
          key,
          action: "discard-volume",
          path: groupField(was, "volumes"),
          reason,
          remedy: "leave the volume in the file, or move its data away first",
        },
      ];
    }
    const dangers: Danger[] = [];
    const never = (field: string, reason: string, remedy: string, value: unknown): void => {
      // The share of the NFS server is its one volume.
      const path = groupField(was, was.group === "nfs" ? field : `volumes.${machine.volumes.indexOf(now)}.${field}`);
      dangers.push({ key, action: "never", path, reason, remedy, ...(value === undefined ? {} : { value }) });
    };
    if (now.sizeGiB !== undefined && sizeGiB !== undefined && now.sizeGiB < sizeGiB) {
      never(
        "sizeGiB",
        `the volume ${name} of ${key} cannot shrink (${sizeGiB} → ${now.sizeGiB} GiB)`,
        `set it back to ${sizeGiB}`,
        now.sizeGiB,
      );
    }
    if (stay && now.sizeGiB !== undefined && sizeGiB !== undefined && now.sizeGiB > sizeGiB) {
      never(
        "sizeGiB",
        `the volume ${name} of ${key} cannot grow while it is attached (${sizeGiB} → ${now.sizeGiB} GiB)`,
        was.group === "nfs"
          ? `set it back to ${sizeGiB}, or create a new environment beside this one`
          : `set it back to ${sizeGiB}, and give the pool a volume of another name besides`,
        now.sizeGiB,
      );
    }
    if (now.type !== type) {
      // The provider knows no other way than a new, empty volume.
      never(
        "type",
        `the volume ${name} of ${key} cannot change its type (${type ?? "the cloud's"} → ${now.type ?? "the cloud's"})`,
        `${type === undefined ? "take the type out again" : `set it back to ${type}`}, or give a volume of another name the new type and move the data`,
        now.type,
      );
    }
    return dangers;
  });
}

/** What would take a mounted volume from under those who write to it, or hide its data from them. */
function mountDangers(key: string, was: AppliedMachine, machine: AppliedMachine): Danger[] {
  return was.volumes.flatMap(({ name, mount, fileSystem }): Danger[] => {
    const index = machine.volumes.findIndex((volume) => volume.name === name);
    const now = machine.volumes[index];
    if (!now || mount === undefined) return [];
    const changes = [
      ["mount", `of ${key} is in use at ${mount}, and would not be there any more`, mount, now.mount],
      ["fileSystem", `of ${key} cannot change its file system`, fileSystem, now.mount === undefined ? fileSystem : now.fileSystem],
    ] as const;
    return changes.flatMap(([field, what, before, after]) =>
      before === after
        ? []
        : [
            {
              ...{ key, action: "never" as const, path: groupField(was, `volumes.${index}.${field}`) },
              reason: `the volume ${name} ${what} (${before} → ${after ?? "none"})`,
              remedy: `set it back to ${before}, or give a volume of another name the new one and move the data`,
              ...(after === undefined ? {} : { value: after }),
            },
          ],
    );
  });
}

function volumes(machine: AppliedMachine): string {
  return machine.volumes.map(({ name, sizeGiB }) => `${name}, ${sizeGiB} GiB`).join("; ");
}
