import { z } from "zod";
import { type Applied, parseApplied } from "../model/guard/applied";
import type { EnvironmentPlan } from "../model/plan/types";
import type { Bastion } from "./bastion";

/** How to log in to an environment's machines, read out of its stack's outputs. */
export interface Login {
  readonly user: string;
  /** Secret. OpenSSH or PEM. @default the keys of the user's agent */
  readonly privateKey?: string;
  /** Whether the keys of the user's SSH agent are tried too. @default false */
  readonly agent?: true;
  /** The bastion's address as seen from outside, where there is one. */
  readonly bastion?: string;
  /** The host keys that machines were made with, by machine name: for the first contact. */
  readonly firstHostKeys?: Readonly<Record<string, string>>;
  /** The machines as they were brought up, by key. */
  readonly machines: Applied["machines"];
}

const outputsSchema = z.object({
  ssh: z.object({
    user: z.string(),
    privateKey: z.string().exactOptional(),
    agent: z.literal(true).exactOptional(),
    where: z.string().optional(),
    firstHostKeys: z.record(z.string(), z.string()).optional(),
  }),
  applied: z.unknown(),
});

/** The login in the outputs of an environment's stack, secrets in clear; undefined where nothing has been brought up to its end yet. */
export function loginOf(outputs: unknown, environment: string): Login | undefined {
  const parsed = outputsSchema.safeParse(outputs);
  if (!parsed.success) return undefined;
  const { where, firstHostKeys, ...keys } = parsed.data.ssh;
  const machines = parseApplied(parsed.data.applied, environment)?.machines;
  return (
    machines && {
      ...{ ...keys, machines },
      ...(where === undefined ? {} : { bastion: where }),
      ...(firstHostKeys === undefined ? {} : { firstHostKeys }),
    }
  );
}

/** The bastion of an environment that is up, for the tunnel. */
export function bastionOf({ user, privateKey, agent, bastion, machines, firstHostKeys }: Login): Bastion | undefined {
  if (bastion === undefined) return undefined;
  const door = Object.values(machines).find(({ roles }) => roles.includes("bastion"))?.login;
  const port = door?.port === undefined ? {} : { port: door.port };
  return {
    host: bastion,
    ...port,
    user: door?.user ?? user,
    ...(privateKey === undefined ? {} : { privateKey }),
    ...(agent === undefined ? {} : { agent }),
    names: bastionNames({ machines }, undefined),
    ...(firstHostKeys ? { firstHostKeys } : {}),
  };
}

/** What the bastion is called as it was brought up and, where a change may build it anew, as it is planned. */
export function bastionNames(
  applied: Pick<Applied, "machines"> | undefined,
  plan: Pick<EnvironmentPlan, "machines"> | undefined,
): string[] {
  const all = [...Object.values(applied?.machines ?? {}), ...(plan?.machines ?? [])];
  return [...new Set(all.filter(({ roles }) => roles.some((role) => role === "bastion")).map(({ name }) => name))];
}
