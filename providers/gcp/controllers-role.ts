import type { EnvironmentPlan } from "../../model/plan/types";
import { gcpName, volumePrefix } from "./names";
import { gcpOf } from "./plan";

/** What the driver of persistent disks may do, in two roles: GCP looks at an object's name only where it is asked about one. */
export interface DriverRole {
  /** The last part of its logical name. */
  readonly name: "control-plane" | "disks";
  /** What it is called in the project, behind the environment. */
  readonly key: "controllers" | "disks";
  readonly description: string;
  /** In order, each once. */
  readonly permissions: readonly string[];
  /** Where it counts alone; everywhere in the project where that is left out. */
  within?(plan: Pick<EnvironmentPlan, "environment">): { readonly title: string; readonly expression: string };
}

/**
 * As the driver calls Compute Engine (kubernetes-sigs/gcp-compute-persistent-disk-csi-driver, pkg/gce-cloud-provider/compute/gce-compute.go at
 * v1.26.0) without snapshots, images and what its flags switch off: conversion of disks, changes by attribute classes, its own clean-up.
 */
export const driverRoles: readonly DriverRole[] = [
  {
    name: "control-plane",
    key: "controllers",
    description: "What the driver of persistent disks looks at",
    permissions: permissionsIn(
      "compute.disks.get list compute.instances.get compute.regionOperations.get compute.zoneOperations.get compute.zones.list",
    ),
  },
  {
    name: "disks",
    key: "disks",
    description: "What the driver of persistent disks changes, where the name is of the environment's",
    permissions: permissionsIn(
      "compute.disks.create delete resize setLabels use useReadOnly compute.instances.attachDisk compute.instances.detachDisk",
    ),
    within: (plan) => {
      const called = (kind: string, plural: string, start: string): string =>
        `(resource.type == "compute.googleapis.com/${kind}" && resource.name.extract("/${plural}/{name}").startsWith("${start}-"))`;
      return {
        title: `${plan.environment}: disks of volumes, and machines`,
        expression: `${called("Disk", "disks", volumePrefix(plan))} || ${called("Instance", "instances", gcpName(plan))}`,
      };
    },
  },
];

/** Whether control planes have these roles: where the driver runs, or the file says so for one of its own. */
export function grantsControllers(plan: Pick<EnvironmentPlan, "cloud" | "platform">): boolean {
  return gcpOf(plan).controllers ?? plan.platform.storage.kind === "cloud";
}

/** The permissions of a row, `SERVICE.KIND.VERB`: one kind after the other, its name once. */
export function permissionsIn(row: string): string[] {
  let kind = "";
  return row
    .trim()
    .split(/\s+/)
    .map((word) => {
      if (!word.includes(".")) return `${kind}.${word}`;
      kind = word.slice(0, word.lastIndexOf("."));
      return word;
    });
}
