import type { CloudPartName } from "../../model/cloud-parts";
import type { EnvironmentPlan } from "../../model/plan/types";
import { gcpName, volumePrefix } from "./names";
import { balancesServices, gcpOf } from "./plan";

/** What the parts in the cluster may do, in roles of the project's: GCP looks at an object's name only where it is asked about one. */
export interface ControllerRole {
  /** The last part of its logical name. */
  readonly name: "control-plane" | "disks" | "balancers" | "firewalls";
  /** What it is called in the project, behind the environment. */
  readonly key: "controllers" | "disks" | "balancers" | "firewalls";
  readonly description: string;
  /** In order, each once. */
  readonly permissions: readonly string[];
  /** Where it counts alone; everywhere in the project where that is left out. */
  readonly within?: { readonly title: string; readonly expression: string };
}

/**
 * What each looks at, lists among it, which are asked of the whole project. The driver as it calls Compute Engine
 * (kubernetes-sigs/gcp-compute-persistent-disk-csi-driver, pkg/gce-cloud-provider/compute/gce-compute.go at v1.26.0) without snapshots, images and what
 * its flags switch off: conversion of disks, changes by attribute classes, its own clean-up. The controller as its balancers call it
 * (kubernetes/cloud-provider-gcp, providers/gce at ccm/v33.1.1).
 */
const LOOKS: Readonly<Record<CloudPartName, string>> = {
  volumes: "compute.disks.get list compute.instances.get compute.regionOperations.get compute.zoneOperations.get compute.zones.list",
  controller: `compute.addresses.get list compute.firewalls.get compute.forwardingRules.get compute.globalOperations.get compute.healthChecks.get
    compute.httpHealthChecks.get compute.instanceGroups.get list compute.instances.list compute.regionBackendServices.get
    compute.regionOperations.get compute.targetPools.get compute.zoneOperations.get compute.zones.list`,
};

const DISKS = "compute.disks.create delete resize setLabels use useReadOnly compute.instances.attachDisk compute.instances.detachDisk";

/** Of kinds whose names no condition knows; and what it needs of the network, subnet and machines that they refer to. */
const BALANCERS = `compute.addresses.create createInternal delete deleteInternal use useInternal compute.forwardingRules.create delete
  compute.healthChecks.create delete update use useReadOnly compute.httpHealthChecks.create delete update use useReadOnly
  compute.instanceGroups.create delete update use compute.instances.use compute.networks.updatePolicy use
  compute.regionBackendServices.create delete update use compute.subnetworks.use
  compute.targetPools.addInstance create delete removeInstance use`;

const FIREWALLS = "compute.firewalls.create delete update";

/** The parts of the cloud's that control planes have rights for: those that run, and the driver where the file brings one of its own. */
export function partsOf(plan: Pick<EnvironmentPlan, "cloud" | "platform">): CloudPartName[] {
  const volumes = gcpOf(plan).controllers ?? plan.platform.storage.kind === "cloud";
  return [...(balancesServices(plan) ? (["controller"] as const) : []), ...(volumes ? (["volumes"] as const) : [])];
}

/** The roles that control planes have. */
export function controllerRoles(plan: Pick<EnvironmentPlan, "cloud" | "environment" | "machines" | "platform">): ControllerRole[] {
  const parts = partsOf(plan);
  if (parts.length === 0) return [];
  const [disks, controller] = [parts.includes("volumes"), parts.includes("controller")];
  const who = [...(controller ? ["the cloud's controller"] : []), ...(disks ? ["the driver of persistent disks"] : [])].join(" and ");
  const looks = new Set(parts.flatMap((part) => permissionsIn(LOOKS[part])));
  return [
    { name: "control-plane", key: "controllers", description: `What ${who} looks at`, permissions: [...looks].sort() },
    ...(disks
      ? [
          {
            name: "disks",
            key: "disks",
            description: "What the driver of persistent disks changes, where the name is of the environment's",
            permissions: permissionsIn(DISKS),
            within: disksWithin(plan),
          } as const,
        ]
      : []),
    ...(controller
      ? [
          {
            name: "balancers",
            key: "balancers",
            description: "What the cloud's controller makes of balancers",
            permissions: permissionsIn(BALANCERS),
          } as const,
          {
            name: "firewalls",
            key: "firewalls",
            description: "What the cloud's controller makes of the firewall, where the name is of its own and not of the environment's",
            permissions: permissionsIn(FIREWALLS),
            within: rulesWithin(plan),
          } as const,
        ]
      : []),
  ];
}

/** How the names of the machines begin that volumes are attached to. */
export function instancePrefixes(plan: Pick<EnvironmentPlan, "environment" | "machines" | "platform">): string[] {
  if (!balancesServices(plan)) return [`${gcpName(plan)}-`];
  const nodes = plan.machines.filter(({ roles }) => roles.some((role) => role === "worker" || role === "control-plane"));
  return [...new Set(nodes.map(({ key }) => key.replace(/[^-]*$/, "")))].sort();
}

function disksWithin(plan: Pick<EnvironmentPlan, "environment" | "machines" | "platform">): ControllerRole["within"] {
  const called = (kind: string, plural: string, starts: readonly string[]): string => {
    const each = starts.map((start) => `resource.name.extract("/${plural}/{name}").startsWith("${start}")`);
    const all = each.length === 1 ? each[0] : `(${each.join(" || ")})`;
    return `(resource.type == "compute.googleapis.com/${kind}" && ${all})`;
  };
  return {
    title: `${plan.environment}: disks of volumes, and machines`,
    expression: `${called("Disk", "disks", [`${volumePrefix(plan)}-`])} || ${called("Instance", "instances", instancePrefixes(plan))}`,
  };
}

/** Its rules are called `k8s-…`, or after a balancer: `a`, and the Service's UID. Ours, of which one shuts others out, it may not touch. */
function rulesWithin(plan: Pick<EnvironmentPlan, "environment">): ControllerRole["within"] {
  const begins = (start: string): string => `resource.name.extract("/firewalls/{name}").startsWith("${start}")`;
  return {
    title: `${plan.environment}: rules of the cloud's controller`,
    expression: `resource.type == "compute.googleapis.com/Firewall" && (${begins("k8s-")} || ${begins("a")}) && !${begins(`${gcpName(plan)}-`)}`,
  };
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
