import { createHash } from "node:crypto";
import { z } from "zod";
import type { EnvironmentPlan } from "./plan/types";
import type { Problem } from "./problems";

const appliedMachineSchema = z.object({
  name: z.string(),
  generation: z.number(),
  roles: z.array(z.string()),
  group: z.string(),
  zone: z.string().optional(),
  size: z.string(),
  address: z.string(),
  volumes: z.array(z.object({ name: z.string(), sizeGiB: z.number(), type: z.string().optional() })),
});

const appliedSchema = z.object({
  version: z.literal(1),
  machines: z.record(z.string(), appliedMachineSchema),
  controlPlane: z.array(z.string()),
  network: z.object({ cidr: z.string(), podCidr: z.string(), serviceCidr: z.string() }),
  apiEndpoint: z.object({ kind: z.string(), address: z.string(), domain: z.string().optional() }),
  ingressAddress: z.string(),
  storage: z.string(),
  protectData: z.boolean(),
  databases: z.boolean(),
});

/** What an environment was brought to, as its stack's output `applied` keeps it: the guard's memory. */
export type Applied = z.infer<typeof appliedSchema>;

/** The part of a plan the guard compares, as it is kept in the stack's outputs. */
export function appliedState(plan: EnvironmentPlan): Applied {
  return {
    version: 1,
    machines: Object.fromEntries(
      plan.machines.map((machine) => [
        machine.key,
        {
          name: machine.name,
          generation: machine.generation,
          roles: [...machine.roles],
          group: machine.group,
          ...(machine.zone === undefined ? {} : { zone: machine.zone }),
          size: machine.size,
          address: machine.address,
          volumes: machine.volumes.map(({ name, sizeGiB, type }) => ({ name, sizeGiB, ...(type === undefined ? {} : { type }) })),
        },
      ]),
    ),
    controlPlane: [...plan.cluster.controlPlane],
    network: { cidr: plan.network.cidr, podCidr: plan.network.podCidr, serviceCidr: plan.network.serviceCidr },
    apiEndpoint: {
      kind: plan.apiEndpoint.kind,
      address: plan.apiEndpoint.address,
      ...(plan.apiEndpoint.domain === undefined ? {} : { domain: plan.apiEndpoint.domain }),
    },
    ingressAddress: plan.platform.ingress.address,
    storage:
      plan.platform.storage.kind === "nfs"
        ? `nfs ${plan.platform.storage.server}:${plan.platform.storage.path}`
        : plan.platform.storage.className,
    protectData: plan.protectData,
    databases: plan.services.some((service) => service.name === "mariadb"),
  };
}

/** Reads the output `applied` of a stack; undefined where there is none yet. Throws where it is of a later version. */
export function parseApplied(value: unknown): Applied | undefined {
  return value === undefined || value === null ? undefined : appliedSchema.parse(value);
}

/** A change that loses something or risks the cluster. */
export interface Danger {
  /** The machine's key, or `environment`. */
  readonly key: string;
  readonly action: "remove" | "rebuild" | "resize" | "discard-volume" | "unprotect" | "drop-database" | "move-ingress" | "never";
  /** The field of the environment file that asks for it. */
  readonly path: string;
  readonly reason: string;
  /** The way to get there safely. */
  readonly remedy: string;
  readonly value?: unknown;
}

/**
 * Finds the dangerous changes between what is there and what is wanted.
 * `never` marks what no approval lets through, since it cannot end well.
 */
