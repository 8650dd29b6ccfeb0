import rows from "../catalog/releases/earlier.json";
import { kubesprayRelease } from "./cluster/releases";

/** A release of K-PaaS from before those that can be brought up: what it was made of, as its guides and its deployment's tags say. */
export interface EarlierRelease {
  readonly release: string;
  readonly date: string;
  /** The tag that its deployment was made from, where that was found out. */
  readonly kubespray?: string;
  readonly kubernetes: string;
  /** Versions by the names of the projects. */
  readonly components: Readonly<Record<string, string | undefined>>;
}

/** Newest first. */
export const earlierReleases: readonly EarlierRelease[] = rows;

/** Whether a cluster of it can be taken over and upgraded: its kubespray is one that is known here. */
export function isUpgradeSource({ kubespray }: EarlierRelease): boolean {
  return kubespray !== undefined && kubesprayRelease(kubespray) !== undefined;
}

/** What to do with an earlier release that somebody asks for; undefined where the number is none. */
export function earlierRemedy(number: string): string | undefined {
  const row = earlierReleases.find(({ release }) => release === number);
  if (row === undefined) return undefined;
  const made = `K-PaaS ${number} (Kubernetes ${row.kubernetes}${row.kubespray ? ` by kubespray ${row.kubespray}` : ""})`;
  return isUpgradeSource(row)
    ? `${made} is an upgrade source alone: \`kpaas cluster import ENV\` takes such a cluster over, and \`kpaas cluster upgrade\` leads on`
    : `${made} is told of in the bill of materials alone: its own kubespray has to bring the cluster to 1.28 or newer first`;
}
