import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { EnvironmentPlan } from "../../model/plan/types";
import type { Making } from "../../plugin/kubespray/ansible/cached";
import { checksumsFile, kubespraySource } from "../../plugin/kubespray/ansible/source";

/** A kubespray tag at hand: its folder, and its table of checksums. */
export interface Tag {
  readonly folder: string;
  readonly checksums: unknown;
}

/** Gives the tag that an environment is of, each got once. */
export function tagsAtHand(making: Making, get: typeof kubespraySource = kubespraySource): (plan: EnvironmentPlan) => Promise<Tag> {
  const got = new Map<string, Promise<Tag>>();
  const obtain = async ({ cluster: { kubespray }, kubesprayFrom }: EnvironmentPlan): Promise<Tag> => {
    // Where the mirrors are, the file may name a copy that is not here.
    const own = kubesprayFrom !== undefined && existsSync(kubesprayFrom) ? kubesprayFrom : undefined;
    const folder = await get(kubespray, own, making);
    return { folder, checksums: parse(readFileSync(join(folder, checksumsFile(folder)), "utf8")) };
  };
  return (plan) => {
    const tag = got.get(plan.cluster.kubespray) ?? obtain(plan);
    got.set(plan.cluster.kubespray, tag);
    return tag;
  };
}