export function findDangers(applied: Applied | undefined, plan: EnvironmentPlan): Danger[] {
  if (!applied) return [];
  const wanted = appliedState(plan);
  const dangers: Danger[] = [];
  const never = (key: string, path: string, reason: string, remedy: string, value?: unknown): void => {
    dangers.push({ key, action: "never", path, reason, remedy, ...(value === undefined ? {} : { value }) });
  };

  const networks = [
    ["infrastructure.network.cidr", applied.network.cidr, wanted.network.cidr],
    ["cluster.network.podCidr", applied.network.podCidr, wanted.network.podCidr],
    ["cluster.network.serviceCidr", applied.network.serviceCidr, wanted.network.serviceCidr],
  ] as const;
  for (const [path, was, becomes] of networks) {
    if (was !== becomes)
      never(
        "environment",
        path,
        `a running cluster's network cannot change (${was} → ${becomes})`,
        `set it back to ${was}, or create a new environment beside this one`,
        becomes,
      );
  }
  // Every address follows from the network: what else differs then is a consequence.
  if (applied.network.cidr !== wanted.network.cidr) return dangers;
  for (const [key, was] of Object.entries(applied.machines)) dangers.push(...machineDangers(key, was, wanted));
  for (const [key, machine] of Object.entries(wanted.machines)) {
    if (applied.machines[key] || !machine.roles.some((role) => role === "control-plane" || role === "etcd")) continue;
    never(
      key,
      groupPath(machine),
      "adding a control plane to a running cluster is not supported yet in this version",
      "keep the number of control planes",
    );
  }
  if (!same(applied.controlPlane, wanted.controlPlane) && same([...applied.controlPlane].sort(), [...wanted.controlPlane].sort())) {
    never(
      "environment",
      "lock.machines",
      `the order of the control planes changed (${applied.controlPlane.join(", ")} → ${wanted.controlPlane.join(", ")})`,
      "restore the lock file from version control",
    );
  }
  if (!same(applied.apiEndpoint, wanted.apiEndpoint)) {
    const [was, becomes] = [applied.apiEndpoint, wanted.apiEndpoint].map((each) => `${each.kind} ${each.domain ?? each.address}`);
    never(
      "environment",
      "cluster.apiEndpoint",
      `every kubelet, certificate and kubeconfig holds the API endpoint (${was} → ${becomes})`,
      `set it back to ${was}`,
    );
  }
  if (applied.storage !== wanted.storage) {
    never(
      "environment",
      "platform.storage",
      `the volumes in use stay where they are (${applied.storage} → ${wanted.storage})`,
      "set it back, or create a new environment and move the data",
    );
  }
  if (applied.ingressAddress !== wanted.ingressAddress) {
    dangers.push({
      key: "environment",
      action: "move-ingress",
      path: "platform.ingress.address",
      reason: `the platform's URLs move from ${applied.ingressAddress} to ${wanted.ingressAddress}`,
      remedy: `set the address back to ${applied.ingressAddress}`,
      value: wanted.ingressAddress,
    });
  }
  if (applied.protectData && !wanted.protectData) {
    dangers.push({
      key: "environment",
      action: "unprotect",
      path: "protect",
      reason: "the data volumes lose their protection against deletion",
      remedy: "set it back to data",
      value: "none",
    });
  }
  if (applied.databases && !wanted.databases) {
    dangers.push({
      key: "environment",
      action: "drop-database",
      path: "platform.services.mariadb",
      reason: "the databases of the platform would be deleted",
      remedy: "leave mariadb on",
      value: false,
    });
  }
  return dangers;
}

function machineDangers(key: string, was: Applied["machines"][string], wanted: Applied): Danger[] {
  const machine = wanted.machines[key];
  const path = groupPath(was);
  const member = was.roles.some((role) => role === "control-plane" || role === "etcd");
  const danger = (action: Danger["action"], at: string, reason: string, remedy: string, value?: unknown): Danger => ({
    key,
    action,
    path: at,
    reason,
    remedy,
    ...(value === undefined ? {} : { value }),
  });
  if (!machine) {
    if (member)
      return [
        danger(
          "never",
          path,
          `${key} is a control plane: removing one from a running cluster is not supported yet in this version`,
          `put ${key} back`,
        ),
      ];
    if (was.volumes.length > 0)
      return [
        danger(
          "remove",
          path,
          `${key} would be removed with its data (${volumes(was.volumes)})`,
          `put ${key} back, or move its data away first`,
        ),
      ];
    return [];
  }
  if (machine.generation < was.generation) {
    return [
      danger(
        "never",
        `${path}.${key}.generation`,
        `generations only rise (${was.generation} → ${machine.generation})`,
        `set it to ${was.generation} or ${was.generation + 1}`,
        machine.generation,
      ),
    ];
  }
  if (machine.generation > was.generation) {
    if (member)
      return [
        danger(
          "never",
          `${path}.${key}.generation`,
          "rebuilding a control plane is not supported yet in this version",
          `set it back to ${was.generation}`,
          machine.generation,
        ),
      ];
    if (was.volumes.length > 0)
      return [
        danger(
          "rebuild",
          `${path}.${key}.generation`,
          `the volumes of ${key} (${volumes(was.volumes)}) would be taken from the running machine, before it is drained, to be given to its successor`,
          "take the machine out of service first",
          machine.generation,
        ),
        ...volumeDangers(key, was, machine),
      ];
    return [];
  }
  const dangers: Danger[] = [];
  const rebuild =
    member || was.group === "nfs" || was.group === "bastion"
      ? "set it back, or restore the lock file"
      : `set it back, or raise ${path}.${key}.generation to have the machine built anew`;
  if (machine.address !== was.address)
    dangers.push(
      danger(
        "never",
        `${path}.${key}.address`,
        `${key} would lose its address (${was.address} → ${machine.address})`,
        rebuild,
        machine.address,
      ),
    );
  if (machine.zone !== was.zone)
    dangers.push(
      danger(
        "never",
        `${path}.${key}.zone`,
        `${key} cannot move to another zone (${was.zone ?? "none"} → ${machine.zone ?? "none"})`,
        rebuild,
        machine.zone,
      ),
    );
  if (!same([...machine.roles].sort(), [...was.roles].sort()))
    dangers.push(
      danger(
        "never",
        path,
        `${key} would change its roles (${was.roles.join(", ")} → ${machine.roles.join(", ")})`,
        "give the new role to a machine with another key",
      ),
    );
  if (machine.size !== was.size)
    dangers.push(
      danger(
        "resize",
        path,
        `${key} would be restarted without being drained to change its size (${was.size} → ${machine.size})`,
        rebuild,
        machine.size,
      ),
    );
  return [...dangers, ...volumeDangers(key, was, machine)];
}

/** What would harm the data on the volumes of a machine, which outlive its rebuilds. */
function volumeDangers(key: string, was: Applied["machines"][string], machine: Applied["machines"][string]): Danger[] {
  const path = groupPath(was);
  return was.volumes.flatMap(({ name, sizeGiB, type }): Danger[] => {
    const now = machine.volumes.find((volume) => volume.name === name);
    if (!now) {
      const reason = `the volume ${name} of ${key} would be deleted`;
      return [{ key, action: "discard-volume", path, reason, remedy: "leave the volume in the file, or move its data away first" }];
    }
    const dangers: Danger[] = [];
    const never = (reason: string, remedy: string, value: unknown): void => {
      dangers.push({ key, action: "never", path, reason, remedy, ...(value === undefined ? {} : { value }) });
    };
    if (now.sizeGiB < sizeGiB) {
      never(`the volume ${name} of ${key} cannot shrink (${sizeGiB} → ${now.sizeGiB} GiB)`, `set it back to ${sizeGiB}`, now.sizeGiB);
    }
    if (now.type !== type) {
      // The provider knows no other way than a new, empty volume.
      never(
        `the volume ${name} of ${key} cannot change its type (${type ?? "the cloud's"} → ${now.type ?? "the cloud's"})`,
        `${type === undefined ? "take the type out again" : `set it back to ${type}`}, or give a volume of another name the new type and move the data`,
        now.type,
      );
    }
    return dangers;
  });
}

function volumes(list: readonly { readonly name: string; readonly sizeGiB: number }[]): string {
  return list.map(({ name, sizeGiB }) => `${name}, ${sizeGiB} GiB`).join("; ");
}

function groupPath(machine: Applied["machines"][string]): string {
  const paths: Readonly<Record<string, string>> = {
    "control-plane": "cluster.controlPlane.nodes",
    etcd: "cluster.etcd.nodes",
    bastion: "infrastructure.access.bastion",
    nfs: "platform.storage",
  };
  return paths[machine.group] ?? `cluster.pools.${machine.group}.nodes`;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** A short fingerprint of the plan's content: what a lasting approval is bound to. */
export function planDigest(plan: EnvironmentPlan): string {
  return createHash("sha256").update(JSON.stringify(plan)).digest("hex").slice(0, 12);
}

/**
 * What still stands against a plan once the approvals are counted: refusals with the approval that would let each one through.
 * `lasting` approvals stay behind in the configuration, so they count with the plan's fingerprint only.
 */
export function refusals(plan: EnvironmentPlan, dangers: readonly Danger[], approvals: readonly string[], lasting = false): Problem[] {
  const digest = planDigest(plan);
  const approval = (what: string): string =>
    lasting ? `put ${what}@${digest} into the configuration kpaas:approve` : `--approve ${what}@${digest}`;
  const approved = (danger: Danger): boolean =>
    danger.action !== "never" &&
    approvals.some((given) => {
      const [what, bound] = given.split("@");
      return what === `${danger.key}:${danger.action}` && (bound === undefined ? !lasting : bound === digest);
    });
  return dangers
    .filter((danger) => !approved(danger))
    .map(({ key, action, path, reason, remedy, value }) => ({
      environment: plan.environment,
      path,
      ...(value === undefined ? {} : { value }),
      reason,
      remedy: action === "never" ? remedy : `${remedy}; to go on all the same: ${approval(`${key}:${action}`)}`,
      severity: "error" as const,
    }));
}
